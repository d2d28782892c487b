"""Memories: their pages, their size, and their side of the mappings.

Source: cap/memory/mod.rs, cap/memory/page.rs.
"""

from reference_kernel import frames as physical
from reference_kernel.allocation import release, take_pages
from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.pages import Pages, PageState, Run, count_of, joined, part_of
from reference_kernel.records import Location, Mapping
from reference_kernel.state import Memory
from spec.design import FreshPages, MappingCount, Overflow, PageUnit
from spec.errors import Error
from spec.options import MemoryNew
from spec.panics import NO_PAGES_MORE, TOO_SHORT
from spec.sizes import PAGE_BYTES, WORD_LIMIT

_LEAST_RECORD_BYTES = 8
"""What a page takes in the list of pages at least; the kernel's heap is not modelled otherwise."""

_TOO_SHORT = Panic(TOO_SHORT.place, TOO_SHORT.why)


def fits_the_machine(draft: Draft, count: int) -> bool:
    """Whether a machine that is used for nothing else could hold the list of so many pages."""
    return count * _LEAST_RECORD_BYTES < draft.machine.frames * PAGE_BYTES


def create_pages(draft: Draft, count: int, options: int) -> Pages | None:
    """New pages as the options LAZY_ALLOC and ZEROED have it; None when there is no room.

    Pages that come at once are those of a whole block, so that there may be more than asked.
    """
    zeroed = bool(options & MemoryNew.ZEROED)
    if not fits_the_machine(draft, count):
        return None
    if options & MemoryNew.LAZY_ALLOC:
        return (Run(PageState.LAZY_ZEROED if zeroed else PageState.LAZY, count),)
    taken = take_pages(draft, count)
    if taken is None:
        return None
    cleared = zeroed or draft.design.fresh_pages is FreshPages.ZEROED
    if cleared:
        for first, frames in taken:
            draft.frames = physical.forget_contents(draft.frames, first, frames)
    return joined(tuple(Run(PageState.OWNED, frames, at, cleared) for at, frames in taken))


def release_pages(draft: Draft, pages: Pages) -> None:
    """The pages go: what they own comes free, what they share when nobody else has it."""
    for run in pages:
        if run.state is PageState.OWNED:
            release(draft, run.frame, run.length)
        elif run.state is PageState.SHARED:
            draft.frames, last = physical.unshare(draft.frames, run.frame, run.length)
            for first, count in last:
                release(draft, first, count)


def resize(draft: Draft, name: int, size_pages: int, options: int) -> Refused | Panic | None:
    """The memory has another size, at least one page; its mappings are not looked at.

    Refuses: no memory for the pages.
    """
    body = draft.memory(name)
    if size_pages < body.size_pages:
        release_pages(draft, part_of(body.pages, size_pages, count_of(body.pages)))
        kept = part_of(body.pages, 0, size_pages)
        draft.put(name, replace(body, size_pages=size_pages, pages=kept))
    elif size_pages > body.size_pages:
        more = _pages_to_grow(draft, body, size_pages, options)
        if more is None:
            return Refused(Error.OUT_OF_MEM, "no_memory_for_pages")
        if isinstance(more, Panic):
            return more
        pages = joined((*body.pages, *more))
        draft.put(name, replace(body, size_pages=size_pages, pages=pages))
    return None


def _pages_to_grow(
    draft: Draft, body: Memory, size_pages: int, options: int
) -> Pages | Panic | None:
    increase = size_pages - count_of(body.pages)
    if draft.design.page_unit is not PageUnit.BLOCK_FREED_SINGLY:
        return create_pages(draft, increase, options) if increase > 0 else ()
    if increase < 0:
        if draft.machine.overflow is Overflow.PANICS:
            return _TOO_SHORT
        increase += WORD_LIMIT
    if increase:
        return create_pages(draft, increase, options)
    lazy = options & MemoryNew.LAZY_ALLOC
    return () if lazy else Panic(NO_PAGES_MORE.place, NO_PAGES_MORE.why)


def new_mapping_id(body: Memory) -> int:
    """A number that no mapping of the memory has."""
    return max((each.location.id for each in body.mappings), default=-1) + 1


def add_mapping(draft: Draft, name: int, mapping: Mapping) -> None:
    """The memory knows of one mapping more."""
    count_mapping(draft, name)
    body = draft.memory(name)
    draft.put(name, replace(body, mappings=(*body.mappings, mapping)))
    draft.watch(mapping.space)


def count_mapping(draft: Draft, name: int) -> None:
    """The memory counts one mapping more.

    The table doubles when it is too full, and only then are the entries counted again.
    """
    body = draft.memory(name)
    counted, buckets = body.counted, body.buckets
    if 4 * counted > 3 * buckets:
        counted, buckets = len(body.mappings), 2 * buckets
    else:
        buckets = buckets or 1
    draft.put(name, replace(body, counted=counted + 1, buckets=buckets))


def remove_mapping(draft: Draft, name: int, space: int, start: int) -> None:
    """The memory knows no more of its mapping that starts there in that address space."""
    body = draft.memory(name)
    kept = tuple(
        each for each in body.mappings if (each.space, each.location.start) != (space, start)
    )
    exact = draft.design.mapping_count is MappingCount.EXACT
    counted = len(kept) if exact else body.counted
    draft.put(name, Memory(body.size_pages, body.pages, kept, counted, body.buckets))
    draft.forget(space)


def move_mapping(draft: Draft, name: int, space: int, start: int, location: Location) -> None:
    """The memory's mapping that starts there in that address space is another one now."""
    body = draft.memory(name)
    mappings = tuple(
        Mapping(space, location) if (each.space, each.location.start) == (space, start) else each
        for each in body.mappings
    )
    draft.put(name, replace(body, mappings=mappings))


def forget_mappings(draft: Draft, body: Memory) -> None:
    """The memory dies, and lets go of the address spaces of mappings that are still noted."""
    for mapping in body.mappings:
        draft.forget(mapping.space)
