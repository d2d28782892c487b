"""What the model keeps and breaks under each design, and that none of it is empty."""

from dataclasses import replace

import pytest

from assay.engines.explore import explore
from assay.engines.vacuity import findings
from spec.design import (
    Design,
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    LateListeners,
    ListenerFailure,
    ResumeScope,
    ThreadEnd,
    UpgradeRight,
)
from spec.designs import named
from tests.models.thread_groups.recording import (
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
    assert min(BOUNDS["large"]["sizes"].values()) >= 3
    assert BOUNDS["large"]["counts"]["proposed"]["states"] >= 100_000


def test_as_built_breaks_what_is_known_to_be_broken() -> None:
    broken = broken_guarantees(recorded(named("as-built")), explored("as-built"))
    assert broken == {"GRP-1", "GRP-2", "GRP-3", "GRP-6", "SCH-1"}


def test_proposed_breaks_nothing() -> None:
    assert not explored("proposed").broken


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_in_the_model_is_empty(design: str) -> None:
    assert not findings(recorded(named(design)), [explored(design)])


@pytest.mark.parametrize(
    ("design", "broken"),
    [
        (replace(PROPOSED, group_drop=GroupDrop.LEFT_IN_PARENT), {"GRP-3"}),
        (replace(PROPOSED, group_drop_current=GroupDropCurrent.RUNS_ON), {"GRP-1", "GRP-3"}),
        (replace(PROPOSED, group_admission=GroupAdmission.OPEN), {"GRP-1", "GRP-2"}),
        (replace(PROPOSED, thread_end=ThreadEnd.ANNOUNCED_AT_DESTRUCTION), {"GRP-6"}),
        (replace(PROPOSED, listener_failure=ListenerFailure.STOPS_THE_REST), {"GRP-6"}),
        (replace(PROPOSED, late_listeners=LateListeners.WAIT_FOR_NEXT), set()),
        (replace(PROPOSED, resume_scope=ResumeScope.ANY_WAIT), set()),
        (replace(PROPOSED, upgrade_right=UpgradeRight.UNCHECKED), set()),
    ],
    ids=[
        "left in parent",
        "runs on",
        "open",
        "announced at destruction",
        "a failure stops the rest",
        "late listeners wait",
        "any wait resumed",
        "upgrade unchecked",
    ],
)
def test_each_choice_alone_breaks_what_it_should(design: Design, broken: set[str]) -> None:
    model = recorded(design)
    found = explore(model, SMALL)
    assert found.complete
    assert broken_guarantees(model, found) == broken
