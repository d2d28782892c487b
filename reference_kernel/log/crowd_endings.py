"""How a log may end where nobody knows who runs.

A processor that panics stops; with several of them lines may follow, so that the panic may have
come before the last of them.
"""

from collections.abc import Iterable, Iterator

from reference_kernel.changing import replace
from reference_kernel.log.crowd import (
    free,
    rested,
    returned,
    returning,
    running,
    sleeping,
    woken,
)
from reference_kernel.log.edge import heap_may_be_full
from reference_kernel.log.endings import (
    NO_TEXT,
    Ending,
    EndingKind,
    EndingVerdict,
    calls_to,
    unseen,
)
from reference_kernel.log.worlds import World, perform
from reference_kernel.outcomes import Outcome, Panic
from spec.design import Design
from spec.panics import NO_THREAD, PLACES


def judged(
    design: Design, worlds: Iterable[World], ends: Ending, processors: int, *, sure: bool
) -> EndingVerdict:
    """Whether one of the worlds may end so; `sure` when the log tells of each call beforehand."""
    if ends.kind is not EndingKind.KERNEL_PANIC:
        return EndingVerdict.NONE
    if ends.place not in PLACES:
        return EndingVerdict.UNKNOWN_PLACE
    explained = any(
        _reaches(design, rested(design, may_be), ends.place, processors, sure=sure)
        for world in worlds
        for may_be in unseen(design, world, ends.place, sure=sure)
    )
    return EndingVerdict.EXPLAINED if explained else EndingVerdict.CONTRADICTED


def _reaches(design: Design, world: World, place: str, processors: int, *, sure: bool) -> bool:
    """Whether some thread may panic there with what it does next."""
    if world.state.panicked is not None:
        return isinstance(world.state.panicked, Panic) and world.state.panicked.place == place
    if place == NO_THREAD.place:
        return processors > 1 and any(True for _ in free(world))
    if place in NO_TEXT:
        return heap_may_be_full(world)
    if any(isinstance(each, Panic) and each.place == place for each in _next(design, world)):
        return True
    return not sure and any(
        calls_to(design, running(design, world, name).state, place) for name, _ in free(world)
    )


def _next(design: Design, world: World) -> Iterator[Outcome]:
    """What each thread that is known to be in a call, or to make one, gives."""
    for begun in world.told:
        if begun.thread in {name for name, _ in free(replace(world, told=()))}:
            there = running(design, world, begun.thread)
            yield perform(design, there, begun.made, line=begun.line, sure=True)[1]
    for name, _ in returning(world):
        yield returned(design, world, name)[1]
    for name, _ in sleeping(world):
        yield returned(design, woken(design, world, name), name)[1]
