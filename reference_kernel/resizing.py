"""Resizing a memory in place: what becomes of its mappings.

Source: cap/memory/mod.rs.
"""

from reference_kernel.address_spaces import record_at
from reference_kernel.draft import Draft
from reference_kernel.locks import LockKind
from reference_kernel.mappings import (
    change_size,
    commits_steps,
    refuse_grown_zone,
    refuse_growth_without_access,
)
from reference_kernel.memories import resize
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.records import Mapping, MemoryRecord
from reference_kernel.state import Memory
from reference_kernel.unmapping import unmap_memory
from spec.design import MappingAuthority, ResizeInPlace
from spec.errors import Error
from spec.ids import ObjectType, rights_of, type_of
from spec.options import MemoryResize
from spec.panics import NO_ENTRY
from spec.rights import Right

_MAPPED_TWICE = Refused(Error.INVL_OP, "mapped_twice")


def resize_in_place(
    draft: Draft, caller: int, memory: int, size_pages: int, options: int
) -> Refused | Panic | None:
    """The memory has another size, and its mappings follow as the options of MemoryResize say.

    Refuses, first match wins: mapped more than once, a mapping that would change is not the
    caller's, no memory for pages, then for the mapping that grows: the pages are taken, it grows
    without access, no memory for tables.
    """
    mappings = _mappings_that_follow(draft, draft.memory(memory))
    if isinstance(mappings, Refused | Panic):
        return mappings
    body = draft.memory(memory)
    changed = [each for each in mappings if _changes(body, size_pages, options, each)]
    if draft.design.mapping_authority is MappingAuthority.ALSO_MEMORY_RIGHTS:
        own = _own_spaces(draft, caller)
        if any(each.space not in own for each in changed):
            return Refused(Error.INVL_PERM, "mapping_of_others")
    if size_pages < body.size_pages:
        return _shrink(draft, memory, size_pages, options, changed)
    return _grow(draft, memory, size_pages, options, changed)


def _mappings_that_follow(draft: Draft, body: Memory) -> tuple[Mapping, ...] | Refused | Panic:
    """The mappings in address spaces that live, where the design allows so many."""
    if draft.design.resize_in_place is ResizeInPlace.ONE_MAPPING:
        if body.counted > 1:
            return _MAPPED_TWICE
        if body.counted == 1 and not body.mappings:
            return Panic(NO_ENTRY.place, NO_ENTRY.why)
    return tuple(each for each in body.mappings if draft.is_alive(each.space))


def _changes(body: Memory, size_pages: int, options: int, mapping: Mapping) -> bool:
    """Whether the mapping has another size when the memory has that one."""
    location = mapping.location
    if size_pages < body.size_pages:
        return location.offset + location.pages > size_pages
    grows = options & MemoryResize.GROW_MAPPING
    return bool(grows) and size_pages - location.offset != location.pages


def _own_spaces(draft: Draft, caller: int) -> frozenset[int]:
    """The address spaces in which the caller may map and unmap."""
    entries = draft.space(draft.thread(caller).capability_space).entries
    return frozenset(
        target
        for word, target in entries.items()
        if type_of(word) == ObjectType.ADDRESS_SPACE and rights_of(word) & Right.WRITE
    )


def _record(draft: Draft, mapping: Mapping) -> MemoryRecord:
    record = record_at(draft.address_space(mapping.space), mapping.location.start)
    assert isinstance(record, MemoryRecord), mapping
    return record


def _shrink(
    draft: Draft, memory: int, size_pages: int, options: int, mappings: list[Mapping]
) -> Refused | Panic | None:
    """What maps the pages cut off is unmapped first; a mapping of nothing else goes."""
    for mapping in mappings:
        record = _record(draft, mapping)
        kept = size_pages - mapping.location.offset
        with draft.lock(LockKind.ADDRESS_SPACE, mapping.space):
            if kept <= 0:
                refused: Refused | Panic | None = unmap_memory(draft, mapping.space, record)
            else:
                refused = change_size(draft, mapping.space, record, kept)
        if refused is not None:
            return refused
    return resize(draft, memory, size_pages, options)


def _grow(
    draft: Draft, memory: int, size_pages: int, options: int, mappings: list[Mapping]
) -> Refused | Panic | None:
    """The memory grows first; as built it stays so when a mapping cannot grow."""
    mark = draft.mark()
    refused = resize(draft, memory, size_pages, options)
    if refused is not None:
        return refused
    grown = [
        (each.space, _record(draft, each), size_pages - each.location.offset) for each in mappings
    ]
    refused = _refuse_growth(draft, grown)
    for space, record, size in grown:
        if refused is None:
            with draft.lock(LockKind.ADDRESS_SPACE, space):
                refused = change_size(draft, space, record, size)
    if isinstance(refused, Refused):
        if commits_steps(draft):
            return Refused(refused.error, refused.refusal, after=True)
        draft.back_to(mark)
    return refused


def _refuse_growth(
    draft: Draft, grown: list[tuple[int, MemoryRecord, int]]
) -> Refused | Panic | None:
    """What any of the mappings refuses, before the first of them grows."""
    for refuses in (refuse_grown_zone, refuse_growth_without_access):
        for space, record, size in grown:
            refused = refuses(draft, space, record, size)
            if refused is not None:
                return refused
    return None
