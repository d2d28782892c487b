"""Who is woken runs in the end: under proposed, and not where a sleeper can be lost."""

from dataclasses import replace

import pytest

from assay.engines.explore.progress import check_progress
from spec.designs import named
from tests.models.thread_groups.recording import SMALL, recorded

FEW = {"Thread": 2, "Group": 1}


def test_under_proposed_every_ready_thread_runs() -> None:
    found = check_progress(recorded(named("proposed")), SMALL)
    assert found.broken == ()
    assert found.premises == {"who_is_woken_runs": True}


def test_as_built_a_sleeper_that_is_lost_is_ready_for_ever() -> None:
    (run,) = check_progress(recorded(named("as-built")), FEW).broken
    lost = [step for step in run.path.steps if step.action == "claimed_sleeper_is_lost"]
    assert [step.arguments["thread"] for step in lost] == [run.arguments["thread"]]


@pytest.mark.parametrize("action", ["thread_runs", "slice_ends"])
def test_the_scheduler_must_be_fair(action: str) -> None:
    model = recorded(named("proposed"))
    (claim,) = model.progress
    fair = tuple(each for each in claim.fair if each.action != action)
    unfair = replace(model, progress=(replace(claim, fair=fair),))
    assert check_progress(unfair, FEW).broken
