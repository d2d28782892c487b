"""Who shares a frame: the kernel's count, and the queue that the count is compared with.

The pages that share a frame stand in a queue, in the order in which they came; when one leaves,
those behind it move up. Only claims read the queue. How long it is no formula can count; that each
place in it is taken by one page, formulas can say.
"""

from assay.lang import Int, all_of, choose, none, some
from models.copy_on_write.state import Page, Pages, hold_one_frame


def join_queue(old: Pages, new: Pages, page: Page, clone: Page) -> None:
    """The clone shares the page's frame; if nobody did so far, the page is the first in it."""
    frame = old.frame[page].value
    has_queue = old.sharers[frame] > 0
    new.sharers[frame] = choose(has_queue, old.sharers[frame] + 1, Int.of(2))
    new.place[clone] = choose(has_queue, old.sharers[frame], Int.of(1))
    new.before[clone] = choose(has_queue, old.last[frame], some(page))
    new.last[frame] = some(clone)


def leave_queue(old: Pages, new: Pages, page: Page) -> None:
    """The page shares its frame no more, if it did."""
    frame = old.frame[page].value
    new.sharers[frame] = choose(old.shared[page], old.sharers[frame] - 1, old.sharers[frame])

    def moved_up(p: Page) -> Int:
        is_behind = all_of(
            old.shared[page], hold_one_frame(old, page, p), old.place[p] > old.place[page]
        )
        kept = choose(is_behind, old.place[p] - 1, old.place[p])
        return choose(p == page, Int.of(0), kept)

    new.place.each(moved_up)
    new.before.each(
        lambda p: choose(
            p == page,
            none(Page),
            choose(old.before[p].holds(page), old.before[page], old.before[p]),
        )
    )
    new.last[frame] = choose(old.last[frame].holds(page), old.before[page], old.last[frame])


def end_queue(old: Pages, new: Pages, page: Page) -> None:
    """The page, which is the only one in the queue, shares its frame no more."""
    frame = old.frame[page].value
    new.sharers[frame] = 0
    new.last[frame] = none(Page)
