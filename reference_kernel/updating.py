"""Updating a mapping: which parts of it a call asks to change, and in which steps that is done.

Source: syscall/memory.rs, cap/memory/mod.rs.
"""

from collections.abc import Set
from dataclasses import dataclass

from reference_kernel.address_spaces import map_pages, refuse_access, refuse_zone, unmap_pages
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.mappings import (
    change_access,
    change_base,
    change_size,
    commits_steps,
    pages_to_map,
    refuse_new_zone,
    relocate,
)
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.records import ACCESS, CACHE, Location, MemoryRecord, access_given
from spec.design import Design, MappingAuthority, MappingUpdate, OptionBits, RangeRule
from spec.errors import Error
from spec.options import MemoryUpdate, MemoryUpdateMapping, UpdateMappingApart
from spec.sizes import PAGE_BYTES, bytes_of, page_aligned, virtual_address


@dataclass(frozen=True, slots=True)
class Update:
    """What is to change.

    `size` and `exact_pages`: the size, to exactly so many pages or to all the rest of the memory.
    `access` and `start`: the access and the first page, None where they stay.
    """

    size: bool
    exact_pages: int | None
    access: int | None
    start: int | None


def asked_update(design: Design, call: CallMade) -> Update | Refused:
    """What the option word of `memory_update_mapping` asks for, as the design numbers its bits.

    Refuses, first match wins: bad new address, too many pages.
    """
    apart = design.option_bits is OptionBits.DISJOINT
    bits = UpdateMappingApart if apart else MemoryUpdateMapping
    asks = {name for name, bit in bits.__members__.items() if call.options & int(bit)}
    return _asked(design, call, asks, pages_at=2, too_many="too_many_pages")


def asked_part(design: Design, call: CallMade) -> Update | Refused:
    """What the option word of `memory_update` asks for of a mapping.

    Refuses, first match wins: bad new address, too many pages.
    """
    asks = {name for name, bit in MemoryUpdate.__members__.items() if call.options & int(bit)}
    return _asked(design, call, asks, pages_at=4, too_many="too_many_mapped_pages")


def _asked(
    design: Design, call: CallMade, asks: Set[str], *, pages_at: int, too_many: str
) -> Update | Refused:
    """The update that these options ask for; the new address stands behind the pages."""
    pages, new_address = call.arguments[pages_at : pages_at + 2]
    start: int | None = None
    if design.mapping_update is MappingUpdate.SIZE_FLAGS_BASE and "UPDATE_BASE" in asks:
        if not page_aligned(new_address):
            return Refused(Error.INVL_ALIGN, "new_address_misaligned")
        address = virtual_address(new_address)
        if address is None:
            return Refused(Error.INVL_VIRT_ADDR, "new_address_not_canonical")
        start = address // PAGE_BYTES
    size = "UPDATE_SIZE" in asks
    exact = size and "EXACT_SIZE" in asks
    if exact and bytes_of(pages) is None:
        return Refused(Error.OVERFLOW, too_many)
    flags = "UPDATE_FLAGS" in asks and design.mapping_update is not MappingUpdate.SIZE_ONLY
    access = call.options & (ACCESS | CACHE) if flags else None
    return Update(size, pages if exact else None, access, start)


def update_mapping(draft: Draft, space: int, record: MemoryRecord, update: Update) -> Outcome:
    """The mapping is as asked.

    Refuses, first match wins: access beyond what the capability allowed, the memory has no such
    pages, then what the steps refuse.
    """
    old = record.location
    checked = draft.design.mapping_authority is MappingAuthority.ALSO_MEMORY_RIGHTS
    if checked and access_given(update.access or 0) & ~old.granted:
        return Refused(Error.INVL_PERM, "exceeds_the_capability")
    pages = old.pages
    if update.size:
        body = draft.memory(record.memory)
        asked = pages_to_map(draft, body, offset=old.offset, asked=update.exact_pages)
        if isinstance(asked, Refused | Panic):
            return asked
        pages = asked
    if commits_steps(draft):
        refused = _step_by_step(draft, space, record, update, pages)
    else:
        refused = _all_or_nothing(draft, space, record, update, pages)
    return refused or Ok((pages,))


def _step_by_step(
    draft: Draft, space: int, record: MemoryRecord, update: Update, pages: int
) -> Refused | Panic | None:
    """Base, size, access, in this order; what was done before a refusal stays."""
    changed = False
    refused: Refused | Panic | None = None
    if update.start is not None:
        refused = change_base(draft, space, record, update.start)
    if refused is None and update.start is not None and update.start != record.start:
        changed = True
        record = MemoryRecord(record.location._replace(start=update.start), record.memory)
    if refused is None and pages != record.pages:
        refused = change_size(draft, space, record, pages)
        if refused is None:
            changed = True
            record = MemoryRecord(record.location._replace(pages=pages), record.memory)
    if refused is None and update.access is not None:
        refused = change_access(draft, space, record, update.access)
    if isinstance(refused, Refused) and changed:
        return Refused(refused.error, refused.refusal, after=True)
    return refused


def _all_or_nothing(
    draft: Draft, space: int, record: MemoryRecord, update: Update, pages: int
) -> Refused | Panic | None:
    """One part alone is changed as it is; else the old mapping goes and the new one comes.

    Either can be taken back.
    """
    old = record.location
    start = old.start if update.start is None else update.start
    access = old.access if update.access is None else update.access
    new = old._replace(start=start, pages=pages, access=access)
    if new == old._replace(pages=pages):
        return change_size(draft, space, record, pages)
    if new == old._replace(access=access):
        return change_access(draft, space, record, access)
    refused = _refuse(draft, space, record, new)
    if refused is not None:
        return refused
    mapped = draft.memory(record.memory).pages
    mark = draft.mark()
    panic = unmap_pages(draft, space, mapped, old)
    if panic is not None:
        return panic
    done = map_pages(draft, space, mapped, new)
    if isinstance(done, Panic):
        return done
    if not done:
        draft.back_to(mark)
        return Refused(Error.OUT_OF_MEM, "no_memory_for_tables")
    relocate(draft, space, record, new)
    return None


def _refuse(
    draft: Draft, space: int, record: MemoryRecord, new: Location
) -> Refused | Panic | None:
    old = record.location
    refused = refuse_new_zone(draft, space, record, new)
    grows = new.pages > old.pages and draft.design.range_rule is RangeRule.TRUE_SIZE
    if refused is None and grows:
        refused = refuse_zone(draft, space, MemoryRecord(new, record.memory), besides=record)
    if refused is not None:
        return refused
    if refuse_access(draft, draft.memory(record.memory).pages, new):
        same = new.access & ACCESS == old.access & ACCESS
        return Refused(Error.INVL_ARGS, "grows_without_access" if same else "no_access")
    return None
