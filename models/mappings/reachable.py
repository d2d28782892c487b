"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists
from models.mappings.state import (
    Access,
    Frame,
    Mapping,
    Mappings,
    model,
    share_space,
    shows,
)


@model.can()
def can_map_one_memory_twice(s: Mappings) -> Truth:
    """Two mappings show one page of a memory."""
    return exists(
        Mapping,
        Mapping,
        lambda a, b: (a != b) & exists(Frame, lambda f: shows(s, a, f) & shows(s, b, f)),
    )


@model.can()
def can_touch(s: Mappings) -> Truth:
    """Two mappings that are not empty lie side by side."""
    return exists(
        Mapping,
        Mapping,
        lambda a, b: all_of(
            s.recorded[a] & s.recorded[b],
            share_space(s, a, b),
            (s.length[a] > 0) & (s.length[b] > 0),
            s.base[a] + s.length[a] == s.base[b],
        ),
    )


@model.can()
def can_map_from_some_page_on(s: Mappings) -> Truth:
    """A mapping shows a page, but not the first of its memory."""
    return exists(Mapping, Frame, lambda m, f: shows(s, m, f) & (s.offset[m] > 0))


@model.can()
def can_reach_the_kernel(s: Mappings) -> Truth:
    """A mapping ends where the kernel starts."""
    return exists(Mapping, lambda m: (s.length[m] > 0) & (s.base[m] + s.length[m] == s.kernel))


@model.can()
def can_be_half_resident(s: Mappings) -> Truth:
    """A mapping has a page with a frame and is longer than that."""
    return exists(Mapping, Frame, lambda m, f: shows(s, m, f) & (s.length[m] > 1))


@model.can()
def can_be_empty(s: Mappings) -> Truth:
    """A mapping has no page."""
    return exists(Mapping, lambda m: s.recorded[m] & (s.length[m] == 0))


@model.can()
def can_be_written(s: Mappings) -> Truth:
    """User code can write to a page."""
    return exists(Mapping, Frame, lambda m, f: shows(s, m, f) & (s.access[m] == Access.WRITE))


@model.can()
def can_allow_less_than_the_capability(s: Mappings) -> Truth:
    """User code can only read what the capability allowed to write."""
    return exists(
        Mapping,
        Frame,
        lambda m, f: shows(s, m, f) & (s.access[m] == Access.READ) & s.may_write[m],
    )
