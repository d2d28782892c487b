"""For each place where the kernel can panic, events that may lead there in a state.

Whether they do is what the kernel says when it runs them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from reference_kernel.events import CallMade, Event, UserReads
from reference_kernel.pages import count_of
from reference_kernel.state import AddressSpace, CapabilitySpace, Memory, Object, State, Thread
from spec.design import Design, ResumeScope
from spec.ids import UNTABLED, ObjectType, pack, type_of
from spec.options import CapClone, CapDestroy, MemoryMap, MemoryResize, MemoryUpdateMapping
from spec.panics import (
    BUFFER_OVERFLOWS,
    CLONE_UNTABLED,
    DESTROY_UNTABLED,
    HEAP_LIST,
    NO_ENTRY,
    NO_INTERRUPTS,
    NO_LEAF,
    NO_PAGES_MORE,
    NO_ROOM_FOR_HEADER,
    NO_TABLE,
    PAGE_FAULT,
    SIZE_SUM,
    STALE_AWAIT,
    STALE_CALL,
    STALE_DROP,
    STALE_EXIT,
    STALE_RECEIVE,
    STALE_SEND,
    UNMAPS_TOO_MUCH,
)
from spec.sizes import KERNEL_START, PAGE_BYTES, WORD_LIMIT
from spec.syscalls import BY_NAME

_WORDS = 8
_EVERY_SIZE = 32
_NOWHERE = 0x10


def candidates(state: State, caller: int, place: str) -> Iterator[Event]:
    """What the thread might do next to get to the place; nothing for places that none leads to."""
    mechanism = _MECHANISMS.get(place)
    if mechanism is not None:
        yield from mechanism(state, caller)


def _made(caller: int, name: str, options: int, *words: int) -> CallMade:
    padded = (*words, *(0 for _ in range(_WORDS - len(words))))
    return CallMade(caller, BY_NAME[name].number, int(options), padded)


def _named(state: State, caller: int, kind: ObjectType) -> Iterator[tuple[int, int]]:
    """The caller's capabilities of that type: id and object."""
    thread = state.body(caller)
    assert isinstance(thread, Thread), caller
    space = state.body(thread.capability_space)
    assert isinstance(space, CapabilitySpace), caller
    for word, target in sorted(space.entries.items()):
        if type_of(word) == kind:
            yield word, target


def _clones(_: State, caller: int) -> Iterator[Event]:
    both = CapClone.SRC_CSPACE_SELF | CapClone.DST_CSPACE_SELF
    for kind in sorted(UNTABLED):
        yield _made(caller, "cap_clone", both, 0, 0, pack(kind, 0, weak=False, serial=0))


def _destroys(_: State, caller: int) -> Iterator[Event]:
    for kind in sorted(UNTABLED):
        word = pack(kind, 0, weak=False, serial=0)
        yield _made(caller, "cap_destroy", CapDestroy.CSPACE_SELF, 0, word)


def _resizes(state: State, caller: int) -> Iterator[Event]:
    for word, target in _named(state, caller, ObjectType.MEMORY):
        body = state.body(target)
        if isinstance(body, Memory):
            listed = count_of(body.pages)
            for pages in _sizes(max(body.size_pages + 1, listed)):
                for grows in (0, MemoryResize.GROW_MAPPING):
                    options = MemoryResize.IN_PLACE | grows
                    yield _made(caller, "memory_resize", options, word, pages)
            for pages in sorted({body.size_pages + 1, listed}):
                yield _made(caller, "memory_resize", 0, word, pages)


def _unmaps(state: State, caller: int) -> Iterator[Event]:
    """Every unmapping: of a whole record, by an update of its size, by a resize."""
    exact = MemoryUpdateMapping.UPDATE_SIZE | MemoryUpdateMapping.EXACT_SIZE
    for word, target in _named(state, caller, ObjectType.ADDRESS_SPACE):
        body = state.body(target)
        if isinstance(body, AddressSpace):
            for record in body.records:
                address = record.start * PAGE_BYTES
                yield _made(caller, "address_space_unmap", 0, word, address)
                for pages in _sizes(record.pages):
                    yield _made(caller, "memory_update_mapping", exact, word, address, pages)
    yield from _resizes(state, caller)


def _sizes(largest: int) -> Iterable[int]:
    """Sizes up to a largest one: all small ones, and powers of two."""
    powers = {1 << bit for bit in range(largest.bit_length())}
    return sorted({*range(min(largest, _EVERY_SIZE) + 1), *powers, largest})


