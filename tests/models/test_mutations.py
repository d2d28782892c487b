"""Small wrong changes to each model are noticed, each by the guarantee that it should break."""

from importlib import import_module
from types import ModuleType

import pytest

from assay.engines.mutation import Killed, complaints, judge_mutations
from assay.lang.mutate import generated
from spec.designs import named
from tests.models.recordings import QUESTIONS
from tests.models.test_models import expected, recording

each_question = pytest.mark.parametrize("question", QUESTIONS)


def mutations(question: str) -> ModuleType:
    """The mutations of the model of that question."""
    return import_module(f"models.{question}.mutations")


@each_question
def test_every_chosen_mutation_is_killed_by_its_guarantee(question: str) -> None:
    chosen = mutations(question).MUTATIONS
    for design in sorted({each.design for each in chosen}):
        model = recording(question).recorded(named(design))
        promised = {each.name: each.guarantee for each in model.promises}
        of_design = [each for each in chosen if each.design == design]
        for judged in judge_mutations(model, expected(question).ladder, of_design):
            assert isinstance(judged.result, Killed), judged.mutation
            assert promised[judged.result.claim] == judged.breaks


@each_question
def test_every_guarantee_has_a_chosen_mutation(question: str) -> None:
    broken = {each.breaks for each in mutations(question).MUTATIONS}
    assert set(expected(question).mutated) == broken


@pytest.mark.slow
@each_question
def test_every_generated_mutation_is_noticed_or_has_a_reason(question: str) -> None:
    model = recording(question).recorded(named("proposed"))
    judged = judge_mutations(model, expected(question).ladder, generated(model))
    assert not complaints(judged, mutations(question).SURVIVORS)
