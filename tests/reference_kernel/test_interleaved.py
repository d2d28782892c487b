"""Two processors, which leave a thread's stack in a step of its own."""

from dataclasses import replace
from typing import Any

import pytest

from assay.engines.executor import Here
from assay.engines.kernel_traces import KernelReplayer
from assay.engines.walk import SearchedScenes, Subject, search_scenes, walk
from assay.engines.walk.chance import Chance
from assay.traces import replay
from reference_kernel.boot import boot
from reference_kernel.events import SwitchEnds, TimerTick
from reference_kernel.interface import INTERLEAVED
from reference_kernel.interleaved import KINDS, interrupts, offered, propose_one, seen_by
from reference_kernel.machine import SEVERAL_PROCESSORS
from reference_kernel.outcomes import Done
from reference_kernel.state import NOTHING, Leaving, ThreadState
from reference_kernel.step import possible, step
from spec.design import Design, ExitInterrupt, IdleThreads, WakeProtocol
from spec.designs import AS_BUILT, PROPOSED
from spec.panics import WOKEN_TOO_EARLY
from tests.reference_kernel.program import Program

DEAF = {"SCH-7", "GRP-1", "GRP-3"}
"""What breaks on a processor that left an interrupt open: it hears of no exit any more."""
MOST_STEPS = 20


def searched(design: Design) -> SearchedScenes:
    """What all scenes on two processors show."""
    subject: Subject[Any, Any, Any, Any] = Subject(INTERLEAVED, design)
    return search_scenes(subject, executor=Here(), steps=2_000)


def test_as_built_the_switch_protocol_is_broken_in_few_steps() -> None:
    found = searched(AS_BUILT)
    for claim in ("SCH-2", "SCH-6", "SCH-7"):
        (shortest, *_) = found.found(claim)
        assert shortest.trace.steps <= MOST_STEPS
        assert replay(shortest.trace, KernelReplayer(INTERLEAVED, AS_BUILT)).holds
    panics = [each.why for each in found.found("ROB-1")]
    assert any(WOKEN_TOO_EARLY.why in why for why in panics)


def test_proposed_breaks_nothing() -> None:
    assert not searched(PROPOSED).broken
    subject: Subject[Any, Any, Any, Any] = Subject(INTERLEAVED, PROPOSED)
    assert not walk(subject, executor=Here(), steps=10_000).broken


@pytest.mark.parametrize(
    ("choice", "broken"),
    [
        ({"wake_protocol": WakeProtocol.AS_IS}, {"SCH-2", "ROB-1"}),
        ({"idle_threads": IdleThreads.IN_QUEUE}, {"SCH-6", "ROB-1"}),
        ({"exit_interrupt": ExitInterrupt.ACKNOWLEDGED_ONLY_WHEN_KILLING}, DEAF),
    ],
    ids=["as is", "in the queue", "only when killing"],
)
def test_each_choice_alone_breaks_what_it_should(choice: dict[str, Any], broken: set[str]) -> None:
    found = searched(replace(PROPOSED, **choice)).broken.keys()
    assert found == broken


def test_between_the_steps_of_a_switch_a_thread_is_nowhere() -> None:
    program = Program(AS_BUILT, SEVERAL_PROCESSORS)
    first = program.state.current
    program.happens(TimerTick(0))
    processor = program.state.processors[0]
    assert processor.leaving == Leaving(first, ThreadState.READY)
    assert first not in program.state.ready
    assert not possible(program.state, TimerTick(0))
    assert program.happens(SwitchEnds(0)) == Done()
    assert program.state.ready == (first,)
    assert not possible(program.state, SwitchEnds(0))
    assert not program.broken


def test_with_a_handshake_who_is_woken_is_queued_when_he_has_left() -> None:
    program = Program(PROPOSED, SEVERAL_PROCESSORS)
    first = program.state.current
    program.thread()
    for event in (TimerTick(1), SwitchEnds(1)):
        program.happens(event)
    program.call("thread_suspend")
    program.state = seen_by(program.state, 1)
    program.call("thread_resume", 0x37)
    assert first not in program.state.ready
    program.happens(SwitchEnds(1))
    assert program.state.ready == (first,)
    assert not program.broken


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_an_idle_thread_is_queued_unless_each_processor_has_its_own(design: Design) -> None:
    idle = design is AS_BUILT
    assert boot(design, SEVERAL_PROCESSORS).ready == ((NOTHING,) if idle else ())


def test_what_is_proposed_can_happen() -> None:
    for seed in range(3):
        chance, state = Chance(seed), INTERLEAVED.boot(PROPOSED)
        for _ in range(200):
            if INTERLEAVED.ended(state):
                break
            kinds = sorted(offered(state))
            assert set(kinds) <= set(KINDS)
            event = propose_one(state, chance.pick(kinds), chance)
            assert possible(state, event)
            assert all(possible(state, each) for each in interrupts(state))
            event = INTERLEAVED.propose(PROPOSED, state, chance)
            assert possible(state, event)
            state, _ = step(PROPOSED, state, event)
