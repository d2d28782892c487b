"""What the model keeps and breaks under each design, and that none of it is empty."""

from dataclasses import replace

import pytest

from assay.engines.explore import Limits, explore
from assay.engines.vacuity import findings
from spec.design import CreatedRights, Design, Move, UpgradeRight, WeakAutoDestroy
from spec.designs import named
from tests.models.capability_lifetimes.recording import (
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
@pytest.mark.parametrize("design", DESIGNS)
def test_the_large_instance_has_the_pinned_counts(design: str) -> None:
    found = explored(design, "large")
    assert found.complete
    pinned = BOUNDS["large"]["counts"][design]
    assert (found.states, found.transitions, found.depth) == tuple(pinned.values())
    assert set(broken_guarantees(recorded(named(design)), found)) == set(
        broken_guarantees(recorded(named(design)), explored(design))
    )


def test_the_large_instance_is_large() -> None:
    assert min(BOUNDS["large"]["sizes"].values()) >= 3
    assert BOUNDS["large"]["counts"]["proposed"]["states"] >= 100_000


def test_as_built_breaks_what_is_known_to_be_broken() -> None:
    found = explored("as-built")
    assert broken_guarantees(recorded(named("as-built")), found) == {"CAP-3", "CAP-6", "CAP-8"}


def test_proposed_breaks_nothing() -> None:
    assert not explored("proposed").broken


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_in_the_model_is_empty(design: str) -> None:
    assert not findings(recorded(named(design)), [explored(design)])


@pytest.mark.parametrize(
    ("design", "broken"),
    [
        (replace(PROPOSED, upgrade_right=UpgradeRight.UNCHECKED), {"CAP-3", "CAP-8"}),
        (replace(PROPOSED, move=Move.INSERT_THEN_REMOVE), {"CAP-6"}),
        (replace(PROPOSED, created_rights=CreatedRights.FIXED_ALL), set()),
        (replace(PROPOSED, weak_auto_destroy=WeakAutoDestroy.OPTION_BIT), set()),
        (replace(PROPOSED, weak_auto_destroy=WeakAutoDestroy.NEVER), set()),
    ],
    ids=["upgrade unchecked", "moves in two steps", "all rights", "option bit", "never destroyed"],
)
def test_each_choice_alone_breaks_what_it_should(design: Design, broken: set[str]) -> None:
    model = recorded(design)
    found = explore(model, SMALL, limits=Limits())
    assert found.complete
    assert broken_guarantees(model, found) == broken
