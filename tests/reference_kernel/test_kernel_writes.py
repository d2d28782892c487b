"""What the kernel writes to shared pages, a message or an event, is a write like any other.

Each check is seen to fail: on the kernel as built with shared pages, or on one with a mistake.
"""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from reference_kernel import copying, sharing, spans
from reference_kernel.machine import Machine, Zone
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.pages import PageState
from reference_kernel.pools import MESSAGE_SENT
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    DeliveryFault,
    Design,
    MessageCopy,
    PoolGrowth,
)
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.mail import TARGET_AT, Mail
from tests.reference_kernel.program import ALLOCATOR, RIGHTS_ASKED

SMALL = Machine((Zone(1 << 12, 8),), code_pages=1)
SHARING = replace(AS_BUILT, copy_on_write=CopyOnWrite.SHARE_ON_CLONE)
COW = {"COW-1", "COW-2", "COW-3", "COW-4"}
LARGEST_BLOCK = 7


class Shared(Mail):
    """Receives in a memory that a clone shares."""

    def __init__(self, design: Design) -> None:
        super().__init__(design, SMALL)
        self.sends(8)
        self.receives()  # the pool that is told has a page from now on
        words = (ALLOCATOR, self.target, 0, 3)
        (self.clone,) = self.ok("memory_clone", *words, options=RIGHTS_ASKED)
        self.put(0, 7, 8)
        self.sends(24)

    def delivers(self) -> Outcome:
        """The message that waits is received in the shared page."""
        return self.call("channel_try_recv", self.channel, self.target, 0, 64)

    def exhaust(self) -> None:
        """Every frame is taken."""
        for order in range(LARGEST_BLOCK, -1, -1):
            while isinstance(self.call("memory_new", ALLOCATOR, 1 << order), Ok):
                pass


@pytest.mark.parametrize("design", [PROPOSED, SHARING], ids=["proposed", "as built, sharing"])
def test_a_message_to_a_shared_page_is_its_receivers_alone(design: Design) -> None:
    mail = Shared(design)
    first = mail.memory_body(mail.clone).pages[0].frame
    assert isinstance(mail.delivers(), Ok)
    assert mail.got(2) == [0, 7]
    assert mail.memory_body(mail.clone).pages[0].frame == first
    assert mail.memory_body(mail.target).pages[0].frame != first
    assert not mail.broken & COW


def test_a_message_may_go_into_a_shared_page_that_nobody_wrote_to() -> None:
    mail = Mail(PROPOSED, SMALL)
    mail.ok("memory_clone", ALLOCATOR, mail.target, 0, 3, options=RIGHTS_ASKED)
    mail.put(0, 7)
    mail.sends(16)
    assert mail.receives()[0] == 16
    assert mail.got(3) == [0, 7, 0]
    assert not mail.broken


def test_a_message_that_is_written_to_the_shared_frame_breaks_isolation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(copying, "prepare_write", lambda *_: None)
    mail = Shared(PROPOSED)
    mail.delivers()
    assert "COW-1" in mail.broken


@pytest.mark.parametrize("failure", CopyFailure)
def test_a_message_that_finds_no_frame_for_the_copy_loses_nothing(failure: CopyFailure) -> None:
    """Where a receiver is told of its own fault, what the delivery had done is taken back."""
    blames = DeliveryFault.BLAME_QUEUED
    mail = Shared(replace(PROPOSED, copy_failure=failure, delivery_fault=blames))
    mail.exhaust()
    assert isinstance(mail.delivers(), Refused)
    forgets = failure is CopyFailure.FORGETS_PAGE
    state = mail.memory_body(mail.target).pages[0].state
    assert (state is PageState.LAZY) is forgets
    assert mail.broken & COW == ({"COW-2"} if forgets else set())
    assert forgets or mail.reads(TARGET_AT) == 0


def test_as_built_with_clones_a_message_forgets_the_page_that_it_cannot_copy() -> None:
    exact = replace(SHARING, message_copy=MessageCopy.EXACT, pool_growth=PoolGrowth.TESTS_TOTAL)
    mail = Shared(exact)
    mail.exhaust()
    assert isinstance(mail.delivers(), Refused)
    assert "COW-2" in mail.broken


def test_a_message_to_the_last_sharer_needs_no_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = Shared(PROPOSED)
    mail.destroy(mail.clone)
    first = mail.memory_body(mail.target).pages[0].frame
    assert isinstance(mail.delivers(), Ok)
    assert mail.memory_body(mail.target).pages[0].frame == first
    assert not mail.broken & COW
    never_alone = SimpleNamespace(at=lambda *given: _with_another(spans.at(*given)))
    monkeypatch.setattr(sharing, "spans", never_alone)
    wrong = Shared(PROPOSED)
    wrong.destroy(wrong.clone)
    wrong.delivers()
    assert "COW-3" in wrong.broken


def _with_another(found: spans.Span | None) -> spans.Span | None:
    return None if found is None else found._replace(note=found.note + 1)


def test_an_event_is_written_to_the_pools_own_pages() -> None:
    mail = Shared(PROPOSED)
    assert isinstance(mail.delivers(), Ok)
    shared = mail.state.frames.sharers
    mail.awaits()
    assert mail.events(2) == [MESSAGE_SENT, 9]
    assert mail.state.frames.sharers == shared
    assert not mail.broken & COW
