"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists
from models.copy_on_write.state import (
    Address,
    Content,
    Frame,
    Page,
    Pages,
    Translation,
    is_alone,
    is_mapped,
    is_resident,
    model,
    pages_are_shared,
)


@model.can(when=pages_are_shared)
def can_share_what_both_can_read(s: Pages) -> Truth:
    """Two pages in one frame are mapped, each at an address of its own."""
    return exists(
        Address,
        Address,
        lambda a, b: all_of(
            s.entry[a].is_some,
            s.entry[a] == s.entry[b],
            s.page[a] != s.page[b],
        ),
    )


@model.can(when=pages_are_shared)
def can_remember_a_shared_frame(s: Pages) -> Truth:
    """A processor has a translation to a frame that two pages hold."""
    return exists(
        Translation,
        Page,
        lambda t, p: s.leads_to[t].is_some & (s.frame[p] == s.leads_to[t]) & ~is_alone(s, p),
    )


@model.can(when=pages_are_shared)
def can_be_the_last_sharer(s: Pages) -> Truth:
    """A page that was shared is alone in its frame, and a write would still fault."""
    return exists(Page, lambda p: s.shared[p] & is_alone(s, p))


@model.can(when=pages_are_shared)
def can_differ_after_a_copy(s: Pages) -> Truth:
    """A page was copied and written, and the other sharer still reads what was there."""
    return exists(
        Page,
        Page,
        lambda p, q: all_of(
            s.shared[p],
            ~s.shared[q],
            is_resident(s, q),
            s.content[s.frame[p].value] != s.content[s.frame[q].value],
        ),
    )


@model.can()
def can_write_at_two_addresses(s: Pages) -> Truth:
    """One page can be written through two entries."""
    return exists(
        Address,
        Address,
        lambda a, b: all_of(a != b, s.writable[a], s.writable[b], s.page[a] == s.page[b]),
    )


@model.can()
def can_map_a_lazy_page(s: Pages) -> Truth:
    """A page is mapped that is not in memory."""
    return exists(Address, lambda a: s.page[a].is_some & s.entry[a].is_none)


@model.can()
def can_leave_content_behind(s: Pages) -> Truth:
    """A free frame still holds what somebody wrote."""
    return exists(Frame, lambda f: ~s.allocated[f] & (s.content[f] != Content.ZEROS))


@model.can()
def can_be_written_and_unmapped(s: Pages) -> Truth:
    """A page that is its memory's own holds what somebody wrote, and is mapped nowhere."""
    return exists(
        Page,
        lambda p: all_of(
            is_resident(s, p),
            ~s.shared[p],
            ~is_mapped(s, p),
            s.content[s.frame[p].value] != Content.ZEROS,
        ),
    )
