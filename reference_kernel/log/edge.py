"""Allocation results at the edge of memory: what the kernel keeps there itself, no log says.

Its own heap takes blocks of its own, and where they lie decides which request is the first that
finds none. So a call may be refused memory where the blocks that are left are few. What that tells
is kept: in each of them lies something of the kernel's own, which it never gives back.
"""

from reference_kernel.buddy import count_free, find_free, take
from reference_kernel.changing import replace
from reference_kernel.events import CallMade
from reference_kernel.frames import Frames
from reference_kernel.log.worlds import Choice, World
from reference_kernel.machine import Machine
from reference_kernel.outcomes import Refused
from spec.errors import Error
from spec.options import MemoryNew
from spec.syscalls import BY_NAME, BY_NUMBER

EDGE = "allocation at the edge of memory"
REFUSED = f"Err(SysErr::{Error.OUT_OF_MEM.printed})"
_FEW = 4
_SMALL_PART = 4
"""With less than one part in two to this power the next request may be refused."""
_HEAP_ORDER = 3
"""The kernel's heap grows by at least so large a block."""
_STACK_ORDER = 4
_TAKES_PAGES = {BY_NAME["memory_new"].number, BY_NAME["memory_resize"].number}
_NEW_THREAD = BY_NAME["thread_new"].number


def refused(
    world: World, made: CallMade, gave: str, line: int
) -> tuple[World, Refused, Choice] | None:
    """That the call is refused memory, if its line says so and little is left, and what that tells.

    Where the heap had to grow for it the refusal tells of blocks that large, and of larger ones.
    """
    call = BY_NUMBER.get(made.number)
    if gave != REFUSED or call is None:
        return None
    refusal = next((each for each in call.refusals if each.error is Error.OUT_OF_MEM), None)
    order = _order(made)
    if refusal is None or not _few(world, order):
        return None
    state = world.state
    frames = _held(state.frames, state.machine, max(order, _HEAP_ORDER))
    there = replace(world, state=replace(state, frames=frames))
    return there, Refused(Error.OUT_OF_MEM, refusal.name), Choice(EDGE, line, "refused")


def _held(frames: Frames, machine: Machine, order: int) -> Frames:
    """The same, but in each block of this size that was free one frame is the kernel's own."""
    tree = frames.tree
    for number, zone in enumerate(machine.zones):
        while order <= zone.order:
            node = find_free(tree, number, zone_order=zone.order, order=order)
            if node is None:
                break
            tree = take(tree, number, node << order, order=0)
    return frames.with_tree(tree, frames.next_zone)


def _order(made: CallMade) -> int:
    """How large a block the call asks for, as a power of two of pages."""
    if made.number in _TAKES_PAGES and not made.options & MemoryNew.LAZY_ALLOC:
        return max((made.arguments[1] - 1).bit_length(), 0) if made.arguments[1] else 0
    return _STACK_ORDER if made.number == _NEW_THREAD else _HEAP_ORDER


def _few(world: World, order: int) -> bool:
    """Whether the blocks of this size that are left are a few, or a small part of memory."""
    machine = world.state.machine
    blocks = sum(
        count_free(world.state.frames.tree, number, zone_order=zone.order, order=order)
        for number, zone in enumerate(machine.zones)
    )
    return blocks <= _FEW or blocks << order <= machine.frames >> _SMALL_PART


def heap_may_be_full(world: World) -> bool:
    """Whether the kernel's heap may find no block to grow by."""
    return _few(world, _HEAP_ORDER)
