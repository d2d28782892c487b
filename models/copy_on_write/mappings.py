"""What page tables say, what processors remember of that, and what programs write."""

from assay.lang import Act, choose, none, some
from models.copy_on_write.flushing import empty, flush_changed, flush_removed
from models.copy_on_write.state import (
    Address,
    Content,
    Frame,
    Page,
    Pages,
    Processor,
    Translation,
    copies_lose_pages,
    is_resident,
    model,
)
from spec.design import Design


@model.action()
def page_is_mapped(act: Act[Design], old: Pages, new: Pages, address: Address, page: Page) -> None:
    """An address shows a page, read-only at first; the entry of a lazy page is not written."""
    act.require(old.page[address].is_none, name="address_is_unused")
    is_there = is_resident(old, page)
    new.page[address] = some(page)
    new.entry[address] = choose(is_there, old.frame[page], old.entry[address])
    flush_changed(act, old, new, lambda a: (a == address) & is_there)


@model.action()
def entry_allows_writes(act: Act[Design], old: Pages, new: Pages, address: Address) -> None:
    """The mapping allows writes, and nothing shares the page: a write needs no copy."""
    act.require(old.page[address].is_some, name="address_is_used")
    page = old.page[address].value
    act.require(is_resident(old, page), name="page_is_there")
    act.require(~old.shared[page], name="page_is_not_shared")
    act.require(~old.writable[address], name="entry_is_read_only")
    new.writable[address] = True
    flush_changed(act, old, new, lambda a: a == address)


@model.action()
def page_is_unmapped(act: Act[Design], old: Pages, new: Pages, address: Address) -> None:
    """An address shows nothing any more; the entry of a lazy page is not looked for."""
    act.require(old.page[address].is_some, name="address_is_used")
    is_there = is_resident(old, old.page[address].value)
    new.page[address] = none(Page)
    new.entry[address] = choose(is_there, none(Frame), old.entry[address])
    new.writable[address] = False
    flush_removed(act, old, new, lambda a: (a == address) & is_there)


@model.action(when=copies_lose_pages)
def entry_goes_with_its_table(act: Act[Design], old: Pages, new: Pages, address: Address) -> None:
    """An address space goes, and with it an entry that an unmapping did not look for."""
    act.require(old.page[address].is_none & old.entry[address].is_some, name="entry_is_left")
    new.entry[address] = none(Frame)


@model.action()
def processor_calls(act: Act[Design], old: Pages, new: Pages, processor: Processor) -> None:
    """Another processor makes the next calls."""
    act.require(old.caller != processor, name="is_another")
    new.caller = processor


@model.action()
def translation_is_cached(
    act: Act[Design],
    old: Pages,
    new: Pages,
    translation: Translation,
    processor: Processor,
    address: Address,
) -> None:
    """A processor reads or writes at the address, or guesses that it will."""
    act.require(old.at[translation].is_none, name="line_is_empty")
    act.require(old.entry[address].is_some, name="entry_is_present")
    new.at[translation] = some(address)
    new.on[translation] = some(processor)
    new.leads_to[translation] = old.entry[address]
    new.writes[translation] = old.writable[address]


@model.action()
def translation_is_forgotten(
    act: Act[Design], old: Pages, new: Pages, translation: Translation
) -> None:
    """A processor needs the line for something else, or turns to another address space."""
    act.require(old.at[translation].is_some, name="line_is_used")
    empty(old, new, lambda t: t == translation)


@model.action()
def content_is_written(
    act: Act[Design], old: Pages, new: Pages, translation: Translation, content: Content
) -> None:
    """A program writes by way of a line that allows it; page tables are not asked again."""
    act.require(old.writes[translation], name="line_allows_writes")
    new.content[old.leads_to[translation].value] = content
