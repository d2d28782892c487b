"""Small wrong changes are noticed, each by the guarantee that it should break."""

from collections import Counter

import pytest

from assay.engines.mutation import Killed, complaints, judge_mutations
from assay.lang.mutate import generated
from models.capability_lifetimes.mutations import MUTATIONS, SURVIVORS
from spec.designs import named
from tests.models.capability_lifetimes.recording import SMALL, recorded

LADDER = ({"Object": 2, "Capability": 2}, SMALL)


@pytest.mark.parametrize("design", sorted({each.design for each in MUTATIONS}))
def test_every_chosen_mutation_is_killed_by_its_guarantee(design: str) -> None:
    model = recorded(named(design))
    chosen = [each for each in MUTATIONS if each.design == design]
    for judged in judge_mutations(model, LADDER, chosen):
        assert isinstance(judged.result, Killed), judged.mutation
        assert model.claim(judged.result.claim).guarantee == judged.breaks


def test_every_guarantee_has_a_chosen_mutation() -> None:
    promised = {f"CAP-{number}" for number in (1, 2, 3, 4, 5, 6, 8)}
    assert promised <= Counter(each.breaks for each in MUTATIONS).keys()


@pytest.mark.slow
def test_every_generated_mutation_is_noticed_or_has_a_reason() -> None:
    model = recorded(named("proposed"))
    judged = judge_mutations(model, LADDER, generated(model))
    assert not complaints(judged, SURVIVORS)
