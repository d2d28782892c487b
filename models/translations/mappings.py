"""What page tables say."""

from assay.lang import Act, choose, none, some
from models.copy_on_write.state import (
    Address,
    Frame,
    Page,
    Processor,
    copies_lose_pages,
    is_resident,
)
from models.translations.flushing import begin_flush
from models.translations.state import Caches, Flush, is_settled, model
from spec.design import Design, TranslationFlush


@model.action()
def page_is_mapped(
    act: Act[Design],
    old: Caches,
    new: Caches,
    address: Address,
    page: Page,
    processor: Processor,
) -> None:
    """An address shows a page, read-only at first; the entry of a lazy page is not written."""
    act.require(old.page[address].is_none, name="address_is_unused")
    act.require(old.flush[address] == Flush.OVER, name="flush_is_over")
    act.require(old.copy[page].is_none, name="page_is_not_copied")
    is_there = is_resident(old, page)
    new.page[address] = some(page)
    new.entry[address] = choose(is_there, old.frame[page], old.entry[address])
    begin_flush(old, new, processor, lambda a: (a == address) & is_there)


@model.action()
def entry_allows_writes(
    act: Act[Design], old: Caches, new: Caches, address: Address, processor: Processor
) -> None:
    """The mapping allows writes, and nothing shares the page: a write needs no copy."""
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(old.entry[address].is_some & is_resident(old, page), name="page_is_there")
    act.require(~old.shared[page], name="page_is_not_shared")
    act.require(is_settled(old, page), name="page_is_settled")
    act.require(~old.writable[address], name="entry_is_read_only")
    new.writable[address] = True
    begin_flush(old, new, processor, lambda a: a == address)


def _clear(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    act.require(old.page[address].is_some & old.entry[address].is_some, name="entry_is_present")
    page = old.page[address].value
    act.require(is_resident(old, page) & is_settled(old, page), name="page_is_settled")
    new.entry[address] = none(Frame)
    new.writable[address] = False


def flushes_what_is_removed(design: Design) -> bool:
    """An unmapping reaches a cache, if only its own."""
    return design.translation_flush is not TranslationFlush.NONE


@model.action(when=flushes_what_is_removed)
def entry_is_cleared(
    act: Act[Design], old: Caches, new: Caches, address: Address, processor: Processor
) -> None:
    """An unmapping begins: the entry is gone, and what processors remember of it is not."""
    _clear(act, old, new, address)
    begin_flush(old, new, processor, lambda a: a == address)


@model.action(when=lambda design: not flushes_what_is_removed(design))
def entry_is_cleared_for_good(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """As built the entry is gone, and nothing is flushed for that."""
    _clear(act, old, new, address)


@model.action()
def page_is_unmapped(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """An address shows nothing any more; the entry of a lazy page was not looked for."""
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(old.copy[page].is_none, name="page_is_not_copied")
    act.require(old.flush[address] == Flush.OVER, name="flush_is_over")
    act.require(old.entry[address].is_none | ~is_resident(old, page), name="entry_is_cleared")
    new.page[address] = none(Page)
    new.writable[address] = False


@model.action(when=copies_lose_pages)
def entry_goes_with_its_table(act: Act[Design], old: Caches, new: Caches, address: Address) -> None:
    """An address space goes, and with it an entry that an unmapping did not look for."""
    act.require(old.page[address].is_none & old.entry[address].is_some, name="entry_is_left")
    new.entry[address] = none(Frame)
