"""A long walk sees every action and refusal of each model often; a short one nearly all of them."""

import pytest

from assay.engines.executor import Here
from assay.engines.walk import walk
from reference_kernel.guarantees import CHECKS
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.walked import with_all_models, with_models_of_calls

STEPS, FEWER_STEPS, FINER_STEPS = 300_000, 50_000, 15_000
OFTEN, SELDOM = 100, 20
RARE = {
    "as-built": {
        "answer_buffer_is_spoilt",
        "buffer_is_spoilt",
        "caller_gives_up",
        "claimed_sleeper_is_lost",
        "ended_is_skipped",
        "event_pool_is_dropped",
        "listener_is_cut_off",
        "page_comes_again",
        "pool_takes_a_call_and_waits",
        "pool_takes_one_and_waits",
        "reply_reply",
    },
    "proposed": {
        "event_pool_is_dropped",
        "last_sharer_writes",
        "message_is_spoilt",
        "receiver_fails",
        "sender_fails",
        "sharer_writes",
        "memory_resize_in_place refuses mapping_of_others",
        "reply_reply refuses reply_used",
        "thread_group_exit refuses group_dead",
    },
}
"""What takes so many steps to come about that it is perhaps seen SELDOM times, and not OFTEN."""
BY_HAND = {"message_is_spoilt", "sender_fails"}
"""What tests of the mapping show, and a walk of `proposed` perhaps less often than SELDOM."""
NEVER = {"processor_calls"}
"""A walk has one processor, so no other makes the next call."""


@pytest.mark.slow
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_shorter_walk_sees_what_is_not_rare(design: Design) -> None:
    ignored = frozenset(each.guarantee for each in CHECKS) if design is AS_BUILT else frozenset()
    subject = with_models_of_calls(design)
    walked = walk(subject, executor=Here(), steps=FEWER_STEPS, ignored=ignored)
    for recorded, _ in subject.models:
        coverage = walked.models[recorded.name]
        unseen = {each.rpartition(":")[0] for each in coverage.rare(recorded, 1)}
        assert unseen <= RARE[design.name] | NEVER
    assert not walked.broken


@pytest.mark.thorough
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_walk_sees_every_action_and_refusal_of_the_models(design: Design) -> None:
    """The guarantees are looked at where they are kept: `proposed` breaks none."""
    ignored = frozenset(each.guarantee for each in CHECKS) if design is AS_BUILT else frozenset()
    subject = with_models_of_calls(design)
    walked = walk(subject, executor=Here(), steps=STEPS, ignored=ignored)
    rare: set[str] = set()
    gone: set[str] = set()
    for recorded, _ in subject.models:
        coverage = walked.models[recorded.name]
        rare |= {each.rpartition(":")[0] for each in coverage.rare(recorded, OFTEN)}
        gone |= {each.rpartition(":")[0] for each in coverage.rare(recorded, SELDOM)}
    assert rare <= RARE[design.name] | NEVER
    assert NEVER <= gone <= BY_HAND | NEVER
    assert not walked.broken


@pytest.mark.slow
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_walk_is_followed_by_the_models_of_smaller_steps_too(design: Design) -> None:
    ignored = frozenset(each.guarantee for each in CHECKS) if design is AS_BUILT else frozenset()
    walked = walk(with_all_models(design), executor=Here(), steps=FINER_STEPS, ignored=ignored)
    assert not walked.broken
