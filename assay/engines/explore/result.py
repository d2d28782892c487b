"""What an exploration is asked, and what it finds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from assay.engines.interpret import ModelStep

NO_KINDS = "no two elements of a kind may change places"
"""Why no symmetry is used where there is none."""


class Engine(Enum):
    """What searches; all find the same."""

    ANY = "any"  # the plain engine to begin with, the compiled one for what is left, if it can
    PLAIN = "plain"  # generated Python
    COMPILED = "compiled"  # machine code


class Unsupported(Exception):
    """The instance cannot be compiled; the message says why. The plain engine can explore it."""


class Foreign(Exception):
    """A checkpoint is none, or of another search; the message says what differs."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where an exploration gives up; None is no limit.

    A claim is decided when it is broken, or reached if it is a can claim: the exploration ends when
    one claim of `until` is, or when all of `until_all` are.
    """

    states: int | None = None
    seconds: float | None = None
    memory_mib: int | None = None
    until: frozenset[str] = frozenset()
    until_all: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an exploration is; `rate` is in states per second since the start.

    `rising`: more states wait to be expanded than when this was last told.
    """

    states: int
    queued: int
    depth: int
    rate: float
    memory_mib: int
    rising: bool


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Path:
    """A way from a start state: the start by name with its parameters, then the steps."""

    start: ModelStep
    steps: tuple[ModelStep, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """A claim that does not hold: the number of steps to the first place, and a shortest path."""

    claim: str
    depth: int
    path: Path


@dataclass(frozen=True, slots=True)
class Reached:
    """A can claim that holds somewhere: the first depth, and a shortest path."""

    depth: int
    path: Path


@dataclass(frozen=True, slots=True)
class Exploration:
    """What is known of a finite instance; exact, if `complete`, for the whole of it.

    A state is a distinct reachable state; a transition is a state, an action and arguments with
    which the action is taken there, also when it leads back to the state. `depth` is the greatest
    distance of a state from the start states. `refused` counts states and arguments for each check
    of an action, guards included. `premises` says whether every premise of a claim was seen true
    (see `assay.engines.premises`). `witness` has a shortest path that ends with each action that is
    ever enabled. A deadlock is a state in which no action can be taken. Where `symmetry` names
    kinds, states that differ by the places of their elements count as one; `unreduced` says why
    none do, or of which kinds more could, where that was asked for. Of `seconds`, `prepared` went
    by before machine code ran: the plain engine began, and what it left was compiled.
    """

    sizes: tuple[tuple[str, int], ...]
    states: int
    transitions: int
    depth: int
    seconds: float
    complete: bool
    reason: str
    enabled: Mapping[str, int]
    refused: Mapping[str, Mapping[str, int]]
    can: Mapping[str, Reached | None]
    premises: Mapping[str, bool]
    witness: Mapping[str, Path | None]
    broken: tuple[Broken, ...]
    deadlocks: int
    symmetry: tuple[str, ...] = ()
    unreduced: str = ""
    prepared: float = field(default=0.0, compare=False)
