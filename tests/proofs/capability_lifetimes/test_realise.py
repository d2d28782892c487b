"""Traces of the model become calls from boot, which the model sees as those traces again."""

import pytest

from assay.engines.explore import Path
from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision, Trace
from proofs.capability_lifetimes.realise import realise
from spec.designs import named
from tests.models.capability_lifetimes.recording import SMALL, explored, recorded
from tests.proofs.going import gone, missing, trace_to

BOOT = Decision("boot")
DESIGNS = ("as-built", "proposed")
CLAIMS = tuple(explored("proposed").can)
DROPS = ("object_lives_on", "object_dies", "id_goes_with_its_space")


def trace(design: str, path: Path) -> Trace:
    return trace_of(recorded(named(design)), SMALL, path)


@pytest.mark.parametrize("claim", CLAIMS)
@pytest.mark.parametrize("design", DESIGNS)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    shown = trace_to("capability_lifetimes", design, claim)
    assert not missing(gone("capability_lifetimes", shown), shown, but=DROPS)


def test_a_lookup_alone_is_no_call() -> None:
    decision = Decision("capability_is_used", (("capability", "OWN_SPACE"), ("needed", "USE")))
    with pytest.raises(ValueError, match="no call does only this"):
        realise(named("proposed"), BOOT, (decision,))


def test_after_its_end_the_first_thread_makes_no_calls() -> None:
    ends = Decision("last_holder_goes", (("object", "BOOT_SPACE"),))
    gone = Decision("cap_destroy", (("capability", "OWN_SPACE"),))
    with pytest.raises(ValueError, match="the first thread has ended"):
        realise(named("proposed"), BOOT, (ends, gone))
