"""What a mapping keeps of the last states is right, in whatever order it is asked for them."""

from importlib import import_module

import pytest

from assay.engines.follow import Follower
from assay.engines.walk.chance import Chance
from reference_kernel.interface import KERNEL
from spec.designs import PROPOSED
from tests.models.recordings import TIED
from tests.models.test_models import recording

RUNS, STEPS = 12, 60


@pytest.mark.parametrize("question", TIED)
def test_runs_of_one_mapping_begin_in_the_same_state(question: str) -> None:
    """Each begins at boot, which is one state, and may end after a step."""
    module = import_module(f"proofs.{question}.mapping")
    mapping = type(module.MAPPING)()
    follower = Follower(recording(question).recorded(PROPOSED), mapping, PROPOSED)
    boot = KERNEL.boot(PROPOSED)
    for run in range(RUNS):
        state, chance = boot, Chance(run)
        for _ in range(STEPS if run % 2 else 1):
            event = KERNEL.propose(PROPOSED, state, chance)
            after, outcome = KERNEL.step(PROPOSED, state, event)
            assert follower.follow(state, event, outcome, after) is None
            for each in (after, state):
                assert mapping.state(PROPOSED, each) == mapping.whole(PROPOSED, each)
            if KERNEL.ended(after):
                break
            state = after
