"""Page tables: tables are made on the way to an entry, and go with the last one.

Source: mem/virt_addr_space.rs. Not modelled: that a page of the upper half is one that the kernel
may use too.
"""

from immutables import Map

from reference_kernel import spans
from reference_kernel.allocation import release, take_frame
from reference_kernel.draft import Draft
from reference_kernel.records import PageTables
from reference_kernel.spans import Span
from reference_kernel.translations import flush_mapped, flush_unmapped

_BITS = 9
_LEAF = 1
_TOPMOST = 3
_LEVEL_AT = 56

Tables = Map[int, tuple[int, int]]


def key(level: int, page: int) -> int:
    """The table of that level through which the page is found; level 1 holds the entries."""
    return level << _LEVEL_AT | page >> level * _BITS


def new_tables(draft: Draft) -> PageTables | None:
    """Tables without an entry; None when there is no frame."""
    top = take_frame(draft)
    return None if top is None else PageTables(top)


def release_tables(draft: Draft, tables: PageTables) -> None:
    """All tables go."""
    for _, (frame, _count) in sorted(tables.tables.items()):
        release(draft, frame, 1)
    release(draft, tables.top, 1)


def map_span(draft: Draft, space: int, tables: PageTables, span: Span) -> tuple[PageTables, int]:
    """Maps the pages of the span in order in the space's tables, over whatever was there.

    Gives the first page that was not mapped for want of a table: `span.end` when all were. Tables
    made before that stay.
    """
    made, entries, page = tables.tables, tables.entries, span.first
    while page < span.end:
        end = min(span.end, ((page >> _BITS) + 1) << _BITS)
        made, complete = _make(draft, made, page)
        if not complete:
            break
        more = end - page - spans.count_within(entries, page, end)
        if more:
            leaf = key(_LEAF, page)
            frame, count = made[leaf]
            made = made.set(leaf, (frame, count + more))
        page = end
    mapped = Span(span.first, page, span.frame, span.note)
    anew = spans.count_within(entries, span.first, page) > 0
    flush_mapped(draft, space, span.first, page, anew=anew)
    return PageTables(tables.top, spans.put(entries, mapped), made), page


def _make(draft: Draft, tables: Tables, page: int) -> tuple[Tables, bool]:
    """The tables with those on the way to the page, and whether all of them are there."""
    if key(_LEAF, page) in tables:
        return tables, True
    for level in range(_TOPMOST, 0, -1):
        own = key(level, page)
        if own in tables:
            continue
        frame = take_frame(draft)
        if frame is None:
            return tables, False
        tables = tables.set(own, (frame, 0))
        if level < _TOPMOST:
            above = key(level + 1, page)
            its_frame, count = tables[above]
            tables = tables.set(above, (its_frame, count + 1))
    return tables, True


def unmap_span(
    draft: Draft, space: int, tables: PageTables, first: int, end: int
) -> tuple[PageTables, int]:
    """Unmaps the pages in order as far as they are present; gives the first that is not.

    That is `end` when all were. Tables that become empty go.
    """
    missing = next(spans.gaps(tables.entries, first, end), None)
    stop = end if missing is None else missing[0]
    made, page = tables.tables, first
    while page < stop:
        upto = min(stop, ((page >> _BITS) + 1) << _BITS)
        made = _drop_entries(draft, made, page, upto - page)
        page = upto
    flush_unmapped(draft, space, first, stop)
    return PageTables(tables.top, spans.cut(tables.entries, first, stop), made), stop


def _drop_entries(draft: Draft, tables: Tables, page: int, count: int) -> Tables:
    for level in range(_LEAF, _TOPMOST + 1):
        own = key(level, page)
        frame, counted = tables[own]
        if counted > count:
            return tables.set(own, (frame, counted - count))
        tables = tables.delete(own)
        release(draft, frame, 1)
        count = 1
    return tables


def has_leaf_table(tables: PageTables, page: int) -> bool:
    """Whether the table is there that would hold the entry of the page."""
    return key(_LEAF, page) in tables.tables
