"""Every step of the kernel, whole or in switches, is the model's steps that the mapping names."""

from dataclasses import replace

import pytest

from assay.engines.executor import Here
from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import normal, start_states
from assay.engines.walk import Subject, walk
from assay.engines.walk.chance import Chance
from assay.lang.recorded import Recorded
from proofs.waking.mapping import MAPPING, WakingMapping
from reference_kernel.boot import boot
from reference_kernel.draft import Draft
from reference_kernel.events import (
    CallMade,
    CallReturns,
    ExitInterrupt,
    MemoryRunsOut,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.interface import INTERLEAVED, KERNEL, SECTIONS, ReferenceKernel
from reference_kernel.machine import SEVERAL_PROCESSORS
from reference_kernel.outcomes import Blocked, Done, Ended, Ok, Panic, Refused
from reference_kernel.state import NOTHING, Leaving, State, ThreadState
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.syscalls import BY_NAME
from tests.models.waking.recording import recorded
from tests.proofs.waking.mistakes import loses_who_has_left, queues_who_is_on_the_stack

KERNELS = (KERNEL, INTERLEAVED)
DESIGNS = (AS_BUILT, PROPOSED)
STEPS = 5_000
FIRST = boot(PROPOSED, SEVERAL_PROCESSORS)
SEEN_SELDOM = {"claimed_sleeper_is_lost", "ended_is_skipped", "stays", "switch_ends_with_a_death"}
"""Longer walks show them, and traces are made of most."""
NEVER_SEEN = {"switch_panics", "memory_runs_out", "memory_is_back"}
"""Of a kernel that has panicked the model sees nothing; where calls are whole there is memory."""

each_design = pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.name)
each_kernel = pytest.mark.parametrize("kernel", KERNELS, ids=lambda each: each.mode)


def followed(kernel: ReferenceKernel, design: Design) -> tuple[Recorded, Coverage]:
    """The model, and what a walk shows of it; nothing is broken but the kernel's guarantees."""
    model = recorded(design)
    ignored = frozenset(check.guarantee for check in kernel.checks)
    subject = Subject(kernel, design, ((model, WakingMapping()),))
    walked = walk(subject, executor=Here(), steps=STEPS, ignored=ignored)
    assert not walked.broken, {claim: each.why for claim, each in walked.broken.items()}
    return model, walked.models["waking"]


@each_kernel
@each_design
def test_random_runs_are_runs_of_the_model_and_show_nearly_all_of_it(
    kernel: ReferenceKernel, design: Design
) -> None:
    model, seen = followed(kernel, design)
    assert {each.name for each in model.actions} - seen.taken.keys() <= SEEN_SELDOM | NEVER_SEEN
    refused = {"thread_dead", "thread_not_suspended"} | (
        {"thread_waits"} if design is PROPOSED else set()
    )
    assert {check for _, check in seen.refused} == refused


def test_the_modes_are_those_of_the_kernels() -> None:
    assert MAPPING.modes == (KERNEL.mode, SECTIONS.mode, INTERLEAVED.mode)


@each_design
def test_boot_is_the_start_of_the_model(design: Design) -> None:
    (start,) = start_states(recorded(design), {"Thread": 1, "Processor": 2})
    booted = boot(design, SEVERAL_PROCESSORS)
    assert normal(recorded(design), MAPPING.state(design, booted)) == start


@each_kernel
@each_design
def test_what_is_seen_by_what_changed_is_what_is_seen_anew(
    kernel: ReferenceKernel, design: Design
) -> None:
    mapping, chance, state = WakingMapping(), Chance(3), kernel.boot(design)
    for _ in range(150):
        if kernel.ended(state):
            break
        after, _ = kernel.step(design, state, kernel.propose(design, state, chance))
        assert mapping.state(design, after) == mapping.whole(design, after)
        assert mapping.state(design, state) == mapping.whole(design, state)
        state = after


