"""Traces of the model become calls from boot, which the model sees as small steps again."""

import pytest

from assay.traces.trace import Decision
from proofs.translations.realise import realise
from spec.designs import PROPOSED
from tests.proofs.going import gone, trace_to

DONE = (
    "can_share_what_both_can_read",
    "can_be_the_last_sharer",
    "can_differ_after_a_copy",
    "can_leave_content_behind",
)


@pytest.mark.parametrize("claim", DONE)
def test_what_whole_calls_can_do_is_done(claim: str) -> None:
    assert gone("translations", trace_to("translations", "proposed", claim)).taken["page_comes"]


def test_another_processor_is_not_there() -> None:
    start = (("page", "page0"), ("frame", "frame0"), ("address", "address0"))
    cached = (("translation", "t0"), ("processor", "processor1"), ("address", "address0"))
    with pytest.raises(ValueError, match="translation_is_cached"):
        realise(
            PROPOSED,
            Decision("program_runs", start),
            (Decision("translation_is_cached", cached),),
        )
