"""Sharing where there is no frame: neither copy nor page table, and nothing changes."""

from dataclasses import replace

import pytest

from reference_kernel.events import UserWrites
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.pages import PageState, count_of, page_at
from spec.design import CopyFailure, CopyOnWrite, UpdateSteps
from spec.errors import Error
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED
from tests.reference_kernel.test_mappings import Tight, updates

SHARES = updates(
    UpdateSteps.ALL_OR_NOTHING,
    copy_on_write=CopyOnWrite.SHARE_ON_CLONE,
    copy_failure=CopyFailure.KEEPS_PAGE,
)
CLONES = (0, 4)
NO_FRAME = Refused(Error.OUT_OF_MEM, "no_frame")


class Sharing(Tight):
    """The same, whose memory can be cloned."""

    def clone(self) -> int:  # type: ignore[override]
        """All its pages are shared."""
        words = (ALLOCATOR, self.memory, *CLONES)
        return self.ok("memory_clone", *words, options=RIGHTS_ASKED)[0]

    def loses_tables(self) -> None:
        """As built mappings may lie over each other, and one takes the tables of both along."""
        before = self.at - PAGE_BYTES
        self.map(self.new(2), before)
        self.unmap(before)

    def tries_to_write(self) -> Outcome:
        """To the page that is mapped."""
        before = self.state
        outcome = self.happens(UserWrites(before.current, self.at, 5))
        assert not isinstance(outcome, Refused) or outcome.after is (self.state != before)
        return outcome


def test_a_clone_for_whose_tables_there_is_no_frame_shares_nothing() -> None:
    sharing = Sharing(SHARES)
    sharing.loses_tables()
    sharing.leave(0)
    words = (ALLOCATOR, sharing.memory, *CLONES)
    assert sharing.refusal("memory_clone", *words, options=RIGHTS_ASKED) == "no_memory_for_memory"
    sharing.destroy(sharing.fillers[0])
    sharing.destroy(sharing.fillers[1])
    assert sharing.clone()


@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("alone", [False, True])
def test_a_write_for_whose_tables_there_is_no_frame_leaves_the_page_shared(
    alone: bool, left: int
) -> None:
    """There may be one for the copy; who is the last to share the page needs none."""
    sharing = Sharing(SHARES)
    clone = sharing.clone()
    if alone:
        sharing.destroy(clone)
    sharing.loses_tables()
    sharing.leave(0 if alone else left)
    assert sharing.tries_to_write() == NO_FRAME
    assert page_at(sharing.memory_body(sharing.memory).pages, 0).state is PageState.SHARED


@pytest.mark.parametrize("failure", list(CopyFailure))
def test_a_copy_that_finds_no_frame_keeps_the_page_or_makes_it_lazy(failure: CopyFailure) -> None:
    sharing = Sharing(replace(SHARES, copy_failure=failure))
    sharing.clone()
    sharing.leave(0)
    forgets = failure is CopyFailure.FORGETS_PAGE
    assert sharing.tries_to_write() == replace(NO_FRAME, after=forgets)
    pages = sharing.memory_body(sharing.memory).pages
    assert count_of(pages) == 4
    states = [page_at(pages, page).state for page in range(4)]
    assert states == [PageState.LAZY if forgets else PageState.SHARED, *[PageState.SHARED] * 3]
