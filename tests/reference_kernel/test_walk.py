"""A walk of this length sees every action of each model and every refusal of it, often."""

import pytest

from assay.engines.executor import Here
from assay.engines.walk import walk
from reference_kernel.guarantees import CHECKS
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.walked import with_all_models

STEPS = 300_000
OFTEN, SELDOM = 100, 20
RARE = {
    "as-built": {
        "answer_buffer_is_spoilt",
        "buffer_is_spoilt",
        "caller_gives_up",
        "claimed_sleeper_is_lost",
        "ended_is_skipped",
        "event_pool_is_dropped",
        "exit_begins refuses group_dead",
        "is_woken_in_vain",
        "dies",
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
        "exit_begins refuses group_dead",
        "thread_group_exit refuses group_dead",
    },
}
"""What takes so many steps to come about that it is perhaps seen SELDOM times, and not OFTEN."""
BY_HAND = {"message_is_spoilt", "sender_fails"}
"""What tests of the mapping show, and a walk of `proposed` perhaps less often than SELDOM."""
NEVER = {
    "as-built": {"admission_ends", "processor_calls", "interrupt_kills", "interrupt_passes"},
    "proposed": {"processor_calls", "interrupt_passes", "ended_is_skipped"},
}
"""A walk has one processor: no other makes the next call, interrupts it or ends whom it takes.

As built no call fails once it has looked a group up.
"""

OPEN: dict[str, set[str]] = {"as-built": {"follows mappings"}, "proposed": set()}
"""A large memory is mapped over others as built, and a page is seen in the model alone: once."""


@pytest.mark.slow
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_a_walk_sees_every_action_and_refusal_of_the_models(design: Design) -> None:
    """The guarantees are looked at where they are kept: `proposed` breaks none."""
    ignored = frozenset(each.guarantee for each in CHECKS) if design is AS_BUILT else frozenset()
    subject = with_all_models(design)
    walked = walk(subject, executor=Here(), steps=STEPS, ignored=ignored)
    rare: set[str] = set()
    gone: set[str] = set()
    for recorded, _ in subject.models:
        coverage = walked.models[recorded.name]
        rare |= {each.rpartition(":")[0] for each in coverage.rare(recorded, OFTEN)}
        gone |= {each.rpartition(":")[0] for each in coverage.rare(recorded, SELDOM)}
    assert rare <= RARE[design.name] | NEVER[design.name]
    assert NEVER[design.name] <= gone <= BY_HAND | NEVER[design.name]
    assert walked.broken.keys() <= OPEN[design.name]
