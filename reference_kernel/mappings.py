"""How a mapping of a memory comes, changes and goes, on both sides and in the page tables.

Source: cap/memory/mod.rs.
"""

from reference_kernel.address_spaces import (
    go_back,
    insert_record,
    map_pages,
    refuse_access,
    refuse_zone,
    replace_record,
    unmap_pages,
)
from reference_kernel.draft import Draft
from reference_kernel.locks import LockKind
from reference_kernel.memories import add_mapping, count_mapping, move_mapping, new_mapping_id
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.records import Location, Mapping, MemoryRecord
from reference_kernel.state import Memory
from spec.design import MappingCount, Overflow, RangeRule, SizeTypes, UpdateSteps
from spec.errors import Error
from spec.panics import NO_ACCESS, PAST_THE_END, SIZE_SUM
from spec.sizes import PAGE_BYTES, WORD_LIMIT, mapped_pages

_OUTSIDE = Refused(Error.INVL_ARGS, "outside_the_memory")
_NO_ACCESS = Panic(NO_ACCESS.place, NO_ACCESS.why)
_PAST_THE_END = Panic(PAST_THE_END.place, PAST_THE_END.why)


def pages_to_map(
    draft: Draft, body: Memory, *, offset: int, asked: int | None
) -> int | Refused | Panic:
    """How many pages a mapping has that starts at that page of the memory.

    As built offset and size are added without a look at the sum. Refuses: the memory has no such
    pages.
    """
    sums_up = asked is not None and (offset + asked) * PAGE_BYTES >= WORD_LIMIT
    if sums_up and offset < body.size_pages and draft.design.size_types is SizeTypes.PLAIN:
        trapped = draft.machine.overflow is Overflow.PANICS
        return Panic(SIZE_SUM.place, SIZE_SUM.why) if trapped else _PAST_THE_END
    pages = mapped_pages(body.size_pages, offset, asked)
    return _OUTSIDE if pages is None else pages


def map_memory(draft: Draft, space: int, memory: int, location: Location) -> Refused | Panic | None:
    """The memory is mapped there.

    Refuses, first match wins: the pages are taken, no access is asked for, no memory for tables.
    """
    body = draft.memory(memory)
    location = location._replace(id=new_mapping_id(body))
    record = MemoryRecord(location, memory)
    refused = refuse_zone(draft, space, record)
    if refused is not None:
        return refused
    pages = body.pages
    mark = draft.mark()
    if refuse_access(draft, pages, location):
        return Refused(Error.INVL_ARGS, "no_access", after=_stays_counted(draft, memory))
    insert_record(draft, space, record)
    add_mapping(draft, memory, Mapping(space, location))
    mapped = map_pages(draft, space, pages, location)
    if isinstance(mapped, Panic):
        return mapped
    if mapped:
        return None
    stays = go_back(draft, mark, space)
    counts = _stays_counted(draft, memory)
    return Refused(Error.OUT_OF_MEM, "no_memory_for_tables", after=stays or counts)


def _stays_counted(draft: Draft, memory: int) -> bool:
    """The mapping came and went on the memory's side: as built the count stays, and is told."""
    stays = draft.design.mapping_count is MappingCount.INSERTS_ONLY
    if stays:
        count_mapping(draft, memory)
    return stays


def change_size(
    draft: Draft, space: int, record: MemoryRecord, size_pages: int
) -> Refused | Panic | None:
    """The mapping has so many pages, all of them in its memory.

    As built nobody looks at what it grows over. Refuses, first match wins: the pages are taken, it
    grows without access, no memory for tables.
    """
    old = record.location
    new = old._replace(pages=size_pages)
    pages = draft.memory(record.memory).pages
    if size_pages < old.pages:
        panic = unmap_pages(draft, space, pages, old, first=size_pages)
        if panic is not None:
            return panic
    elif size_pages > old.pages:
        refused = (
            refuse_grown_zone(draft, space, record, size_pages)
            or refuse_growth_without_access(draft, space, record, size_pages)
            or _grow(draft, space, record, size_pages)
        )
        if refused is not None:
            return refused
    relocate(draft, space, record, new)
    return None


def refuse_grown_zone(
    draft: Draft, space: int, record: MemoryRecord, size_pages: int
) -> Refused | Panic | None:
    """Whether the pages that a mapping of that size has more are free, where the design looks."""
    looks = draft.design.range_rule is RangeRule.TRUE_SIZE
    if not looks or size_pages <= record.pages:
        return None
    grown = MemoryRecord(record.location._replace(pages=size_pages), record.memory)
    return refuse_zone(draft, space, grown, besides=record)


