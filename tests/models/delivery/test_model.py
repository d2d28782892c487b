"""What the model keeps and breaks under each design, and that none of it is empty."""

from dataclasses import replace

import pytest

from assay.engines.explore import explore
from assay.engines.vacuity import findings
from spec.design import (
    AutoRequeue,
    DeliveryFault,
    Design,
    DyingObjects,
    ListenerRemoval,
    MessageTime,
    ReplyClaim,
    ThreadEnd,
    WakeProtocol,
)
from spec.designs import named
from tests.models.delivery.recording import (
    BOUNDS,
    SMALL,
    broken_guarantees,
    explored,
    recorded,
)

PROPOSED = named("proposed")
DESIGNS = ("as-built", "proposed")


@pytest.mark.parametrize("design", DESIGNS)
def test_the_small_instance_has_the_pinned_counts(design: str) -> None:
    found = explored(design)
    assert found.complete
    pinned = BOUNDS["small"]["counts"][design]
    assert (found.states, found.transitions, found.depth) == tuple(pinned.values())


@pytest.mark.slow
def test_the_large_instance_has_the_pinned_counts() -> None:
    found = explored("proposed", "large")
    assert found.complete
    pinned = BOUNDS["large"]["counts"]["proposed"]
    assert (found.states, found.transitions, found.depth) == tuple(pinned.values())
    assert not found.broken


def test_the_large_instance_is_large() -> None:
    """No guarantee quantifies over channels and pools."""
    sizes = BOUNDS["large"]["sizes"]
    assert min(sizes[kind] for kind in ("Send", "Receive", "Reply")) >= 3
    assert BOUNDS["large"]["counts"]["proposed"]["states"] >= 100_000


def test_as_built_breaks_what_is_known_to_be_broken() -> None:
    broken = broken_guarantees(recorded(named("as-built")), explored("as-built"))
    assert broken == {"IPC-1", "IPC-3", "IPC-4", "IPC-5", "IPC-7"}


def test_proposed_breaks_nothing() -> None:
    assert not explored("proposed").broken


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_in_the_model_is_empty(design: str) -> None:
    assert not findings(recorded(named(design)), [explored(design)])


@pytest.mark.parametrize(
    ("design", "broken"),
    [
        (replace(PROPOSED, auto_requeue=AutoRequeue.ONE_THEN_WAITS), {"IPC-1"}),
        (replace(PROPOSED, wake_protocol=WakeProtocol.AS_IS), {"IPC-3"}),
        (replace(PROPOSED, delivery_fault=DeliveryFault.BLAME_QUEUED), {"IPC-3", "IPC-5"}),
        (replace(PROPOSED, dying_objects=DyingObjects.SILENT), {"IPC-3", "IPC-4", "IPC-7"}),
        (replace(PROPOSED, reply_claim=ReplyClaim.AT_START), {"IPC-7"}),
        (replace(PROPOSED, thread_end=ThreadEnd.ANNOUNCED_AT_DESTRUCTION), set()),
        (replace(PROPOSED, message_time=MessageTime.AT_DELIVERY), set()),
        (replace(PROPOSED, listener_removal=ListenerRemoval.NONE), set()),
    ],
    ids=[
        "one then waits",
        "ended waits stay",
        "the queued are blamed",
        "dying is silent",
        "a failed reply is used",
        "ended threads stay",
        "read at delivery",
        "no removal",
    ],
)
def test_each_choice_alone_breaks_what_it_should(design: Design, broken: set[str]) -> None:
    model = recorded(design)
    found = explore(model, SMALL)
    assert found.complete
    assert broken_guarantees(model, found) == broken
