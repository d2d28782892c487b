"""Every section of the kernel is the steps of each model that its mapping names, or a stutter."""

from importlib import import_module

import pytest

from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.models.recordings import TIED
from tests.proofs.in_sections import LONG, SHORT, recorded, strays, walked


def knows_sections(question: str) -> bool:
    """Whether the model is followed where calls are rows of sections."""
    modes: tuple[str, ...] = import_module(f"proofs.{question}.mapping").MAPPING.modes
    return "sections" in modes


QUESTIONS = tuple(filter(knows_sections, TIED))
SELDOM = {
    "references": {"count_is_loaded_to_keep", "entry_goes_with_its_space"},
    "translations": {
        "content_is_copied",
        "copy_begins",
        "copy_is_taken",
        "entry_goes_with_its_table",
        "entry_is_protected",
        "entry_leads_to_the_copy",
        "failed_copy_loses_the_page",
        "last_sharer_writes",
        "page_comes_again",
        "page_is_shared",
        "shootdown_is_acknowledged",
    },
    "waking": {
        "claimed_sleeper_is_lost",
        "ended_is_skipped",
        "killed_thread_stops",
        "source_fires",
        "source_is_lost",
        "stale_entry_goes",
        "stays",
        "switch_ends_with_a_death",
        "thread_destroy_self",
        "thread_is_killed",
    },
}
"""What a short walk need not show."""
NEVER = {
    "references": {"call_is_killed", "count_has_changed"},
    "translations": {"entry_goes_with_its_table", "page_comes_again"},
    "waking": {"switch_panics"},
}
"""What no walk shows: an upgrade is one section, what a waiting call holds is held by its thread,
and of a kernel that has panicked a model sees nothing."""

each_question = pytest.mark.parametrize("question", QUESTIONS)
each_design = pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)


def missed(question: str, design: Design, steps: int) -> set[str]:
    """The actions of the model that a walk does not show."""
    actions = {action.name for action in recorded(question, design).actions}
    return actions - walked(question, design, steps).taken.keys()


def test_these_models_know_sections() -> None:
    assert set(QUESTIONS) == SELDOM.keys() == NEVER.keys()


@each_question
@each_design
def test_a_walk_is_followed(question: str, design: Design) -> None:
    assert missed(question, design, SHORT) <= SELDOM[question] | NEVER[question]


@each_question
@each_design
def test_every_order_of_the_scenarios_is_followed(question: str, design: Design) -> None:
    assert strays(question, design) == []


@pytest.mark.thorough
@each_question
@each_design
def test_a_long_walk_is_followed_and_shows_every_action(question: str, design: Design) -> None:
    assert missed(question, design, LONG) <= NEVER[question]
