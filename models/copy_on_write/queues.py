"""Who holds a frame: the kernel's count, and the queue that the count is compared with.

The pages that share a frame stand in a queue, in the order in which they came; when one leaves,
those behind it move up. Only claims read the queue. The length of a queue is a number that no
formula can count, but that each place in it is taken once, formulas can say.
"""

from assay.lang import Int, choose, none, some
from models.copy_on_write.state import Frame, Page, Pages, hold_one_frame


def found_queue(new: Pages, page: Page, frame: Frame) -> None:
    """The page, which stands in no queue, is the first in the frame."""
    new.sharers[frame] = 1
    new.last[frame] = some(page)


def join_queue(old: Pages, new: Pages, page: Page, frame: Frame) -> None:
    """The page, which stands in no queue, is one more in the frame."""
    new.sharers[frame] = old.sharers[frame] + 1
    new.place[page] = old.sharers[frame]
    new.before[page] = old.last[frame]
    new.last[frame] = some(page)


def leave_queue(old: Pages, new: Pages, page: Page) -> None:
    """The page stands in no queue any more, and the frame has one sharer less."""
    frame = old.frame[page].value
    new.sharers[frame] = old.sharers[frame] - 1

    def moved_up(p: Page) -> Int:
        behind = hold_one_frame(old, page, p) & (old.place[p] > old.place[page])
        kept = choose(behind, old.place[p] - 1, old.place[p])
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
