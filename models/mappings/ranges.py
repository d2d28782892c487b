"""Which ranges of a space are free: what the kernel tests before it puts a mapping there."""

from collections.abc import Callable

from assay.lang import FALSE, Truth, all_of, choose, exists, forall
from models.mappings.state import Mapping, Mappings, Pages, Space, ranges_may_overlap
from spec.design import Design, SizeTypes

Which = Callable[[Mapping], Truth]
"""Some of the mappings."""
Lengths = Callable[[Mapping], Pages]


def no_mapping(_: Mapping) -> Truth:
    """None of them."""
    return FALSE


def apart(one: Pages, end: Pages, other: Pages, other_end: Pages) -> Truth:
    """The ranges start at two places, and the one that starts first ends before the other."""
    return ((one < other) & (end <= other)) | ((other < one) & (other_end <= one))


def tested_length(design: Design, s: Mappings, mapping: Mapping, lengths: Lengths | None) -> Pages:
    """What the kernel takes for the length of a mapping when it looks for a free range."""
    length = s.length[mapping] if lengths is None else lengths(mapping)
    if ranges_may_overlap(design):
        return choose(s.memory[mapping].is_some, s.offset[mapping], length)
    return length


def is_free(
    design: Design,
    s: Mappings,
    space: Space,
    base: Pages,
    length: Pages,
    but: Which = no_mapping,
    lengths: Lengths | None = None,
) -> Truth:
    """The range lies below the kernel and apart from all mappings of the space but these.

    Of the mappings that start before it the kernel looks at the last. No other can reach so far,
    unless with plain numbers the sum of its pages was too large when it was mapped.

    `lengths`: those that the mappings have by then, if they are not as they were.
    """
    end = _sum(design, s, base, length)

    def is_there(m: Mapping) -> Truth:
        return all_of(s.recorded[m], s.space[m].holds(space), ~but(m))

    def is_behind_another(m: Mapping) -> Truth:
        if design.size_types is not SizeTypes.PLAIN:
            return FALSE
        return (s.base[m] < base) & exists(
            Mapping, lambda r: all_of(is_there(r), s.base[m] < s.base[r], s.base[r] < base)
        )

    def is_away(m: Mapping) -> Truth:
        other_end = s.base[m] + tested_length(design, s, m, lengths)
        away = apart(base, end, s.base[m], other_end) | is_behind_another(m)
        return is_there(m).implies(away)

    return (end <= s.kernel) & forall(Mapping, is_away)


def _sum(design: Design, s: Mappings, base: Pages, length: Pages) -> Pages:
    """Where the range ends; with plain numbers a sum of too many pages starts from 0 again."""
    end = base + length
    if design.size_types is SizeTypes.PLAIN:
        return choose(end < s.limit, end, end - s.limit)
    return end
