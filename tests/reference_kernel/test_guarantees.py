"""Which steps break which guarantee; and that both forms of a check agree."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from reference_kernel.boot import boot
from reference_kernel.guarantees import CHECKS
from reference_kernel.guarantees.check import Check
from reference_kernel.guarantees.touching import Part, touched
from reference_kernel.proposals import ended, propose
from reference_kernel.step import step
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.program import (
    ALL,
    BOTH_SELF,
    GROUP,
    OWN_SPACE,
    OWN_THREAD,
    SRC_SELF,
    STRONG,
    WEAK,
    Program,
)

_T = TypeVar("_T")


def a_weak_capability_without_upgrade_is_made_strong(program: Program) -> None:
    program.call("cap_clone", 0, 0, OWN_THREAD, options=ALL | STRONG | BOTH_SELF)


def a_space_holds_itself_and_its_thread_ends(program: Program) -> None:
    thread, space = program.thread_with_space()
    program.call("cap_clone", space, 0, space, options=ALL | STRONG | SRC_SELF)
    program.call("thread_destroy", thread, options=1)


def the_null_id_is_destroyed(program: Program) -> None:
    program.destroy(0)


def an_exited_group_is_entered(program: Program) -> None:
    group = program.group()
    program.call("thread_group_exit", group)
    program.call("thread_new", 0x18F, group, 0x6F, OWN_SPACE, options=2)


def a_thread_ends_itself_while_another_waits_for_that(program: Program) -> None:
    waiter = program.thread()
    program.run(waiter)
    program.call("thread_handle_thread_exit_sync", OWN_THREAD)
    program.run(OWN_THREAD)
    program.call("thread_destroy")


def a_group_is_created_and_dropped(program: Program) -> None:
    program.destroy(program.group())


def a_dead_weak_capability_is_used(program: Program) -> None:
    key = program.key()
    weak = program.clone(key, WEAK)
    program.destroy(key)
    program.call("key_id", weak)


def the_running_thread_drops_its_group(program: Program) -> None:
    program.destroy(GROUP)


BREAKS: dict[Callable[[Program], None], str] = {
    a_weak_capability_without_upgrade_is_made_strong: "CAP-3",
    a_space_holds_itself_and_its_thread_ends: "CAP-8",
    the_null_id_is_destroyed: "ROB-1",
    an_exited_group_is_entered: "GRP-2",
    a_thread_ends_itself_while_another_waits_for_that: "GRP-6",
    a_group_is_created_and_dropped: "GRP-3",
    a_dead_weak_capability_is_used: "ROB-3",
    the_running_thread_drops_its_group: "GRP-3",
}


@pytest.mark.parametrize("what", BREAKS, ids=lambda each: each.__name__)
def test_as_built_it_breaks_the_guarantee(what: Callable[[Program], None]) -> None:
    program = Program(AS_BUILT)
    what(program)
    assert BREAKS[what] in program.broken


@pytest.mark.parametrize("what", BREAKS, ids=lambda each: each.__name__)
def test_in_the_proposed_design_it_breaks_none(what: Callable[[Program], None]) -> None:
    program = Program(PROPOSED)
    what(program)
    assert not program.broken


class Seeded:
    """Choices of a seeded generator."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def below(self, limit: int, /) -> int:
        return self.random.randrange(limit)

    def pick(self, among: Sequence[_T], /) -> _T:
        return among[self.random.randrange(len(among))]


def is_asked(check: Check, parts: frozenset[Part]) -> bool:
    """Whether a walk asks the check after a step that touched these parts."""
    return check.looks_at is None or not check.looks_at.isdisjoint(parts)


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("seed", range(10))
def test_full_and_incremental_checks_first_break_at_the_same_step(
    seed: int, design: Design
) -> None:
    state, chooser = boot(design), Seeded(seed)
    first: dict[tuple[str, bool], int] = {}
    for at in range(200):
        if ended(state):
            break
        event = propose(state, chooser)
        before, (state, outcome) = state, step(design, state, event)
        parts = touched(before, event, outcome, state)
        for check in CHECKS:
            if is_asked(check, parts) and check.broken(design, before, event, outcome, state):
                first.setdefault((check.guarantee, check.full), at)
    for guarantee, full in first:
        assert first[guarantee, full] == first.get((guarantee, not full)), guarantee
    assert design is AS_BUILT or not first
