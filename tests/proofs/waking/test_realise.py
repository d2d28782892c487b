"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.traces.trace import Decision
from proofs.waking.realise import realise
from spec.designs import named
from tests.models.waking.recording import explored
from tests.proofs.going import gone, missing, trace_to, traces_to_actions

BOOT = Decision("boot")
NO_STEP = {"switch_panics", "memory_runs_out", "memory_is_back", "can_wake_without_memory"}
"""Of a kernel that panics nothing is seen, and memory runs out only where calls are sections."""
_NEED_A_CALLER = NO_STEP | {"can_end", "switch_ends_with_a_death", "stale_entry_goes"}
NOT_REALISED = {
    "as-built": _NEED_A_CALLER,
    "proposed": _NEED_A_CALLER | {"can_be_woken_on_the_stack", "source_fires"},
}
"""In a shortest trace no thread is left that could ask for this: a processor that idles does it."""
REACHED = [
    (design, claim)
    for design in ("as-built", "proposed")
    for claim in explored(design).can
    if claim not in NOT_REALISED[design]
]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    trace = trace_to("waking", design, claim)
    assert not missing(gone("waking", trace), trace)


@pytest.mark.parametrize("design", ["as-built", "proposed"])
def test_each_action_of_the_model_happens_in_the_kernel(design: str) -> None:
    for trace in traces_to_actions("waking", design, NOT_REALISED[design]):
        assert not missing(gone("waking", trace), trace), trace


def test_a_step_about_something_unknown_is_not_realised() -> None:
    with pytest.raises(ValueError, match="thread7"):
        realise(named("proposed"), BOOT, (Decision("source_fires", (("thread", "thread7"),)),))


def test_an_action_that_nothing_does_is_named() -> None:
    with pytest.raises(ValueError, match="no event does this"):
        realise(named("proposed"), BOOT, (Decision("thread_sleeps", ()),))
