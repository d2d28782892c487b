"""A program reads or writes a word: translation, page fault, and what it sees.

Source: int/mod.rs: as built every page fault of a program panics the kernel. Not modelled: that as
built the kernel's own pages can be reached by programs too.
"""

from bisect import bisect_right

from reference_kernel import spans
from reference_kernel.address_spaces import start_of
from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.events import Event, UserReads, UserWrites
from reference_kernel.frames import CLEARED, NEVER_TOUCHED, Content
from reference_kernel.locks import LockKind
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Cut, Done, Outcome, Panic, Seen
from reference_kernel.pages import PageState, page_at
from reference_kernel.processors import end_current
from reference_kernel.records import ACCESS, WRITE, MemoryRecord
from reference_kernel.sections import Rest, Section
from reference_kernel.sharing import fill, prepare_write
from reference_kernel.state import AddressSpace
from reference_kernel.translations import is_changing, remember, waits_for_change
from spec.design import CopyOnWrite, LazyPages, UserFaults
from spec.panics import PAGE_FAULT
from spec.sizes import PAGE_BYTES, virtual_address

WORD_BYTES = 8


def user_reads(draft: Draft, event: UserReads) -> Outcome:
    """The word at the address, or what a page fault leads to."""
    frame = _reach(draft, event, writes=False)
    if not isinstance(frame, int):
        return frame
    return Seen(_content(draft, event, frame).word(_number(event.address)))


def user_writes(draft: Draft, event: UserWrites) -> Outcome:
    """The word at the address is the value, or what a page fault leads to."""
    frame = _reach(draft, event, writes=True)
    if not isinstance(frame, int):
        return frame
    if draft.machine.touches_ordinary_memory(frame, frame + 1):
        held = _content(draft, event, frame)
        words = held.words.set(_number(event.address), event.value)
        contents = draft.frames.contents.set(frame, Content(held.cleared, words))
        draft.frames = draft.frames.with_contents(contents)
    return Done()


def _number(address: int) -> int:
    """Which word of its page an address is."""
    return address % PAGE_BYTES // WORD_BYTES


def _reach(draft: Draft, event: UserReads | UserWrites, *, writes: bool) -> int | Outcome:
    """The frame behind the address, after the page faults that it takes."""
    address, space = event.address, draft.thread(event.thread).address_space
    known = virtual_address(address)
    if known != address:
        return _unserved(draft, event)
    page = address // PAGE_BYTES
    frame = _translate(draft, space, page, writes=writes)
    if frame is not None:
        return frame
    if draft.fine is not None:
        return draft.cut(Section.FAULTS, event)
    served = _serve(draft, event, page, writes=writes)
    if served is not None:
        return served
    frame = _translate(draft, space, page, writes=writes)
    assert frame is not None, address
    return frame


def faults(draft: Draft, rest: Rest) -> Outcome:
    """The kernel answers the page fault, and the program tries again."""
    event = rest.event
    assert isinstance(event, UserReads | UserWrites), rest
    writes, page = isinstance(event, UserWrites), event.address // PAGE_BYTES
    space = draft.thread(event.thread).address_space
    if is_changing(draft, space, page):
        waits_for_change(draft, space)
    elif _translate(draft, space, page, writes=writes) is None:
        served = _serve(draft, event, page, writes=writes)
        if served is not None:
            return served
    again = draft.cut(Section.TRIES_AGAIN, event)
    return Cut(replace(again.rest, interrupts=True))


def tries_again(draft: Draft, rest: Rest) -> Outcome:
    """The program does what faulted; it may fault anew, if others changed the page meanwhile."""
    match rest.event:
        case UserReads():
            return user_reads(draft, rest.event)
        case UserWrites():
            return user_writes(draft, rest.event)
        case _:
            raise AssertionError(rest)


def _translate(draft: Draft, space: int, page: int, *, writes: bool) -> int | None:
    """What the processor remembers of the page, or else what the page tables say, if they allow it.

    It remembers what it looked up.
    """
    entry = spans.at(draft.cache, page)
    if entry is None or (writes and not entry.note & WRITE):
        if is_changing(draft, space, page):
            return None
        entry = spans.at(draft.address_space(space).tables.entries, page)
        if entry is None or (writes and not entry.note & WRITE):
            return None
        remember(draft, page, entry)
    return entry.frame + page - entry.first


def _serve(
    draft: Draft, event: UserReads | UserWrites, page: int, *, writes: bool
) -> Outcome | None:
    """The kernel's answer to a page fault; None where the program may try again.

    A write to a shared page copies it; lazy pages are filled, if that is done at a fault.
    """
    space = draft.thread(event.thread).address_space
    record = _record_of(draft.address_space(space), page)
    if record is None or not record.location.access & (WRITE if writes else ACCESS):
        return _unserved(draft, event)
    number = page - record.start + record.location.offset
    run = page_at(draft.memory(record.memory).pages, number)
    if run.state is PageState.SHARED and writes:
        if draft.design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE:
            with draft.lock(LockKind.MEMORY, record.memory):
                return prepare_write(draft, record.memory, number)
    elif not run.resident:
        match draft.design.lazy_pages:
            case LazyPages.FAULT_IN_KERNEL:
                with draft.lock(LockKind.MEMORY, record.memory):
                    return fill(draft, record.memory, number)
            case LazyPages.KERNEL_ONLY | LazyPages.USER_PAGER:
                pass  # a pager would be asked by an event, and no event is delivered yet
    return _unserved(draft, event)


def _record_of(body: AddressSpace, page: int) -> MemoryRecord | None:
    """The mapping of a memory that the page lies in."""
    at = bisect_right(body.records, page, key=start_of) - 1
    record = body.records[at] if at >= 0 else None
    if isinstance(record, MemoryRecord) and page < record.start + record.pages:
        return record
    return None


def _unserved(draft: Draft, event: Event) -> Outcome:
    if draft.design.user_faults is UserFaults.PANIC_KERNEL:
        return Panic(PAGE_FAULT.place, PAGE_FAULT.why)
    return end_current(draft, event)


def _content(draft: Draft, event: UserReads | UserWrites, frame: int) -> Content:
    """What the frame holds: what was written to it, over what its owner got it with."""
    held = draft.frames.contents.get(frame)
    if held is not None:
        return held
    space = draft.thread(event.thread).address_space
    page = event.address // PAGE_BYTES
    record = _record_of(draft.address_space(space), page)
    if record is None:
        return NEVER_TOUCHED
    number = page - record.start + record.location.offset
    run = page_at(draft.memory(record.memory).pages, number)
    known = run.cleared and draft.machine.writes is Writes.EVENTS
    return CLEARED if known and run.frame == frame else NEVER_TOUCHED
