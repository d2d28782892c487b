"""Why the guarantees of mappings are inductive, for any number of spaces, memories and pages."""

from assay.lang import Claims, Truth, all_of, forall
from models.mappings.ranges import apart
from models.mappings.state import (
    Access,
    Count,
    Frame,
    Mapping,
    Mappings,
    Memory,
    counts_for_ever,
    is_known_to,
    may_reach_the_kernel,
    record_is_left,
    share_space,
)
from spec.design import Design

lemmas = Claims(Mappings, Design)


@lemmas.auxiliary(when=lambda design: not may_reach_the_kernel(design))
def ranges_are_apart(s: Mappings) -> Truth:
    """Empty mappings included, no two start at one page or reach into each other."""
    return forall(
        Mapping,
        Mapping,
        lambda a, b: all_of(a != b, s.recorded[a] & s.recorded[b], share_space(s, a, b)).implies(
            apart(s.base[a], s.base[a] + s.length[a], s.base[b], s.base[b] + s.length[b])
        ),
    )


@lemmas.auxiliary()
def records_lie_in_spaces(s: Mappings) -> Truth:
    """A record is one of a living space."""
    return forall(
        Mapping, lambda m: s.recorded[m].implies(s.space[m].is_some & s.alive[s.space[m].value])
    )


@lemmas.auxiliary()
def frames_are_pages(s: Mappings) -> Truth:
    """An owned frame is a page of a memory that is there, and none beyond its end."""
    return forall(
        Frame, lambda f: s.owner[f].is_some.implies(s.index[f] < s.size[s.owner[f].value])
    )


@lemmas.auxiliary()
def mappings_lie_in_their_memory(s: Mappings) -> Truth:
    """A mapping ends where its memory does, or before."""
    return forall(
        Mapping,
        lambda m: (s.recorded[m] & s.memory[m].is_some).implies(
            s.offset[m] + s.length[m] <= s.size[s.memory[m].value]
        ),
    )


@lemmas.auxiliary()
def a_page_has_one_frame(s: Mappings) -> Truth:
    """No two frames are one page of a memory."""
    return forall(
        Frame,
        Frame,
        lambda f, g: all_of(
            s.owner[f].is_some, s.owner[f] == s.owner[g], s.index[f] == s.index[g]
        ).implies(f == g),
    )


@lemmas.auxiliary()
def free_frames_are_bare(s: Mappings) -> Truth:
    """What is no page of a memory is in normal form."""
    return forall(Frame, lambda f: s.owner[f].is_none.implies(s.index[f] == 0))


@lemmas.auxiliary()
def the_forgotten_are_bare(s: Mappings) -> Truth:
    """A mapping that no space records is in normal form, but for what a dead space leaves."""
    return forall(
        Mapping,
        lambda m: (~s.recorded[m]).implies(
            all_of(
                s.space[m].is_none,
                s.known[m] | (s.memory[m].is_none & s.pool[m].is_none),
                (s.base[m] == 0) & (s.length[m] == 0) & (s.offset[m] == 0),
                (s.access[m] == Access.NONE) & ~s.may_write[m],
            )
        ),
    )


@lemmas.auxiliary(when=counts_for_ever)
def mapped_memories_know(s: Mappings) -> Truth:
    """Of the two sides it is the space that forgets alone."""
    return forall(Mapping, lambda m: (s.recorded[m] & s.memory[m].is_some).implies(s.known[m]))


@lemmas.auxiliary(when=counts_for_ever)
def what_counts_as_unmapped_is(s: Mappings) -> Truth:
    """The count goes up with each mapping, and never down while there is one."""
    return forall(
        Memory,
        Mapping,
        lambda o, m: is_known_to(s, o, m).implies(s.counted[o] != Count.NONE),
    )


@lemmas.auxiliary(when=record_is_left)
def a_pool_is_no_memory(s: Mappings) -> Truth:
    """What is left of an event pool's mapping has no entry."""
    return forall(Mapping, lambda m: s.pool[m].is_none | s.memory[m].is_none)
