"""How a log ends, and whether the kernel could have ended there.

A panic prints its place and no line of the call that met it. An ending is explained when a thread
that lives may make a call, in a state that the log leaves possible, that panics at that place.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from reference_kernel.log.data import is_free
from reference_kernel.log.edge import heap_may_be_full
from reference_kernel.log.grammar import Line, Panicked, ProgramDone, Raw
from reference_kernel.log.mechanisms import candidates, waiting
from reference_kernel.log.search import Later
from reference_kernel.log.ways import search_from
from reference_kernel.log.worlds import World
from reference_kernel.outcomes import Panic
from reference_kernel.state import NOTHING, State
from reference_kernel.step import step
from spec.design import Design
from spec.panics import NO_ARGUMENT_TEXT, NO_RESULT_TEXT, PLACES


class EndingKind(Enum):
    """What the last lines of a log show."""

    DONE = "done"
    USER_PANIC = "user_panic"
    KERNEL_PANIC = "kernel_panic"
    HANG = "hang"
    CUT = "cut"


class EndingVerdict(Enum):
    """What the specification says of an ending."""

    EXPLAINED = "explained"
    CONTRADICTED = "contradicted"
    UNKNOWN_PLACE = "unknown_place"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a log ends; `place` is where a panic stood, else empty."""

    kind: EndingKind
    place: str = ""


class Endings:
    """Hears the lines of a log, one after the other, and says how they end."""

    def __init__(self) -> None:
        self._panic: Panicked | None = None
        self._done = False
        self._last: Line | None = None

    def hear(self, line: Line) -> None:
        """The next line."""
        self._last = line
        self._done = self._done or isinstance(line, ProgramDone)
        if isinstance(line, Panicked) and (self._panic is None or not self._panic.of_kernel):
            self._panic = line

    def ending(self) -> Ending:
        """A kernel's panic says it, then a program's, then that the program was done."""
        if self._panic is not None:
            of_kernel = self._panic.of_kernel
            kind = EndingKind.KERNEL_PANIC if of_kernel else EndingKind.USER_PANIC
            return Ending(kind, self._panic.place)
        if self._done:
            return Ending(EndingKind.DONE)
        return Ending(EndingKind.HANG if isinstance(self._last, Raw) else EndingKind.CUT)


def judged(
    design: Design, worlds: Iterable[World], ends: Ending, later: Later, *, sure: bool
) -> EndingVerdict:
    """Whether one of the worlds may end so; `sure` when the log tells of each call beforehand."""
    if ends.kind is not EndingKind.KERNEL_PANIC:
        return EndingVerdict.NONE
    if ends.place not in PLACES:
        return EndingVerdict.UNKNOWN_PLACE
    explained = any(
        _reaches(design, may_be, ends.place, later, sure=sure)
        for world in worlds
        for may_be in unseen(design, world, ends.place, sure=sure)
    )
    return EndingVerdict.EXPLAINED if explained else EndingVerdict.CONTRADICTED


def unseen(design: Design, world: World, place: str, *, sure: bool) -> Iterator[World]:
    """The world, and those in which a thread waits in a call that only its panic tells of."""
    yield world
    if not sure:
        yield from (replace(world, state=each) for each in waiting(design, world.state, place))


def _reaches(design: Design, world: World, place: str, later: Later, *, sure: bool) -> bool:
    """Whether what happens next without a line may panic there, or a call that is made then.

    What a log tells of the next call binds: with `#raw` lines it is that call.
    """
    for _, stage in search_from(design, world, _AFTER_THE_LAST, later, sure=sure):
        state = stage.world.state
        if place in NO_TEXT:
            return state.current != NOTHING and heap_may_be_full(stage.world)
        if state.panicked is not None:
            if isinstance(state.panicked, Panic) and state.panicked.place == place:
                return True
        elif not sure and is_free(stage.world) and calls_to(design, state, place):
            return True
    return False


_AFTER_THE_LAST = 1 << 62


NO_TEXT = frozenset((NO_ARGUMENT_TEXT.place, NO_RESULT_TEXT.place))
"""Where the kernel panics if its heap has no room for what it wants to print of a call."""


def calls_to(design: Design, state: State, place: str) -> bool:
    """Whether a call of the running thread panics there."""
    return any(
        isinstance(outcome := step(design, state, event)[1], Panic) and outcome.place == place
        for event in candidates(state, state.current, place)
    )
