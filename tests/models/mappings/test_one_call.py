"""Small wrong changes to the one call that changes a memory and a mapping are noticed."""

from dataclasses import replace

from assay.engines.mutation import Killed, judge_mutations
from models.mappings.mutations import ONE_CALL_MUTATIONS
from spec.design import MappingCalls
from spec.designs import PROPOSED
from tests.models.mappings.expected import EXPECTED
from tests.models.mappings.recording import SMALL, recorded


def test_every_mutation_of_the_one_call_is_killed_by_its_guarantee() -> None:
    model = recorded(replace(PROPOSED, mapping_calls=MappingCalls.MERGED))
    for judged in judge_mutations(model, (SMALL,), ONE_CALL_MUTATIONS):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks
    assert {each.breaks for each in ONE_CALL_MUTATIONS} == set(EXPECTED.mutated)
