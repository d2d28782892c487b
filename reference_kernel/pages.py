"""The pages of a memory, as runs of pages in the same state.

Source: cap/memory/page.rs.
"""

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple


class PageState(Enum):
    """What a page of a memory is."""

    OWNED = "OWNED"  # a frame of its own
    SHARED = "SHARED"  # a frame that other memories may have too; whoever writes copies it
    LAZY = "LAZY"  # no frame yet
    LAZY_ZEROED = "LAZY_ZEROED"  # no frame yet, and zeros once there is one


LAZY_STATES = (PageState.LAZY, PageState.LAZY_ZEROED)


class Run(NamedTuple):
    """So many pages in one state.

    A resident page has a frame, the first of them `frame`; `cleared` tells that these frames were
    cleared, or filled, for their owner.
    """

    state: PageState
    length: int
    frame: int = 0
    cleared: bool = False

    @property
    def resident(self) -> bool:
        """Whether the pages have frames."""
        return self.state not in LAZY_STATES

    def part(self, first: int, count: int) -> "Run":
        """`count` pages of the run, from its page number `first` on."""
        frame = self.frame + first if self.resident else 0
        return Run(self.state, count, frame, self.cleared)


Pages = tuple[Run, ...]


def count_of(pages: Pages) -> int:
    """How many pages there are."""
    return sum(run.length for run in pages)


def part_of(pages: Pages, first: int, end: int) -> Pages:
    """The pages from `first` to before `end`, as far as there are any."""
    return joined(tuple(run for _, run in _within(pages, first, end)))


def _within(pages: Pages, first: int, end: int) -> Iterator[tuple[int, Run]]:
    at = 0
    for run in pages:
        low, high = max(first, at), min(end, at + run.length)
        if low < high:
            yield low, run.part(low - at, high - low)
        at += run.length
        if at >= end:
            return


def resident_within(pages: Pages, first: int, end: int) -> Iterator[tuple[int, Run]]:
    """The resident runs among these pages, each with the number of its first page."""
    return ((at, run) for at, run in _within(pages, first, end) if run.resident)


def page_at(pages: Pages, page: int) -> Run:
    """The page of that number, as a run of one; AssertionError where there is none."""
    for _, run in _within(pages, page, page + 1):
        return run
    raise AssertionError(page)


def with_page(pages: Pages, page: int, run: Run) -> Pages:
    """The pages with another one in the place of the one with that number."""
    return joined((*part_of(pages, 0, page), run, *part_of(pages, page + 1, count_of(pages))))


def joined(pages: Pages) -> Pages:
    """The same pages in as few runs as possible."""
    done: list[Run] = []
    for run in pages:
        if done and _follows(done[-1], run):
            done[-1] = done[-1]._replace(length=done[-1].length + run.length)
        elif run.length:
            done.append(run)
    return tuple(done)


def _follows(run: Run, after: Run) -> bool:
    same = run.state is after.state and run.cleared == after.cleared
    return same and (not run.resident or run.frame + run.length == after.frame)
