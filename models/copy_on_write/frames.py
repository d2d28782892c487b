"""Pages that come to a frame, share it with a clone, and leave it."""

from assay.lang import TRUE, Act, Truth, choose, exists, none, some
from models.copy_on_write.flushing import flush_changed
from models.copy_on_write.queues import join_queue, leave_queue
from models.copy_on_write.state import (
    Content,
    Frame,
    Page,
    Pages,
    blocks_are_broken,
    is_lost,
    is_mapped,
    is_resident,
    model,
    pages_are_shared,
)
from spec.design import Design, FreshPages
from spec.errors import Error


def _require_granted(act: Act[Design], old: Pages, page: Page, granted: Truth) -> None:
    act.require(~is_resident(old, page), name="no_page_yet")
    act.check(granted, otherwise=Error.OUT_OF_MEM, name="no_frame")


def _require_cleared(act: Act[Design], cleared: Truth) -> None:
    if act.design.fresh_pages is FreshPages.ZEROED:
        act.require(cleared, name="fresh_pages_are_cleared")


def _come(
    act: Act[Design], old: Pages, new: Pages, page: Page, frame: Frame, cleared: Truth
) -> None:
    new.frame[page] = some(frame)
    new.allocated[frame] = True
    new.charged = old.charged + 1
    new.content[frame] = choose(cleared, Content.ZEROS, old.content[frame])
    new.entry.each(lambda a: choose(old.page[a].holds(page), some(frame), old.entry[a]))
    flush_changed(act, old, new, lambda a: old.page[a].holds(page))


@model.action()
def page_comes(
    act: Act[Design],
    old: Pages,
    new: Pages,
    page: Page,
    frame: Frame,
    cleared: Truth,
    granted: Truth,
) -> None:
    """A memory that is made or grows gets a page, or a lazy page is used for the first time.

    `granted`: the allocator has a frame, and the quota allows it.
    """
    _require_granted(act, old, page, granted)
    act.require(~old.allocated[frame], name="frame_is_free")
    _require_cleared(act, cleared)
    _come(act, old, new, page, frame, cleared)


@model.action(when=blocks_are_broken)
def page_comes_in_a_block(
    act: Act[Design],
    old: Pages,
    new: Pages,
    page: Page,
    frame: Frame,
    cleared: Truth,
    granted: Truth,
) -> None:
    """One of several pages that a memory gets at once."""
    _require_granted(act, old, page, granted)
    act.require(~old.allocated[frame], name="frame_is_free")
    _require_cleared(act, cleared)
    _come(act, old, new, page, frame, cleared)
    new.of_block[frame] = True


@model.action(when=blocks_are_broken)
def page_comes_again(
    act: Act[Design], old: Pages, new: Pages, page: Page, frame: Frame, cleared: Truth
) -> None:
    """Like `page_comes_in_a_block`, out of a block that was given out before.

    Pages of it were freed one by one, so the allocator takes the whole of it for free.
    """
    act.require(~is_resident(old, page), name="no_page_yet")
    act.require(old.of_block[frame], name="frame_is_of_a_block")
    act.require(exists(Frame, lambda f: is_lost(old, f)), name="a_block_is_broken")
    _require_cleared(act, cleared)
    _come(act, old, new, page, frame, cleared)


@model.action(when=pages_are_shared)
def page_is_shared(act: Act[Design], old: Pages, new: Pages, page: Page, clone: Page) -> None:
    """memory_clone: a page of the new memory is that of the old one, which none may write."""
    act.require(is_resident(old, page), name="page_is_there")
    act.require(~is_resident(old, clone) & ~is_mapped(old, clone), name="clone_is_new")
    new.frame[clone] = old.frame[page]
    join_queue(old, new, page, clone)
    new.shared.each(lambda p: old.shared[p] | (p == page) | (p == clone))
    new.writable.each(lambda a: old.writable[a] & ~old.page[a].holds(page))
    flush_changed(act, old, new, lambda a: old.page[a].holds(page))


@model.action()
def page_goes(act: Act[Design], old: Pages, new: Pages, page: Page) -> None:
    """A memory that is dropped or shrinks lets go of a page; the last sharer frees the frame."""
    act.require(is_resident(old, page), name="page_is_there")
    act.require(~is_mapped(old, page), name="page_is_mapped_nowhere")
    frame = old.frame[page].value
    is_freed = ~old.shared[page] | (old.sharers[frame] == 1)
    new.frame[page] = none(Frame)
    new.shared[page] = False
    leave_queue(old, new, page)
    new.charged = choose(is_freed, old.charged - 1, old.charged)
    new.allocated[frame] = ~(is_freed & _is_found_again(act, old, frame))


def _is_found_again(act: Act[Design], old: Pages, frame: Frame) -> Truth:
    """The allocator sees that a single frame is free; in a broken block it does not."""
    return ~old.of_block[frame] if blocks_are_broken(act.design) else TRUE
