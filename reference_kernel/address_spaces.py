"""Address spaces: their list of what is mapped, and the pages that the tables then hold.

Source: cap/address_space.rs.
"""

from bisect import bisect_left
from operator import attrgetter

from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.changing import replace
from reference_kernel.draft import Draft, Mark
from reference_kernel.memories import remove_mapping
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.page_tables import has_leaf_table, map_span, release_tables, unmap_span
from reference_kernel.pages import Pages, PageState, resident_within
from reference_kernel.records import (
    ACCESS,
    WRITE,
    Location,
    MemoryRecord,
    PhysRecord,
    PoolRecord,
    Record,
)
from reference_kernel.spans import Span
from reference_kernel.state import NOTHING, AddressSpace
from spec.design import (
    EmptyAccess,
    MappingCount,
    Overflow,
    PoolUnmap,
    RangeRule,
    SizeTypes,
    UpdateSteps,
)
from spec.errors import Error
from spec.panics import HEAP_LIST, NO_LEAF, NO_TABLE, SIZE_SUM
from spec.sizes import KERNEL_START, PAGE_BYTES, WORD_LIMIT

KERNEL_PAGE = KERNEL_START // PAGE_BYTES
"""The first page that the kernel keeps."""
_ADDRESS_PAGES = WORD_LIMIT // PAGE_BYTES
_TAKEN = Refused(Error.INVL_MEM_ZONE, "zone_taken")
start_of = attrgetter("start")


def record_at(body: AddressSpace, start: int) -> Record | None:
    """What is mapped from exactly this page on."""
    at = bisect_left(body.records, start, key=start_of)
    if at < len(body.records) and body.records[at].start == start:
        return body.records[at]
    return None


def refuse_zone(
    draft: Draft, space: int, record: Record, *, besides: Record | None = None
) -> Refused | Panic | None:
    """Whether the record may be put in, beside all others but the one that `besides` is now.

    As built a mapping of a memory counts as long as its offset. Refuses: it goes beyond the
    program's half, or shares a page with another one, or its first page is that of another one.
    """
    end = _end(draft, record)
    if not isinstance(end, int):
        return end
    if end > KERNEL_PAGE:
        return _TAKEN
    records = draft.address_space(space).records
    if besides is not None:
        records = tuple(each for each in records if each.start != besides.start)
    at = bisect_left(records, record.start, key=start_of)
    if at < len(records) and (records[at].start == record.start or end > records[at].start):
        return _TAKEN
    if at and _counted_end(draft, records[at - 1]) > record.start:
        return _TAKEN
    return None


def _end(draft: Draft, record: Record) -> int | Refused | Panic:
    """The page behind the record; the sum may exceed a word."""
    end = _counted_end(draft, record)
    if end < _ADDRESS_PAGES:
        return end
    if draft.design.size_types is SizeTypes.PAGE_SIZE_TYPE:
        return _TAKEN
    if draft.machine.overflow is Overflow.PANICS:
        return Panic(SIZE_SUM.place, SIZE_SUM.why)
    return end - _ADDRESS_PAGES


def _counted_end(draft: Draft, record: Record) -> int:
    by_offset = draft.design.range_rule is RangeRule.OFFSET_AS_LENGTH
    if by_offset and isinstance(record, MemoryRecord):
        return record.start + record.location.offset
    return record.start + record.pages


def insert_record(draft: Draft, space: int, record: Record) -> None:
    """The record is in the list; it holds its memory or its pool."""
    body = draft.address_space(space)
    at = bisect_left(body.records, record.start, key=start_of)
    records = (*body.records[:at], record, *body.records[at:])
    draft.put(space, AddressSpace(body.tables, records))
    if not isinstance(record, PhysRecord):
        draft.hold(target_of(record))


def remove_record(draft: Draft, space: int, start: int) -> None:
    """The record is gone, and its hold on its memory or its pool."""
    body = draft.address_space(space)
    at = bisect_left(body.records, start, key=start_of)
    record = body.records[at]
    draft.put(space, AddressSpace(body.tables, body.records[:at] + body.records[at + 1 :]))
    if not isinstance(record, PhysRecord):
        draft.release(target_of(record))


def replace_record(draft: Draft, space: int, start: int, location: Location) -> None:
    """The mapping of a memory that starts there is another one now."""
    body = draft.address_space(space)
    record = record_at(body, start)
    assert isinstance(record, MemoryRecord), start
    kept = [each for each in body.records if each is not record]
    at = bisect_left(kept, location.start, key=start_of)
    kept.insert(at, replace(record, location=location))
    draft.put(space, AddressSpace(body.tables, tuple(kept)))


