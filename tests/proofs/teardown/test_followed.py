"""Under which designs the model follows sections, and why it cannot under the rest.

There a step of the kernel is none of the model: what it does is shown.
"""

from dataclasses import replace

import pytest

from assay.engines.follow import Follower
from proofs.amid_calls import Processors
from proofs.teardown.amid_calls import realise
from proofs.teardown.mapping import TeardownMapping, sections
from proofs.teardown.mapping.amid import walked_by
from reference_kernel.events import Event, SwitchEnds, TimerTick
from reference_kernel.interface import SECTIONS_3
from reference_kernel.outcomes import Outcome
from spec.design import (
    DeliveryFault,
    Design,
    ExitInterrupt,
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    IdleThreads,
    KilledWaits,
    Preemption,
    TeardownWalk,
    ThreadEnd,
    UpgradeRight,
    WakeProtocol,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType
from spec.options import CapDestroy
from tests.models.test_traces import ON_TWO_PROCESSORS, kept
from tests.proofs.finer_modes import is_followed, recorded, strays, walked

QUESTION, SECTIONS = "teardown", "sections"
SHORT, LONG, LONGEST = 500, 20_000, 80_000
"""Steps of a walk that every run of the tests takes, and of those that `make thorough` takes."""
ALONE: dict[str, dict[str, object]] = {
    "interrupt disable": {"preemption": Preemption.INTERRUPT_DISABLE},
    "one stack": {"preemption": Preemption.NON_PREEMPTIBLE},
    "one stack, recursive": {
        "preemption": Preemption.NON_PREEMPTIBLE,
        "teardown_walk": TeardownWalk.RECURSIVE,
    },
    "one stack, runs on": {
        "preemption": Preemption.NON_PREEMPTIBLE,
        "group_drop_current": GroupDropCurrent.RUNS_ON,
    },
    "one stack, destroyed, no handshake": {
        "preemption": Preemption.NON_PREEMPTIBLE,
        "thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION,
        "wake_protocol": WakeProtocol.AS_IS,
    },
    "acknowledged when killing": {"exit_interrupt": ExitInterrupt.ACKNOWLEDGED_ONLY_WHEN_KILLING},
    "left in parent": {"group_drop": GroupDrop.LEFT_IN_PARENT},
    "runs on": {"group_drop_current": GroupDropCurrent.RUNS_ON},
    "recursive": {"teardown_walk": TeardownWalk.RECURSIVE},
    "announced at destruction": {"thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION},
    "upgrade unchecked": {"upgrade_right": UpgradeRight.UNCHECKED},
    "blames who queued": {"delivery_fault": DeliveryFault.BLAME_QUEUED},
    "leaked": {"killed_waits": KilledWaits.LEAKED},
    "leaked, interrupt disable": {
        "killed_waits": KilledWaits.LEAKED,
        "preemption": Preemption.INTERRUPT_DISABLE,
    },
    "idle threads in the queue": {"idle_threads": IdleThreads.IN_QUEUE},
    "walks within walks, open": {
        "teardown_walk": TeardownWalk.RECURSIVE,
        "group_admission": GroupAdmission.OPEN,
    },
    "destroyed, leaked": {
        "thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION,
        "killed_waits": KilledWaits.LEAKED,
    },
    "destroyed, no handshake": {
        "thread_end": ThreadEnd.ANNOUNCED_AT_DESTRUCTION,
        "wake_protocol": WakeProtocol.AS_IS,
    },
}
FOLLOWED = {"as built": AS_BUILT} | {
    name: replace(PROPOSED, name=name, **choices)  # type: ignore[arg-type]
    for name, choices in ALONE.items()
}
OPEN = replace(PROPOSED, name="open", group_admission=GroupAdmission.OPEN)
AS_IS = replace(PROPOSED, name="no handshake", wake_protocol=WakeProtocol.AS_IS)
AMID = {trace.claim: trace for trace in kept(QUESTION).values() if trace.claim in ON_TWO_PROCESSORS}
each_followed = pytest.mark.parametrize("design", FOLLOWED.values(), ids=FOLLOWED)


@each_followed
def test_a_short_walk_is_followed(design: Design) -> None:
    assert is_followed(QUESTION, SECTIONS, design)
    assert walked((QUESTION,), SECTIONS, design, SHORT)[QUESTION].taken


@each_followed
def test_scenarios_are_followed(design: Design) -> None:
    named = ("killed_in_yield", "picked_and_ended", "exit_from_both_ends", "slices_end")
    assert strays(QUESTION, SECTIONS, design, *named) == []


@pytest.mark.thorough
@each_followed
def test_a_long_walk_is_followed(design: Design) -> None:
    assert walked((QUESTION,), SECTIONS, design, LONG)[QUESTION].taken


@pytest.mark.thorough
def test_a_walk_as_built_shows_every_action_and_who_was_ended_thrown_away() -> None:
    shown = walked((QUESTION,), SECTIONS, AS_BUILT, LONGEST)[QUESTION].taken
    assert shown["ended_is_skipped"]
    assert {action.name for action in recorded(QUESTION, AS_BUILT).actions} == shown.keys()


@pytest.mark.parametrize("claim", AMID)
def test_what_is_broken_amid_calls_is_a_run_of_the_model(claim: str) -> None:
    trace, follower = (
        AMID[claim],
        Follower(recorded(QUESTION, AS_BUILT), TeardownMapping(), AS_BUILT),
    )
    state = SECTIONS_3.boot(AS_BUILT)
    for event in realise(AS_BUILT, trace.start, trace.decisions):
        after, outcome = SECTIONS_3.step(AS_BUILT, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    skips = claim == "destructors_run_without_the_queue"
    assert bool(follower.coverage.taken["ended_is_skipped"]) == skips


@pytest.mark.parametrize("design", [OPEN, AS_IS], ids=lambda each: each.name)
def test_these_are_not_followed(design: Design) -> None:
    assert not is_followed(QUESTION, SECTIONS, design)


def test_two_processors_work_off_one_open_list() -> None:
    """A list has one walker in the model; nothing tells whom each of two has still to end."""
    program = Processors(OPEN, 2)
    above, allocator = program.own(ObjectType.THREAD_GROUP), program.own(ObjectType.ALLOCATOR)
    (group,) = program.makes("thread_group_new", 0, above, allocator)
    program.makes_thread(group)
    program.runs(1, program.makes_thread(above))

    def has_begun(number: int) -> bool:
        return any(walked_by(program.at(number)))

    program.begins(0, "thread_group_exit", 0, group)
    program.goes_on(0, lambda: has_begun(0))
    spaces = [program.own(each) for each in (ObjectType.ADDRESS_SPACE, ObjectType.CAPABILITY_SPACE)]
    assert program.calls(1, "thread_new", 0, allocator, group, *spaces)
    program.begins(1, "thread_group_exit", 0, group)
    program.goes_on(1, lambda: has_begun(1))
    assert set(walked_by(program.at(0))) == set(walked_by(program.at(1)))


def test_who_was_ended_takes_at_its_wait_what_is_lost_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Elsewhere it takes nothing more, on which it rests that it lets go of all in the end."""
    names = ("killed_in_sync_recv", "killed_in_sync_send", "killed_in_sync_call")
    assert strays(QUESTION, SECTIONS, FOLLOWED["leaked"], *names, steps=300) == []
    monkeypatch.setattr(sections, "loses_waits", lambda _: False)
    found = strays(QUESTION, SECTIONS, FOLLOWED["leaked"], *names, steps=300)
    assert any("takes_reference" in why and "was_not_ended" in why for why in found)


TIMES = ("send_of_what_is_dropped", "group_in_a_message_whose_time_is_over")


@pytest.mark.parametrize("preemption", Preemption)
def test_what_a_message_held_goes_as_its_time_comes(
    preemption: Preemption, monkeypatch: pytest.MonkeyPatch
) -> None:
    design = replace(PROPOSED, preemption=preemption)
    assert strays(QUESTION, SECTIONS, design, *TIMES, steps=1_000) == []
    monkeypatch.setattr(sections, "TimeoutFires", SwitchEnds)
    found = strays(QUESTION, SECTIONS, design, *TIMES, steps=1_000)
    assert any("switching" in why for why in found)


class _Followed(Processors):
    """A program whose steps the model is asked about."""

    def __init__(self, design: Design, count: int) -> None:
        super().__init__(design, count)
        self.follower = Follower(recorded(QUESTION, design), TeardownMapping(), design)
        self.why: list[str] = []

    def happens(self, event: Event) -> Outcome:
        """Takes the event, and notes why it is none of the model, if it is none."""
        before = self.state
        outcome = super().happens(event)
        why = self.follower.follow(before, event, outcome, self.state)
        self.why += [] if why is None else [why]
        return outcome


@pytest.mark.parametrize("preemption", [Preemption.CHECK_ON_RETURN, Preemption.INTERRUPT_DISABLE])
def test_who_drops_its_own_group_runs_on_till_it_is_scheduled_away(preemption: Preemption) -> None:
    """As where calls are whole: on its way out of the kernel nobody stops it, call after call."""
    current = GroupDropCurrent.RUNS_ON
    design = replace(PROPOSED, group_drop_current=current, preemption=preemption)
    program = _Followed(design, 2)
    first, group = program.at(0).current, program.own(ObjectType.THREAD_GROUP)
    key = program.makes("key_new", 0, program.own(ObjectType.ALLOCATOR))
    program.calls(0, "cap_destroy", CapDestroy.CSPACE_SELF, 0, group)
    for _ in range(2):
        program.calls(0, "key_id", 0, *key)
        assert program.at(0).current == first
        assert not program.thread(first).is_alive
        assert not program.at(0).is_busy
    program.calls(0, "thread_yield", 0)
    assert program.at(0).current != first
    program.leaves_stack(0)
    assert program.state.body(first) is None
    assert program.why == []


def test_who_runs_before_its_stack_was_left_is_not_followed() -> None:
    """Ended meanwhile, it would be dead as its first processor leaves it, and run on another."""
    program = _Followed(AS_IS, 3)
    above = program.own(ObjectType.THREAD_GROUP)
    sleeper, word, _ = program.makes_thread_apart(above)
    program.runs(1, sleeper)
    program.calls(1, "thread_suspend", 0)
    program.calls(0, "thread_resume", 0, word)
    assert program.why == []
    program.happens(TimerTick(2))
    program.goes_on(2)
    assert program.at(2).current == sleeper
    assert ["its_context_is_saved" in each for each in program.why] == [True]


def test_where_no_stack_is_kept_a_mapping_that_leaves_none_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sections, "switched", lambda *_: None)
    found = strays(QUESTION, SECTIONS, FOLLOWED["one stack"], "killed_in_yield", steps=100)
    assert any("has_left" in why or "life" in why for why in found)
