"""The calls that make and change mappings of memories."""

from collections.abc import Iterator

from assay.lang import Act, Option, Truth, all_of, choose, exists, predicate, some
from models.mappings.asking import Asked, refuse, require_all
from models.mappings.entries import change_entries, record, require_reach
from models.mappings.ranges import is_free
from models.mappings.state import (
    Access,
    Count,
    Frame,
    Mapping,
    Mappings,
    Memory,
    Pages,
    Space,
    asks_the_mapped,
    counts_for_ever,
    has_one_at_most,
    is_known_to,
    is_new,
    is_there,
    is_within,
    may_allow_nothing,
    model,
    must_allow_something,
    ranges_may_overlap,
    shows,
    stops_halfway,
)
from spec.design import Design, MapOffset, MappingUpdate
from spec.errors import Error


@predicate
def has_pages(s: Mappings, memory: Memory, offset: Pages, length: Pages) -> Truth:
    """The memory has the page, and so many from there on."""
    return (offset < s.size[memory]) & (offset + length <= s.size[memory])


def has_frames(s: Mappings, memory: Memory, first: Pages, end: Pages) -> Truth:
    """Some page from the first on and before the end is resident."""
    return exists(
        Frame,
        lambda f: all_of(s.owner[f].holds(memory), first <= s.index[f], s.index[f] < end),
    )


def _is_denied(
    design: Design, s: Mappings, memory: Memory, offset: Pages, length: Pages, access: Access
) -> Truth:
    """No access is asked for to these pages where some must be."""
    if must_allow_something(design):
        return access == Access.NONE
    return (access == Access.NONE) & has_frames(s, memory, offset, offset + length)


def _count(old: Mappings, new: Mappings, memory: Memory) -> None:
    new.counted[memory] = choose(old.counted[memory] == Count.NONE, Count.ONE, Count.MORE)


@model.action(when=counts_for_ever)
def mappings_are_counted_again(
    act: Act[Design], old: Mappings, new: Mappings, memory: Memory
) -> None:
    """The memory's table of mappings moves to a larger place, and for once the count is right."""
    mapped = exists(Mapping, lambda m: is_known_to(old, memory, m))
    act.require(is_there(old, memory), name="memory_lives")
    several = choose(has_one_at_most(old, memory), Count.ONE, Count.MORE)
    new.counted[memory] = choose(mapped, several, Count.NONE)


def _asked_to_map(
    design: Design,
    s: Mappings,
    space: Space,
    memory: Memory,
    base: Pages,
    length: Pages,
    offset: Pages,
) -> Iterator[Asked]:
    if design.map_offset is MapOffset.ZERO_ONLY:
        yield Asked("maps_from_the_start", offset == 0)
    inside = has_pages(s, memory, offset, length)
    yield Asked("outside_the_memory", inside, Error.INVL_ARGS)
    tested = offset if ranges_may_overlap(design) else length
    yield Asked("zone_taken", is_free(design, s, space, base, tested), Error.INVL_MEM_ZONE)


@model.action()
def memory_map(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    made: Mapping,
    space: Space,
    memory: Memory,
    base: Pages,
    length: Pages,
    offset: Pages,
    access: Access,
    may_write: Truth,
) -> None:
    """A part of a memory is mapped; `may_write`: the capability to the memory allows to write."""
    act.require(is_new(old, made), name="mapping_is_new")
    act.require(old.alive[space] & is_there(old, memory), name="space_and_memory_live")
    may = may_write | (access != Access.WRITE)
    act.check(may, otherwise=Error.INVL_PERM, name="memory_lacks_right")
    refuse(act, _asked_to_map(act.design, old, space, memory, base, length, offset))
    allowed = ~_is_denied(act.design, old, memory, offset, length, access)
    if counts_for_ever(act.design):
        act.require(allowed, name="allows_something")
    else:
        act.check(allowed, otherwise=Error.INVL_ARGS, name="no_access")

    def appears(m: Mapping, f: Frame) -> Truth:
        within = is_within(old.index[f], offset, length)
        return (m == made) & old.owner[f].holds(memory) & within

    def at(m: Mapping, f: Frame) -> Pages:
        return choose(m == made, base, old.base[m]) + old.index[f] - offset

    def lies(m: Mapping) -> Option[Space]:
        return choose(m == made, some(space), old.space[m])

    require_reach(act, old, appears, at)
    if counts_for_ever(act.design):
        _count(old, new, memory)
    record(new, made, space, base, length)
    new.memory[made] = some(memory)
    new.offset[made] = offset
    new.access[made] = access
    new.may_write[made] = may_write

    def over(m: Mapping, page: Pages) -> Truth:
        return (m == made) & is_within(page, base, length)

    change_entries(act, old, new, made=appears, at=at, over=over, space=lies)


@model.action(when=counts_for_ever)
def memory_map_counts_in_vain(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    space: Space,
    memory: Memory,
    base: Pages,
    length: Pages,
    offset: Pages,
) -> None:
    """The call refuses at the end, since no access is asked for; the count has gone up."""
    act.require(old.alive[space] & is_there(old, memory), name="space_and_memory_live")
    require_all(act, _asked_to_map(act.design, old, space, memory, base, length, offset))
    denied = _is_denied(act.design, old, memory, offset, length, Access.NONE)
    act.require(denied, name="allows_nothing")
    _count(old, new, memory)