def is_noticed() -> bool:
    """Whether a walk on two processors soon shows a step that is none of the model."""
    ignored = frozenset(check.guarantee for check in INTERLEAVED.checks)
    subject = Subject(INTERLEAVED, PROPOSED, ((recorded(PROPOSED), WakingMapping()),))
    found = walk(subject, executor=Here(), steps=5_000, ignored=ignored).broken
    return "follows waking" in found


def test_a_kernel_that_queues_who_is_on_the_stack_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queues_who_is_on_the_stack(monkeypatch)
    assert is_noticed()


def test_a_kernel_that_loses_who_has_left_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    loses_who_has_left(monkeypatch)
    assert is_noticed()


def changed(design: Design, **parts: object) -> State:
    """The state after boot, but for these parts of its first thread."""
    draft = Draft(design, FIRST)
    body = draft.thread(draft.current)
    draft.put(draft.current, replace(body, **parts))  # type: ignore[arg-type]
    return draft.finish()


@pytest.mark.parametrize(
    "parts", [{"state": ThreadState.SUSPENDED}, {"state": ThreadState.DEAD}], ids=str
)
def test_a_thread_that_changes_for_no_reason_is_noticed(parts: dict[str, object]) -> None:
    follower = Follower(recorded(PROPOSED), WakingMapping(), PROPOSED)
    event = CallMade(FIRST.current, BY_NAME["key_new"].number, 0, (0,) * 8)
    assert follower.follow(FIRST, event, Ok((1,)), changed(PROPOSED, **parts)) is not None


def test_a_switch_that_nobody_asked_for_is_noticed() -> None:
    follower = Follower(recorded(PROPOSED), WakingMapping(), PROPOSED)
    left = Leaving(FIRST.current, ThreadState.READY)
    first, *others = FIRST.processors
    left_over = replace(FIRST, processors=(replace(first, leaving=left), *others))
    assert follower.follow(FIRST, TimeoutFires(FIRST.current), Done(), left_over) is not None


def called(name: str) -> CallMade:
    return CallMade(FIRST.current, BY_NAME[name].number, 0, (0,) * 8)


def test_only_what_the_model_does_not_see_may_stutter() -> None:
    assert MAPPING.stutters(called("key_new"), Ok((1,)))
    assert MAPPING.stutters(CallReturns(FIRST.current), Ok())
    assert MAPPING.stutters(ExitInterrupt(0), Done())
    assert MAPPING.stutters(called("thread_yield"), Panic("place", "reason"))
    assert MAPPING.stutters(called("thread_resume"), Refused(Error.INVL_ID, "thread_unknown"))
    assert not MAPPING.stutters(called("thread_resume"), Refused(Error.INVL_OP, "thread_waits"))
    assert not MAPPING.stutters(called("thread_resume"), Ok())
    assert not MAPPING.stutters(called("thread_new"), Ok((1, 2)))
    assert not MAPPING.stutters(called("thread_yield"), Blocked())
    assert not MAPPING.stutters(called("thread_destroy"), Ended())
    assert not MAPPING.stutters(TimerTick(), Done())
    assert not MAPPING.stutters(SwitchEnds(0), Done())
    assert not MAPPING.stutters(MemoryRunsOut(), Done())


def test_who_was_lost_before_it_left_its_stack_is_lost_still_when_it_has() -> None:
    """A message for it could not be written, as built, while its processor was on its stack."""
    draft = Draft(AS_BUILT, boot(AS_BUILT, SEVERAL_PROCESSORS))
    first = draft.current
    call = replace(called("channel_sync_recv"), thread=first)
    lost = replace(draft.thread(first), state=ThreadState.READY, call=call, waits=1)
    draft.put(first, lost)
    draft.change(0, current=NOTHING, leaving=Leaving(first, ThreadState.SUSPENDED))
    draft.ready = ()
    before, event = draft.finish(), SwitchEnds(0)
    after, outcome = INTERLEAVED.step(AS_BUILT, before, event)
    follower = Follower(recorded(AS_BUILT), WakingMapping(), AS_BUILT)
    assert follower.follow(before, event, outcome, after) is None
    assert follower.coverage.taken == {"switch_ends": 1}
