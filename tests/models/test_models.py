"""What each model keeps and breaks under each design, and that none of it is empty."""

from importlib import import_module

import pytest

from assay.engines.explore import explore
from assay.engines.vacuity import findings
from assay.lang import Role
from assay.lang.sorts import KindSort
from assay.lang.tree import Quantified
from assay.lang.walk import nodes
from spec.designs import PROPOSED, named
from tests.models.expectations import Choice, Expected
from tests.models.recordings import QUESTIONS, Recording, broken_guarantees

DESIGNS = ("as-built", "proposed")
LARGE_STATES = 100_000

each_question = pytest.mark.parametrize("question", QUESTIONS)
each_design = pytest.mark.parametrize("design", DESIGNS)


def recording(question: str) -> Recording:
    """The model of that question."""
    model: Recording = import_module(f"tests.models.{question}.recording").MODEL
    return model


def expected(question: str) -> Expected:
    """What is asked of the model of that question."""
    asked: Expected = import_module(f"tests.models.{question}.expected").EXPECTED
    return asked


@each_question
@each_design
def test_the_small_instance_has_the_pinned_counts(question: str, design: str) -> None:
    model = recording(question)
    for bounds in model.whole:
        found = model.explored(design, bounds)
        assert found.complete
        pinned = model.bounds[bounds]["counts"][design]
        assert (found.states, found.transitions, found.depth) == tuple(pinned.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("question", "design"),
    [(each, name) for each in QUESTIONS for name in recording(each).bounds["large"]["counts"]],
)
def test_the_large_instance_has_the_pinned_counts(question: str, design: str) -> None:
    """And it breaks what the small one breaks."""
    model = recording(question)
    found, small = model.explored(design, "large"), model.all_explored(design)
    assert found.complete
    pinned = model.bounds["large"]["counts"][design]
    assert (found.states, found.transitions, found.depth) == tuple(pinned.values())
    recorded = model.recorded(named(design))
    assert broken_guarantees(recorded, found) == broken_guarantees(recorded, *small)


@each_question
def test_the_large_instance_is_large(question: str) -> None:
    """It has three of every kind that a guarantee speaks of all elements of, or says why not."""
    model = recording(question)
    quantified = {
        node.binder.sort.name
        for claim in model.recorded(PROPOSED).of_role(Role.GUARANTEE)
        for node in nodes(claim.body)
        if isinstance(node, Quantified) and isinstance(node.binder.sort, KindSort)
    }
    assert quantified
    sizes, fewer = model.sizes("large"), expected(question).fewer
    assert {kind for kind in quantified if sizes[kind] < 3} == set(fewer)
    assert model.bounds["large"]["counts"]["proposed"]["states"] >= LARGE_STATES


@each_question
def test_as_built_breaks_what_is_known_to_be_broken(question: str) -> None:
    model = recording(question)
    found = model.all_explored("as-built")
    broken = broken_guarantees(model.recorded(named("as-built")), *found)
    assert broken == expected(question).as_built_breaks


@each_question
def test_proposed_breaks_nothing(question: str) -> None:
    assert not any(each.broken for each in recording(question).all_explored("proposed"))


@each_question
@each_design
def test_nothing_in_the_model_is_empty(question: str, design: str) -> None:
    model = recording(question)
    assert not findings(model.recorded(named(design)), model.all_explored(design))


@pytest.mark.parametrize(
    ("question", "choice"),
    [
        pytest.param(question, choice, id=f"{question}-{name}")
        for question in QUESTIONS
        for name, choice in expected(question).choices.items()
    ],
)
def test_each_choice_alone_breaks_what_it_should(question: str, choice: Choice) -> None:
    model = recording(question)
    recorded = model.recorded(choice.design)
    found = [explore(recorded, model.sizes(name)) for name in model.whole]
    assert all(each.complete for each in found)
    assert broken_guarantees(recorded, *found) == set(choice.breaks.split())
