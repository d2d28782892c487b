"""What the engines need of a kernel and of its tie to a model, whichever kernel it is.

States, events, outcomes and designs are opaque: the engines hand them back as they got them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from assay.engines.interpret import ModelState as ModelState
from assay.engines.interpret import ModelStep as ModelStep
from assay.engines.recent import Recent as Recent
from assay.engines.tables import Tables as Tables
from assay.traces.trace import Decision, TraceValue

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_T = TypeVar("_T")
_D_contra = TypeVar("_D_contra", contravariant=True)
_S_contra = TypeVar("_S_contra", contravariant=True)
_E_co = TypeVar("_E_co", covariant=True)
_E_contra = TypeVar("_E_contra", contravariant=True)
_O_contra = TypeVar("_O_contra", contravariant=True)


class Chooser(Protocol):
    """Where a proposal takes its choices from: a seeded generator, or Hypothesis."""

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1; `limit` is at least 1."""
        ...

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of `among`, which is not empty."""
        ...


WHOLE = "whole"
"""The mode of a kernel in which every call is one step."""


@dataclass(frozen=True, slots=True)
class KernelCheck(Generic[_D, _S, _E, _O]):
    """A guarantee as it shows on one kernel step.

    `broken` gets the design, the state before, the event, its outcome and the state after, and says
    why the guarantee is broken there, or None. A `full` check looks at the whole state after; the
    others rely on the state before having been right. A step that touches nothing that it
    `looks_at` cannot break the guarantee; None says that it looks at everything.
    """

    guarantee: str
    broken: Callable[[_D, _S, _E, _O, _S], str | None]
    full: bool
    looks_at: frozenset[object] | None = None


class Scene(Protocol[_S_contra, _E_co]):
    """A small world to be searched: what has happened before, and what may happen then."""

    @property
    def name(self) -> str:
        """What it is about."""
        ...

    @property
    def before(self) -> Sequence[Callable[[_S_contra], _E_co]]:
        """What happens first, in this order; each event is told by the state before it."""
        ...

    @property
    def events(self) -> Sequence[Callable[[_S_contra], _E_co]]:
        """What may happen then, in any order and as often as it can."""
        ...


Relative = Callable[[Mapping[int, tuple[_S, _S]]], _E | None]
"""An event, given for each that happened before, by its number, the states around it.

None where nothing made what it speaks of.
"""


class Kernel(Protocol[_D, _S, _E, _O]):
    """A reference kernel: immutable states, one event in each step; what a step is, `mode` says."""

    @property
    def mode(self) -> str:
        """`WHOLE`, or what a step is else."""
        ...

    @property
    def name(self) -> str:
        """The name that traces and tables show."""
        ...

    @property
    def checks(self) -> tuple[KernelCheck[_D, _S, _E, _O], ...]:
        """Every guarantee that a step can break, incremental forms and full ones."""
        ...

    @property
    def kinds(self) -> tuple[str, ...]:
        """What can be proposed, by name, what disturbs least first."""
        ...

    @property
    def scenes(self) -> Sequence[Scene[_S, _E]]:
        """Small worlds that are searched in every order of their events; the same for designs."""
        ...

    def boot(self, design: _D, /) -> _S:
        """The state in which the first program starts."""
        ...

    def step(self, design: _D, state: _S, event: _E, /) -> tuple[_S, _O]:
        """The state after the event, and what it gave."""
        ...

    def possible(self, design: _D, state: _S, event: _E, /) -> bool:
        """Whether the event can happen there."""
        ...

    def encode(self, event: _E, /) -> tuple[str, tuple[tuple[str, TraceValue], ...]]:
        """The event as a decision: its name, and its arguments by name."""
        ...

    def decode(self, name: str, arguments: Mapping[str, TraceValue], /) -> _E:
        """The event that `encode` gave; ValueError saying what was expected."""
        ...

    def gave(self, outcome: _O, /) -> str:
        """The outcome in words."""
        ...

    def counted_as(self, event: _E, outcome: _O, /) -> tuple[str, str]:
        """Under which names a walk counts the step: the event's, and what it gave in short."""
        ...

    def prepares(self, event: _E, /) -> bool:
        """Whether such an event only makes what others need: an object, or bytes of a message."""
        ...

    def changed(self, before: _S, after: _S, /) -> tuple[tuple[str, str], ...]:
        """What the step changed: the part, and from what to what."""
        ...

    def touched(self, before: _S, event: _E, outcome: _O, after: _S, /) -> frozenset[object]:
        """What the step was and what it changed, in the terms of what checks look at."""
        ...

    def propose(self, design: _D, state: _S, chooser: Chooser, /) -> _E:
        """An event that can happen, with good or bad arguments."""
        ...

    def offered(self, design: _D, state: _S, /) -> frozenset[str]:
        """The kinds of events that can happen in the state; none only where it has ended."""
        ...

    def propose_one(self, design: _D, state: _S, kind: str, chooser: Chooser, /) -> _E:
        """An event of a kind that the state offers, with good or bad arguments."""
        ...

    def relative(self, design: _D, events: Sequence[_E], /) -> Sequence[Relative[_S, _E]]:
        """The events of a run from boot, each told by what those before it made.

        So some can be left out, and the others still mean what they meant.
        """
        ...

    def ended(self, state: _S, /) -> bool:
        """Nothing more can happen: the kernel panicked, or no thread is left that can run."""
        ...

    def subject_hash(self) -> str:
        """A hash of everything that decides what the kernel does."""
        ...


class ModelMapping(Protocol[_D_contra, _S_contra, _E_contra, _O_contra]):
    """How one model sees the kernel. Elements of kinds are the kernel's own identities."""

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes of the kernel that it knows, at least one.

        In the last of them a trace of the model is shown.
        """
        ...

    def state(self, design: _D_contra, state: _S_contra, /) -> ModelState:
        """What the model sees of a kernel state: cells that are out of normal form, by table.

        It may go by what was seen of the states before, where that is quicker.
        """
        ...

    def whole(self, design: _D_contra, state: _S_contra, /) -> ModelState:
        """The same, seen without regard to any other state."""
        ...

    def universe(self, design: _D_contra, state: _S_contra, /) -> Mapping[str, frozenset[int]]:
        """For each kind the elements that are not in normal form."""
        ...

    def steps(
        self,
        design: _D_contra,
        before: _S_contra,
        event: _E_contra,
        outcome: _O_contra,
        after: _S_contra,
        /,
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is; none where it stutters."""
        ...

    def stutters(self, event: _E_contra, outcome: _O_contra, /) -> bool:
        """Whether a step like this may change nothing that the model sees."""
        ...


class Realise(Protocol[_D_contra, _E_co]):
    """Turns a trace of the model into kernel events from boot.

    What the trace starts with and boot has not is set up first.
    """

    def __call__(
        self, design: _D_contra, start: Decision, decisions: tuple[Decision, ...], /
    ) -> tuple[_E_co, ...]: ...
