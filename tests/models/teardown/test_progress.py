"""Every walk ends and every member stops, whatever is chosen for preemption."""

from dataclasses import replace

import pytest

from assay.engines.explore.progress import check_progress
from spec.design import Preemption
from spec.designs import PROPOSED
from tests.models.teardown.recording import SMALL, recorded

PREMISES = {"every_walk_ends": True, "every_member_stops": True}
FEW = {"Thread": 2, "Group": 1, "Processor": 1, "Object": 1}


@pytest.mark.parametrize("preemption", Preemption, ids=lambda each: each.name)
def test_every_exit_completes(preemption: Preemption) -> None:
    found = check_progress(recorded(replace(PROPOSED, preemption=preemption)), SMALL)
    assert found.broken == ()
    assert found.premises == PREMISES


@pytest.mark.parametrize("action", ["walk_ends", "walk_ends_thread"])
def test_the_walker_must_go_on(action: str) -> None:
    assert "every_walk_ends" in broken_without(action)


@pytest.mark.parametrize("action", ["dies", "queue_gives", "releases_reference"])
def test_nobody_may_be_passed_over(action: str) -> None:
    assert broken_without(action) == {"every_member_stops"}


def broken_without(action: str) -> set[str]:
    """What is broken where that action is not fair."""
    model = recorded(PROPOSED)
    progress = tuple(
        replace(claim, fair=tuple(each for each in claim.fair if each.action != action))
        for claim in model.progress
    )
    return {each.claim for each in check_progress(replace(model, progress=progress), FEW).broken}
