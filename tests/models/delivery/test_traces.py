"""The kernel does what the kept counterexamples say."""

from pathlib import Path

import pytest

from assay.traces import read_trace
from tests.models.delivery.recording import MODEL
from tests.proofs.going import gone, missing

KEPT = sorted((MODEL.folder / "traces").glob("*.itf.json"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.name)
def test_the_kernel_goes_a_kept_trace_from_boot(path: Path) -> None:
    trace = read_trace(path)
    assert not missing(gone("delivery", trace), trace)
