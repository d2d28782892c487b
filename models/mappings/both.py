"""The one call that changes a memory and then a mapping of it, or nothing."""

from collections.abc import Iterator

from assay.lang import Act, Truth, choose
from models.mappings.asking import Asked, refuse
from models.mappings.calls import has_frames
from models.mappings.entries import change_entries, forget, require_reach
from models.mappings.memories import (
    asked_to_resize,
    free_behind,
    refuse_no_pages,
    refuse_others,
    rest,
)
from models.mappings.ranges import is_free
from models.mappings.state import (
    Access,
    Frame,
    Mapping,
    Mappings,
    Memory,
    Pages,
    Space,
    asks_the_mapped,
    changes_both,
    is_there,
    is_within,
    maps,
    may_allow_nothing,
    model,
    ranges_may_overlap,
    shows,
)
from spec.design import Design, MappingUpdate
from spec.errors import Error


@model.action(when=changes_both)
def memory_update(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    mapping: Mapping,
    memory: Memory,
    pages: Pages,
    lazy: Truth,
    base: Pages,
    length: Pages,
    access: Access,
    foreign: Space,
    everywhere: Truth,
) -> None:
    """A memory gets another size, its mappings lose what it loses, and one becomes another.

    `lazy`, `foreign` and `everywhere` as for `memory_resize_growing`.
    """
    act.require(is_there(old, memory), name="memory_lives")
    act.check(old.recorded[mapping], otherwise=Error.INVL_VIRT_ADDR, name="no_mapping_there")
    act.check(old.memory[mapping].is_some, otherwise=Error.INVL_OP, name="maps_no_memory")
    act.require(old.memory[mapping].holds(memory), name="maps_the_memory")
    refuse_no_pages(act, pages)
    refuse(act, asked_to_resize(act.design, old, memory, pages))

    def changes(m: Mapping) -> Truth:
        return (m == mapping) | _is_cut(old, memory, pages, m)

    refuse_others(act, old, changes, foreign, everywhere)
    refuse(act, _asked_to_follow(act.design, old, mapping, memory, pages, base, length, access))
    if may_allow_nothing(act.design):
        fresh = ~lazy & (old.size[memory] < old.offset[mapping] + length)
        offset = old.offset[mapping]
        shown = has_frames(old, memory, offset, offset + length) | fresh
        barred = (access == Access.NONE) & shown
        same = access == old.access[mapping]
        act.check(~(barred & same), otherwise=Error.INVL_ARGS, name="grows_without_access")
        act.check(~barred, otherwise=Error.INVL_ARGS, name="no_access")
    else:
        act.require(lazy, name="pages_come_later")
        act.check(access != Access.NONE, otherwise=Error.INVL_ARGS, name="no_access")
    _change(act, old, new, mapping, memory, pages, base, length, access)


def _is_cut(s: Mappings, memory: Memory, pages: Pages, mapping: Mapping) -> Truth:
    """The mapping goes on behind the pages that the memory keeps."""
    return maps(s, mapping, memory) & (pages < s.offset[mapping] + s.length[mapping])


def _is_gone(s: Mappings, memory: Memory, pages: Pages, mapping: Mapping) -> Truth:
    """The mapping has none of the pages that the memory keeps."""
    return _is_cut(s, memory, pages, mapping) & (pages <= s.offset[mapping])


def _kept(s: Mappings, memory: Memory, pages: Pages, mapping: Mapping) -> Pages:
    """How long the mapping is once the memory has its size."""
    is_cut = _is_cut(s, memory, pages, mapping)
    return choose(is_cut, rest(s, mapping, pages), s.length[mapping])


def _asked_to_follow(
    design: Design,
    s: Mappings,
    mapping: Mapping,
    memory: Memory,
    pages: Pages,
    base: Pages,
    length: Pages,
    access: Access,
) -> Iterator[Asked]:
    """What the change of the mapping asks, once the memory has its size."""
    stays = base == s.base[mapping]
    if design.mapping_update is not MappingUpdate.SIZE_FLAGS_BASE:
        yield Asked("stays_where_it_is", stays)
    if design.mapping_update is MappingUpdate.SIZE_ONLY:
        yield Asked("allows_what_it_did", access == s.access[mapping])
    if asks_the_mapped(design):
        may = s.may_write[mapping] | (access != Access.WRITE)
        yield Asked("exceeds_the_capability", may, Error.INVL_PERM)
    offset = s.offset[mapping]
    inside = (offset < pages) & (offset + length <= pages)
    same = (length == _kept(s, memory, pages, mapping)) & ~_is_gone(s, memory, pages, mapping)
    yield Asked("outside_the_memory", inside | same, Error.INVL_ARGS)
    free = is_free(
        design,
        s,
        s.space[mapping].value,
        base,
        offset if ranges_may_overlap(design) else length,
        but=lambda m: (m == mapping) | _is_gone(s, memory, pages, m),
        lengths=lambda m: _kept(s, memory, pages, m),
    )
    if design.mapping_update is MappingUpdate.SIZE_FLAGS_BASE:
        yield Asked("new_zone_taken", stays | free, Error.INVL_MEM_ZONE)
    if not ranges_may_overlap(design):
        yield Asked("zone_taken", ~stays | free, Error.INVL_MEM_ZONE)


def _change(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    mapping: Mapping,
    memory: Memory,
    pages: Pages,
    base: Pages,
    length: Pages,
    access: Access,
) -> None:
    """The size, the records, and the entries that appear, change or go."""
    moves = base != old.base[mapping]

    def is_shown(m: Mapping, f: Frame) -> Truth:
        within = is_within(old.index[f], old.offset[mapping], length)
        return (m == mapping) & old.owner[f].holds(memory) & within

    def made(m: Mapping, f: Frame) -> Truth:
        anew = moves | (access != old.access[mapping]) | ~shows(old, mapping, f)
        return is_shown(m, f) & anew

    def removed(m: Mapping, f: Frame) -> Truth:
        own = (m == mapping) & (moves | ~is_shown(m, f))
        cut = (m != mapping) & _is_cut(old, memory, pages, m) & (pages <= old.index[f])
        return shows(old, m, f) & (own | cut)

    def lies(m: Mapping) -> Pages:
        return choose(m == mapping, base, old.base[m])

    def at(m: Mapping, f: Frame) -> Pages:
        return lies(m) + old.index[f] - old.offset[m]

    def over(m: Mapping, page: Pages) -> Truth:
        after = (m == mapping) & is_within(page, base, length)
        return is_within(page, old.base[m], old.length[m]) | after

    require_reach(act, old, made, at)
    new.size[memory] = pages
    free_behind(old, new, memory, pages)
    change_entries(act, old, new, made=made, at=at, removed=removed, over=over)
    forget(
        old,
        new,
        lambda m: (m != mapping) & _is_gone(old, memory, pages, m),
        length=lambda m: choose(m == mapping, length, _kept(old, memory, pages, m)),
        base=lies,
        access=lambda m: choose(m == mapping, access, old.access[m]),
    )
