"""What a kernel does wrong with capabilities in a section, and a mapping, the model notices."""

from types import ModuleType

import pytest

from proofs.capability_lifetimes.mapping import MAPPING, CapabilityMapping, amid
from reference_kernel import capability_space
from reference_kernel.events import CallContinues, CallMade
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Cut, Done, Spins
from reference_kernel.sections import Rest, Section
from reference_kernel.syscalls import cap, thread
from spec.designs import AS_BUILT, PROPOSED
from spec.syscalls import BY_NAME
from tests.proofs.finer_modes import astray

QUESTION = "capability_lifetimes"
STEPS = 6_000


def test_nothing_else_is_noticed() -> None:
    assert astray(QUESTION, "sections", PROPOSED, STEPS) is None
    assert astray(QUESTION, "sections", AS_BUILT, STEPS) is None


def test_a_move_that_leaves_its_source_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cap, "remove", lambda *_: None)
    why = astray(QUESTION, "sections", AS_BUILT, STEPS)
    assert why is not None
    assert "cap_" in why


@pytest.mark.parametrize(
    ("where", "asked", "named"),
    [(capability_space, "covers", "right"), (thread, "may_hold", "lacks_upgrade")],
    ids=["for no right to look up", "for nothing to hold"],
)
def test_a_call_that_does_not_ask_is_noticed(
    where: ModuleType, asked: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(where, asked, lambda *_: True)
    why = astray(QUESTION, "sections", PROPOSED, STEPS)
    assert why is not None
    assert named in why


def test_a_thread_is_not_there_before_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amid, "_unnamed", lambda _: iter(()))
    assert astray(QUESTION, "sections", PROPOSED, STEPS) is not None


def test_a_look_up_may_not_stutter(monkeypatch: pytest.MonkeyPatch) -> None:
    call = CallMade(1, BY_NAME["cap_destroy"].number, 0, (0,) * 8)
    goes_on = CallContinues(0)
    assert MAPPING.stutters(call, Cut(Rest(Section.BEGINS, call)))
    assert MAPPING.stutters(goes_on, Cut(Rest(Section.PICKS, call)))
    assert MAPPING.stutters(goes_on, Done())
    assert MAPPING.stutters(call, Spins(Lock(LockKind.CAPABILITIES, 1)))
    assert not MAPPING.stutters(goes_on, Cut(Rest(Section.BEGINS, call)))
    monkeypatch.setattr(CapabilityMapping, "steps", lambda *_: ())
    assert astray(QUESTION, "sections", PROPOSED, STEPS) is not None
