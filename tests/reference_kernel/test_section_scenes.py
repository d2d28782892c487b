"""What the scenes in sections show: the known defects, each in few steps."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from assay.engines.executor import Here
from assay.engines.kernel_traces import KernelReplayer
from assay.engines.walk import Subject, search_scenes, walk
from assay.traces import replay
from reference_kernel.interface import SECTIONS, SectionsKernel
from spec.design import (
    ExitInterrupt as Acknowledged,
)
from spec.design import (
    Move,
    Preemption,
    ReadyQueue,
    TeardownWalk,
    TimerInterrupt,
)
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.section_runs import broken

MOST_STEPS = 20


class Known(NamedTuple):
    """A defect as built, the guarantee that it breaks, and in which words."""

    name: str
    guarantee: str
    words: str


KNOWN = (
    Known("K2", "CAP-8", "is alive, and no thread"),
    Known("K34", "MEM-3", "remembers a free frame"),
    Known("K43", "GRP-4", "strong references"),
    Known("K44", "SCH-2", "is still on its stack"),
    Known("K45", "SCH-6", "no thread is there"),
    Known("K46", "GRP-7", "the lock of ready queue is asked for by who has it"),
    Known("K47", "SCH-7", "took an interrupt, and never says so"),
    Known("K48", "ROB-2", "no room for one more ready thread"),
    Known("K49", "CAP-6", "had been moved by another one"),
    Known("a tick is acknowledged again", "SCH-7", "acknowledges a tick again"),
    Known("a killed thread leaves its stack", "GRP-4", "is never released"),
    Known("teardown recurses", "GRP-5", "destructors run"),
)


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.name)
def test_as_built_a_scene_shows_the_defect_in_few_steps(known: Known) -> None:
    runs = [
        run
        for (guarantee, why), (_, run) in broken(AS_BUILT).items()
        if guarantee == known.guarantee and known.words in why
    ]
    assert min(len(run) for run in runs) <= MOST_STEPS


def test_no_scene_breaks_the_proposed_design() -> None:
    assert not broken(PROPOSED)


def test_what_a_scene_shows_is_replayed_from_boot() -> None:
    kernel = SectionsKernel()
    kernel.scenes = tuple(each for each in SECTIONS.scenes if "holds itself" in each.name)
    subject: Subject[Any, Any, Any, Any] = Subject(kernel, AS_BUILT)
    (shown, *_) = search_scenes(subject, executor=Here(), steps=40).found("CAP-8")
    assert shown.trace.subject == "kernel:sections"
    assert replay(shown.trace, KernelReplayer(SECTIONS, AS_BUILT)).holds


def test_a_walk_breaks_nothing_that_is_proposed() -> None:
    subject: Subject[Any, Any, Any, Any] = Subject(SECTIONS, PROPOSED)
    assert not walk(subject, executor=Here(), steps=6_000).broken


@pytest.mark.parametrize(
    ("choice", "guarantee", "words"),
    [
        ({"move": Move.INSERT_THEN_REMOVE}, "CAP-6", "had been moved"),
        ({"ready_queue": ReadyQueue.GROWS}, "ROB-2", "no room for one more ready thread"),
        ({"timer_interrupt": TimerInterrupt.ACKNOWLEDGED_AGAIN}, "SCH-7", "a tick again"),
        ({"preemption": Preemption.INTERRUPT_DISABLE}, "GRP-4", "is never released"),
        ({"teardown_walk": TeardownWalk.RECURSIVE}, "GRP-5", "destructors run"),
        ({"teardown_walk": TeardownWalk.RECURSIVE}, "GRP-7", "thread list"),
        (
            {"exit_interrupt": Acknowledged.ACKNOWLEDGED_ONLY_WHEN_KILLING},
            "SCH-7",
            "never says so",
        ),
    ],
    ids=lambda each: str(each) if isinstance(each, str) else "",
)
def test_each_choice_alone_breaks_what_it_should(
    choice: dict[str, Any], guarantee: str, words: str
) -> None:
    found = broken(replace(PROPOSED, name="changed", summary=str(choice), **choice))
    assert any(each == guarantee and words in why for each, why in found)


@pytest.mark.parametrize("choice", [ReadyQueue.RESERVED, ReadyQueue.INTRUSIVE])
def test_a_queue_with_room_for_all_needs_none_to_wake(choice: ReadyQueue) -> None:
    assert not broken(replace(PROPOSED, name=choice.name, ready_queue=choice))


def test_without_kernel_stacks_no_scene_breaks_anything() -> None:
    design = replace(PROPOSED, name="no stacks", preemption=Preemption.NON_PREEMPTIBLE)
    assert not broken(design)
