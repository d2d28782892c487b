"""Small wrong changes are noticed, each by the guarantee that it should break."""

import pytest

from assay.engines.mutation import Killed, complaints, judge_mutations
from assay.lang.mutate import generated
from models.delivery.mutations import MUTATIONS, SURVIVORS
from spec.designs import named
from tests.models.delivery.recording import SMALL, recorded

LADDER = (SMALL,)


def test_every_chosen_mutation_is_killed_by_its_guarantee() -> None:
    model = recorded(named("proposed"))
    for judged in judge_mutations(model, LADDER, MUTATIONS):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks


def test_every_guarantee_has_a_chosen_mutation() -> None:
    promised = {"IPC-1", "IPC-3", "IPC-4", "IPC-5", "IPC-7"}
    assert promised == {each.breaks for each in MUTATIONS}


@pytest.mark.slow
def test_every_generated_mutation_is_noticed_or_has_a_reason() -> None:
    model = recorded(named("proposed"))
    judged = judge_mutations(model, LADDER, generated(model))
    assert not complaints(judged, SURVIVORS)
