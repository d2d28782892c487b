"""Why the guarantees of copy_on_write are inductive, for any number of pages and frames.

The kernel decides by a number, how many pages hold a frame. That this number is right is said by
the queue of the frame: each page that holds it has a place below the number, no two have the same
one, and every place below the number is taken, because the last one is and so is the one before
each. So a page whose frame counts one is alone, and one whose frame counts more is not.
"""

from assay.lang import Claims, Truth, all_of, forall
from models.copy_on_write.state import (
    Address,
    Frame,
    Page,
    Pages,
    Translation,
    blocks_are_broken,
    caches_are_current,
    hold_one_frame,
    is_resident,
)
from spec.design import Design

lemmas = Claims(Pages, Design)


def _blocks_are_whole(design: Design) -> bool:
    return not blocks_are_broken(design)


@lemmas.auxiliary()
def absent_pages_are_bare(s: Pages) -> Truth:
    """A page that is in no frame is in normal form, and stands in no queue."""
    return forall(
        Page,
        lambda p: is_resident(s, p) | all_of(~s.shared[p], s.place[p] == 0, s.before[p].is_none),
    )


@lemmas.auxiliary()
def places_are_below_the_count(s: Pages) -> Truth:
    """Each page that holds a frame has a place in its queue."""
    return forall(
        Page,
        lambda p: is_resident(s, p).implies(
            (s.place[p] >= 0) & (s.place[p] < s.sharers[s.frame[p].value])
        ),
    )


@lemmas.auxiliary()
def places_differ(s: Pages) -> Truth:
    """No two pages have the same place."""
    return forall(
        Page,
        Page,
        lambda p, q: (hold_one_frame(s, p, q) & (s.place[p] == s.place[q])).implies(p == q),
    )


@lemmas.auxiliary()
def each_place_has_one_before(s: Pages) -> Truth:
    """Whoever is not the first knows who stands one place ahead."""
    return forall(
        Page,
        lambda p: (s.place[p] > 0).implies(
            all_of(
                s.before[p].is_some,
                hold_one_frame(s, p, s.before[p].value),
                s.place[s.before[p].value] == s.place[p] - 1,
            )
        ),
    ) & forall(Page, lambda p: (s.place[p] == 0).implies(s.before[p].is_none))


@lemmas.auxiliary()
def the_last_place_is_taken(s: Pages) -> Truth:
    """A frame that is held knows who came last."""
    return forall(
        Frame,
        lambda f: (s.sharers[f] > 0).implies(
            all_of(
                s.last[f].is_some,
                s.frame[s.last[f].value].holds(f),
                s.place[s.last[f].value] == s.sharers[f] - 1,
            )
        ),
    ) & forall(Frame, lambda f: (s.sharers[f] == 0).implies(s.last[f].is_none))


@lemmas.auxiliary()
def free_frames_count_nobody(s: Pages) -> Truth:
    """The count of a free frame is nought, and no count is less."""
    return forall(
        Frame,
        lambda f: (s.sharers[f] >= 0) & (~s.allocated[f]).implies(s.sharers[f] == 0),
    )


@lemmas.auxiliary(when=_blocks_are_whole)
def allocated_frames_count_somebody(s: Pages) -> Truth:
    """Nothing is allocated that no page holds."""
    return forall(Frame, lambda f: s.allocated[f].implies(s.sharers[f] > 0))


@lemmas.auxiliary(when=_blocks_are_whole)
def owned_frames_count_one(s: Pages) -> Truth:
    """Only a shared page shares."""
    return forall(
        Page,
        lambda p: (is_resident(s, p) & ~s.shared[p]).implies(s.sharers[s.frame[p].value] == 1),
    )


@lemmas.auxiliary()
def writable_pages_are_owned(s: Pages) -> Truth:
    """A page table lets nobody write to a page that is to be copied first."""
    return forall(
        Address,
        lambda a: s.writable[a].implies(s.page[a].is_some & ~s.shared[s.page[a].value]),
    )


@lemmas.auxiliary()
def empty_lines_are_bare(s: Pages) -> Truth:
    """A line that translates nothing is in normal form."""
    return forall(Translation, lambda t: s.at[t].is_some | (s.leads_to[t].is_none & ~s.writes[t]))


@lemmas.auxiliary(when=caches_are_current)
def translations_match_page_tables(s: Pages) -> Truth:
    """A processor remembers only what the page table still says."""
    return forall(
        Translation,
        Address,
        lambda t, a: (
            s.at[t]
            .holds(a)
            .implies(
                all_of(
                    s.page[a].is_some,
                    s.leads_to[t] == s.entry[a],
                    s.writes[t].implies(s.writable[a]),
                    s.leads_to[t].is_some,
                )
            )
        ),
    )
