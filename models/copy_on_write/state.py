"""What the model speaks of: pages of memories, frames, page tables and what processors cache."""

from assay.lang import (
    Ghost,
    Int,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    exists,
    member,
    predicate,
    some,
)
from spec.design import CopyFailure, CopyOnWrite, Design, PageUnit, TranslationFlush


class Page(Kind):
    """A place for a page in some memory. Which memory, and where in it, decides nothing here."""


class Frame(Kind):
    """A page of physical memory that a memory may hold."""


class Address(Kind):
    """A page of some address space."""


class Translation(Kind):
    """A line of the translation cache of some processor."""


class Processor(Kind):
    """A processor."""

    FIRST = member()


class Content(Kind):
    """What the bytes of a frame are."""

    ZEROS = member()


class Pages(State):
    """Who holds which frame, and every way that leads to one."""

    frame: Table[Page, Option[Frame]]  # none: no page there, or a lazy one
    shared: Table[Page, Truth]  # copy on write: a write must not go to the frame
    sharers: Table[Frame, Int]  # how many shared pages hold it, as the kernel counts
    allocated: Table[Frame, Truth]  # the allocator gave it out
    of_block: Table[Frame, Truth]  # it was given out as part of a block
    content: Table[Frame, Content]
    charged: Int  # frames that the quota has paid for
    page: Table[Address, Option[Page]]  # what is mapped there
    entry: Table[Address, Option[Frame]]  # where the page table leads
    writable: Table[Address, Truth]  # the page table allows writes
    caller: Processor  # which makes the calls just now
    at: Table[Translation, Option[Address]]  # what the line translates; none while it is empty
    on: Table[Translation, Option[Processor]]  # whose cache it is in
    leads_to: Table[Translation, Option[Frame]]
    writes: Table[Translation, Truth]
    place: Ghost[Page, Int]  # in the queue of those that share its frame, from 0
    before: Ghost[Page, Option[Page]]  # who stands one place ahead of it
    last: Ghost[Frame, Option[Page]]  # who stands at the end of its queue


model = Model("copy_on_write", Pages, Design)


def pages_are_shared(design: Design) -> bool:
    """A clone of a memory shares its pages."""
    return design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE


def copies_lose_pages(design: Design) -> bool:
    """The copy of a shared page takes its place before there is a frame for it."""
    return pages_are_shared(design) and design.copy_failure is CopyFailure.FORGETS_PAGE


def blocks_are_broken(design: Design) -> bool:
    """What was allocated as a block is freed page by page."""
    return design.page_unit is PageUnit.BLOCK_FREED_SINGLY


def caches_are_current(design: Design) -> bool:
    """A change of a page table reaches every processor."""
    return design.translation_flush is TranslationFlush.SHOOTDOWN


@predicate
def is_resident(s: Pages, page: Page) -> Truth:
    """The page is in memory."""
    return s.frame[page].is_some


@predicate
def is_held(s: Pages, frame: Frame) -> Truth:
    """Some page is in the frame."""
    return exists(Page, lambda p: s.frame[p].holds(frame))


@predicate
def is_lost(s: Pages, frame: Frame) -> Truth:
    """The frame is neither free nor held."""
    return s.allocated[frame] & ~is_held(s, frame)


@predicate
def hold_one_frame(s: Pages, page: Page, other: Page) -> Truth:
    """Both are pages of one frame."""
    return is_resident(s, page) & (s.frame[page] == s.frame[other])


@predicate
def is_alone(s: Pages, page: Page) -> Truth:
    """No other page is in the page's frame."""
    return ~exists(Page, lambda p: (p != page) & hold_one_frame(s, page, p))


@predicate
def others_share_its_frame(s: Pages, page: Page) -> Truth:
    """Another page is in the page's frame and shares it."""
    return exists(Page, lambda p: (p != page) & s.shared[p] & hold_one_frame(s, page, p))


@predicate
def is_last_sharer(s: Pages, page: Page) -> Truth:
    """The page shares its frame with no other page, if it shares it at all.

    That two pages own one frame and share it not is for MEM-3, and no matter of sharing.
    """
    return ~(s.shared[page] & others_share_its_frame(s, page))


@predicate
def is_mapped(s: Pages, page: Page) -> Truth:
    """The page can be seen at some address."""
    return exists(Address, lambda a: s.page[a].holds(page))


@model.start
def boot(new: Pages) -> None:
    """The first processor makes calls, and no memory has a page yet."""
    new.caller = Processor.FIRST


@model.start
def program_runs(new: Pages, page: Page, frame: Frame, address: Address) -> None:
    """The first program has a page, of zeros, and sees it."""
    new.caller = Processor.FIRST
    new.frame[page] = some(frame)
    new.allocated[frame] = True
    new.charged = Int.of(1)
    new.page[address] = some(page)
    new.entry[address] = some(frame)
