"""Traces of the model become calls from boot, which the model sees as small steps again."""

import pytest

from assay.engines.follow import Follower
from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision
from proofs.translations.mapping import TranslationsMapping
from proofs.translations.realise import realise
from reference_kernel.interface import KERNEL
from spec.designs import PROPOSED
from tests.models.translations.recording import SMALL, explored, recorded

DONE = (
    "can_share_what_both_can_read",
    "can_be_the_last_sharer",
    "can_differ_after_a_copy",
    "can_leave_content_behind",
)


@pytest.mark.parametrize("claim", DONE)
def test_what_whole_calls_can_do_is_done(claim: str) -> None:
    reached = explored("proposed").can[claim]
    assert reached is not None
    trace = trace_of(recorded(PROPOSED), SMALL, reached.path)
    follower = Follower(recorded(PROPOSED), TranslationsMapping(), PROPOSED)
    state = KERNEL.boot(PROPOSED)
    for event in realise(PROPOSED, trace.start, trace.decisions):
        after, outcome = KERNEL.step(PROPOSED, state, event)
        assert follower.follow(state, event, outcome, after) is None
        state = after
    assert follower.coverage.taken["page_comes"]


def test_another_processor_is_not_there() -> None:
    start = (("page", "page0"), ("frame", "frame0"), ("address", "address0"))
    cached = (("translation", "t0"), ("processor", "processor1"), ("address", "address0"))
    with pytest.raises(ValueError, match="translation_is_cached"):
        realise(
            PROPOSED,
            Decision("program_runs", start),
            (Decision("translation_is_cached", cached),),
        )
