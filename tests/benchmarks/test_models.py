"""The models that speed is measured on have the numbers of states that other checkers count."""

from pathlib import Path

import pytest

from assay import loading
from assay.bounds import bounds
from assay.engines.explore import explore
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)
DESIGN = loading.design(PROJECT, "as-built")


@pytest.mark.parametrize(
    ("managers", "states"), [(3, 288), (4, 1_568), (5, 8_832), (7, 296_448), (8, 1_745_408)]
)
def test_two_phase_commit_has_the_states_that_are_known(managers: int, states: int) -> None:
    recorded = loading.recorded(PROJECT, "two_phase_commit", DESIGN)
    found = explore(recorded, {"ResourceManager": managers})
    assert (found.states, found.complete, found.broken) == (states, True, ())


@pytest.mark.parametrize(
    ("name", "counts"),
    [("small", (74_910, 494_474, 14)), ("medium", (242_427, 1_443_312, 14))],
)
def test_threads_groups_and_capabilities_have_the_states_that_are_known(
    name: str, counts: tuple[int, int, int]
) -> None:
    recorded = loading.recorded(PROJECT, "threads_groups_capabilities", DESIGN)
    found = explore(recorded, bounds(PROJECT, recorded.name)[name].sizes)
    assert (found.states, found.transitions, found.depth) == counts
    assert found.complete
    assert not found.broken
