"""The models of the benchmarks have the same counts, whoever counts."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import loading
from assay.engines.domains import Sizes
from assay.engines.explore import explore
from assay.engines.export import (
    Counted,
    ToolMissing,
    promela,
    run_spin,
    run_tlc,
    spin_is_there,
    tla,
    tlc_is_there,
)
from assay.lang import Recorded
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)
TINY = {
    "two_phase_commit": {"ResourceManager": 3},
    "threads_groups_capabilities": {"Thread": 1, "Group": 2, "Object": 2, "Space": 1, "Slot": 2},
}
"""Instances that every checker can take in a moment."""


def spin(recorded: Recorded, sizes: Sizes, folder: Path) -> Counted:
    """What SPIN counts; the test is skipped where it is missing."""
    _or_skip(spin_is_there)
    return run_spin(promela(recorded, sizes), folder)


def tlc(recorded: Recorded, sizes: Sizes, folder: Path) -> Counted:
    """What TLC counts; the test is skipped where it is missing."""
    _or_skip(tlc_is_there)
    return run_tlc(tla(recorded, sizes), folder)


def _or_skip(look: Callable[[], None]) -> None:
    try:
        look()
    except ToolMissing as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("count", [spin, tlc])
@pytest.mark.parametrize("name", TINY)
def test_every_checker_counts_the_same(
    name: str, count: Callable[[Recorded, Sizes, Path], Counted], tmp_path: Path
) -> None:
    recorded = loading.recorded(PROJECT, name, loading.design(PROJECT, "proposed"))
    counted = count(recorded, TINY[name], tmp_path)
    ours = explore(recorded, TINY[name])
    assert (counted.states, counted.transitions) == (ours.states, ours.transitions)
    assert counted.depth == ours.depth
    assert counted.noted == {claim for claim, reached in ours.can.items() if reached is not None}
