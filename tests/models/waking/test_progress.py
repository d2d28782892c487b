"""Who is woken runs in the end, where timers go on and no thread is passed over."""

from dataclasses import replace

import pytest

from assay.engines.explore.progress import check_progress
from spec.designs import named
from tests.models.waking.recording import SMALL, recorded


def test_under_proposed_every_ready_thread_runs() -> None:
    found = check_progress(recorded(named("proposed")), SMALL)
    assert found.broken == ()
    assert found.premises == {"who_is_woken_runs": True}


@pytest.mark.parametrize("action", ["picks", "slice_ends", "switches", "switch_ends"])
def test_the_scheduler_must_be_fair(action: str) -> None:
    model = recorded(named("proposed"))
    (claim,) = model.progress
    fair = tuple(each for each in claim.fair if each.action != action)
    unfair = replace(model, progress=(replace(claim, fair=fair),))
    assert check_progress(unfair, {"Thread": 2, "Processor": 1}).broken
