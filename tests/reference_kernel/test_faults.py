"""Each seeded fault is found by a walk; a fault that no longer applies is an error."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import reference_kernel
from tests.reference_kernel.faults import FAULTS, Fault

ROOT = Path(reference_kernel.__path__[0])
SECONDS = 60

WALK = """
import random
from spec.designs import AS_BUILT, PROPOSED
from reference_kernel.guarantees import CHECKS
from reference_kernel.interface import KERNEL
from tests.reference_kernel.test_guarantees import Seeded

KEPT_AS_BUILT = {"CAP-1", "CAP-2", "CAP-4", "CAP-5", "CAP-6", "CAP-9", "CAP-10", "GRP-4"}

def walk():
    for seed in range(10_000):
        for design, kept in ((PROPOSED, None), (AS_BUILT, KEPT_AS_BUILT)):
            state, chooser = KERNEL.boot(design), Seeded(seed)
            for _ in range(200):
                if KERNEL.ended(state):
                    break
                event = KERNEL.propose(design, state, chooser)
                try:
                    after, outcome = KERNEL.step(design, state, event)
                except (AssertionError, KeyError) as error:
                    return f"the step fails: {error!r}"
                for check in CHECKS:
                    if not check.full and (kept is None or check.guarantee in kept):
                        why = check.broken(design, state, event, outcome, after)
                        if why:
                            return f"{check.guarantee}: {why}"
                state = after
    return ""

print(walk())
"""


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=lambda each: each.name)
def test_a_walk_finds_the_fault(fault: Fault, tmp_path: Path) -> None:
    copy = tmp_path / "reference_kernel"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    source = (copy / fault.path).read_text()
    assert source.count(fault.text) == 1, "the fault no longer applies"
    (copy / fault.path).write_text(source.replace(fault.text, fault.becomes))
    found = subprocess.run(
        [sys.executable, "-c", WALK],
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd=tmp_path,
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip()
