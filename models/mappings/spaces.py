"""Address spaces, and what is mapped there that is no memory."""

from assay.lang import FALSE, Act, Truth, all_of, choose, exists, none, predicate, some
from models.mappings.entries import change_entries, forget, record
from models.mappings.ranges import is_free
from models.mappings.state import (
    Frame,
    Mapping,
    Mappings,
    Pages,
    Pool,
    Space,
    counts_for_ever,
    is_new,
    is_within,
    may_reach_the_kernel,
    model,
    ranges_may_overlap,
    record_is_left,
    share_space,
    shows,
)
from spec.design import Design
from spec.errors import Error


@model.action()
def address_space_new(act: Act[Design], old: Mappings, new: Mappings, space: Space) -> None:
    """A space without mappings."""
    act.require(~old.alive[space], name="space_is_new")
    new.alive[space] = True


def _refuse_taken(
    act: Act[Design], old: Mappings, space: Space, base: Pages, length: Pages
) -> None:
    free = is_free(act.design, old, space, base, length)
    act.check(free, otherwise=Error.INVL_MEM_ZONE, name="zone_taken")


@model.action()
def event_pool_map(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    made: Mapping,
    space: Space,
    pool: Pool,
    base: Pages,
    length: Pages,
) -> None:
    """A range is kept for the pages of an event pool."""
    act.require(is_new(old, made) & old.alive[space], name="mapping_is_new")
    mapped = exists(Mapping, lambda m: old.known[m] & old.pool[m].holds(pool))
    act.check(~mapped, otherwise=Error.INVL_OP, name="pool_mapped")
    _refuse_taken(act, old, space, base, length)
    record(new, made, space, base, length)
    new.pool[made] = some(pool)


@model.action(when=ranges_may_overlap)
def event_pool_shows(
    act: Act[Design], old: Mappings, new: Mappings, mapping: Mapping, pages: Pages
) -> None:
    """In so many pages of its range an event pool shows other events, or none any more.

    What else was shown there is shown no more.
    """
    act.require(old.recorded[mapping] & old.pool[mapping].is_some, name="pool_is_mapped")
    act.require(pages <= old.length[mapping], name="pages_are_in_its_range")

    def removed(m: Mapping, f: Frame) -> Truth:
        return share_space(old, m, mapping) & _stands_within(old, m, f, old.base[mapping], pages)

    change_entries(act, old, new, removed=removed)


@model.action()
def phys_mem_map(
    act: Act[Design],
    old: Mappings,
    new: Mappings,
    made: Mapping,
    space: Space,
    base: Pages,
    length: Pages,
) -> None:
    """A range shows physical memory that no memory object has."""
    act.require(is_new(old, made) & old.alive[space], name="mapping_is_new")
    _refuse_taken(act, old, space, base, length)
    if may_reach_the_kernel(act.design):
        reaches = (base + length <= old.kernel) | (length == 0)
        act.require(reaches, name="tables_reach_it")
    record(new, made, space, base, length)
    if ranges_may_overlap(act.design):

        def removed(m: Mapping, f: Frame) -> Truth:
            return old.space[m].holds(space) & _stands_within(old, m, f, base, length)

        change_entries(act, old, new, removed=removed)


def _stands_within(
    s: Mappings, mapping: Mapping, frame: Frame, base: Pages, length: Pages
) -> Truth:
    """The entry is there, and one of these pages."""
    at = s.entry[mapping, frame]
    return at.is_some & is_within(at.value, base, length)


@model.action()
def address_space_unmap(act: Act[Design], old: Mappings, new: Mappings, mapping: Mapping) -> None:
    """The mapping goes, whatever it maps; as built the record of an event pool stays."""
    act.check(old.recorded[mapping], otherwise=Error.INVL_VIRT_ADDR, name="no_mapping_there")
    if record_is_left(act.design):
        mapped = old.pool[mapping].is_none | exists(Mapping, lambda m: _maps_it(old, m, mapping))
        act.check(mapped, otherwise=Error.INVL_OP, name="pool_not_mapped")

    def removed(m: Mapping, f: Frame) -> Truth:
        own = (m == mapping) & shows(old, m, f)
        return own | _is_swept(act.design, old, m, f, mapping)

    def gone(m: Mapping) -> Truth:
        it = m == mapping
        return it & old.pool[m].is_none if record_is_left(act.design) else it

    def lost(m: Mapping) -> Truth:
        it = m == mapping
        return it | _maps_it(old, m, mapping) if record_is_left(act.design) else it

    change_entries(act, old, new, removed=removed)
    forget(old, new, gone, lost=lost)


def _is_swept(
    design: Design, s: Mappings, mapping: Mapping, frame: Frame, unmapped: Mapping
) -> Truth:
    """Where ranges may overlap: the entry stands where physical memory is unmapped."""
    if not ranges_may_overlap(design):
        return FALSE
    is_physical = s.memory[unmapped].is_none & s.pool[unmapped].is_none
    within = _stands_within(s, mapping, frame, s.base[unmapped], s.length[unmapped])
    return all_of(share_space(s, mapping, unmapped), is_physical, within)


@predicate
def _maps_it(s: Mappings, one: Mapping, other: Mapping) -> Truth:
    """The first record is where the event pool of the second is mapped."""
    return s.recorded[one] & s.known[one] & s.pool[one].is_some & (s.pool[one] == s.pool[other])


@model.action()
def address_space_dies(act: Act[Design], old: Mappings, new: Mappings, space: Space) -> None:
    """The last that held the space has gone; its page tables and its records go with it."""
    act.require(old.alive[space], name="alive")
    new.alive[space] = False

    def gone(m: Mapping) -> Truth:
        return old.space[m].holds(space)

    def lost(m: Mapping) -> Truth:
        return gone(m) & ~_remembers_the_dead(act.design, old, m)

    change_entries(act, old, new, removed=lambda m, _: gone(m))
    forget(old, new, gone, lost=lost)


def _remembers_the_dead(design: Design, s: Mappings, mapping: Mapping) -> Truth:
    """What is mapped is not told when the space dies."""
    memory = s.memory[mapping].is_some if counts_for_ever(design) else FALSE
    pool = s.pool[mapping].is_some if record_is_left(design) else FALSE
    return s.known[mapping] & (memory | pool)


@model.action(when=record_is_left)
def event_pool_dies(act: Act[Design], old: Mappings, new: Mappings, pool: Pool) -> None:
    """Nothing holds the event pool any more; the space that it was mapped in is dead."""
    held = exists(Mapping, lambda m: old.recorded[m] & old.pool[m].holds(pool))
    act.require(~held, name="nothing_holds_it")
    new.known.each(lambda m: old.known[m] & ~old.pool[m].holds(pool))
    new.pool.each(lambda m: choose(old.pool[m].holds(pool), none(Pool), old.pool[m]))
