"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists
from models.copy_on_write import reachable as whole
from models.copy_on_write.state import (
    Address,
    Page,
    Translation,
    is_alone,
    pages_are_shared,
)
from models.translations.state import Caches, Flush, model

for claim in (
    whole.can_share_what_both_can_read,
    whole.can_remember_a_shared_frame,
    whole.can_be_the_last_sharer,
    whole.can_differ_after_a_copy,
):
    model.can(when=pages_are_shared)(claim)
for claim in (whole.can_map_a_lazy_page, whole.can_leave_content_behind):
    model.can()(claim)


@model.can(when=pages_are_shared)
def can_remember_writes_to_what_is_protected(s: Caches) -> Truth:
    """An entry allows no more writes, and a processor still writes by way of it."""
    return exists(
        Translation,
        Address,
        lambda t, a: all_of(s.at[t].holds(a), s.writes[t], s.entry[a].is_some, ~s.writable[a]),
    )


@model.can()
def can_remember_what_is_cleared(s: Caches) -> Truth:
    """An entry is gone, and a processor still writes to its page."""
    return exists(
        Translation,
        Address,
        lambda t, a: all_of(s.at[t].holds(a), s.writes[t], s.entry[a].is_none),
    )


@model.can(when=pages_are_shared)
def can_be_the_last_while_it_is_copied(s: Caches) -> Truth:
    """The others have left the frame while a page of it is copied."""
    return exists(Page, lambda p: s.copy[p].is_some & is_alone(s, p))


@model.can(when=pages_are_shared)
def can_read_what_was_replaced(s: Caches) -> Truth:
    """An entry leads to the copy, and a processor still reads the shared frame."""
    return exists(
        Translation,
        Page,
        lambda t, p: all_of(
            s.is_copied[p],
            s.page[s.at[t].value].holds(p),
            s.at[t].is_some,
            s.leads_to[t] == s.frame[p],
            s.entry[s.at[t].value] == s.copy[p],
        ),
    )


@model.can(when=pages_are_shared)
def can_change_two_at_once(s: Caches) -> Truth:
    """Two processors change entries of two pages."""
    return exists(
        Address,
        Address,
        lambda a, b: all_of(
            a != b,
            s.flush[a] != Flush.OVER,
            s.flush[b] != Flush.OVER,
            s.flusher[a] != s.flusher[b],
            s.page[a] != s.page[b],
        ),
    )
