"""What is promised of mappings."""

from assay.lang import Step, Truth, all_of, any_of, exists, forall, predicate
from models.mappings.both import memory_update
from models.mappings.calls import (
    memory_update_mapping_stops_halfway,
)
from models.mappings.memories import (
    memory_resize_growing,
    memory_resize_in_place,
    memory_resize_stops_halfway,
)
from models.mappings.ranges import Which
from models.mappings.state import (
    Access,
    Count,
    Frame,
    Mapping,
    Mappings,
    Memory,
    Space,
    are_parts,
    are_split,
    changes_both,
    counts_for_ever,
    halts_only_updating,
    halts_resizing,
    is_known_to,
    model,
    must_allow_something,
    place,
    share_space,
    shows,
)


@predicate
def lies_before(s: Mappings, one: Mapping, other: Mapping) -> Truth:
    """The first mapping ends where the other starts, or before."""
    return s.base[one] + s.length[one] <= s.base[other]


@model.guarantee("MEM-1")
def mappings_are_disjoint(s: Mappings) -> Truth:
    """No page of a space is in two mappings."""
    return forall(
        Mapping,
        Mapping,
        lambda a, b: all_of(
            a != b,
            s.recorded[a] & s.recorded[b],
            share_space(s, a, b),
            (s.length[a] > 0) & (s.length[b] > 0),
        ).implies(lies_before(s, a, b) | lies_before(s, b, a)),
    )


@model.guarantee("MEM-1")
def mappings_lie_below_the_kernel(s: Mappings) -> Truth:
    """No mapping reaches what is the kernel's."""
    return forall(Mapping, lambda m: s.recorded[m].implies(s.base[m] + s.length[m] <= s.kernel))


@model.guarantee("MEM-2")
def page_tables_match_records(s: Mappings) -> Truth:
    """An entry shows the page that its record says, where it says."""
    return forall(
        Mapping,
        Frame,
        lambda m, f: s.entry[m, f].is_some.implies(
            shows(s, m, f) & s.entry[m, f].holds(place(s, m, f))
        ),
    )


@model.guarantee("MEM-2")
def resident_pages_have_entries(s: Mappings) -> Truth:
    """A page that a record covers and that has a frame is in the page table."""
    return forall(Mapping, Frame, lambda m, f: shows(s, m, f).implies(s.entry[m, f].is_some))


@model.guarantee("MEM-4")
def mapping_rights_come_from_the_capability(s: Mappings) -> Truth:
    """A mapping lets user code write only if the capability did with which it was made."""
    return forall(Mapping, lambda m: (s.access[m] == Access.WRITE).implies(s.may_write[m]))


@model.guarantee("MEM-4")
def what_allows_nothing_shows_nothing(s: Mappings) -> Truth:
    """What stands in a page table can be read, so a mapping without access has no such page."""
    return forall(
        Mapping,
        Frame,
        lambda m, f: shows(s, m, f).implies(s.access[m] != Access.NONE),
    )


@model.guarantee("MEM-4", when=must_allow_something)
def mappings_allow_something(s: Mappings) -> Truth:
    """A mapping of a memory allows some access, so that a page can get a frame at any time."""
    return forall(
        Mapping,
        lambda m: (s.recorded[m] & s.memory[m].is_some).implies(s.access[m] != Access.NONE),
    )


@model.guarantee("MEM-5")
def both_sides_agree(s: Mappings) -> Truth:
    """A space records a mapping exactly when what is mapped does."""
    return forall(Mapping, lambda m: s.recorded[m] == s.known[m])


@model.guarantee("MEM-5", when=counts_for_ever)
def the_count_is_that_of_the_mappings(s: Mappings) -> Truth:
    """A memory that is counted as mapped is mapped."""
    return forall(
        Memory,
        lambda o: (s.counted[o] != Count.NONE).implies(
            exists(Mapping, lambda m: is_known_to(s, o, m))
        ),
    )


@predicate
def is_altered(old: Mappings, new: Mappings, mapping: Mapping) -> Truth:
    """The mapping is gone or another one."""
    return any_of(
        old.recorded[mapping] != new.recorded[mapping],
        old.base[mapping] != new.base[mapping],
        old.length[mapping] != new.length[mapping],
        old.access[mapping] != new.access[mapping],
    )


def _keeps(old: Mappings, new: Mappings, is_foreign: Which) -> Truth:
    """The step alters no mapping in a space over which its caller has no right."""
    return forall(
        Mapping,
        lambda m: (old.recorded[m] & is_foreign(m)).implies(~is_altered(old, new, m)),
    )


def _by_resize(s: Mappings, step: Step, mapping: Mapping) -> Truth:
    call = memory_resize_in_place
    limited = step.took(call) & ~step.argument(call, "everywhere", Truth)
    return limited & s.space[mapping].holds(step.argument(call, "foreign", Space))


def _by_growth(s: Mappings, step: Step, mapping: Mapping) -> Truth:
    call = memory_resize_growing
    limited = step.took(call) & ~step.argument(call, "everywhere", Truth)
    return limited & s.space[mapping].holds(step.argument(call, "foreign", Space))


def _by_update(s: Mappings, step: Step, mapping: Mapping) -> Truth:
    call = memory_update
    limited = step.took(call) & ~step.argument(call, "everywhere", Truth)
    return limited & s.space[mapping].holds(step.argument(call, "foreign", Space))


@model.step_guarantee("MEM-6", when=are_split)
def resize_respects_other_spaces(old: Mappings, step: Step, new: Mappings) -> Truth:
    """A resize alters no mapping in a space over which its caller has no right."""
    return _keeps(old, new, lambda m: _by_resize(old, step, m) | _by_growth(old, step, m))


@model.step_guarantee("MEM-6", when=are_parts)
def new_size_respects_other_spaces(old: Mappings, step: Step, new: Mappings) -> Truth:
    """A new size of a memory cuts no mapping in a space over which the caller has no right."""
    return _keeps(old, new, lambda m: _by_resize(old, step, m))


@model.step_guarantee("MEM-6", when=changes_both)
def update_respects_other_spaces(old: Mappings, step: Step, new: Mappings) -> Truth:
    """No more does a call that changes a memory and one of its mappings."""
    return _keeps(old, new, lambda m: _by_resize(old, step, m) | _by_update(old, step, m))


@model.step_guarantee("CAP-10", when=halts_resizing)
def a_refused_call_changes_nothing(old: Mappings, step: Step, new: Mappings) -> Truth:
    """No call refuses after a part of it was done."""
    return ~any_of(
        *(
            step.took(call)
            for call in (memory_update_mapping_stops_halfway, memory_resize_stops_halfway)
        )
    )


@model.step_guarantee("CAP-10", when=halts_only_updating)
def a_refused_update_changes_nothing(old: Mappings, step: Step, new: Mappings) -> Truth:
    """No update of a mapping refuses after a part of it was done."""
    return ~step.took(memory_update_mapping_stops_halfway)
