"""The kept counterexamples still show what they claim, in the model and in the kernel."""

from importlib import import_module
from pathlib import Path

import pytest

from assay.commands.answer import Status
from assay.commands.replay import replay_
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.model_traces import ModelReplayer
from assay.traces import Trace, read_trace, replay
from reference_kernel import interface
from reference_kernel.interface import INTERLEAVED, KERNEL
from spec.designs import named
from tests.models.recordings import QUESTIONS, TIED, shortest
from tests.models.test_models import recording

ON_TWO_PROCESSORS = {
    "a_move_takes_its_source_away",
    "a_stack_is_used_by_one_processor",
    "a_walk_has_one_frame",
    "destructors_run_one_after_the_other",
    "destructors_run_without_a_list",
    "destructors_run_without_the_queue",
    "interrupts_are_acknowledged",
    "what_a_call_holds_is_released",
    "one_move_inserts_for_an_entry",
}
"""What the kernel does not show where a call is one step, but amid calls."""
ONLY_IN_THE_MODEL = {"there_is_room_for_all_who_are_queued"}
"""Memory runs out in the kernel only where calls are sections; no trace is shown there."""
IN_MODE = {each.mode: each for each in (KERNEL, INTERLEAVED)}


def kept(question: str) -> dict[Path, Trace]:
    """The counterexamples that are kept with the model."""
    found = sorted((recording(question).folder / "traces").glob("*.itf.json"))
    return {path: read_trace(path) for path in found}


KEPT = [
    pytest.param(question, trace, id=f"{question}-{path.name.removesuffix('.itf.json')}")
    for question in QUESTIONS
    for path, trace in kept(question).items()
]


@pytest.mark.parametrize(("question", "trace"), KEPT)
def test_a_kept_trace_replays_in_the_model(question: str, trace: Trace) -> None:
    recorded = recording(question).recorded(named(trace.design))
    shown = replay(trace, ModelReplayer(recorded, dict(trace.bounds)))
    assert shown.holds, shown.why


@pytest.mark.parametrize(("question", "trace"), [each for each in KEPT if each.values[0] in TIED])
def test_a_kept_trace_shows_in_the_kernel_from_boot(question: str, trace: Trace) -> None:
    assert trace.claim is not None
    design = named(trace.design)
    guarantee = recording(question).recorded(design).claim(trace.claim).guarantee
    assert guarantee is not None
    realise = import_module(f"proofs.{question}.realise").realise
    shown_in = import_module(f"proofs.{question}.mapping").MAPPING.modes[-1]
    kernel = IN_MODE[shown_in]
    if guarantee not in {check.guarantee for check in kernel.checks}:
        assert trace.claim in ON_TWO_PROCESSORS | ONLY_IN_THE_MODEL
        return
    events = realise(design, trace.start, trace.decisions)
    _, why = run(KernelReplayer(kernel, design), events, claim=guarantee)
    assert (why is None) == (trace.claim in ON_TWO_PROCESSORS)


@pytest.mark.parametrize(
    ("question", "trace"),
    [each for each in KEPT if each.values[1].claim in ON_TWO_PROCESSORS | ONLY_IN_THE_MODEL],
)
def test_what_no_mapping_shows_is_shown_where_calls_are_sections(
    question: str, trace: Trace
) -> None:
    design, finer = named(trace.design), import_module(f"proofs.{question}.amid_calls")
    guarantee = recording(question).recorded(design).claim(trace.claim or "").guarantee
    events = finer.realise(design, trace.start, trace.decisions)
    kernel = getattr(interface, finer.MODE.upper())
    _, why = run(KernelReplayer(kernel, design), events, claim=guarantee)
    assert why is not None


@pytest.mark.parametrize(
    "path", [path for each in QUESTIONS for path in kept(each)], ids=lambda path: path.name
)
def test_the_tool_says_of_each_kept_trace_that_it_still_shows_its_claim(path: Path) -> None:
    assert replay_(path).status is Status.FINE


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_broken_claim_has_a_kept_trace_of_its_length(question: str) -> None:
    broken = shortest(recording(question).all_explored("as-built"))
    assert {trace.claim: trace.steps for trace in kept(question).values()} == broken