def _maps_at(*pages: int) -> Callable[[State, int], Iterator[Event]]:
    """Mappings of each memory that begin at these pages."""

    def maps(state: State, caller: int) -> Iterator[Event]:
        spaces = list(_named(state, caller, ObjectType.ADDRESS_SPACE))
        for word, _ in _named(state, caller, ObjectType.MEMORY):
            for space, _ in spaces:
                for page in pages:
                    address = page * PAGE_BYTES
                    yield _made(caller, "memory_map", MemoryMap.READ, space, word, address)

    return maps


def _faults(_: State, caller: int) -> Iterator[Event]:
    yield UserReads(caller, _NOWHERE * PAGE_BYTES)


def _sends_of(*ranges: tuple[int, int]) -> Callable[[State, int], Iterator[Event]]:
    """Messages of these offsets and sizes, each from and to each memory of the caller."""

    def sends(state: State, caller: int) -> Iterator[Event]:
        memories = [word for word, _ in _named(state, caller, ObjectType.MEMORY)]
        for channel, _ in _named(state, caller, ObjectType.CHANNEL):
            for memory in memories:
                for each in ranges:
                    yield _made(caller, "channel_try_send", 0, channel, memory, *each)
                    yield _made(caller, "channel_try_recv", 0, channel, memory, *each)
        for reply, _ in _named(state, caller, ObjectType.REPLY):
            for memory in memories:
                for each in ranges:
                    yield _made(caller, "reply_reply", 0, reply, memory, *each)

    return sends


def _swaps(state: State, caller: int) -> Iterator[Event]:
    """Everything that may make a pool show other events."""
    for pool, _ in _named(state, caller, ObjectType.EVENT_POOL):
        yield _made(caller, "event_pool_await", 0, pool)
    for check, _ in _named(state, caller, ObjectType.DROP_CHECK):
        yield _made(caller, "cap_destroy", CapDestroy.CSPACE_SELF, 0, check)
    yield from _sends_of((0, 8))(state, caller)


def _interrupts(state: State, caller: int) -> Iterator[Event]:
    for source, _ in _named(state, caller, ObjectType.INT_ALLOCATOR):
        for allocator, _ in _named(state, caller, ObjectType.ALLOCATOR):
            yield _made(caller, "interrupt_new", 0, source, allocator, 1, 1)


def waiting(design: Design, state: State, place: str) -> Iterator[State]:
    """States in which a thread that slept unseen waited in a call that panics at the place.

    Only where a resume ends any wait.
    """
    call = _STALE.get(place)
    if call is None or design.resume_scope is not ResumeScope.ANY_WAIT:
        return
    for name, known in sorted(state.objects.items()):
        body = known.body
        if isinstance(body, Thread) and body.call is not None and body.call.number == _SUSPEND:
            other = replace(body, call=_made(name, call, 0))
            again = Object(known.type, known.strong, known.weak, other)
            yield replace(state, objects=state.objects.set(name, again))


_SUSPEND = BY_NAME["thread_suspend"].number
_STALE = {
    STALE_SEND.place: "channel_sync_send",
    STALE_RECEIVE.place: "channel_sync_recv",
    STALE_CALL.place: "channel_sync_call",
    STALE_AWAIT.place: "event_pool_await",
    STALE_EXIT.place: "thread_handle_thread_exit_sync",
    STALE_DROP.place: "drop_check_reciever_handle_cap_drop_sync",
}
_KERNEL_PAGE = KERNEL_START // PAGE_BYTES
_LAST_PAGE = (1 << 64) // PAGE_BYTES - 1
_MECHANISMS: dict[str, Callable[[State, int], Iterator[Event]]] = {
    CLONE_UNTABLED.place: _clones,
    DESTROY_UNTABLED.place: _destroys,
    NO_ENTRY.place: _resizes,
    NO_PAGES_MORE.place: _resizes,
    NO_LEAF.place: _unmaps,
    NO_TABLE.place: _unmaps,
    HEAP_LIST.place: _maps_at(_KERNEL_PAGE - 1, _KERNEL_PAGE),
    SIZE_SUM.place: _maps_at(_LAST_PAGE),
    PAGE_FAULT.place: _faults,
    NO_ROOM_FOR_HEADER.place: _sends_of((0, 8)),
    UNMAPS_TOO_MUCH.place: _swaps,
    BUFFER_OVERFLOWS.place: _sends_of((WORD_LIMIT - 8, 8)),
    NO_INTERRUPTS.place: _interrupts,
}
