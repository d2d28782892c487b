"""What is promised of pages that are shared, and of the frames that hold them."""

from assay.lang import Step, Truth, all_of, any_of, choose, exists, forall, predicate
from models.copy_on_write.frames import page_goes, page_is_shared
from models.copy_on_write.mappings import content_is_written
from models.copy_on_write.state import (
    Address,
    Content,
    Frame,
    Page,
    Pages,
    Translation,
    blocks_are_broken,
    hold_one_frame,
    is_alone,
    is_held,
    is_last_sharer,
    is_lost,
    is_resident,
    model,
    others_share_its_frame,
    pages_are_shared,
)
from models.copy_on_write.writes import last_sharer_writes, sharer_writes


def _content(s: Pages, page: Page) -> Content:
    """What the page's owner reads."""
    return s.content[s.frame[page].value]


@model.step_guarantee("COW-1", when=pages_are_shared)
def writers_are_isolated(old: Pages, step: Step, new: Pages) -> Truth:
    """A write at an address changes what the page that is mapped there holds, and no other."""
    line = step.argument(content_is_written, "translation", Translation)
    content = step.argument(content_is_written, "content", Content)
    written = old.page[old.at[line].value]
    return forall(
        Page,
        lambda p: all_of(
            step.took(content_is_written), written.is_some, is_resident(old, p)
        ).implies(
            _content(new, p) == choose(written.holds(p), content, _content(old, p)),
        ),
    )


@model.step_guarantee("COW-1", when=pages_are_shared)
def pages_change_only_by_writes(old: Pages, step: Step, new: Pages) -> Truth:
    """A page that is copied holds the same, and so do all that are not.

    That no frame is given to a page while it is that of another is MEM-3.
    """
    return forall(
        Page,
        lambda p: all_of(
            ~step.took(content_is_written),
            is_resident(old, p) & is_resident(new, p),
            ~_is_given_again(old, step, new, p),
        ).implies(_content(new, p) == _content(old, p)),
    )


def _is_given_again(old: Pages, step: Step, new: Pages, page: Page) -> Truth:
    """The frame of the page is given to one that was not in memory before, nor is a clone."""
    return exists(
        Page,
        lambda p: all_of(
            ~is_resident(old, p), hold_one_frame(new, page, p), ~step.took(page_is_shared)
        ),
    )


@model.step_guarantee("COW-1", when=pages_are_shared)
def a_clone_holds_what_its_source_holds(old: Pages, step: Step, new: Pages) -> Truth:
    """A page that is shared is the same for both."""
    page = step.argument(page_is_shared, "page", Page)
    clone = step.argument(page_is_shared, "clone", Page)
    return step.took(page_is_shared).implies(
        is_resident(new, clone) & (_content(new, clone) == _content(old, page))
    )


@model.guarantee("COW-1", when=pages_are_shared)
def readers_read_their_own_page(s: Pages) -> Truth:
    """What a processor remembers of an address leads to the frame of the page that it shows."""
    return forall(
        Translation,
        Page,
        lambda t, p: (s.at[t].is_some & s.page[s.at[t].value].holds(p)).implies(
            s.leads_to[t] == s.frame[p]
        ),
    )


@model.step_guarantee("COW-2", when=pages_are_shared)
def failed_copies_lose_nothing(old: Pages, step: Step, new: Pages) -> Truth:
    """A page is in memory until its memory lets go of it.

    Where a copy that finds no frame is refused, that changes nothing: COW-2 is this and COW-1.
    """
    gone = step.argument(page_goes, "page", Page)
    return forall(
        Page,
        lambda p: is_resident(old, p).implies(
            is_resident(new, p) | (step.took(page_goes) & (gone == p))
        ),
    )


@model.step_guarantee("COW-3", when=pages_are_shared)
def the_last_sharer_keeps_the_frame(old: Pages, step: Step, new: Pages) -> Truth:
    """Nothing but a copy moves a page, and only a page that is not alone in its frame."""
    address = step.argument(sharer_writes, "address", Address)
    return forall(
        Page,
        lambda p: all_of(
            is_resident(old, p), is_resident(new, p), old.frame[p] != new.frame[p]
        ).implies(all_of(step.took(sharer_writes), old.page[address].holds(p), ~is_alone(old, p))),
    )


@model.step_guarantee("COW-3", when=pages_are_shared)
def a_writer_has_its_frame_alone(old: Pages, step: Step, new: Pages) -> Truth:
    """Who writes to a shared page owns it afterwards, and then nobody else shares its frame."""

    def writes(p: Page) -> Truth:
        return any_of(
            *(
                step.took(write) & old.page[step.argument(write, "address", Address)].holds(p)
                for write in (last_sharer_writes, sharer_writes)
            )
        )

    wrote = step.took(last_sharer_writes) | step.took(sharer_writes)
    return all_of(
        wrote.implies(exists(Page, writes)),
        forall(
            Page,
            lambda p: writes(p).implies(
                all_of(old.shared[p], ~new.shared[p], ~others_share_its_frame(new, p))
            ),
        ),
        forall(
            Page,
            lambda p: all_of(old.shared[p], is_resident(new, p), ~new.shared[p]).implies(writes(p)),
        ),
    )


