"""A program writes where the page table does not let it, because the page is shared.

Afterwards `entry_allows_writes` is the step of each address of the page that may be written.
"""

from assay.lang import Act, Truth, choose, none, some
from models.copy_on_write.flushing import flush_changed
from models.copy_on_write.queues import end_queue, leave_queue
from models.copy_on_write.state import (
    Address,
    Frame,
    Page,
    Pages,
    copies_lose_pages,
    model,
    pages_are_shared,
)
from spec.design import Design
from spec.errors import Error


def _require_shared(act: Act[Design], old: Pages, address: Address) -> Page:
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(old.shared[page], name="page_is_shared")
    return page


@model.action(when=pages_are_shared)
def last_sharer_writes(act: Act[Design], old: Pages, new: Pages, address: Address) -> None:
    """Nobody else holds the frame: it is the page's own from now on, without a copy."""
    page = _require_shared(act, old, address)
    act.require(old.sharers[old.frame[page].value] == 1, name="nobody_else_holds_it")
    end_queue(old, new, page)
    new.shared[page] = False


@model.action(when=pages_are_shared)
def sharer_writes(
    act: Act[Design], old: Pages, new: Pages, address: Address, frame: Frame, granted: Truth
) -> None:
    """Others hold the frame: the page moves to a new one, with a copy of the content.

    `granted`: the allocator has a frame, and the quota allows it.
    """
    page = _require_shared(act, old, address)
    left = old.frame[page].value
    act.require(old.sharers[left] > 1, name="others_hold_it")
    if copies_lose_pages(act.design):
        act.require(granted, name="frame_is_found")
    else:
        act.check(granted, otherwise=Error.OUT_OF_MEM, name="no_frame")
    act.require(~old.allocated[frame], name="frame_is_free")
    leave_queue(old, new, page)
    new.frame[page] = some(frame)
    new.shared[page] = False
    new.allocated[frame] = True
    new.charged = old.charged + 1
    new.content[frame] = old.content[left]
    new.entry.each(lambda a: choose(old.page[a].holds(page), some(frame), old.entry[a]))
    flush_changed(act, old, new, lambda a: old.page[a].holds(page))


@model.action(when=copies_lose_pages)
def failed_copy_loses_the_page(act: Act[Design], old: Pages, new: Pages, address: Address) -> None:
    """No frame is found: the page, which was to be replaced, is lazy from now on."""
    page = _require_shared(act, old, address)
    act.require(old.sharers[old.frame[page].value] > 1, name="others_hold_it")
    leave_queue(old, new, page)
    new.frame[page] = none(Frame)
    new.shared[page] = False
