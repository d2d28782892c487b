"""What the model speaks of: the pages of `copy_on_write`, and what a change has yet to do."""

from assay.lang import (
    Enumeration,
    Int,
    Model,
    Option,
    Table,
    Truth,
    all_of,
    any_of,
    exists,
    forall,
    member,
    predicate,
    some,
)
from models.copy_on_write.state import Address, Frame, Page, Pages, Processor, Translation
from spec.design import Design


class Flush(Enumeration):
    """How far the change of an entry has come."""

    OVER = member()
    CHANGED = member()  # the entry is another, the caches are as they were
    HERE = member()  # the processor that changed it has flushed its own
    SENT = member()  # all others have an interrupt that they acknowledge when they have flushed


class Caches(Pages):
    """Pages, frames, page tables and caches, and every change that is under way."""

    copy: Table[Page, Option[Frame]]  # the frame to which it is being copied
    is_copied: Table[Page, Truth]  # the content is there
    flush: Table[Address, Flush]
    flusher: Table[Address, Option[Processor]]  # which changed the entry, till its flush is over
    owes: Table[tuple[Processor, Address], Truth]  # it was interrupted, and has yet to flush


model = Model("translations", Caches, Design)


@predicate
def is_settled(s: Caches, page: Page) -> Truth:
    """The page is not being copied, and no flush of an address where it is seen is under way."""
    return s.copy[page].is_none & flushes_are_over(s, page)


@predicate
def flushes_are_over(s: Caches, page: Page) -> Truth:
    """No flush of an address where the page is seen is under way."""
    return forall(Address, lambda a: s.page[a].holds(page).implies(s.flush[a] == Flush.OVER))


@predicate
def has_frame(s: Caches, page: Page, frame: Frame) -> Truth:
    """The page is in the frame, or on its way there."""
    return s.frame[page].holds(frame) | s.copy[page].holds(frame)


@predicate
def is_used(s: Caches, frame: Frame) -> Truth:
    """Some page is in the frame, or on its way there."""
    return exists(Page, lambda p: has_frame(s, p, frame))


@predicate
def may_be_stale(s: Caches, translation: Translation) -> Truth:
    """The line's processor has not flushed yet what was changed."""
    address, on = s.at[translation].value, s.on[translation].value
    return any_of(
        s.flush[address] == Flush.CHANGED,
        all_of(s.flush[address] == Flush.HERE, s.on[translation] != s.flusher[address]),
        s.owes[on, address],
    )


@predicate
def is_amid_its_change(s: Caches, translation: Translation) -> Truth:
    """The line's processor has changed the entry, and flushes its own cache next."""
    address = s.at[translation].value
    return (s.flush[address] == Flush.CHANGED) & (s.on[translation] == s.flusher[address])


@model.start
def boot(new: Caches) -> None:
    """No memory has a page yet."""
    new.caller = Processor.FIRST


@model.start
def program_runs(new: Caches, page: Page, frame: Frame, address: Address) -> None:
    """The first program has a page, of zeros, and sees it."""
    new.caller = Processor.FIRST
    new.frame[page] = some(frame)
    new.allocated[frame] = True
    new.charged = Int.of(1)
    new.page[address] = some(page)
    new.entry[address] = some(frame)
