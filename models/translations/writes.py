"""A write to a shared page, step by step; and what programs write where they may."""

from assay.lang import Act, Truth, all_of, forall, none, some
from models.copy_on_write.queues import end_queue, leave_queue
from models.copy_on_write.state import (
    Address,
    Content,
    Frame,
    Page,
    Processor,
    Translation,
    copies_lose_pages,
    pages_are_shared,
)
from models.translations.flushing import begin_flush
from models.translations.frames import leave_frame
from models.translations.state import Caches, Flush, is_settled, model
from spec.design import Design
from spec.errors import Error


def _require_shared(act: Act[Design], old: Caches, address: Address) -> Page:
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(old.shared[page], name="page_is_shared")
    act.require(is_settled(old, page), name="page_is_settled")
    return page


@model.action(when=pages_are_shared)
def last_sharer_writes(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """Nobody else holds the frame: it is the page's own from now on, without a copy."""
    page = _require_shared(act, old, address)
    act.require(old.sharers[old.frame[page].value] == 1, name="nobody_else_holds_it")
    end_queue(old, new, page)
    new.shared[page] = False


@model.action(when=pages_are_shared)
def copy_begins(
    act: Act[Design], old: Caches, new: Caches, address: Address, frame: Frame, granted: Truth
) -> None:
    """Others hold the frame: one is allocated for a copy, and paid for.

    `granted`: the allocator has a frame, and the quota allows it.
    """
    page = _require_shared(act, old, address)
    act.require(old.sharers[old.frame[page].value] > 1, name="others_hold_it")
    if copies_lose_pages(act.design):
        act.require(granted, name="frame_is_found")
    else:
        act.check(granted, otherwise=Error.OUT_OF_MEM, name="no_frame")
    act.require(~old.allocated[frame], name="frame_is_free")
    new.copy[page] = some(frame)
    new.allocated[frame] = True
    new.charged = old.charged + 1


@model.action(when=copies_lose_pages)
def failed_copy_loses_the_page(
    act: Act[Design], old: Caches, new: Caches, address: Address
) -> None:
    """No frame is found: the page, which was to be replaced, is lazy from now on."""
    page = _require_shared(act, old, address)
    act.require(old.sharers[old.frame[page].value] > 1, name="others_hold_it")
    leave_queue(old, new, page)
    new.frame[page] = none(Frame)
    new.shared[page] = False


@model.action(when=pages_are_shared)
def content_is_copied(act: Act[Design], old: Caches, new: Caches, page: Page) -> None:
    """The bytes are in the new frame too."""
    act.require(old.copy[page].is_some & ~old.is_copied[page], name="copy_has_begun")
    new.content[old.copy[page].value] = old.content[old.frame[page].value]
    new.is_copied[page] = True


@model.action(when=pages_are_shared)
def entry_leads_to_the_copy(
    act: Act[Design], old: Caches, new: Caches, address: Address, processor: Processor
) -> None:
    """An entry of the page is replaced; it allows writes when the copy is taken, not before."""
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(old.is_copied[page], name="content_is_copied")
    act.require(old.entry[address] != old.copy[page], name="entry_is_not_replaced")
    act.require(old.flush[address] == Flush.OVER, name="flush_is_over")
    new.entry[address] = old.copy[page]
    begin_flush(old, new, processor, lambda a: a == address)


@model.action(when=pages_are_shared)
def copy_is_taken(act: Act[Design], old: Caches, new: Caches, page: Page) -> None:
    """No processor can reach the shared frame by way of this page: the page leaves it."""
    act.require(old.is_copied[page], name="content_is_copied")
    replaced = forall(
        Address,
        lambda a: (
            old.page[a]
            .holds(page)
            .implies(all_of(old.entry[a] == old.copy[page], old.flush[a] == Flush.OVER))
        ),
    )
    act.require(replaced, name="entries_are_replaced")
    leave_frame(act, old, new, page)
    new.frame[page] = old.copy[page]
    new.shared[page] = False
    new.copy[page] = none(Frame)
    new.is_copied[page] = False


@model.action()
def content_is_written(
    act: Act[Design], old: Caches, new: Caches, translation: Translation, content: Content
) -> None:
    """A program writes by way of a line that allows it; page tables are not asked again."""
    act.require(old.writes[translation], name="line_allows_writes")
    new.content[old.leads_to[translation].value] = content
