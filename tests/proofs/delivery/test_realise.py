"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.traces.trace import Decision
from proofs.delivery.realise import realise
from spec.designs import named
from tests.models.delivery.recording import explored
from tests.proofs.going import gone, missing, trace_to, traces_to_actions

BOOT = Decision("boot")
REACHED = [(design, claim) for design in ("as-built", "proposed") for claim in explored(design).can]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    trace = trace_to("delivery", design, claim)
    assert not missing(gone("delivery", trace), trace)


FORGETS = {"send_is_forgotten", "receive_is_forgotten", "caller_is_forgotten"}
"""No event does these: random runs show where they come."""


@pytest.mark.parametrize("design", ["as-built", "proposed"])
def test_each_action_of_the_model_happens_in_the_kernel(design: str) -> None:
    for trace in traces_to_actions("delivery", design, FORGETS):
        assert not missing(gone("delivery", trace), trace), trace


def test_a_step_about_something_unknown_is_not_realised() -> None:
    with pytest.raises(ValueError, match="send0"):
        realise(named("proposed"), BOOT, (Decision("message_is_received", (("send", "send0"),)),))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("message_is_read", ()),))
