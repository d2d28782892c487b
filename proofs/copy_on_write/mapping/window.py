"""The frames that the mapping looks at, and what the allocator says of them.

The first program has pages before it runs, and it may take all that is left: the model follows what
becomes of a few frames, from all zones, that were free when it started. A page is seen while it is
in one of these; it comes when it moves there and goes when it moves away.
"""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cache

from reference_kernel import buddy
from reference_kernel.boot import boot
from reference_kernel.frames import free_runs
from reference_kernel.state import State
from spec.design import Design

_OF_EACH_ZONE = 4


@cache
def window(design: Design) -> tuple[int, ...]:
    """The frames that are looked at, in order."""
    booted = boot(design)
    found: list[int] = []
    for zone in booted.machine.zones:
        free = [
            frame
            for first, end in free_runs(booted.frames, booted.machine)
            if zone.first <= first < zone.end
            for frame in range(first, min(end, first + _OF_EACH_ZONE))
        ]
        found += free[:_OF_EACH_ZONE]
    return tuple(found)


def within(frames: tuple[int, ...], first: int, end: int) -> Iterator[int]:
    """Those of `frames` from `first` to before `end`."""
    at = bisect_left(frames, first)
    while at < len(frames) and frames[at] < end:
        yield frames[at]
        at += 1


class Blocks:
    """The order of the block that holds each frame; looked up once while nothing is given out."""

    def __init__(self) -> None:
        self._tree: buddy.Tree | None = None
        self._orders: dict[int, int] = {}

    def orders(self, design: Design, state: State) -> dict[int, int]:
        """The frames of the window that are given out, with the order of their block."""
        if self._tree is not state.frames.tree:
            self._tree = state.frames.tree
            found = ((frame, _order_of(state, frame)) for frame in window(design))
            self._orders = {frame: order for frame, order in found if order is not None}
        return self._orders


def _order_of(state: State, frame: int) -> int | None:
    number = state.machine.zone_of(frame)
    zone = state.machine.zones[number]
    node = frame - zone.first + (1 << zone.order)
    word_at, base = state.frames.tree.get, buddy.key(number, 0)
    for order in range(zone.order + 1):
        if word_at(base | node >> order, 0) & buddy.OCCUPY:
            return order
    return None
