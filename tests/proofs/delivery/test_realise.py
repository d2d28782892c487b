"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision
from proofs.delivery.realise import realise
from spec.designs import named
from tests.models.delivery.recording import SMALL, explored, recorded
from tests.proofs.delivery.going import gone, missing

BOOT = Decision("boot")
REACHED = [(design, claim) for design in ("as-built", "proposed") for claim in explored(design).can]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    reached = explored(design).can[claim]
    assert reached is not None
    trace = trace_of(recorded(named(design)), SMALL, reached.path)
    assert not missing(gone(trace), trace)


def test_a_step_about_something_unknown_is_not_realised() -> None:
    with pytest.raises(ValueError, match="send0"):
        realise(named("proposed"), BOOT, (Decision("message_is_received", (("send", "send0"),)),))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("message_is_read", ()),))
