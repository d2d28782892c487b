"""What a kernel does wrong in a section as a group ends, and a mapping, the model notices."""

from dataclasses import replace
from typing import Any

import pytest

from proofs.teardown.mapping import MAPPING, amid
from reference_kernel import groups, processors, references, threads
from reference_kernel.draft import Draft
from reference_kernel.events import CallContinues, SwitchEnds
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Done, Spins
from reference_kernel.syscalls import thread
from spec.design import TeardownWalk
from spec.designs import PROPOSED
from spec.ids import ObjectType
from tests.proofs.finer_modes import strays

QUESTION, STEPS = "teardown", 150
LOSES = "threads_destroy_each_other"


def why(*scenarios: str) -> str:
    """Why a step of the scenarios is none of the model; empty if all are."""
    return "; ".join(strays(QUESTION, "sections", PROPOSED, *scenarios, steps=STEPS)[:1])


def test_nothing_else_is_noticed() -> None:
    assert not why("group_ends_itself", "exit_and_create", "ended_and_destroyed_as_it_sleeps")


def test_an_exit_that_forgets_a_member_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    noted = groups._note_ends

    def forgets(draft: Draft, body: Any, *, drops: bool) -> None:
        noted(draft, replace(body, members=body.members[1:]), drops=drops)

    monkeypatch.setattr(groups, "_note_ends", forgets)
    assert "listed" in why("group_ends_itself", "exit_and_create")


def test_a_walk_that_interrupts_nobody_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "interrupt_others", lambda _: None)
    assert "pending" in why("group_ends_itself", "exit_and_create")


def test_an_exited_group_that_admits_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread, "admits_nobody", lambda *_: False)
    assert "group_exited" in why("exit_and_create")


def test_an_end_that_comes_twice_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "has_stopped", lambda _: False)
    monkeypatch.setattr(threads, "has_stopped", lambda _: False)
    assert why("ended_and_destroyed_as_it_sleeps", "end_and_drop_of_the_group")


def test_a_mapping_that_forgets_the_walk_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(amid, "walked_by", lambda _: iter(()))
    assert "walker" in why("group_ends_itself", "exit_and_create")


def test_a_switch_and_a_chore_may_stutter() -> None:
    assert MAPPING.stutters(SwitchEnds(0), Done())
    assert MAPPING.stutters(CallContinues(0), Spins(Lock(LockKind.READY_QUEUE)))


@pytest.mark.parametrize("walk", TeardownWalk)
def test_a_reference_to_a_thread_that_is_lost_is_noticed(
    walk: TeardownWalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = replace(PROPOSED, teardown_walk=walk)
    assert not strays(QUESTION, "sections", design, LOSES, steps=2 * STEPS)
    released = references._release

    def loses(draft: Draft, name: int) -> None:
        known = draft.objects[name]
        if known.strong > 1 or known.type is not ObjectType.THREAD:
            released(draft, name)

    monkeypatch.setattr(references, "_release", loses)
    found = strays(QUESTION, "sections", design, LOSES, steps=2 * STEPS)
    assert any("life" in why for why in found)
