"""Event pools: the two buffers, who waits, and how events get in and out.

Source: event/event_pool.rs.
"""

from reference_kernel.address_spaces import map_spans, unmap_all
from reference_kernel.allocation import release, take_frame
from reference_kernel.changing import replace
from reference_kernel.contents import Region, Word, copy, own_words
from reference_kernel.copying import Fault, Written, is_exact
from reference_kernel.draft import Draft
from reference_kernel.frames import CLEARED
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.parties import WaitingThread
from reference_kernel.ready_queue import is_waiting, wake
from reference_kernel.records import READ, WRITE
from reference_kernel.spans import Span, joined
from reference_kernel.state import NOTHING, EventBuffer, EventPool, WakeReason, Woke
from spec.design import (
    DeliveryFault,
    FreshPages,
    PoolGrowth,
    PoolSwap,
    UpdateSteps,
    WaiterFailure,
)
from spec.errors import Error
from spec.panics import NO_LEAF, NO_ROOM_FOR_HEADER, UNMAPS_TOO_MUCH
from spec.sizes import PAGE_BYTES, WORD_LIMIT

MESSAGE_SENT, THREAD_EXIT, CAP_DROP, INTERRUPT_TRIGGER, MESSAGE_RECEIVED = range(5)
MESSAGE_FAILED, EVENTS_MISSED = 5, 6
"""The tags of events, their first words."""
_WORD_BYTES = 8
_FULL = Refused(Error.OUT_OF_CAPACITY, "pool_full")
_NO_PAGE = Refused(Error.OUT_OF_MEM, "no_memory_for_pages")
_NOT_MAPPED = Refused(Error.INVL_OP, "pool_not_mapped")
_SPACE_DEAD = Refused(Error.INVL_OP, "address_space_dead")
_NO_TABLES = Refused(Error.OUT_OF_MEM, "no_memory_for_tables", after=True)


