"""One type of trace for every engine: a design, a start, and decisions by name."""

from dataclasses import dataclass
from typing import Literal

from assay.lang.values import Shown

TraceValue = Shown
"""A value in words: a truth, a number, the name of an element or member, None for none."""


Minimal = Literal["proved shortest", "locally minimal", ""]
"""How short a trace is: no other has fewer decisions; it needs each of its own; or not known."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that happens: its name, its arguments by name, what it gave and what it changed.

    `changed` pairs the part with what happened to it ("exited[group1]", "False -> True").
    """

    name: str
    arguments: tuple[tuple[str, TraceValue], ...] = ()
    gave: str = ""
    changed: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value}' for key, value in self.arguments)})"


@dataclass(frozen=True, slots=True)
class Trace:
    """A run that shows something: replayable by name, without the seed that found it.

    `subject` is `model:NAME` or `kernel`, and `subject_hash` the version of it that ran. `bounds`
    are the elements of each kind in a model's finite instance. `claim` is the guarantee or claim
    that the last decision breaks; None where the trace only shows a run. A trace with a `loop` goes
    on for ever: what follows the first `loop` decisions comes again and again, or nothing more
    happens where none follow; it breaks its claim as a whole. The first `prepared` decisions only
    make what the others need.
    """

    subject: str
    design: str
    subject_hash: str
    bounds: tuple[tuple[str, int], ...]
    start: Decision
    decisions: tuple[Decision, ...]
    claim: str | None = None
    minimal: Minimal = ""
    loop: int | None = None
    prepared: int = 0

    @property
    def steps(self) -> int:
        """The number of decisions after the start."""
        return len(self.decisions)
