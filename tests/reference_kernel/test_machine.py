"""Hypothesis runs the kernel: any thread makes any call, time passes, and everything is checked."""

from dataclasses import replace

import pytest
from hypothesis import Phase, settings

from assay.engines.kernel_traces import KernelReplayer
from assay.engines.walk import Subject
from assay.engines.walk.finding import Broken
from assay.engines.walk.machine import QUICKLY, Breaks, machine, run_machine
from assay.traces import replay
from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees import CHECKS
from reference_kernel.interface import KERNEL, ReferenceKernel
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import Object, State
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.ids import ObjectType
from spec.syscalls import BY_NAME
from tests.reference_kernel.walked import subject

RUNS = settings(phases=QUICKLY, stateful_step_count=60)
UNTIL_FOUND = settings(RUNS, max_examples=2_000)
"""What Hypothesis tries depends on the modules loaded; a mistake takes it 3,000 steps or so."""
SMALL = settings(
    UNTIL_FOUND, phases=(*QUICKLY, Phase.shrink), stateful_step_count=20, max_examples=6_000
)

TestProposed = machine(subject(PROPOSED)).TestCase
TestProposed.settings = RUNS


def _nothing(*_: object) -> None:
    """What a check says that sees nothing."""


class Leaking(ReferenceKernel):
    """A kernel with a mistake: whoever reads the number of a key holds every key once more."""

    def step(self, design: Design, state: State, event: Event, /) -> tuple[State, Outcome]:
        """The step, and the mistake."""
        after, outcome = super().step(design, state, event)
        asked = isinstance(event, CallMade) and event.number == BY_NAME["key_id"].number
        if not asked or not isinstance(outcome, Ok):
            return after, outcome
        objects = after.objects
        for name, known in after.objects.items():
            if known.type is ObjectType.KEY:
                more = Object(known.type, known.strong + 1, known.weak, known.body)
                objects = objects.set(name, more)
        return replace(after, objects=objects), outcome


def broken(design: Design, *, ignored: str) -> Broken:
    """What Hypothesis finds first under the design."""
    made = machine(subject(design), ignored=frozenset(ignored.split()))
    found = run_machine(made, UNTIL_FOUND)
    assert found is not None
    return found


def replays(found: Broken, kernel: ReferenceKernel, design: Design) -> bool:
    """Whether the trace shows what it claims in that kernel."""
    walked = subject(design, kernel)
    return replay(found.trace, KernelReplayer(walked.kernel, design)).holds


def test_a_broken_guarantee_comes_out_as_a_short_trace_that_replays() -> None:
    found = broken(AS_BUILT, ignored="ROB-1 ROB-3")
    assert found.trace.claim == found.claim
    assert found.trace.minimal == "locally minimal"
    assert found.trace.steps <= 8
    assert replays(found, KERNEL, AS_BUILT)


def test_a_mistake_in_the_kernel_comes_out_as_the_two_calls_that_show_it() -> None:
    found = run_machine(machine(subject(PROPOSED, Leaking())), SMALL)
    assert found is not None
    assert found.claim == "CAP-1"
    assert [each.name for each in found.trace.decisions] == ["key_new", "key_id"]
    assert replays(found, Leaking(), PROPOSED)
    assert not replays(found, KERNEL, PROPOSED)


def test_what_is_ignored_is_not_looked_at() -> None:
    kept = broken(AS_BUILT, ignored="ROB-1 ROB-3")
    other = broken(AS_BUILT, ignored=f"ROB-1 ROB-3 {kept.claim}")
    assert other.claim not in {"ROB-1", "ROB-3", kept.claim}


class Blind(ReferenceKernel):
    """A kernel whose quick checks see nothing of its mistake: keys are counted once more."""

    checks = tuple(each if each.full else replace(each, broken=_nothing) for each in CHECKS)

    def step(self, design: Design, state: State, event: Event, /) -> tuple[State, Outcome]:
        """The step of a kernel that leaks."""
        return Leaking().step(design, state, event)


def test_the_end_of_a_run_is_looked_at_in_full() -> None:
    found = run_machine(machine(Subject(Blind(), PROPOSED)), UNTIL_FOUND)
    assert found is not None
    assert found.claim == "CAP-1"


def test_hypothesis_raises_what_broke() -> None:
    case = machine(subject(PROPOSED, Leaking())).TestCase
    case.settings = UNTIL_FOUND
    with pytest.raises(Breaks, match=r"^CAP-1: ") as raised:
        case().runTest()
    assert raised.value.broken().claim == "CAP-1"


def test_there_is_a_rule_for_each_kind_of_event_in_the_kernels_order() -> None:
    rules = sorted(
        each.function.__name__ for each in machine(subject(PROPOSED)).setup_state().rules
    )
    assert [name.partition("_")[2] for name in rules] == list(KERNEL.kinds)
    assert set(BY_NAME) & set(KERNEL.kinds) == set(KERNEL.kinds[5:-1])
