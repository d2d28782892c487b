"""Sharing where there is no frame: neither copy nor page table, and nothing changes."""

from dataclasses import replace

import pytest

from reference_kernel.events import UserWrites
from reference_kernel.outcomes import Done, Outcome, Refused
from reference_kernel.pages import PageState, count_of, page_at
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    DeliveryFault,
    FreshPages,
    LazyPages,
    ReplyClaim,
    UpdateSteps,
    WakeProtocol,
)
from spec.errors import Error
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.message_attempts import by_another
from tests.reference_kernel.program import ALLOCATOR, LAZY, RIGHTS_ASKED
from tests.reference_kernel.test_mappings import Tight, updates
from tests.reference_kernel.test_syscalls_memory import AT

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


def test_a_copy_holds_what_the_page_held_also_where_nobody_wrote() -> None:
    sharing = Sharing(replace(SHARES, fresh_pages=FreshPages.ZEROED))
    sharing.clone()
    assert sharing.tries_to_write() == Done()
    assert [sharing.reads(sharing.at + 8 * word) for word in (0, 1)] == [5, 0]
    bare = Sharing(replace(SHARES, fresh_pages=FreshPages.UNCLEARED))
    bare.clone()
    assert bare.tries_to_write() == Done()
    assert [bare.reads(bare.at + 8 * word) for word in (0, 1)] == [5, None]


FILLS = replace(SHARES, lazy_pages=LazyPages.FAULT_IN_KERNEL, fresh_pages=FreshPages.ZEROED)


@pytest.mark.parametrize("left", [0, 1])
def test_a_lazy_page_for_whose_frame_or_table_there_is_no_frame_stays_lazy(left: int) -> None:
    sharing = Sharing(FILLS)
    lazy = sharing.new(2, LAZY)
    sharing.map(lazy, 2 * AT)
    sharing.leave(left)
    before = sharing.state
    outcome = sharing.happens(UserWrites(before.current, 2 * AT, 5))
    assert outcome == NO_FRAME
    assert sharing.state == before


def test_to_fill_a_page_clears_its_frame_and_no_other() -> None:
    sharing = Sharing(FILLS)
    lazy, first, second = sharing.new(1, LAZY), sharing.new(1), sharing.new(1)
    for number, memory in enumerate((lazy, first, second)):
        sharing.map(memory, 2 * AT + number * PAGE_BYTES)
    for number in (1, 2):
        sharing.writes(2 * AT + number * PAGE_BYTES, 5)
    frames = [page_at(sharing.memory_body(each).pages, 0).frame for each in (first, second)]
    sharing.leave(0)
    sharing.unmap(2 * AT + PAGE_BYTES)
    sharing.destroy(first)
    assert sharing.writes(2 * AT, 7) == Done()
    filled = page_at(sharing.memory_body(lazy).pages, 0).frame
    assert [filled, filled + 1] == frames
    assert [sharing.reads(2 * AT + 8 * word) for word in (0, 1)] == [7, 0]
    assert sharing.reads(2 * AT + 2 * PAGE_BYTES) == 5


@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize("failure", list(CopyFailure))
def test_a_message_that_is_refused_for_want_of_a_frame_leaves_all_as_it_was(
    failure: CopyFailure, reads: bool
) -> None:
    """It goes into a shared page, or comes from a lazy one; the call goes back, and says so."""
    design = replace(SHARES, delivery_fault=DeliveryFault.REPORT_TO_OWNER, copy_failure=failure)
    sharing = Sharing(design)
    (channel,) = sharing.ok("channel_new", ALLOCATOR, options=15)
    (pool,) = sharing.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
    lazy, source = sharing.new(1, LAZY), sharing.new(1)
    sharing.clone()
    sharing.ok("channel_async_send", channel, lazy if reads else source, 0, 8, pool, 1)
    sharing.leave(0)
    before = sharing.state
    outcome = sharing.call("channel_try_recv", channel, sharing.memory, 0, 64)
    nobody = Refused(Error.OK_UNREACH, "nobody_waits")  # the sender is told why
    assert outcome == (nobody if reads else Refused(Error.OUT_OF_MEM, "no_memory_for_pages"))
    assert sharing.state == before


@pytest.mark.parametrize("reads", [False, True])
@pytest.mark.parametrize("claim", list(ReplyClaim))
@pytest.mark.parametrize("wake", list(WakeProtocol))
@pytest.mark.parametrize("fault", list(DeliveryFault))
@pytest.mark.parametrize("failure", list(CopyFailure))
def test_an_answer_that_is_refused_for_want_of_a_frame_says_whether_anything_was_done(
    failure: CopyFailure, fault: DeliveryFault, wake: WakeProtocol, claim: ReplyClaim, reads: bool
) -> None:
    """`Program` compares; a page may be forgotten, the caller claimed, or the reply used up."""
    design = replace(SHARES, copy_failure=failure, delivery_fault=fault)
    sharing = Sharing(replace(design, wake_protocol=wake, reply_claim=claim))
    (channel,) = sharing.ok("channel_new", ALLOCATOR, options=15)
    lazy, source = sharing.new(1, LAZY), sharing.new(1)
    sharing.clone()
    words = (channel, source, 0, 8, sharing.memory, 0, 64)
    by_another(sharing, lambda: sharing.call("channel_sync_call", *words))
    reply = sharing.ok("channel_try_recv", channel, sharing.new(1), 0, 64)[1]
    sharing.leave(0)
    refused = sharing.refusal("reply_reply", reply, lazy if reads else source, 0, 8)
    assert refused == ("no_memory_for_message" if reads else "no_memory_for_pages")
