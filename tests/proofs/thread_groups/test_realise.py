"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.traces.trace import Decision
from proofs.thread_groups.realise import realise
from spec.designs import named
from tests.models.thread_groups.recording import explored
from tests.proofs.going import gone, missing, trace_to

BOOT = Decision("boot")
REACHED = [(design, claim) for design in ("as-built", "proposed") for claim in explored(design).can]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    trace = trace_to("thread_groups", design, claim)
    assert not missing(gone("thread_groups", trace), trace)


def test_a_call_while_nobody_runs_is_not_realised() -> None:
    ends = Decision("thread_group_exit", (("group", "FIRST"),))
    with pytest.raises(ValueError, match="nobody runs"):
        realise(named("proposed"), BOOT, (ends, ends))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("thread_sleeps", ()),))