def pages_of(size_bytes: int) -> int:
    """The pages in which so many bytes are."""
    return -(-size_bytes // PAGE_BYTES)


class PoolWriter:
    """Writes behind the events of a pool's buffer.

    As built a write that goes beyond its page does not end before the buffer does.
    """

    __slots__ = ("_draft", "_frames", "_page", "_place")

    def __init__(self, draft: Draft, buffer: EventBuffer) -> None:
        self._draft = draft
        self._frames = buffer.frames
        self._page, self._place = divmod(buffer.written_bytes, PAGE_BYTES)

    @property
    def room(self) -> int:
        """How many bytes fit."""
        return (len(self._frames) - self._page) * PAGE_BYTES - self._place

    def pointer(self) -> int | Fault:
        """The physical address to which the next byte goes; the kernel panics if there is none."""
        if self._page >= len(self._frames):
            return Panic(NO_ROOM_FOR_HEADER.place, NO_ROOM_FOR_HEADER.why)
        return self._frames[self._page] * PAGE_BYTES + self._place

    def write(self, region: Region, /) -> Written | Fault:
        """Writes as much of the region as there is room for, and perhaps what is behind it."""
        done = 0
        while self._page < len(self._frames):
            left = region.size - done if is_exact(self._draft) else region.size
            count = min(PAGE_BYTES - self._place, left)
            target = self._frames[self._page] * PAGE_BYTES + self._place
            copy(self._draft, region, done, target, count)
            self._place += count
            done += count
            if self._place == PAGE_BYTES:
                self._page, self._place = self._page + 1, 0
            if done == region.size:
                return Written(done, full=False)
        return Written(done, full=True)


def make_room(draft: Draft, name: int, size_bytes: int) -> Refused | None:
    """The pool's buffer has pages for so many bytes more, as far as the kernel cares.

    As built it grows only when this one write is larger than all its pages. Refuses, first match
    wins: more than the pool may have, no frame.
    """
    body = draft.pool(name)
    buffer, size_bytes = body.writes, size_bytes % WORD_LIMIT
    total = (buffer.written_bytes + size_bytes) % WORD_LIMIT
    required, capacity = pages_of(total), len(buffer.frames)
    if required > body.max_pages:
        return _FULL
    by_total = draft.design.pool_growth is PoolGrowth.TESTS_TOTAL
    if (total if by_total else size_bytes) <= capacity * PAGE_BYTES:
        return None
    return _grow(draft, name, min(max(2 * capacity, required), body.max_pages))


def _grow(draft: Draft, name: int, pages: int) -> Refused | None:
    body = draft.pool(name)
    frames, taken = body.writes.frames, 0
    while len(frames) < pages:
        frame = take_frame(draft)
        if frame is None:
            break
        if draft.design.fresh_pages is FreshPages.ZEROED:
            contents = draft.frames.contents.set(frame, CLEARED)
            draft.frames = draft.frames.with_contents(contents)
        frames, taken = (*frames, frame), taken + 1
    draft.put(name, replace(body, writes=replace(body.writes, frames=frames)))
    if len(frames) < pages:
        return replace(_NO_PAGE, after=taken > 0)
    return None


def append(draft: Draft, name: int, *words: Word) -> Refused | None:
    """An event of these words is in the living pool, or as much of it as there is room for.

    Refuses as `make_room` does.
    """
    refused = make_room(draft, name, len(words) * _WORD_BYTES)
    if refused is not None:
        return refused
    written = PoolWriter(draft, draft.pool(name).writes).write(own_words(*words))
    assert isinstance(written, Written), name
    advance(draft, name, written.size)
    return None


def advance(draft: Draft, name: int, size_bytes: int) -> None:
    """So many bytes more are written; the next event begins with a whole word."""
    body = draft.pool(name)
    written = body.writes.written_bytes + -(-size_bytes // _WORD_BYTES) * _WORD_BYTES
    draft.put(name, replace(body, writes=replace(body.writes, written_bytes=written)))


def tell(draft: Draft, name: int, *words: Word) -> Refused | Panic | None:
    """An event is in the living pool, and who waits for it wakes.

    Refuses, first match wins: as `append` does, as `wake_waiter` does.
    """
    with draft.lock(LockKind.POOL, name):
        return append(draft, name, *words) or wake_waiter(draft, name)


def notify(draft: Draft, name: int, *words: Word) -> Panic | None:
    """The same for what becomes of a message: if there is no room, the pool misses it.

    As built nobody learns that.
    """
    refused = tell(draft, name, *words)
    if isinstance(refused, Panic):
        return refused
    reports = draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER
    if reports and refused is not None:
        body = draft.pool(name)
        draft.put(name, replace(body, missed=body.missed + 1))
    return None


def wake_waiter(draft: Draft, name: int) -> Refused | Panic | None:
    """Whoever waits for the living pool wakes with its events; he waits no more in any case.

    Refuses as `swap` does; where the design tells the waiter of it, nobody else is told.
    """
    waiter = draft.pool(name).waiter
    if waiter is None:
        return None
    draft.put(name, replace(draft.pool(name), waiter=None))
    shown = swap(draft, name)
    waits = is_waiting(draft, waiter.thread, waiter.wait)
    tells = draft.design.waiter_failure is WaiterFailure.TOLD
    if isinstance(shown, tuple) and waits:
        wake(draft, waiter.thread, WakeReason(Woke.EVENTS, shown))
    elif isinstance(shown, Refused) and tells and waits:
        wake(draft, waiter.thread, failed(shown))
    draft.forget(waiter.thread)
    if isinstance(shown, tuple) or (tells and isinstance(shown, Refused)):
        return None
    return shown


def failed(why: Refused) -> WakeReason:
    """What a waiter is told who waited in vain: the error, which is what its call returns."""
    return WakeReason(Woke.FAILED, (why.error.value,), why.refusal)


def swap(draft: Draft, name: int) -> tuple[int, int] | Refused | Panic:
    """The events written so far are mapped instead of those read before; gives where, how much.

    Refuses, first match wins: the pool is not mapped, its address space is dead, no frame for a
    page table; then, as built, nothing of it is mapped.
    """
    body = draft.pool(name)
    if body.mapped_in == NOTHING:
        return _NOT_MAPPED
    if not draft.is_alive(body.mapped_in):
        return _SPACE_DEAD
    with draft.lock(LockKind.ADDRESS_SPACE, body.mapped_in):
        return _swap(draft, name)


def _swap(draft: Draft, name: int) -> tuple[int, int] | Refused | Panic:
    body, mark = draft.pool(name), draft.mark()
    panic = hide(draft, name)
    if panic is not None:
        return panic
    body = draft.pool(name)
    written = body.writes.written_bytes
    mapped = map_spans(draft, body.mapped_in, _spans(body, pages_of(written)))
    if isinstance(mapped, Panic):
        return mapped
    if not mapped:
        if draft.design.update_steps is UpdateSteps.COMMITTED_ONE_BY_ONE:
            return _NO_TABLES
        draft.back_to(mark)
        return replace(_NO_TABLES, after=False)
    draft.put(name, replace(body, writes=body.reads, reads=body.writes, is_shown=True))
    _tell_of_missed(draft, name)
    return body.mapped_at * PAGE_BYTES, written


def _tell_of_missed(draft: Draft, name: int) -> None:
    """The first event behind those that are shown now says how many there was no room for."""
    body = draft.pool(name)
    if body.missed and append(draft, name, EVENTS_MISSED, 0, body.missed) is None:
        draft.put(name, replace(draft.pool(name), missed=0))


def _spans(body: EventPool, count: int) -> list[Span]:
    access = READ | WRITE
    frames = enumerate(body.writes.frames[:count], start=body.mapped_at)
    return list(joined(Span(page, page + 1, frame, access) for page, frame in frames))


def hide(draft: Draft, name: int) -> Panic | None:
    """The events that were read are unmapped from the living address space, and gone.

    As built the kernel wants to unmap every page of the buffer, mapped or not.
    """
    body = draft.pool(name)
    mapped = min(pages_of(body.reads.written_bytes), len(body.reads.frames))
    all_pages = draft.design.pool_swap is PoolSwap.UNMAPS_ALL
    count = len(body.reads.frames) if all_pages else mapped
    if body.is_shown and count:
        start = body.mapped_at
        panic = unmap_all(draft, body.mapped_in, [(start, start + count)])
        if panic is not None:
            leaf = panic.place == NO_LEAF.place
            return panic if leaf else Panic(UNMAPS_TOO_MUCH.place, UNMAPS_TOO_MUCH.why)
    reads = replace(body.reads, written_bytes=0)
    draft.put(name, replace(body, reads=reads, is_shown=False))
    return None


def await_by(draft: Draft, name: int, waiter: WaitingThread) -> None:
    """The thread waits for the living pool."""
    if draft.fine is not None:
        draft.touch(Lock(LockKind.POOL, name))
    draft.put(name, replace(draft.pool(name), waiter=waiter))
    draft.watch(waiter.thread)


def unmap(draft: Draft, name: int) -> Refused | Panic | None:
    """The living pool is mapped nowhere.

    Refuses: it is not, or its address space is dead.
    """
    body = draft.pool(name)
    if body.mapped_in == NOTHING or not draft.is_alive(body.mapped_in):
        return _NOT_MAPPED
    with draft.lock(LockKind.ADDRESS_SPACE, body.mapped_in):
        panic = hide(draft, name)
    if panic is None:
        draft.put(name, replace(draft.pool(name), mapped_in=NOTHING, mapped_at=0))
        draft.forget(body.mapped_in)
    return panic


def release_pool(draft: Draft, body: EventPool) -> None:
    """The dead pool lets go of its frames, and of whom it watched."""
    for frame in (*body.reads.frames, *body.writes.frames):
        release(draft, frame, 1)
    draft.forget(body.mapped_in)
    if body.waiter is not None:
        draft.forget(body.waiter.thread)
