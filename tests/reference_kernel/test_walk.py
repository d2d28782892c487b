"""A walk of this length sees every action of each model and every refusal of it, often."""

import pytest

from assay.engines.executor import Here
from assay.engines.walk import walk
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.walked import subject

STEPS = 300_000
OFTEN, SELDOM = 100, 40
RARE = {
    "as-built": {"claimed_sleeper_is_lost", "ended_is_skipped", "listener_is_cut_off"},
    "proposed": {
        "thread_group_exit refuses group_dead",
        "thread_group_new refuses parent_dead",
        "thread_handle_thread_exit_sync refuses thread_dead",
        "thread_new refuses thread_group_dead",
    },
}
"""What takes so many steps to come about that it is perhaps seen SELDOM times, and not OFTEN."""
BY_HAND = {"listener_is_cut_off"}
"""What the tests of the mapping show, and a walk perhaps less often than SELDOM."""


@pytest.mark.slow
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_walk_sees_every_action_and_refusal_of_the_models(design: Design) -> None:
    walked = walk(subject(design), executor=Here(), steps=STEPS)
    for recorded, _ in subject(design).models:
        coverage = walked.models[recorded.name]
        rare = {each.partition(":")[0] for each in coverage.rare(recorded, OFTEN)}
        assert rare <= RARE[design.name], coverage.rare(recorded, OFTEN)
        gone = {each.partition(":")[0] for each in coverage.rare(recorded, SELDOM)}
        assert gone <= BY_HAND, coverage.rare(recorded, SELDOM)
    assert design is AS_BUILT or not walked.broken
