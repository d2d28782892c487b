"""What the model keeps and breaks under each design, and that none of it is empty."""

from dataclasses import replace

import pytest

from assay.engines.explore import explore
from assay.engines.vacuity import findings
from spec.design import (
    Design,
    MapOffset,
    MappingAuthority,
    MappingCalls,
    MappingCount,
    MappingUpdate,
    PoolUnmap,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
)
from spec.designs import named
from tests.models.mappings.recording import (
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
    sizes = BOUNDS["large"]["sizes"]
    assert min(sizes["Mapping"], sizes["Frame"], sizes["Pages"]) >= 3
    assert BOUNDS["large"]["counts"]["proposed"]["states"] >= 100_000


@pytest.mark.slow
def test_two_spaces_break_nothing_either() -> None:
    found = explore(recorded(PROPOSED), {**SMALL, "Space": 2})
    assert found.complete
    assert not found.broken


def test_as_built_breaks_what_is_known_to_be_broken() -> None:
    broken = broken_guarantees(recorded(named("as-built")), explored("as-built"))
    assert broken == {"MEM-1", "MEM-2", "MEM-4", "MEM-5", "MEM-6", "CAP-10"}


def test_proposed_breaks_nothing() -> None:
    assert not explored("proposed").broken


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_in_the_model_is_empty(design: str) -> None:
    assert not findings(recorded(named(design)), [explored(design)])


@pytest.mark.parametrize(
    ("design", "broken"),
    [
        (replace(PROPOSED, range_rule=RangeRule.OFFSET_AS_LENGTH), {"MEM-1", "MEM-2"}),
        (
            replace(PROPOSED, mapping_authority=MappingAuthority.ADDRESS_SPACE_ONLY),
            {"MEM-4", "MEM-6"},
        ),
        (replace(PROPOSED, size_types=SizeTypes.PLAIN), {"MEM-1"}),
        (replace(PROPOSED, mapping_count=MappingCount.INSERTS_ONLY), {"MEM-5"}),
        (replace(PROPOSED, pool_unmap=PoolUnmap.LEAVES_RECORD), {"MEM-5"}),
        (replace(PROPOSED, update_steps=UpdateSteps.COMMITTED_ONE_BY_ONE), {"CAP-10"}),
        (replace(PROPOSED, resize_in_place=ResizeInPlace.ONE_MAPPING), set()),
        (replace(PROPOSED, map_offset=MapOffset.ZERO_ONLY), set()),
        (replace(PROPOSED, mapping_update=MappingUpdate.SIZE_AND_FLAGS), set()),
        (replace(PROPOSED, mapping_update=MappingUpdate.SIZE_ONLY), set()),
        (replace(PROPOSED, mapping_calls=MappingCalls.MERGED), set()),
        (
            replace(
                PROPOSED,
                mapping_calls=MappingCalls.MERGED,
                update_steps=UpdateSteps.COMMITTED_ONE_BY_ONE,
            ),
            {"CAP-10"},
        ),
    ],
    ids=[
        "offset as length",
        "address space only",
        "plain numbers",
        "inserts only",
        "leaves record",
        "one by one",
        "one mapping",
        "offset zero only",
        "size and flags",
        "size only",
        "one call",
        "one call in parts",
    ],
)
def test_each_choice_alone_breaks_what_it_should(design: Design, broken: set[str]) -> None:
    model = recorded(design)
    found = explore(model, SMALL)
    assert found.complete
    assert broken_guarantees(model, found) == broken
