"""Why the guarantees of copy_on_write are inductive, for any number of pages and frames.

The kernel decides by a number, how many shared pages hold a frame. That this number is right is
said by the queue of the frame: each of these pages has a place below the number, no two have the
same one, and every place below the number is taken, because the last one is and so is the one
before each. So a page whose frame counts one is alone, and one whose frame counts more is not.
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
    copies_lose_pages,
    hold_one_frame,
    is_resident,
    pages_are_shared,
)
from spec.design import Design

lemmas = Claims(Pages, Design)


def _shares_are_counted(design: Design) -> bool:
    """Pages are shared, and nobody else comes to a frame that is."""
    return pages_are_shared(design) and not blocks_are_broken(design)


@lemmas.auxiliary(when=lambda design: not pages_are_shared(design))
def nothing_is_shared(s: Pages) -> Truth:
    """No frame counts anybody."""
    return forall(Page, lambda p: ~s.shared[p]) & forall(Frame, lambda f: s.sharers[f] == 0)


@lemmas.auxiliary(when=_shares_are_counted)
def shared_pages_are_there(s: Pages) -> Truth:
    """Only a page that is in a frame can share it."""
    return forall(Page, lambda p: is_resident(s, p) | ~s.shared[p])


@lemmas.auxiliary(when=_shares_are_counted)
def only_shared_pages_queue(s: Pages) -> Truth:
    """Any other page has no place."""
    return forall(Page, lambda p: s.shared[p] | ((s.place[p] == 0) & s.before[p].is_none))


@lemmas.auxiliary(when=_shares_are_counted)
def places_are_below_the_count(s: Pages) -> Truth:
    """Each shared page has a place in the queue of its frame."""
    return forall(
        Page,
        lambda p: s.shared[p].implies(
            (s.place[p] >= 0) & (s.place[p] < s.sharers[s.frame[p].value])
        ),
    )


@lemmas.auxiliary(when=_shares_are_counted)
def places_differ(s: Pages) -> Truth:
    """No two pages of one frame have the same place."""
    return forall(
        Page,
        Page,
        lambda p, q: all_of(
            s.shared[p], s.shared[q], hold_one_frame(s, p, q), s.place[p] == s.place[q]
        ).implies(p == q),
    )


@lemmas.auxiliary(when=_shares_are_counted)
def each_place_has_one_before(s: Pages) -> Truth:
    """Whoever is not the first knows who stands one place ahead."""
    return forall(
        Page,
        lambda p: (s.place[p] > 0).implies(
            all_of(
                s.before[p].is_some,
                s.shared[s.before[p].value],
                hold_one_frame(s, p, s.before[p].value),
                s.place[s.before[p].value] == s.place[p] - 1,
            )
        ),
    )


@lemmas.auxiliary(when=_shares_are_counted)
def nobody_stands_before_the_first(s: Pages) -> Truth:
    """And the first knows nobody."""
    return forall(Page, lambda p: (s.place[p] == 0).implies(s.before[p].is_none))


@lemmas.auxiliary(when=_shares_are_counted)
def the_last_place_is_taken(s: Pages) -> Truth:
    """A frame that is shared knows who came last."""
    return forall(
        Frame,
        lambda f: (s.sharers[f] > 0).implies(
            all_of(
                s.last[f].is_some,
                s.shared[s.last[f].value],
                s.frame[s.last[f].value].holds(f),
                s.place[s.last[f].value] == s.sharers[f] - 1,
            )
        ),
    )


@lemmas.auxiliary(when=_shares_are_counted)
def frames_without_sharers_have_no_queue(s: Pages) -> Truth:
    """No count is less than nought, and then nobody came last."""
    return forall(
        Frame,
        lambda f: (s.sharers[f] >= 0) & (s.sharers[f] == 0).implies(s.last[f].is_none),
    )


@lemmas.auxiliary(when=_shares_are_counted)
def free_frames_have_no_sharers(s: Pages) -> Truth:
    """What the allocator gives out, nobody shares yet."""
    return forall(Frame, lambda f: s.allocated[f] | (s.sharers[f] == 0))


@lemmas.auxiliary(when=_shares_are_counted)
def owned_frames_have_no_sharers(s: Pages) -> Truth:
    """A frame is either owned or shared."""
    return forall(
        Page,
        lambda p: (is_resident(s, p) & ~s.shared[p]).implies(s.sharers[s.frame[p].value] == 0),
    )


@lemmas.auxiliary(when=lambda d: blocks_are_broken(d) and not pages_are_shared(d))
def single_frames_are_not_owned_twice(s: Pages) -> Truth:
    """Only out of a block a frame is given to a second owner, and it never leaves the block."""
    return all_of(
        forall(Frame, lambda f: s.of_block[f].implies(s.allocated[f])),
        forall(
            Page,
            Page,
            lambda p, q: hold_one_frame(s, p, q).implies((p == q) | s.of_block[s.frame[p].value]),
        ),
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
    """A line that translates nothing leads nowhere."""
    return forall(Translation, lambda t: s.at[t].is_some | (s.leads_to[t].is_none & ~s.writes[t]))


@lemmas.auxiliary(when=lambda d: caches_are_current(d) and not copies_lose_pages(d))
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
                    s.leads_to[t].is_some,
                    s.leads_to[t] == s.entry[a],
                    s.writes[t].implies(s.writable[a]),
                )
            )
        ),
    )
