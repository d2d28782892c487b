"""Copying between buffers as the kernel does it: what is written where, and how much.

Source: cap/memory/memory_copy.rs, cap/memory/mod.rs. A source is read page by page, but as built
the kernel never goes on from the buffer's first page, and takes what was written for what was read;
a target goes on to its next page only in the middle of a write. Both show at page borders.
"""

from typing import NamedTuple, Protocol

from reference_kernel.contents import Region, copy, know_cleared
from reference_kernel.draft import Draft
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Deadlock, Panic, Refused
from reference_kernel.pages import PageState, Run, page_at
from reference_kernel.parties import Buffer
from reference_kernel.sharing import fill, prepare_write
from spec.design import MessageCopy, Overflow
from spec.panics import BUFFER_OVERFLOWS, COPY_RUNS_ON
from spec.sizes import PAGE_BYTES, WORD_LIMIT

Fault = Refused | Panic | Deadlock


class Written(NamedTuple):
    """How many bytes were written, and whether the target is full."""

    size: int
    full: bool


class Writer(Protocol):
    """Where a copy goes."""

    @property
    def room(self) -> int:
        """How many bytes fit."""
        ...

    def pointer(self) -> int | Fault:
        """The physical address to which the next byte goes."""
        ...

    def write(self, region: Region, /) -> Written | Fault:
        """Writes as much of the region as there is room for."""
        ...


def range_of(draft: Draft, buffer: Buffer) -> tuple[int, int] | Panic | None:
    """First byte and end of the buffer in its living memory; None where that has no such bytes.

    As built their sum may exceed a word: a build that does not trap that ends before it begins.
    """
    end = buffer.offset + buffer.size_bytes
    traps = draft.machine.overflow is Overflow.PANICS and not is_exact(draft)
    if end >= WORD_LIMIT and traps:
        return Panic(BUFFER_OVERFLOWS.place, BUFFER_OVERFLOWS.why)
    size = draft.memory(buffer.memory).size_pages * PAGE_BYTES
    return None if end > size or buffer.offset >= end else (buffer.offset, end)


def is_exact(draft: Draft) -> bool:
    """Whether exactly the bytes of a message are copied, one after the other."""
    return draft.design.message_copy is MessageCopy.EXACT


def frame_to_read(draft: Draft, memory: int, page: int) -> int | Fault:
    """The frame of the page; a lazy page gets one.

    Refuses: no frame for it.
    """
    run = page_at(draft.memory(memory).pages, page)
    if not run.resident:
        fault = fill(draft, memory, page)
        if fault is not None:
            return _named(fault)
        run = page_at(draft.memory(memory).pages, page)
    return _known(draft, run)


def frame_to_write(draft: Draft, memory: int, page: int) -> int | Fault:
    """The frame of the page, that only this memory has.

    Refuses: no frame for it.
    """
    run = page_at(draft.memory(memory).pages, page)
    if run.state is not PageState.OWNED:
        fault = prepare_write(draft, memory, page)
        if fault is not None:
            return _named(fault)
        run = page_at(draft.memory(memory).pages, page)
    return _known(draft, run)


def _named(fault: Refused | Panic) -> Refused | Panic:
    """The fault as the calls' tables name it; whether anything was done, the call says."""
    if isinstance(fault, Panic):
        return fault
    return Refused(fault.error, "no_memory_for_pages")


def _of_message(fault: Fault) -> Fault:
    """The fault of who sends: a page of the message gets no frame."""
    if isinstance(fault, Refused):
        return Refused(fault.error, "no_memory_for_message")
    return fault


def _known(draft: Draft, run: Run) -> int:
    if run.cleared:
        know_cleared(draft, run.frame)
    return run.frame


class MemoryWriter:
    """Writes into a range of a memory."""

    __slots__ = ("_draft", "_end", "_memory", "_offset", "_page")

    def __init__(self, draft: Draft, memory: int, first: int, end: int) -> None:
        self._draft = draft
        self._memory = memory
        self._page = first // PAGE_BYTES
        self._offset = first
        self._end = end

    @property
    def room(self) -> int:
        """How many bytes fit."""
        return self._end - self._offset

    def pointer(self) -> int | Fault:
        """The physical address to which the next byte goes."""
        frame = frame_to_write(self._draft, self._memory, self._page)
        place = self._offset % PAGE_BYTES
        return frame * PAGE_BYTES + place if isinstance(frame, int) else frame

    def write(self, region: Region, /) -> Written | Fault:
        """Writes as much of the region as there is room for; it ends a page only in its middle."""
        done, place = 0, self._offset % PAGE_BYTES
        while self._offset != self._end:
            frame = frame_to_write(self._draft, self._memory, self._page)
            if not isinstance(frame, int):
                return frame
            count = min(region.size - done, PAGE_BYTES - place, self._end - self._offset)
            if self._draft.machine.writes is not Writes.NONE:
                copy(self._draft, region, done, frame * PAGE_BYTES + place, count)
            done += count
            self._offset += count
            if is_exact(self._draft):
                self._page = self._offset // PAGE_BYTES
            if done == region.size:
                return Written(done, self._offset == self._end)
            if not is_exact(self._draft):
                self._page += 1
            place = 0
        return Written(done, full=True)


def copy_range(draft: Draft, memory: int, first: int, end: int, writer: Writer) -> int | Fault:
    """Copies a range of a memory; gives how many bytes were written.

    As built what was written counts as what was read, so that the copy may run past its end, and
    then till the target is full.
    """
    page, offset, total = first // PAGE_BYTES, first, 0
    while offset != end:
        if offset > end and draft.machine.overflow is Overflow.PANICS:
            return Panic(COPY_RUNS_ON.place, COPY_RUNS_ON.why)
        place = offset % PAGE_BYTES
        frame = frame_to_read(draft, memory, page)
        if not isinstance(frame, int):
            return _of_message(frame)
        left = (end - offset) % WORD_LIMIT
        region = Region(frame * PAGE_BYTES + place, min(left, PAGE_BYTES - place))
        written = writer.write(region)
        if not isinstance(written, Written):
            return written
        total += written.size
        offset += region.size if is_exact(draft) else written.size
        page = offset // PAGE_BYTES if is_exact(draft) else page
        if written.full:
            break
    return total