def target_of(record: MemoryRecord | PoolRecord) -> int:
    """The memory or the pool that is mapped."""
    return record.memory if isinstance(record, MemoryRecord) else record.pool


def refuse_access(draft: Draft, pages: Pages, location: Location) -> bool:
    """Whether no access is asked for where some must be: that is as `empty_access` says.

    As built the kernel refuses to map a page without access, and only that.
    """
    if location.access & ACCESS:
        return False
    if draft.design.empty_access is EmptyAccess.REFUSED:
        return True
    first = location.offset
    return next(resident_within(pages, first, first + location.pages), None) is not None


def map_pages(draft: Draft, space: int, pages: Pages, location: Location) -> bool | Panic:
    """Maps what is resident of the mapping; some access is asked.

    Whether there was a frame for each table: if not, nothing of it stays mapped, but tables do.
    """
    start = location.start - location.offset
    return map_spans(
        draft,
        space,
        [
            Span(start + at, start + at + run.length, run.frame, _note(run.state, location.access))
            for at, run in resident_within(pages, location.offset, location.offset + location.pages)
        ],
    )


def _note(state: PageState, access: int) -> int:
    """What a page table says of the access: no page that may be shared is written to."""
    return access & ~WRITE if state is PageState.SHARED else access


def map_spans(draft: Draft, space: int, mapped: list[Span]) -> bool | Panic:
    """The same for runs of frames, which are mapped in order."""
    body = draft.address_space(space)
    tables = body.tables
    for number, span in enumerate(mapped):
        if span.end > KERNEL_PAGE:
            return Panic(HEAP_LIST.place, HEAP_LIST.why)
        tables, reached = map_span(draft, space, tables, span)
        if reached < span.end:
            for each in [*mapped[:number], span._replace(end=reached)]:
                tables, _ = unmap_span(draft, space, tables, each.first, each.end)
            draft.put(space, AddressSpace(tables, body.records))
            return False
    if mapped:
        draft.put(space, AddressSpace(tables, body.records))
    return True


def go_back(draft: Draft, mark: Mark, space: int) -> bool:
    """What was mapped half is not mapped at all; as built the page tables stay as they are now.

    Whether that is an effect.
    """
    if draft.design.update_steps is UpdateSteps.COMMITTED_ONE_BY_ONE:
        tables, frames = draft.address_space(space).tables, draft.frames
        allocator = draft.objects[ROOT_ALLOCATOR]
        draft.back_to(mark)
        draft.frames = frames
        draft.objects = draft.objects.set(ROOT_ALLOCATOR, allocator)
        draft.put(space, AddressSpace(tables, draft.address_space(space).records))
        return draft.changed_since(mark)
    draft.back_to(mark)
    return False


def unmap_pages(
    draft: Draft, space: int, pages: Pages, location: Location, *, first: int = 0
) -> Panic | None:
    """Unmaps what is resident of the mapping, from its page number `first` on.

    Each of these pages has to be there: the kernel panics at the first that is not.
    """
    start = location.start - location.offset
    runs = resident_within(pages, location.offset + first, location.offset + location.pages)
    return unmap_all(draft, space, [(start + at, start + at + run.length) for at, run in runs])


def unmap_all(draft: Draft, space: int, runs: list[tuple[int, int]]) -> Panic | None:
    """The same for runs of pages."""
    body = draft.address_space(space)
    tables = body.tables
    for first, end in runs:
        tables, reached = unmap_span(draft, space, tables, first, end)
        if reached < end:
            place = NO_LEAF if has_leaf_table(tables, reached) else NO_TABLE
            return Panic(place.place, place.why)
    if runs:
        draft.put(space, AddressSpace(tables, body.records))
    return None


def destroy_address_space(draft: Draft, name: int, body: AddressSpace) -> None:
    """The dead address space lets go of its tables and of what it maps, from the last record on.

    As built the memories and pools are not told.
    """
    release_tables(draft, body.tables)
    tells = draft.design.mapping_count is MappingCount.EXACT
    for record in reversed(body.records):
        if isinstance(record, PhysRecord):
            continue
        if tells and isinstance(record, MemoryRecord):
            remove_mapping(draft, record.memory, name, record.start)
        if isinstance(record, PoolRecord):
            _tell_pool(draft, record.pool, name)
        draft.release(target_of(record))


def _tell_pool(draft: Draft, pool: int, space: int) -> None:
    body = draft.pool(pool)
    if draft.design.pool_unmap is PoolUnmap.REMOVES_RECORD and body.mapped_in == space:
        reads = replace(body.reads, written_bytes=0)
        unmapped = replace(body, reads=reads, is_shown=False, mapped_in=NOTHING, mapped_at=0)
        draft.put(pool, unmapped)
        draft.forget(space)
