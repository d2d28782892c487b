"""What the model keeps and breaks under each design, and that none of it is empty."""

from dataclasses import replace

import pytest

from assay.engines.explore import Limits, explore
from assay.engines.vacuity import findings
from assay.lang import Role
from assay.lang.sorts import KindSort
from assay.lang.tree import Quantified
from assay.lang.walk import nodes
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    Design,
    FreshPages,
    PageUnit,
    TranslationFlush,
)
from spec.designs import named
from tests.models.copy_on_write.recording import (
    BOUNDS,
    SHARING_AS_BUILT,
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
    """It has three of every kind that a guarantee speaks of all elements of."""
    guarantees = recorded(PROPOSED).of_role(Role.GUARANTEE)
    quantified = {
        node.binder.sort.name
        for claim in guarantees
        for node in nodes(claim.body)
        if isinstance(node, Quantified) and isinstance(node.binder.sort, KindSort)
    }
    assert quantified == {"Page", "Frame", "Address", "Translation"}
    assert min(BOUNDS["large"]["sizes"][kind] for kind in quantified) >= 3
    assert BOUNDS["large"]["counts"]["proposed"]["states"] >= 100_000


def test_as_built_breaks_what_is_known_to_be_broken() -> None:
    broken = broken_guarantees(recorded(named("as-built")), explored("as-built"))
    assert broken == {"MEM-3", "MEM-7", "MEM-8"}


def test_proposed_breaks_nothing() -> None:
    assert not explored("proposed").broken


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_in_the_model_is_empty(design: str) -> None:
    assert not findings(recorded(named(design)), [explored(design)])


@pytest.mark.parametrize(
    ("claim", "steps"),
    [
        ("failed_copies_lose_nothing", 2),  # a page that is mapped is shared, and written to
        ("no_processor_remembers_a_free_frame", 3),  # is read, unmapped, goes
        ("no_frame_is_lost", 2),  # comes with others, goes alone
        ("no_frame_is_owned_twice", 4),
        ("no_processor_writes_to_shared_frames", 3),
    ],
)
def test_the_dormant_code_breaks_it_in_so_many_steps(claim: str, steps: int) -> None:
    model = recorded(SHARING_AS_BUILT)
    found = explore(model, SMALL, limits=Limits(until=frozenset({claim})))
    assert {each.claim: each.depth for each in found.broken}[claim] == steps


@pytest.mark.parametrize(
    ("design", "broken"),
    [
        (
            replace(PROPOSED, copy_failure=CopyFailure.FORGETS_PAGE),
            {"COW-1", "COW-2", "MEM-2", "MEM-3"},
        ),
        (
            replace(PROPOSED, translation_flush=TranslationFlush.NONE),
            {"COW-1", "COW-4", "MEM-3"},
        ),
        (
            replace(PROPOSED, translation_flush=TranslationFlush.LOCAL),
            {"COW-1", "COW-4", "MEM-3"},
        ),
        (replace(PROPOSED, fresh_pages=FreshPages.UNCLEARED), {"MEM-8"}),
        (replace(PROPOSED, page_unit=PageUnit.WHOLE_BLOCK), set()),
        (replace(PROPOSED, copy_on_write=CopyOnWrite.DORMANT), set()),
    ],
    ids=["forgets page", "no flush", "local flush", "uncleared", "whole blocks", "dormant"],
)
def test_each_choice_alone_breaks_what_it_should(design: Design, broken: set[str]) -> None:
    model = recorded(design)
    found = explore(model, SMALL)
    assert found.complete
    assert broken_guarantees(model, found) == broken


def test_one_processor_does_not_show_what_a_local_flush_leaves_out() -> None:
    model = recorded(replace(PROPOSED, translation_flush=TranslationFlush.LOCAL))
    found = explore(model, {**SMALL, "Processor": 1})
    assert found.complete
    assert not found.broken


def test_broken_blocks_break_what_they_should() -> None:
    model = recorded(replace(PROPOSED, page_unit=PageUnit.BLOCK_FREED_SINGLY))
    claims = {"no_frame_is_lost", "no_frame_is_owned_twice", "blocks_are_freed_as_blocks"}
    found = explore(model, SMALL, limits=Limits(until_all=frozenset(claims)))
    assert claims <= {each.claim for each in found.broken}
