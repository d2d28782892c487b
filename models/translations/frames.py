"""Pages that come to a frame, share it with a clone, and leave it."""

from assay.lang import TRUE, Act, Truth, choose, exists, forall, none, some
from models.copy_on_write.queues import join_queue, leave_queue
from models.copy_on_write.state import (
    Address,
    Content,
    Frame,
    Page,
    Processor,
    blocks_are_broken,
    is_lost,
    is_mapped,
    is_resident,
    pages_are_shared,
)
from models.translations.flushing import begin_flush
from models.translations.state import Caches, is_settled, model
from spec.design import Design, FreshPages
from spec.errors import Error


def _require_granted(act: Act[Design], old: Caches, page: Page, granted: Truth) -> None:
    act.require(~is_resident(old, page), name="no_page_yet")
    act.require(is_settled(old, page), name="page_is_settled")
    act.check(granted, otherwise=Error.OUT_OF_MEM, name="no_frame")


def _require_cleared(act: Act[Design], cleared: Truth) -> None:
    if act.design.fresh_pages is FreshPages.ZEROED:
        act.require(cleared, name="fresh_pages_are_cleared")


def _come(
    old: Caches, new: Caches, page: Page, frame: Frame, processor: Processor, cleared: Truth
) -> None:
    new.frame[page] = some(frame)
    new.allocated[frame] = True
    new.charged = old.charged + 1
    new.content[frame] = choose(cleared, Content.ZEROS, old.content[frame])
    new.entry.each(lambda a: choose(old.page[a].holds(page), some(frame), old.entry[a]))
    begin_flush(old, new, processor, lambda a: old.page[a].holds(page))


@model.action()
def page_comes(
    act: Act[Design],
    old: Caches,
    new: Caches,
    page: Page,
    frame: Frame,
    processor: Processor,
    cleared: Truth,
    granted: Truth,
) -> None:
    """A memory that is made or grows gets a page, or a lazy page is used for the first time.

    `granted`: the allocator has a frame, and the quota allows it.
    """
    _require_granted(act, old, page, granted)
    act.require(~old.allocated[frame], name="frame_is_free")
    _require_cleared(act, cleared)
    _come(old, new, page, frame, processor, cleared)


@model.action(when=blocks_are_broken)
def page_comes_in_a_block(
    act: Act[Design],
    old: Caches,
    new: Caches,
    page: Page,
    frame: Frame,
    processor: Processor,
    cleared: Truth,
    granted: Truth,
) -> None:
    """One of several pages that a memory gets at once."""
    _require_granted(act, old, page, granted)
    act.require(~old.allocated[frame], name="frame_is_free")
    _require_cleared(act, cleared)
    _come(old, new, page, frame, processor, cleared)
    new.of_block[frame] = True


@model.action(when=blocks_are_broken)
def page_comes_again(
    act: Act[Design],
    old: Caches,
    new: Caches,
    page: Page,
    frame: Frame,
    processor: Processor,
    cleared: Truth,
) -> None:
    """Like `page_comes_in_a_block`, out of a block that was given out before."""
    act.require(~is_resident(old, page), name="no_page_yet")
    act.require(is_settled(old, page), name="page_is_settled")
    act.require(old.of_block[frame], name="frame_is_of_a_block")
    act.require(exists(Frame, lambda f: is_lost(old, f)), name="a_block_is_broken")
    _require_cleared(act, cleared)
    _come(old, new, page, frame, processor, cleared)


@model.action(when=pages_are_shared)
def entry_is_protected(
    act: Act[Design], old: Caches, new: Caches, address: Address, processor: Processor
) -> None:
    """memory_clone begins: an entry of a page that is to be shared allows no more writes."""
    act.require(old.writable[address], name="entry_allows_writes")
    act.require(is_settled(old, old.page[address].value), name="page_is_settled")
    new.writable[address] = False
    begin_flush(old, new, processor, lambda a: a == address)


@model.action(when=pages_are_shared)
def page_is_shared(act: Act[Design], old: Caches, new: Caches, page: Page, clone: Page) -> None:
    """A page of the new memory is that of the old one, which nobody can write any more."""
    act.require(is_resident(old, page), name="page_is_there")
    act.require(is_settled(old, page), name="page_is_settled")
    protected = forall(Address, lambda a: ~(old.page[a].holds(page) & old.writable[a]))
    act.require(protected, name="entries_are_protected")
    act.require(~is_resident(old, clone) & ~is_mapped(old, clone), name="clone_is_new")
    new.frame[clone] = old.frame[page]
    join_queue(old, new, page, clone)
    new.shared.each(lambda p: old.shared[p] | (p == page) | (p == clone))


@model.action()
def page_goes(act: Act[Design], old: Caches, new: Caches, page: Page) -> None:
    """A memory that is dropped or shrinks lets go of a page; the last sharer frees the frame."""
    act.require(is_resident(old, page), name="page_is_there")
    act.require(~is_mapped(old, page), name="page_is_mapped_nowhere")
    act.require(old.copy[page].is_none, name="page_is_not_copied")
    new.shared[page] = False
    leave_frame(act, old, new, page)
    new.frame[page] = none(Frame)


def leave_frame(act: Act[Design], old: Caches, new: Caches, page: Page) -> None:
    """The page is in its frame no more; the frame is freed if nobody else is in it."""
    frame = old.frame[page].value
    is_freed = ~old.shared[page] | (old.sharers[frame] == 1)
    found_again = ~old.of_block[frame] if blocks_are_broken(act.design) else TRUE
    leave_queue(old, new, page)
    new.charged = choose(is_freed, old.charged - 1, old.charged)
    new.allocated[frame] = ~(is_freed & found_again)
