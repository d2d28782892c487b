"""Traces of the model become events from boot, which the model sees as those traces again."""

import pytest

from assay.engines.explore import Limits, explore
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.model_traces import trace_of
from assay.traces.trace import Decision
from proofs.copy_on_write.realise import realise
from reference_kernel.interface import KERNEL
from reference_kernel.pages import PageState
from reference_kernel.state import Memory
from spec.designs import named
from tests.models.copy_on_write.recording import SHARING_AS_BUILT, SMALL, explored, recorded
from tests.proofs.going import gone, missing, run_of, trace_to

ONE_PROCESSOR = {**SMALL, "Processor": 1}
LAZY = "can_map_a_lazy_page"
DESIGNS = ("as-built", "proposed")
REACHED = [(design, claim) for design in DESIGNS for claim in explored(design).can if claim != LAZY]


@pytest.mark.parametrize(("design", "claim"), REACHED)
def test_what_can_happen_in_the_model_happens_in_the_kernel(design: str, claim: str) -> None:
    trace = trace_to("copy_on_write", design, claim)
    assert not missing(gone("copy_on_write", trace), trace)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_page_that_never_comes_is_a_lazy_one(design: str) -> None:
    trace = trace_to("copy_on_write", design, LAZY)
    _, state = run_of("copy_on_write", named(design), trace.start, trace.decisions)
    memories = [known.body for known in state.objects.values() if isinstance(known.body, Memory)]
    (lazy,) = (each for each in memories if each.pages[0].state is PageState.LAZY)
    assert len(lazy.mappings) == 1


@pytest.mark.parametrize(
    "claim",
    [
        "failed_copies_lose_nothing",
        "page_tables_match_records",
        "free_frames_are_unreachable",
        "no_processor_remembers_a_free_frame",
        "no_frame_is_lost",
        "no_frame_is_owned_twice",
        "blocks_are_freed_as_blocks",
        "fresh_pages_hold_no_secrets",
    ],
)
def test_what_the_dormant_code_breaks_shows_in_the_kernel(claim: str) -> None:
    """The others need a second processor, or a reader that a check of the kernel would have."""
    model = recorded(SHARING_AS_BUILT)
    found = explore(model, ONE_PROCESSOR, limits=Limits(until=frozenset({claim})))
    (broken,) = (each for each in found.broken if each.claim == claim)
    trace = trace_of(model, ONE_PROCESSOR, broken.path)
    guarantee = model.claim(claim).guarantee
    assert guarantee is not None
    events = realise(SHARING_AS_BUILT, trace.start, trace.decisions)
    _, why = run(KernelReplayer(KERNEL, SHARING_AS_BUILT), events, claim=guarantee)
    assert why is not None


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (Decision("processor_calls", (("processor", "processor1"),)), "one processor"),
        (
            Decision(
                "translation_is_cached",
                (("translation", "translation0"), ("processor", "processor1"), ("address", "a")),
            ),
            "there is one processor",
        ),
    ],
)
def test_another_processor_is_not_realised(decision: Decision, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        realise(named("proposed"), Decision("boot"), (decision,))
