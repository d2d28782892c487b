"""Every obligation is proved, for any number of threads, groups, processors and objects."""

from dataclasses import replace

import pytest

from assay.engines.executor import Here
from assay.engines.prove import prove
from assay.traces.verdicts import Verdict
from spec.design import Design, Preemption
from spec.designs import PROPOSED
from tests.models.teardown.recording import recorded

ONE_STACK = replace(PROPOSED, preemption=Preemption.NON_PREEMPTIBLE)
KILLS = replace(PROPOSED, preemption=Preemption.INTERRUPT_DISABLE)
COMPLETE = {"every_walk_ends", "every_interrupt_is_taken", "every_member_stops"}
"""What GRP-8 says."""
LOST = "what_a_call_holds_is_released"


@pytest.mark.parametrize("design", [PROPOSED, ONE_STACK], ids=["check on return", "one stack"])
def test_every_obligation_is_proved(design: Design) -> None:
    model = recorded(design)
    assert {each.progress for each in model.ranked} >= COMPLETE
    results = prove(model, executor=Here())
    unproved = [(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED]
    assert not unproved


def test_where_the_interrupt_kills_all_is_proved_but_what_is_lost() -> None:
    model = recorded(KILLS)
    assert {each.progress for each in model.ranked} == COMPLETE
    kept = replace(model, claims=tuple(each for each in model.claims if each.name != LOST))
    results = prove(kept, executor=Here())
    assert not [each.claim for each in results if each.verdict is not Verdict.PROVED]
    assert {"GRP-1", "GRP-4", "GRP-7", "SCH-2"} <= {each.guarantee for each in results}
