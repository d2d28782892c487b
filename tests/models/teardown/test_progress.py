"""Every walk ends and every member stops, whatever is chosen for preemption."""

from dataclasses import replace

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore.progress import check_progress
from assay.engines.model_traces import ModelReplayer
from assay.lang.recorded import Fair
from assay.traces.trace import Decision
from spec.design import Design, Preemption, TeardownWalk
from spec.designs import AS_BUILT, PROPOSED
from tests.models.teardown.recording import MODEL, SMALL, recorded

PREMISES = dict.fromkeys(
    ("every_walk_ends", "every_interrupt_is_taken", "every_member_stops", "who_is_woken_goes_on"),
    True,
)
BOOT = Decision("boot", (("thread", "thread0"), ("group", "group0"), ("processor", "processor0")))
RECURSIVE = replace(PROPOSED, name="recursive", teardown_walk=TeardownWalk.RECURSIVE)
FEW = {"Thread": 2, "Group": 1, "Processor": 1, "Object": 1}


@pytest.mark.parametrize("preemption", Preemption, ids=lambda each: each.name)
def test_every_exit_completes(preemption: Preemption) -> None:
    found = check_progress(recorded(replace(PROPOSED, preemption=preemption)), SMALL)
    assert found.broken == ()
    assert found.premises == PREMISES


def test_on_one_stack_a_call_must_end() -> None:
    one_stack = replace(PROPOSED, preemption=Preemption.NON_PREEMPTIBLE)
    assert not check_progress(recorded(one_stack), FEW).broken
    assert broken_without("leaves_kernel", design=one_stack) == {"who_is_woken_goes_on"}


@pytest.mark.parametrize("action", ["walk_ends", "walk_ends_thread"])
def test_the_walker_must_go_on(action: str) -> None:
    assert "every_walk_ends" in broken_without(action)


@pytest.mark.parametrize("action", ["dies", "releases_reference"])
def test_who_was_ended_may_not_be_passed_over(action: str) -> None:
    assert broken_without(action) == {"every_member_stops"}


def test_nobody_may_be_passed_over_in_the_queue() -> None:
    assert broken_without("queue_gives") == {"every_member_stops", "who_is_woken_goes_on"}


def test_who_has_waited_may_not_be_passed_over() -> None:
    assert broken_without("goes_on") == {"who_is_woken_goes_on"}


def test_the_interrupt_must_be_taken() -> None:
    assert broken_without("interrupt_passes", SMALL) == {"every_interrupt_is_taken"}


def test_it_is_not_enough_that_a_processor_lets_go_for_some_thread() -> None:
    model = recorded(PROPOSED)
    progress = tuple(
        replace(claim, fair=tuple(_for_each_processor(fair) for fair in claim.fair))
        for claim in model.progress
        if claim.name == "every_member_stops"
    )
    changed = replace(model, progress=progress)
    assert not check_progress(changed, FEW).broken
    assert check_progress(changed, {**FEW, "Group": 2}).broken


SEARCHED = {"Thread": 1, "Group": 2, "Processor": 2, "Object": 1}


@pytest.mark.parametrize("design", [AS_BUILT, RECURSIVE], ids=lambda each: each.name)
def test_the_search_finds_a_walk_that_waits_for_ever(design: Design) -> None:
    assert "processors" in MODEL.whole
    assert MODEL.sizes("processors") == SEARCHED
    model = recorded(design)
    asked = tuple(each for each in model.progress if each.name == "every_walk_ends")
    (run,) = check_progress(replace(model, progress=asked), SEARCHED).broken
    loop = [each.action for each in run.path.steps[run.loop :]]
    assert set(loop) >= {"exit_begins", "walk_ends"}
    assert "walk_reaches" not in loop


NESTED = {"Thread": 2, "Group": 3, "Processor": 2, "Object": 1}
HERE, THERE = ("processor", "processor0"), ("processor", "processor1")
FIRST, CHILD, GRANDCHILD = (("group", f"group{number}") for number in range(3))
OTHER = ("thread", "thread1")
WAITS_FOR_THE_LOCK = (
    Decision("enters_kernel", (HERE,)),
    Decision("group_is_looked_up", (HERE, FIRST)),
    Decision("thread_joins", (HERE, OTHER, ("autostart", True))),
    Decision("group_is_looked_up", (HERE, FIRST)),
    Decision("group_joins", (HERE, ("child", "group1"))),
    Decision("group_is_looked_up", (HERE, CHILD)),
    Decision("group_joins", (HERE, ("child", "group2"))),
    Decision("queue_gives", (THERE, OTHER)),
    Decision("thread_is_chosen", (THERE,)),
    Decision("continues", (THERE,)),
    Decision("exit_begins", (HERE, CHILD)),
    Decision("enters_kernel", (THERE,)),
    Decision("exit_begins", (THERE, GRANDCHILD)),
    Decision("walk_ends", (THERE,)),
    Decision("leaves_kernel", (THERE,)),
)
"""A walk of the child begins; another processor exits the grandchild, which the last four do."""


def waits_for_ever(design: Design) -> bool:
    """Whether the last four steps, again and again, are a run, and one that breaks the claim."""
    replayer = ModelReplayer(recorded(design), NESTED)
    run = (*WAITS_FOR_THE_LOCK, *WAITS_FOR_THE_LOCK[-4:])
    states = [replayer.start(BOOT)]
    for each in run:
        went = replayer.step(states[-1], each)
        if went is None:
            return False
        states.append(went[0])
    loop = len(WAITS_FOR_THE_LOCK)
    return replayer.broken_for_ever("every_walk_ends", states, run, loop) is not None


@pytest.mark.parametrize("design", [AS_BUILT, RECURSIVE], ids=lambda each: each.name)
def test_a_walk_waits_for_ever_for_a_lock_that_is_taken_again_and_again(design: Design) -> None:
    assert waits_for_ever(design)


def test_where_an_exit_works_off_once_a_walk_waits_for_none() -> None:
    assert not waits_for_ever(PROPOSED)


def _for_each_processor(fair: Fair) -> Fair:
    each = ("processor", "object") if fair.action == "releases_reference" else fair.each
    return replace(fair, each=each)


def broken_without(action: str, sizes: Sizes = FEW, design: Design = PROPOSED) -> set[str]:
    """What is broken where that action is not fair."""
    model = recorded(design)
    progress = tuple(
        replace(claim, fair=tuple(each for each in claim.fair if each.action != action))
        for claim in model.progress
    )
    return {each.claim for each in check_progress(replace(model, progress=progress), sizes).broken}
