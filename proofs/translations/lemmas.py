"""Why the guarantees of translations are inductive, for any number of pages, frames, processors.

How many share a frame is tied to its queue as in `copy_on_write`. What a processor remembers of an
address is what its entry says, unless that was changed and the processor has not flushed yet
(`may_be_stale`); even then it leads to the page's frame, or to a copy that holds the same.
"""

from assay.lang import Claims, Truth, all_of, any_of, forall
from models.copy_on_write.state import (
    Address,
    Frame,
    Page,
    Processor,
    Translation,
    blocks_are_broken,
    caches_are_current,
    copies_lose_pages,
    is_resident,
    pages_are_shared,
)
from models.translations.state import Caches, Flush, may_be_stale
from proofs.copy_on_write import lemmas as whole
from spec.design import Design

lemmas = Claims(Caches, Design)


def _shares_are_counted(design: Design) -> bool:
    """Pages are shared, and nobody else comes to a frame that is."""
    return pages_are_shared(design) and not blocks_are_broken(design)


def _is_current(design: Design) -> bool:
    """Caches follow page tables, and page tables follow pages."""
    return caches_are_current(design) and not copies_lose_pages(design)


lemmas.auxiliary(when=lambda design: not pages_are_shared(design))(whole.nothing_is_shared)
for queued in (
    whole.shared_pages_are_there,
    whole.only_shared_pages_queue,
    whole.places_are_below_the_count,
    whole.places_differ,
    whole.each_place_has_one_before,
    whole.nobody_stands_before_the_first,
    whole.the_last_place_is_taken,
    whole.frames_without_sharers_have_no_queue,
    whole.free_frames_have_no_sharers,
    whole.owned_frames_have_no_sharers,
):
    lemmas.auxiliary(when=_shares_are_counted)(queued)
lemmas.auxiliary()(whole.writable_pages_are_owned)
lemmas.auxiliary()(whole.empty_lines_are_bare)


@lemmas.auxiliary(when=_shares_are_counted)
def copies_are_of_shared_pages(s: Caches) -> Truth:
    """A page that is copied is there and shared; its copy is allocated, and in no queue."""
    return all_of(
        forall(
            Page,
            Frame,
            lambda p, f: (
                s.copy[p]
                .holds(f)
                .implies(all_of(is_resident(s, p), s.shared[p], s.allocated[f], s.sharers[f] == 0))
            ),
        ),
        forall(Page, lambda p: s.is_copied[p].implies(s.copy[p].is_some)),
    )


@lemmas.auxiliary(when=lambda design: _shares_are_counted(design) and _is_current(design))
def copies_hold_what_is_copied(s: Caches) -> Truth:
    """Once it is copied, the content is the same in both frames."""
    return forall(
        Page,
        lambda p: s.is_copied[p].implies(s.content[s.copy[p].value] == s.content[s.frame[p].value]),
    )


@lemmas.auxiliary(when=_is_current)
def entries_lead_to_their_page(s: Caches) -> Truth:
    """An entry is that of a page which is seen there: it leads to its frame, or to the copy."""
    return forall(
        Address,
        lambda a: s.entry[a].is_some.implies(
            all_of(
                s.page[a].is_some,
                is_resident(s, s.page[a].value),
                any_of(
                    s.entry[a] == s.frame[s.page[a].value],
                    all_of(
                        s.is_copied[s.page[a].value],
                        s.entry[a] == s.copy[s.page[a].value],
                    ),
                ),
            )
        ),
    )


@lemmas.auxiliary(when=_is_current)
def writable_entries_are_present(s: Caches) -> Truth:
    """An entry that allows writes is there."""
    return forall(Address, lambda a: s.writable[a].implies(s.entry[a].is_some))


@lemmas.auxiliary(when=_is_current)
def lines_lead_to_their_page(s: Caches) -> Truth:
    """So does what a processor remembers, as long as the page is seen there."""
    return forall(
        Translation,
        Address,
        lambda t, a: (
            s.at[t]
            .holds(a)
            .implies(
                all_of(
                    s.page[a].is_some,
                    s.on[t].is_some,
                    s.leads_to[t].is_some,
                    is_resident(s, s.page[a].value),
                    any_of(
                        s.leads_to[t] == s.frame[s.page[a].value],
                        all_of(
                            s.is_copied[s.page[a].value],
                            s.leads_to[t] == s.copy[s.page[a].value],
                        ),
                    ),
                    s.writes[t].implies(~s.shared[s.page[a].value]),
                )
            )
        ),
    )


@lemmas.auxiliary(when=_is_current)
def what_is_not_stale_is_what_the_entry_says(s: Caches) -> Truth:
    """A processor that has flushed remembers what the entry says."""
    return forall(
        Translation,
        Address,
        lambda t, a: (s.at[t].holds(a) & ~may_be_stale(s, t)).implies(
            (s.leads_to[t] == s.entry[a]) & s.writes[t].implies(s.writable[a])
        ),
    )


@lemmas.auxiliary(when=caches_are_current)
def interrupts_are_of_flushes(s: Caches) -> Truth:
    """Only for a flush whose interrupts were sent is anything owed."""
    return forall(Processor, Address, lambda q, a: s.owes[q, a].implies(s.flush[a] == Flush.SENT))