@model.step_guarantee("COW-3", when=pages_are_shared)
def the_frame_goes_with_its_last_sharer(old: Pages, step: Step, new: Pages) -> Truth:
    """The quota gets a frame back just when the last page that shares it leaves it."""
    page = step.argument(page_goes, "page", Page)
    return step.took(page_goes).implies((new.charged < old.charged) == is_last_sharer(old, page))


@model.guarantee("COW-4", when=pages_are_shared)
def shared_frames_are_read_only(s: Pages) -> Truth:
    """No page table allows writes to a frame that two pages share."""
    return forall(
        Address,
        Page,
        lambda a, p: (s.writable[a] & (s.frame[p] == s.entry[a])).implies(is_last_sharer(s, p)),
    )


@model.guarantee("COW-4", when=pages_are_shared)
def no_processor_writes_to_shared_frames(s: Pages) -> Truth:
    """No translation cache does."""
    return forall(
        Translation,
        Page,
        lambda t, p: (s.writes[t] & (s.frame[p] == s.leads_to[t])).implies(is_last_sharer(s, p)),
    )


@model.guarantee("MEM-2")
def page_tables_match_records(s: Pages) -> Truth:
    """An entry is present where a page is mapped and in memory, and leads to its frame."""
    return all_of(
        forall(Address, Page, lambda a, p: s.page[a].holds(p).implies(s.entry[a] == s.frame[p])),
        forall(Address, lambda a: s.entry[a].is_some.implies(s.page[a].is_some)),
        forall(Address, lambda a: s.writable[a].implies(s.entry[a].is_some)),
    )


@model.guarantee("MEM-3")
def free_frames_are_unreachable(s: Pages) -> Truth:
    """No page and no page table leads to a free frame."""
    return forall(
        Page, lambda p: is_resident(s, p).implies(s.allocated[s.frame[p].value])
    ) & forall(Address, lambda a: s.entry[a].is_some.implies(s.allocated[s.entry[a].value]))


@model.guarantee("MEM-3")
def no_processor_remembers_a_free_frame(s: Pages) -> Truth:
    """No translation cache leads to one either."""
    return forall(
        Translation, lambda t: s.leads_to[t].is_some.implies(s.allocated[s.leads_to[t].value])
    )


@model.guarantee("MEM-3")
def no_frame_is_lost(s: Pages) -> Truth:
    """What the allocator does not count as free, some page holds."""
    return forall(Frame, lambda f: ~is_lost(s, f))


@model.guarantee("MEM-3")
def no_frame_is_owned_twice(s: Pages) -> Truth:
    """Pages hold one frame only where both are shared."""
    return forall(
        Page,
        Page,
        lambda p, q: hold_one_frame(s, p, q).implies((p == q) | (s.shared[p] & s.shared[q])),
    )


@predicate
def begins_to_be_held(old: Pages, new: Pages, frame: Frame) -> Truth:
    """Since this step a page holds the frame."""
    return ~is_held(old, frame) & is_held(new, frame)


@predicate
def ends_being_held(old: Pages, new: Pages, frame: Frame) -> Truth:
    """Since this step no page holds the frame."""
    return is_held(old, frame) & ~is_held(new, frame)


@model.step_guarantee("MEM-7")
def charged_equals_held(old: Pages, step: Step, new: Pages) -> Truth:
    """The quota is charged for a frame that begins to be held, and credited when that ends."""
    return forall(
        Frame,
        lambda f: all_of(
            begins_to_be_held(old, new, f).implies(new.charged == old.charged + 1),
            ends_being_held(old, new, f).implies(new.charged == old.charged - 1),
        ),
    )


@model.step_guarantee("MEM-7")
def no_frame_is_held_unpaid(old: Pages, step: Step, new: Pages) -> Truth:
    """A step charges or credits for one frame at most, and no other begins or ends."""

    def is_paid(f: Frame) -> Truth:
        return begins_to_be_held(old, new, f) | ends_being_held(old, new, f)

    return forall(Frame, Frame, lambda f, g: (is_paid(f) & is_paid(g)).implies(f == g))


@model.step_guarantee("MEM-7")
def nothing_is_charged_for_no_frame(old: Pages, step: Step, new: Pages) -> Truth:
    """Whenever the charge changes, there is a frame that it is for."""
    return (new.charged != old.charged).implies(
        exists(Frame, lambda f: begins_to_be_held(old, new, f) | ends_being_held(old, new, f))
    )


@model.step_guarantee("MEM-7", when=blocks_are_broken)
def blocks_are_freed_as_blocks(old: Pages, step: Step, new: Pages) -> Truth:
    """What was allocated as a unit is freed as that unit."""
    page = step.argument(page_goes, "page", Page)
    return step.took(page_goes).implies(~old.of_block[old.frame[page].value])


@model.step_guarantee("MEM-8")
def fresh_pages_hold_no_secrets(old: Pages, step: Step, new: Pages) -> Truth:
    """A page that comes to a memory otherwise than from another page holds zeros."""
    return forall(
        Page,
        lambda p: all_of(
            ~is_resident(old, p), is_resident(new, p), ~step.took(page_is_shared)
        ).implies(_content(new, p) == Content.ZEROS),
    )
