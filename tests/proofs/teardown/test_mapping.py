"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from dataclasses import replace
from itertools import product

import pytest

from assay.engines.follow import Follower
from assay.engines.interpret import normal, start_states
from proofs.teardown.mapping import MAPPING, TeardownMapping
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, CallReturns, TimeoutFires, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Blocked, Done, Ended, Ok, Panic
from reference_kernel.state import CapabilitySpace, Object, Thread, ThreadState
from spec.design import (
    Design,
    GroupDrop,
    GroupDropCurrent,
    KilledWaits,
    Preemption,
    TeardownWalk,
    ThreadEnd,
)
from spec.designs import AS_BUILT, PROPOSED, named
from spec.ids import ObjectType, type_of
from spec.syscalls import BY_NAME
from tests.models.teardown.recording import recorded
from tests.proofs.capability_lifetimes.walking import walk
from tests.proofs.following import follow

FIRST = boot(AS_BUILT)
MIXED = [
    replace(
        AS_BUILT,
        name="mixed",
        preemption=preemption,
        teardown_walk=teardown_walk,
        thread_end=thread_end,
        killed_waits=killed_waits,
        group_drop_current=current,
        group_drop=GroupDrop.UNLINKED,
    )
    for preemption, teardown_walk, thread_end, killed_waits, current in product(
        Preemption, TeardownWalk, ThreadEnd, KilledWaits, GroupDropCurrent
    )
]
SEEN = {
    "thread_joins",
    "group_joins",
    "thread_is_chosen",
    "walk_ends_thread",
    "walk_reaches",
    "group_is_dropped",
    "ends_itself",
    "takes_reference",
    "releases_reference",
    "destructor",
}


@pytest.mark.parametrize("design", ["as-built", "seed", "proposed"])
def test_random_runs_are_runs_of_the_model(design: str) -> None:
    assert follow("teardown", named(design), seeds=30, steps=150).taken.keys() >= SEEN


@pytest.mark.parametrize("design", MIXED)
def test_random_runs_of_mixed_designs_are_runs_of_the_model(design: Design) -> None:
    follow("teardown", design, seeds=2, steps=120)


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda d: d.name)
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(design: Design) -> None:
    mapping = TeardownMapping()
    states = [step[3] for seed in range(3) for step in walk(design, seed=seed, steps=120)]
    for state in (*states, *states[::-7]):
        assert mapping.state(design, state) == mapping.whole(design, state)


def test_boot_is_a_start_of_the_model() -> None:
    first, group = FIRST.current, 1
    sizes = {"Thread": first + 1, "Group": group + 1, "Processor": 1, "Object": 1}
    starts = list(start_states(recorded(AS_BUILT), sizes))
    assert normal(recorded(AS_BUILT), MAPPING.state(AS_BUILT, FIRST)) in starts


def called(name: str) -> CallMade:
    return CallMade(FIRST.current, BY_NAME[name].number, 0, (0,) * 8)


def test_only_what_the_model_does_not_see_may_stutter() -> None:
    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(TimeoutFires(FIRST.current), Done())
    assert MAPPING.stutters(called("key_new"), Ok((1,)))
    assert MAPPING.stutters(called("thread_yield"), Panic("place", "reason"))
    assert not MAPPING.stutters(called("thread_yield"), Blocked())
    assert not MAPPING.stutters(called("thread_group_exit"), Ok())
    assert not MAPPING.stutters(CallReturns(FIRST.current), Ok())


def changed(**parts: object) -> tuple[int, Object]:
    """The first thread, another one in these parts."""
    known = FIRST.objects[FIRST.current]
    assert isinstance(known.body, Thread)
    body = replace(known.body, **parts)  # type: ignore[arg-type]
    return FIRST.current, Object(known.type, known.strong, known.weak, body)


@pytest.mark.parametrize(
    "parts",
    [
        {"state": ThreadState.DEAD},
        {"is_alive": False},
        {"held": (9,)},
        {"announced": 1},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_happens_to_a_thread_by_itself_is_noticed(parts: dict[str, object]) -> None:
    after = replace(FIRST, objects=FIRST.objects.set(*changed(**parts)))
    follower = Follower(recorded(AS_BUILT), TeardownMapping(), AS_BUILT)
    assert follower.follow(FIRST, called("key_new"), Ok((1,)), after) is not None


def test_a_thread_that_ends_must_be_left() -> None:
    follower = Follower(recorded(AS_BUILT), TeardownMapping(), AS_BUILT)
    assert follower.follow(FIRST, called("thread_destroy"), Ended(), FIRST) is not None


def test_who_was_spared_stops_where_it_leaves_its_processor() -> None:
    """A thread drops its own group, goes on, and yields."""
    design = replace(PROPOSED, name="runs on", group_drop_current=GroupDropCurrent.RUNS_ON)
    follower = Follower(recorded(design), TeardownMapping(), design)
    state = boot(design)
    first = state.current
    body = state.body(first)
    assert isinstance(body, Thread)
    space = state.body(body.capability_space)
    assert isinstance(space, CapabilitySpace)
    group = next(word for word in space.entries if type_of(word) == ObjectType.THREAD_GROUP)
    drops = CallMade(first, BY_NAME["cap_destroy"].number, 1, (0, group, *((0,) * 6)))
    yields = CallMade(first, BY_NAME["thread_yield"].number, 0, (0,) * 8)
    for event in (drops, yields):
        after, outcome = KERNEL.step(design, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    assert follower.coverage.taken["leaves_kernel"]
    assert follower.coverage.taken["dies"]
