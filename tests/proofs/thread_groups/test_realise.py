"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.engines.follow import Follower
from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision
from proofs.thread_groups.mapping import GroupsMapping
from proofs.thread_groups.realise import realise
from reference_kernel.interface import KERNEL
from spec.designs import named
from tests.models.thread_groups.recording import SMALL, explored, recorded

BOOT = Decision("boot")
REACHED = [(design, claim) for design in ("as-built", "proposed") for claim in explored(design).can]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    chosen, model = named(design), recorded(named(design))
    reached = explored(design).can[claim]
    assert reached is not None
    trace = trace_of(model, SMALL, reached.path)
    decisions = trace.decisions
    follower = Follower(model, GroupsMapping(), chosen)
    state = KERNEL.boot(chosen)
    for event in realise(chosen, trace.start, decisions):
        after, outcome = KERNEL.step(chosen, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    asked = [each.name for each in decisions]
    assert all(follower.coverage.taken[name] >= asked.count(name) for name in asked)


def test_a_call_while_nobody_runs_is_not_realised() -> None:
    ends = Decision("thread_group_exit", (("group", "FIRST"),))
    with pytest.raises(ValueError, match="nobody runs"):
        realise(named("proposed"), BOOT, (ends, ends))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("thread_sleeps", ()),))
