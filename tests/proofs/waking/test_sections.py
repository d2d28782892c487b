"""What a kernel does wrong in a section, the model of waking notices."""

import pytest

from proofs.waking.mapping import MAPPING
from reference_kernel.events import CallContinues, CallMade, TimerTick
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Cut, Spins
from reference_kernel.sections import Rest, Section
from spec.designs import PROPOSED
from tests.proofs.finer_modes import strays
from tests.proofs.waking.mistakes import loses_who_has_left, queues_who_is_on_the_stack

SLEEPERS = "wake_and_suspend"


def test_who_is_queued_while_a_processor_is_on_its_stack_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queues_who_is_on_the_stack(monkeypatch)
    assert strays("waking", "sections", PROPOSED, SLEEPERS)


def test_who_has_left_its_stack_and_is_in_no_queue_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loses_who_has_left(monkeypatch)
    assert strays("waking", "sections", PROPOSED, SLEEPERS)


def test_a_call_that_was_entered_or_goes_on_may_stutter_and_a_tick_may_not() -> None:
    call = CallMade(1, 0, 0, (0,) * 8)
    begins, picks = (Cut(Rest(each, call)) for each in (Section.BEGINS, Section.PICKS))
    assert MAPPING.stutters(call, begins)
    assert MAPPING.stutters(CallContinues(0), begins)
    assert MAPPING.stutters(TimerTick(), Spins(Lock(LockKind.READY_QUEUE)))
    assert not MAPPING.stutters(TimerTick(), picks)
