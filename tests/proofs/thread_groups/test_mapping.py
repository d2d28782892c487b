"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from dataclasses import replace
from itertools import product

import pytest

from assay.engines.follow import Follower
from assay.engines.interpret import normal, start_states
from assay.traces.trace import Decision
from proofs.thread_groups.mapping import MAPPING, GroupsMapping
from proofs.thread_groups.realise import realise
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, CallReturns, TimeoutFires, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Blocked, Done, Ok, Panic, Refused
from reference_kernel.state import Object, Thread, ThreadState
from spec.design import (
    Design,
    GroupDrop,
    GroupDropCurrent,
    ListenerFailure,
    ThreadEnd,
)
from spec.designs import named
from spec.errors import Error
from spec.syscalls import BY_NAME
from tests.models.thread_groups.recording import recorded
from tests.proofs.capability_lifetimes.walking import walk
from tests.proofs.following import follow

AS_BUILT = named("as-built")
FIRST = boot(AS_BUILT)
MIXED = [
    replace(
        AS_BUILT,
        name="mixed",
        thread_end=thread_end,
        group_drop_current=current,
        group_drop=group_drop,
        listener_failure=failure,
    )
    for thread_end, current, group_drop, failure in product(
        ThreadEnd, GroupDropCurrent, GroupDrop, ListenerFailure
    )
]


@pytest.mark.parametrize("design", ["as-built", "seed", "proposed"])
def test_random_runs_are_runs_of_the_model(design: str) -> None:
    seen = follow("thread_groups", named(design), seeds=40, steps=150)
    assert {"thread_new", "thread_runs", "thread_group_exit", "thread_group_drop"} <= (
        seen.taken.keys()
    )


@pytest.mark.parametrize("design", MIXED)
def test_random_runs_of_mixed_designs_are_runs_of_the_model(design: Design) -> None:
    follow("thread_groups", design, seeds=6, steps=120)


def called(name: str, options: int, *arguments: int) -> CallMade:
    padded = (*arguments, *(0 for _ in range(8 - len(arguments))))
    return CallMade(FIRST.current, BY_NAME[name].number, options, padded)


@pytest.mark.parametrize("design", [named("as-built"), named("proposed")], ids=lambda d: d.name)
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(design: Design) -> None:
    mapping = GroupsMapping()
    states = [step[3] for seed in range(3) for step in walk(design, seed=seed, steps=120)]
    for state in (*states, *states[::-7]):
        assert mapping.state(design, state) == mapping.whole(design, state)


def test_boot_is_the_start_of_the_model() -> None:
    (start,) = start_states(recorded(AS_BUILT), {"Thread": 1, "Group": 1})
    assert normal(recorded(AS_BUILT), MAPPING.state(AS_BUILT, FIRST)) == start


def test_only_what_the_model_does_not_see_may_stutter() -> None:
    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(CallReturns(FIRST.current), Ok())
    assert MAPPING.stutters(called("key_new", 0), Ok((1,)))
    assert MAPPING.stutters(called("thread_yield", 0), Panic("place", "reason"))
    assert MAPPING.stutters(called("thread_resume", 0), Refused(Error.INVL_ID, "thread_unknown"))
    assert not MAPPING.stutters(called("thread_yield", 0), Blocked())
    assert not MAPPING.stutters(TimeoutFires(FIRST.current), Done())
    dead = Refused(Error.INVL_WEAK, "thread_dead")
    assert not MAPPING.stutters(called("thread_resume", 0), dead)


def test_a_thread_that_dies_unannounced_is_noticed() -> None:
    known = FIRST.objects[FIRST.current]
    assert isinstance(known.body, Thread)
    dead = replace(known.body, state=ThreadState.DEAD)
    objects = FIRST.objects.set(FIRST.current, Object(known.type, known.strong, known.weak, dead))
    follower = Follower(recorded(AS_BUILT), GroupsMapping(), AS_BUILT)
    assert follower.follow(FIRST, TimerTick(), Done(), replace(FIRST, objects=objects)) is not None


def test_an_announcement_that_fails_cuts_a_waiter_off() -> None:
    """T1 waits for T2, a pool without room listens after it, and T2 is destroyed by T0."""
    second = {"group": "FIRST", "thread": "thread1", "autostart": True}
    third = {"group": "FIRST", "thread": "thread2", "autostart": False}
    decisions = (
        Decision("thread_new", tuple(second.items())),
        Decision("thread_new", tuple(third.items())),
        Decision("thread_yield", (("caller", "FIRST"),)),
        Decision("thread_runs", (("thread", "thread1"),)),
        Decision("thread_handle_thread_exit_sync", (("caller", "thread1"), ("thread", "thread2"))),
        Decision("thread_runs", (("thread", "FIRST"),)),
        Decision("listener_is_cut_off", (("thread", "thread1"),)),
        Decision("thread_destroy_other", (("thread", "thread2"),)),
    )
    follower = Follower(recorded(AS_BUILT), GroupsMapping(), AS_BUILT)
    state = FIRST
    for event in realise(AS_BUILT, Decision("boot"), decisions):
        after, outcome = KERNEL.step(AS_BUILT, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    assert follower.coverage.taken["listener_is_cut_off"] == 1
    assert follower.coverage.taken["thread_destroy_other"] == 1
