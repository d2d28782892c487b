"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.traces.trace import Decision
from proofs.mappings.realise import realise
from spec.designs import named
from tests.models.mappings.recording import explored
from tests.proofs.going import gone, missing, trace_to

BOOT = Decision("boot", (("kernel", 2),))
REACHED = [(design, claim) for design in ("as-built", "proposed") for claim in explored(design).can]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    trace = trace_to("mappings", design, claim)
    assert not missing(gone("mappings", trace), trace)


def test_what_no_kernel_does_is_not_realised() -> None:
    unmap = Decision("address_space_unmap", (("mapping", "mapping0"),))
    with pytest.raises(ValueError, match="mapping0"):
        realise(named("proposed"), BOOT, (unmap,))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("thread_sleeps", ()),))
