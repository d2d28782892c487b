"""Every step finer than a call is the steps of each model that its mapping names, or a stutter."""

from dataclasses import replace
from importlib import import_module

import pytest

from assay.engines.kernel import WHOLE
from spec.design import Design, Preemption
from spec.designs import AS_BUILT, PROPOSED
from tests.models.recordings import TIED
from tests.proofs.finer_modes import is_followed, recorded, strays, walked

SHORT, LONG = 2_000, 300_000
"""Steps of a walk that every run of the tests takes, and of one that `make thorough` takes."""
SECTIONS = "sections"


def modes(question: str) -> tuple[str, ...]:
    """The modes in which the model is followed."""
    known: tuple[str, ...] = import_module(f"proofs.{question}.mapping").MAPPING.modes
    return known


FINER = [(each, mode) for each in TIED for mode in modes(each) if mode != WHOLE]
UNDER = [
    pytest.param(each, mode, design, id=f"{each}-{mode}-{design.name}")
    for each, mode in FINER
    for design in (AS_BUILT, PROPOSED)
    if is_followed(each, mode, design)
]
NEVER: dict[str, set[str]] = {
    "capability_lifetimes": set(),
    "copy_on_write": {"page_comes_again"},
    "mappings": set(),
    "references": {"call_is_killed", "call_shares_a_hold", "count_has_changed"},
    "teardown": {"ended_is_skipped", "time_comes"},
    "translations": {"page_comes_again"},
    "waking": {"switch_panics"},
}
"""What no walk in sections shows: an upgrade is one section, what a waiting call holds is held by
its thread, who is ended is in no queue as proposed, no message takes along the last reference to
anything as its time comes, and of a kernel that has panicked a model sees nothing."""

SHOWN_LITTLE = {"delivery"}
"""Few programs of a random walk send to who receives; the scenarios have what it does not show."""

each_finer = pytest.mark.parametrize(("question", "mode", "design"), UNDER)
each_design = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)


@each_design
def test_teardown_is_followed_in_sections(design: Design) -> None:
    assert is_followed("teardown", SECTIONS, design)


def test_these_models_know_sections() -> None:
    known = {question for question, mode in FINER if mode == SECTIONS}
    assert known == NEVER.keys() | SHOWN_LITTLE


@each_finer
def test_a_walk_is_followed(question: str, mode: str, design: Design) -> None:
    assert walked((question,), mode, design, SHORT)[question].taken


@each_design
@pytest.mark.parametrize("preemption", Preemption)
def test_a_walk_is_followed_under_each_choice_of_preemption(
    preemption: Preemption, design: Design
) -> None:
    design = replace(design, preemption=preemption)
    able = [each for each, mode in FINER if mode == SECTIONS and is_followed(each, mode, design)]
    assert set(able) >= NEVER.keys()
    assert all(each.taken for each in walked(tuple(able), SECTIONS, design, SHORT).values())


@each_finer
def test_every_order_of_the_scenarios_is_followed(question: str, mode: str, design: Design) -> None:
    assert strays(question, mode, design) == []


@pytest.mark.thorough
@each_design
def test_a_long_walk_in_sections_is_followed_and_shows_every_action(design: Design) -> None:
    able = [each for each in (*NEVER, *SHOWN_LITTLE) if is_followed(each, SECTIONS, design)]
    shown = walked(tuple(able), SECTIONS, design, LONG)
    for question, never in NEVER.items():
        if question not in able:
            continue
        actions = {action.name for action in recorded(question, design).actions}
        assert actions - shown[question].taken.keys() <= never, question
