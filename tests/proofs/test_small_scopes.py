"""In small worlds every sequence of events is followed by every model, not only random ones."""

import pytest

from reference_kernel.scene_words import Scene
from reference_kernel.scenes import SCENES
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.proofs.small_scopes import TWO_PROCESSES, Followed, followed

DEPTH, DEEP = 3, 5
"""Events of a sequence, in every run of the tests and in `make thorough`."""

each_design = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)


@each_design
@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.name)
def test_every_short_sequence_of_a_scene_is_followed(scene: Scene, design: Design) -> None:
    found = followed(scene, design, DEPTH)
    assert found.steps > DEPTH
    assert not found.strays


def shown(found: Followed) -> set[str]:
    """The models of which some action was seen."""
    return {name for name, coverage in found.models.items() if coverage.taken}


@each_design
def test_every_short_sequence_of_two_processes_is_followed(design: Design) -> None:
    found = followed(TWO_PROCESSES, design, DEPTH)
    assert found.steps > 1_000
    assert not found.strays
    assert shown(found) == found.models.keys() - {"delivery"}, "it has no channel"


def test_a_kernel_that_is_not_what_the_models_say_is_noticed() -> None:
    found = followed(TWO_PROCESSES, AS_BUILT, 2, models_of=PROPOSED)
    assert any("thread_group_exit" in why or "the kernel" in why for why in found.strays)


@pytest.mark.thorough
@each_design
@pytest.mark.parametrize("scene", [TWO_PROCESSES, *SCENES], ids=lambda each: each.name)
def test_every_longer_sequence_is_followed(scene: Scene, design: Design) -> None:
    assert not followed(scene, design, DEEP).strays
