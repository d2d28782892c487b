"""What is broken as built within whole calls becomes events from boot, which the model follows."""

import pytest

from assay.traces.trace import Decision
from proofs.teardown.realise import realise
from spec.designs import PROPOSED
from tests.models.test_traces import ON_TWO_PROCESSORS, kept
from tests.proofs.going import gone

BOOT = Decision("boot", (("thread", "thread0"), ("group", "group0"), ("processor", "processor0")))
SHOWN = {
    trace.claim: trace
    for trace in kept("teardown").values()
    if trace.claim not in ON_TWO_PROCESSORS
}
PARTS = {"walk_ends_thread", "walk_ends", "thread_joins", "group_joins", "group_is_dropped"}


@pytest.mark.parametrize("claim", SHOWN)
def test_what_is_broken_as_built_is_a_run_of_the_model(claim: str) -> None:
    trace = SHOWN[claim]
    asked = [each.name for each in trace.decisions if each.name in PARTS]
    taken = gone("teardown", trace).taken
    assert all(taken[name] >= asked.count(name) for name in asked)


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(PROPOSED, BOOT, (Decision("thread_sleeps", ()),))


def test_a_call_while_nobody_runs_is_not_realised() -> None:
    ends = Decision("exit_begins", (("processor", "processor0"), ("group", "group0")))
    with pytest.raises(ValueError, match="nobody runs"):
        realise(PROPOSED, BOOT, (ends, ends))
