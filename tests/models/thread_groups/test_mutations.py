"""Small wrong changes are noticed, each by the guarantee that it should break."""

import pytest

from assay.engines.mutation import Killed, complaints, judge_mutations
from assay.lang.mutate import generated
from models.thread_groups.mutations import MUTATIONS, SURVIVORS
from spec.designs import named
from tests.models.thread_groups.recording import SMALL, recorded

LADDER = (SMALL, {"Thread": 2, "Group": 3}, {"Thread": 3, "Group": 2})


def test_every_chosen_mutation_is_killed_by_its_guarantee() -> None:
    model = recorded(named("proposed"))
    for judged in judge_mutations(model, LADDER, MUTATIONS):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks


def test_every_guarantee_has_a_chosen_mutation() -> None:
    promised = {"GRP-1", "GRP-2", "GRP-3", "GRP-4", "GRP-6", "SCH-1", "EVT-4"}
    assert promised == {each.breaks for each in MUTATIONS}


@pytest.mark.slow
def test_every_generated_mutation_is_noticed_or_has_a_reason() -> None:
    model = recorded(named("proposed"))
    judged = judge_mutations(model, LADDER, generated(model))
    assert not complaints(judged, SURVIVORS)
