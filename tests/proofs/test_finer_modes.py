"""Every step finer than a call is the steps of each model that its mapping names, or a stutter."""

from importlib import import_module

import pytest

from assay.engines.kernel import WHOLE
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.models.recordings import TIED
from tests.proofs.finer_modes import recorded, strays, walked

SHORT, LONG = 2_000, 300_000
"""Steps of a walk that every run of the tests takes, and of one that `make thorough` takes."""
SECTIONS = "sections"


def modes(question: str) -> tuple[str, ...]:
    """The modes in which the model is followed."""
    known: tuple[str, ...] = import_module(f"proofs.{question}.mapping").MAPPING.modes
    return known


FINER = [(each, mode) for each in TIED for mode in modes(each) if mode != WHOLE]
NEVER: dict[str, set[str]] = {
    "capability_lifetimes": set(),
    "copy_on_write": {"page_comes_again"},
    "mappings": set(),
    "references": {"call_is_killed", "count_has_changed"},
    "translations": {"page_comes_again"},
    "waking": {"switch_panics"},
}
"""What no walk in sections shows: an upgrade is one section, what a waiting call holds is held by
its thread, and of a kernel that has panicked a model sees nothing."""

SHOWN_LITTLE = {"delivery"}
"""Few programs of a random walk send to who receives; the scenarios have what it does not show."""

each_finer = pytest.mark.parametrize(("question", "mode"), FINER)
each_design = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)


def test_these_models_know_sections() -> None:
    known = {question for question, mode in FINER if mode == SECTIONS}
    assert known == NEVER.keys() | SHOWN_LITTLE


@each_finer
@each_design
def test_a_walk_is_followed(question: str, mode: str, design: Design) -> None:
    assert walked((question,), mode, design, SHORT)[question].taken


@each_finer
@each_design
def test_every_order_of_the_scenarios_is_followed(question: str, mode: str, design: Design) -> None:
    assert strays(question, mode, design) == []


@pytest.mark.thorough
@each_design
def test_a_long_walk_in_sections_is_followed_and_shows_every_action(design: Design) -> None:
    shown = walked((*NEVER, *SHOWN_LITTLE), SECTIONS, design, LONG)
    for question, never in NEVER.items():
        actions = {action.name for action in recorded(question, design).actions}
        assert actions - shown[question].taken.keys() <= never, question