def refuse_growth_without_access(
    draft: Draft, _space: int, record: MemoryRecord, size_pages: int
) -> Refused | None:
    """Whether a resident page is among those that a mapping of that size has more."""
    tail = _tail(record, size_pages)
    if refuse_access(draft, draft.memory(record.memory).pages, tail):
        return Refused(Error.INVL_ARGS, "grows_without_access")
    return None


def _tail(record: MemoryRecord, size_pages: int) -> Location:
    """The part of the mapping that comes with that size."""
    old = record.location
    more = max(0, size_pages - old.pages)
    return old._replace(start=old.end, pages=more, offset=old.offset + old.pages)


def _grow(
    draft: Draft, space: int, record: MemoryRecord, size_pages: int
) -> Refused | Panic | None:
    pages = draft.memory(record.memory).pages
    mark = draft.mark()
    mapped = map_pages(draft, space, pages, _tail(record, size_pages))
    if isinstance(mapped, Panic):
        return mapped
    if mapped:
        return None
    return Refused(Error.OUT_OF_MEM, "no_memory_for_tables", after=go_back(draft, mark, space))


def change_access(
    draft: Draft, space: int, record: MemoryRecord, access: int
) -> Refused | Panic | None:
    """The mapping allows this from now on.

    Refuses, first match wins: no access is asked for, no memory for tables.
    """
    new = record.location._replace(access=access)
    pages = draft.memory(record.memory).pages
    if refuse_access(draft, pages, new):
        return Refused(Error.INVL_ARGS, "no_access")
    mark = draft.mark()
    mapped = map_pages(draft, space, pages, new)
    if isinstance(mapped, Panic):
        return mapped
    if not mapped:
        stays = go_back(draft, mark, space)
        return Refused(Error.OUT_OF_MEM, "no_memory_for_tables", after=stays)
    relocate(draft, space, record, new)
    return None


def refuse_new_zone(
    draft: Draft, space: int, record: MemoryRecord, new: Location
) -> Refused | Panic | None:
    """Whether the mapping may move there."""
    if new.start == record.start:
        return None
    refused = refuse_zone(draft, space, MemoryRecord(new, record.memory), besides=record)
    return Refused(refused.error, "new_zone_taken") if isinstance(refused, Refused) else refused


def change_base(
    draft: Draft, space: int, record: MemoryRecord, start: int
) -> Refused | Panic | None:
    """The mapping starts there from now on.

    Refuses, first match wins: the pages are taken, no memory for tables.
    """
    old = record.location
    new = old._replace(start=start)
    refused = refuse_new_zone(draft, space, record, new)
    if refused is not None or start == old.start:
        return refused
    pages = draft.memory(record.memory).pages
    mark = draft.mark()
    panic = unmap_pages(draft, space, pages, old)
    if panic is not None:
        return panic
    mapped = map_pages(draft, space, pages, new)
    if isinstance(mapped, Panic):
        return mapped
    if not mapped:
        draft.back_to(mark)
        return Refused(Error.OUT_OF_MEM, "no_memory_for_tables")
    relocate(draft, space, record, new)
    return None


def remap(draft: Draft, memory: int, first: int, end: int) -> bool | Panic:
    """The page tables of all mappings of the memory say what these pages are now.

    Whether there was a frame for each table.
    """
    body = draft.memory(memory)
    for space, location in body.mappings:
        low, high = max(first, location.offset), min(end, location.offset + location.pages)
        if low >= high or not draft.is_alive(space):
            continue
        start = location.start + low - location.offset
        part = location._replace(start=start, pages=high - low, offset=low)
        if refuse_access(draft, body.pages, part):
            return _NO_ACCESS
        with draft.lock(LockKind.ADDRESS_SPACE, space):
            mapped = map_pages(draft, space, body.pages, part)
        if mapped is not True:
            return mapped
    return True


def relocate(draft: Draft, space: int, record: MemoryRecord, location: Location) -> None:
    """Both sides note where the mapping is now."""
    if location != record.location:
        replace_record(draft, space, record.start, location)
        move_mapping(draft, record.memory, space, record.start, location)


def commits_steps(draft: Draft) -> bool:
    """Whether the parts of a call before the one that refuses stay."""
    return draft.design.update_steps is UpdateSteps.COMMITTED_ONE_BY_ONE
