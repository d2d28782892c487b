"""The kept counterexamples still show what they claim, in the model and in the kernel."""

from pathlib import Path

import pytest

from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.model_traces import ModelReplayer
from assay.traces import read_trace, replay
from proofs.delivery.realise import realise
from reference_kernel.interface import KERNEL
from spec.designs import named
from tests.models.delivery.recording import FOLDER, explored, recorded
from tests.proofs.delivery.going import gone, missing

KEPT = sorted((FOLDER / "traces").glob("*.itf.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_kept_trace_replays_in_the_model(path: Path) -> None:
    trace = read_trace(path)
    shown = replay(trace, ModelReplayer(recorded(named(trace.design)), dict(trace.bounds)))
    assert shown.holds, shown.why


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_a_kept_trace_shows_in_the_kernel_from_boot(path: Path) -> None:
    trace = read_trace(path)
    assert trace.claim is not None
    design = named(trace.design)
    guarantee = recorded(design).claim(trace.claim).guarantee
    assert guarantee is not None
    events = realise(design, trace.start, trace.decisions)
    _, why = run(KernelReplayer(KERNEL, design), events, claim=guarantee)
    assert why is not None


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_the_kernel_goes_a_kept_trace_from_boot(path: Path) -> None:
    trace = read_trace(path)
    assert not missing(gone(trace), trace)


def test_every_broken_claim_has_a_kept_trace_of_its_length() -> None:
    broken = {each.claim: each.depth for each in explored("as-built").broken}
    kept = [read_trace(path) for path in KEPT]
    assert {trace.claim: trace.steps for trace in kept} == broken
