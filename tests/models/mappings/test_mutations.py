"""Small wrong changes are noticed, each by the guarantee that it should break."""

from dataclasses import replace

import pytest

from assay.engines.mutation import Killed, complaints, judge_mutations
from assay.lang.mutate import generated
from models.mappings.mutations import MUTATIONS, ONE_CALL_MUTATIONS, SURVIVORS
from spec.design import MappingCalls
from spec.designs import named
from tests.models.mappings.recording import SMALL, recorded

LADDER = ({**SMALL, "Mapping": 1, "Frame": 2}, SMALL)


def test_every_chosen_mutation_is_killed_by_its_guarantee() -> None:
    model = recorded(named("proposed"))
    for judged in judge_mutations(model, LADDER, MUTATIONS):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks


def test_every_mutation_of_the_one_call_is_killed_by_its_guarantee() -> None:
    model = recorded(replace(named("proposed"), mapping_calls=MappingCalls.MERGED))
    for judged in judge_mutations(model, (SMALL,), ONE_CALL_MUTATIONS):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks


def test_every_guarantee_has_a_chosen_mutation() -> None:
    promised = {"MEM-1", "MEM-2", "MEM-4", "MEM-5", "MEM-6"}
    assert promised == {each.breaks for each in MUTATIONS}
    assert promised == {each.breaks for each in ONE_CALL_MUTATIONS}


@pytest.mark.slow
def test_every_generated_mutation_is_noticed_or_has_a_reason() -> None:
    model = recorded(named("proposed"))
    judged = judge_mutations(model, LADDER, generated(model))
    assert not complaints(judged, SURVIVORS)
