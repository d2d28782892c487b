"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists
from models.copy_on_write.state import (
    Address,
    Pages,
    model,
    pages_are_shared,
)


@model.can(when=pages_are_shared)
def can_share_and_be_mapped(s: Pages) -> Truth:
    """Two pages that share a frame are both mapped."""
    return exists(
        Address,
        Address,
        lambda a, b: (
            all_of(s.page[a].is_some, s.page[b].is_some, s.page[a] != s.page[b], s.entry[a].is_some)
            & (s.entry[a] == s.entry[b])
        ),
    )
