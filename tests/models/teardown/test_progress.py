"""Every walk ends and every member stops, whatever is chosen for preemption."""

from dataclasses import replace

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore.progress import check_progress
from assay.lang.recorded import Fair
from spec.design import Preemption
from spec.designs import PROPOSED
from tests.models.teardown.recording import SMALL, recorded

PREMISES = dict.fromkeys(
    ("every_walk_ends", "every_interrupt_is_taken", "every_member_stops", "who_is_woken_goes_on"),
    True,
)
FEW = {"Thread": 2, "Group": 1, "Processor": 1, "Object": 1}


@pytest.mark.parametrize("preemption", Preemption, ids=lambda each: each.name)
def test_every_exit_completes(preemption: Preemption) -> None:
    found = check_progress(recorded(replace(PROPOSED, preemption=preemption)), SMALL)
    assert found.broken == ()
    assert found.premises == PREMISES


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


def _for_each_processor(fair: Fair) -> Fair:
    each = ("processor", "object") if fair.action == "releases_reference" else fair.each
    return replace(fair, each=each)


def broken_without(action: str, sizes: Sizes = FEW) -> set[str]:
    """What is broken where that action is not fair."""
    model = recorded(PROPOSED)
    progress = tuple(
        replace(claim, fair=tuple(each for each in claim.fair if each.action != action))
        for claim in model.progress
    )
    return {each.claim for each in check_progress(replace(model, progress=progress), sizes).broken}
