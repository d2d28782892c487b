"""What is promised of pages that are shared, of frames, and of what processors remember."""

from assay.lang import Step, Truth, all_of, exists, forall
from models.copy_on_write import guarantees as whole
from models.copy_on_write.state import (
    Address,
    Frame,
    Page,
    Translation,
    blocks_are_broken,
    is_alone,
    is_resident,
    others_share_its_frame,
    pages_are_shared,
)
from models.translations.state import Caches, has_frame, is_amid_its_change, is_used, model
from models.translations.writes import copy_begins, copy_is_taken, last_sharer_writes

for guarantee, claim in (
    ("COW-1", whole.writers_are_isolated),
    ("COW-1", whole.pages_change_only_by_writes),
    ("COW-1", whole.a_clone_holds_what_its_source_holds),
    ("COW-2", whole.failed_copies_lose_nothing),
    ("COW-3", whole.the_frame_goes_with_its_last_sharer),
):
    model.step_guarantee(guarantee, when=pages_are_shared)(claim)
for state_claim in (
    whole.shared_frames_are_read_only,
    whole.no_processor_writes_to_shared_frames,
):
    model.guarantee("COW-4", when=pages_are_shared)(state_claim)
for state_claim in (
    whole.free_frames_are_unreachable,
    whole.no_processor_remembers_a_free_frame,
    whole.no_frame_is_owned_twice,
):
    model.guarantee("MEM-3")(state_claim)


@model.guarantee("COW-1", when=pages_are_shared)
def readers_read_their_own_page(s: Caches) -> Truth:
    """What a processor reads at an address is what the page holds that is seen there.

    One that has just changed the entry reads nothing before it has flushed its own cache.
    """
    return forall(
        Translation,
        Page,
        lambda t, p: all_of(
            s.at[t].is_some,
            s.page[s.at[t].value].holds(p),
            is_resident(s, p),
            ~is_amid_its_change(s, t),
        ).implies(s.content[s.leads_to[t].value] == s.content[s.frame[p].value]),
    )


@model.step_guarantee("COW-3", when=pages_are_shared)
def only_who_shares_is_copied(old: Caches, step: Step, new: Caches) -> Truth:
    """A copy begins only for a page that is not alone in its frame, and ends with it alone."""
    address = step.argument(copy_begins, "address", Address)
    page = step.argument(copy_is_taken, "page", Page)
    return all_of(
        step.took(copy_begins).implies(~is_alone(old, old.page[address].value)),
        step.took(copy_is_taken).implies(~new.shared[page] & ~others_share_its_frame(new, page)),
    )


@model.step_guarantee("COW-3", when=pages_are_shared)
def the_last_sharer_keeps_the_frame(old: Caches, step: Step, new: Caches) -> Truth:
    """The last one to write moves to no other frame, and owns its own."""
    page = old.page[step.argument(last_sharer_writes, "address", Address)].value
    return step.took(last_sharer_writes).implies(
        all_of(
            new.frame[page] == old.frame[page],
            ~new.shared[page],
            ~others_share_its_frame(new, page),
        )
    )


@model.guarantee("MEM-3")
def no_frame_is_lost(s: Caches) -> Truth:
    """What the allocator does not count as free, some page is in, or on its way to."""
    return forall(Frame, lambda f: s.allocated[f].implies(is_used(s, f)))


@model.guarantee("MEM-3", when=pages_are_shared)
def copies_have_frames_of_their_own(s: Caches) -> Truth:
    """No page but the one that is copied is in the frame of the copy, or on its way there."""
    return forall(
        Page,
        Page,
        lambda p, q: (s.copy[p].is_some & has_frame(s, q, s.copy[p].value)).implies(p == q),
    )


def _begins(old: Caches, new: Caches, frame: Frame) -> Truth:
    return ~is_used(old, frame) & is_used(new, frame)


def _ends(old: Caches, new: Caches, frame: Frame) -> Truth:
    return is_used(old, frame) & ~is_used(new, frame)


@model.step_guarantee("MEM-7")
def charged_equals_held(old: Caches, step: Step, new: Caches) -> Truth:
    """The quota is charged for a frame that begins to be used, and credited when that ends."""
    return forall(
        Frame,
        lambda f: all_of(
            _begins(old, new, f).implies(new.charged == old.charged + 1),
            _ends(old, new, f).implies(new.charged == old.charged - 1),
        ),
    )


@model.step_guarantee("MEM-7")
def nothing_is_charged_for_no_frame(old: Caches, step: Step, new: Caches) -> Truth:
    """Whenever the charge changes, there is one frame that it is for."""
    return (new.charged != old.charged).implies(
        exists(Frame, lambda f: _begins(old, new, f) | _ends(old, new, f))
    )


model.step_guarantee("MEM-7", when=blocks_are_broken)(whole.blocks_are_freed_as_blocks)
