"""Each seeded fault is found by a walk within a minute; one that no longer applies is an error."""

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import reference_kernel
from tests.reference_kernel.faults import FAULTS, Fault
from tests.reference_kernel.shared_faults import SHARED_FAULTS

ROOT = Path(reference_kernel.__path__[0])
ALL = (*FAULTS, *SHARED_FAULTS)
SHARED = (
    "capability_space",
    "channels",
    "copying",
    "creation",
    "delivery",
    "emitters",
    "entries",
    "groups",
    "listening",
    "messages",
    "pools",
    "processors",
    "queues",
    "ready_queue",
    "references",
    "taking",
    "threads",
    "transit",
)
"""The files that the calls share."""
SELDOM = {
    "a_device_is_mapped_a_page_short",
    "a_fault_ends_the_kernel",
    "a_late_listener_to_a_drop_is_not_told",
    "a_mapping_shrinks_to_the_size_of_the_memory",
    "a_pool_of_the_largest_size_is_refused",
    "a_refused_key_uses_a_number",
    "a_refused_merged_call_keeps_the_new_size",
    "a_split_block_loses_its_other_half",
    "any_key_can_be_read",
    "any_right_on_an_allocator_pays",
    "cleared_frames_keep_what_was_written",
    "whoever_may_read_the_receiver_may_listen",
}
"""What a walk takes long to find waits for `make thorough`."""
NOT_WALKED = {"debug", "interrupt"}
"""A print does nothing, and no interrupt exists."""
SECONDS = 60
SOUGHT = [
    pytest.param(each, id=each.name, marks=[pytest.mark.thorough] if each.name in SELDOM else [])
    for each in ALL
]
MODELS_MAPPED = all(
    find_spec(f"proofs.{name}.mapping") for name in ("capability_lifetimes", "thread_groups")
)


def walk(kernel: Path, seconds: float) -> str:
    """What a walk over the reference kernel in that folder finds."""
    found = subprocess.run(
        [sys.executable, "-m", "tests.reference_kernel.fault_walk", str(seconds)],
        env={**os.environ, "PYTHONPATH": str(kernel.parent)},
        capture_output=True,
        text=True,
        check=False,
        cwd=kernel.parent,
    )
    assert found.returncode == 0, found.stderr
    return found.stdout.strip()


@pytest.mark.slow
@pytest.mark.parametrize("fault", SOUGHT)
def test_a_walk_finds_the_fault(fault: Fault, tmp_path: Path) -> None:
    if fault.needs_models and not MODELS_MAPPED:
        pytest.skip("only the mapping to the models shows it")
    kernel = tmp_path / "reference_kernel"
    shutil.copytree(ROOT, kernel, ignore=shutil.ignore_patterns("__pycache__"))
    source = (kernel / fault.path).read_text()
    assert source.count(fault.text) == 1, "the fault no longer applies"
    (kernel / fault.path).write_text(source.replace(fault.text, fault.becomes))
    assert walk(kernel, SECONDS)


def test_a_walk_over_the_kernel_as_it_is_finds_nothing() -> None:
    assert not walk(ROOT, seconds=5)


def test_every_file_that_a_walk_runs_has_at_least_two_faults() -> None:
    calls = {path.stem for path in (ROOT / "syscalls").glob("[a-z]*.py")}
    assert calls > NOT_WALKED
    files = {f"syscalls/{name}.py" for name in calls - NOT_WALKED}
    files |= {f"{name}.py" for name in SHARED}
    assert all(sum(fault.path == each for fault in ALL) >= 2 for each in files)
    assert sum(fault.quiet for fault in FAULTS) >= 5


@pytest.mark.parametrize("fault", ALL, ids=lambda each: each.name)
def test_the_fault_applies(fault: Fault) -> None:
    """What the slow test would find too late."""
    assert (ROOT / fault.path).read_text().count(fault.text) == 1