def _asked_to_update(
    design: Design, s: Mappings, mapping: Mapping, base: Pages, length: Pages, access: Access
) -> Iterator[Asked]:
    yield Asked("no_mapping_there", s.recorded[mapping], Error.INVL_VIRT_ADDR)
    yield Asked("maps_no_memory", s.memory[mapping].is_some, Error.INVL_OP)
    stays = base == s.base[mapping]
    if design.mapping_update is not MappingUpdate.SIZE_FLAGS_BASE:
        yield Asked("stays_where_it_is", stays)
    if design.mapping_update is MappingUpdate.SIZE_ONLY:
        yield Asked("allows_what_it_did", access == s.access[mapping])
    if asks_the_mapped(design):
        may = s.may_write[mapping] | (access != Access.WRITE)
        yield Asked("exceeds_the_capability", may, Error.INVL_PERM)
    inside = has_pages(s, s.memory[mapping].value, s.offset[mapping], length)
    same = length == s.length[mapping]
    yield Asked("outside_the_memory", inside | same, Error.INVL_ARGS)
    free = _is_free_for(design, s, mapping, base, length)
    if design.mapping_update is MappingUpdate.SIZE_FLAGS_BASE:
        yield Asked("new_zone_taken", stays | free, Error.INVL_MEM_ZONE)
    if not ranges_may_overlap(design):
        yield Asked("zone_taken", ~stays | free, Error.INVL_MEM_ZONE)


def _is_free_for(
    design: Design, s: Mappings, mapping: Mapping, base: Pages, length: Pages
) -> Truth:
    """The mapping can lie there, and be so long."""
    tested = s.offset[mapping] if ranges_may_overlap(design) else length
    space = s.space[mapping].value
    return is_free(design, s, space, base, tested, but=lambda m: m == mapping)


def _tail_is_barred(s: Mappings, mapping: Mapping, length: Pages) -> Truth:
    """The mapping allows no access, and is to grow over a resident page."""
    offset, memory = s.offset[mapping], s.memory[mapping].value
    tail = has_frames(s, memory, offset + s.length[mapping], offset + length)
    return (s.access[mapping] == Access.NONE) & tail


def _is_barred(
    design: Design, s: Mappings, mapping: Mapping, length: Pages, access: Access
) -> Truth:
    """The mapping cannot be left without access, with that length."""
    return _is_denied(design, s, s.memory[mapping].value, s.offset[mapping], length, access)


@model.action()
def memory_update_mapping(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    mapping: Mapping,
    base: Pages,
    length: Pages,
    access: Access,
) -> None:
    """A mapping gets another size, other access, and where that can be another place."""
    refuse(act, _asked_to_update(act.design, old, mapping, base, length, access))
    barred = _is_barred(act.design, old, mapping, length, access)
    if may_allow_nothing(act.design):
        tail = _tail_is_barred(old, mapping, length)
        same = access == old.access[mapping]
        grows = tail if stops_halfway(act.design) else barred & same
        act.check(~grows, otherwise=Error.INVL_ARGS, name="grows_without_access")
    if stops_halfway(act.design):
        act.require(~barred | (length == old.length[mapping]), name="is_no_halt_halfway")
    act.check(~barred, otherwise=Error.INVL_ARGS, name="no_access")
    _change(act, old, new, mapping, base, length, access)


@model.action(when=stops_halfway)
def memory_update_mapping_stops_halfway(
    act: Act[Design], old: Mappings, new: Mappings, mapping: Mapping, length: Pages
) -> None:
    """The mapping has its new size when it is to have no access and cannot: the call refuses."""
    base = old.base[mapping]
    require_all(act, _asked_to_update(act.design, old, mapping, base, length, Access.NONE))
    if may_allow_nothing(act.design):
        act.require(~_tail_is_barred(old, mapping, length), name="grows_with_access")
    barred = _is_barred(act.design, old, mapping, length, Access.NONE)
    halts = barred & (length != old.length[mapping])
    act.require(halts, name="halts_halfway")
    _change(act, old, new, mapping, base, length, old.access[mapping])


def _change(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    mapping: Mapping,
    base: Pages,
    length: Pages,
    access: Access,
) -> None:
    """The record, and the entries that appear, change or go."""
    offset = old.offset[mapping]
    moves = base != old.base[mapping]

    def is_shown(m: Mapping, f: Frame) -> Truth:
        within = is_within(old.index[f], offset, length)
        return all_of(m == mapping, old.owner[f] == old.memory[mapping], within)

    def made(m: Mapping, f: Frame) -> Truth:
        anew = moves | (access != old.access[mapping]) | ~shows(old, mapping, f)
        return is_shown(m, f) & anew

    def removed(m: Mapping, f: Frame) -> Truth:
        return (m == mapping) & shows(old, mapping, f) & (moves | ~is_shown(m, f))

    def at(m: Mapping, f: Frame) -> Pages:
        return choose(m == mapping, base, old.base[m]) + old.index[f] - old.offset[m]

    def over(m: Mapping, page: Pages) -> Truth:
        before = is_within(page, old.base[m], old.length[m])
        return (m == mapping) & (before | is_within(page, base, length))

    require_reach(act, old, made, at)
    new.base[mapping] = base
    new.length[mapping] = length
    new.access[mapping] = access
    change_entries(act, old, new, made=made, at=at, removed=removed, over=over)
