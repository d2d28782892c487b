"""Machine code against generated Python: on every toy and every model they find the same."""

from dataclasses import replace
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from assay import loading
from assay.bounds import bounds
from assay.engines.domains import Sizes
from assay.engines.explore import Engine, Exploration, Limits, Unsupported, explore
from assay.lang import Recorded
from assay.lang.mutate import without_check
from assay.lang.sorts import WordSort
from assay.project import nearest_project
from tests.assay.toys import all_toys

TOYS = all_toys()
PROJECT = nearest_project(Path(__file__).parent)
SMALLER: dict[str, Sizes] = {
    "capability_lifetimes": {"Object": 2, "Capability": 2},
    "thread_groups": {"Thread": 2, "Group": 1},
    "mappings": {"Space": 1, "Memory": 1, "Mapping": 2, "Pool": 1, "Frame": 1, "Pages": 2},
    "copy_on_write": {
        **{"Page": 2, "Frame": 1, "Address": 1},
        **{"Translation": 1, "Processor": 2, "Content": 1},
    },
    "waking": {"Thread": 2, "Processor": 1},
    "references": {"Object": 2, "Reference": 2, "Stack": 1},
    "teardown": {"Thread": 2, "Group": 1, "Processor": 1, "Object": 1},
}
"""Instances of models whose small one takes long."""
EXPLORE = "assay.engines.explore"


def plain(recorded: Recorded, sizes: Sizes) -> Exploration:
    """What the reference finds."""
    return explore(recorded, sizes, engine=Engine.PLAIN)


def same(one: Exploration, other: Exploration) -> bool:
    """Whether all is the same but the time that it took."""
    return replace(one, seconds=0) == replace(other, seconds=0)


def counted(found: Exploration) -> object:
    """What does not depend on the order in which the states of one level are found."""
    return (
        (found.states, found.transitions, found.depth, found.deadlocks, found.complete),
        (found.enabled, found.refused, found.premises),
        {each.claim: (each.depth, len(each.path.steps)) for each in found.broken},
        {name: each and each.depth for name, each in found.can.items()},
        {name: path and len(path.steps) for name, path in found.witness.items()},
    )


@pytest.mark.parametrize("name", TOYS)
def test_both_engines_find_the_same_of_a_toy(name: str) -> None:
    toy = TOYS[name]
    found = explore(toy.recorded, toy.sizes, engine=Engine.COMPILED)
    assert same(found, plain(toy.recorded, toy.sizes))


@pytest.mark.parametrize("design", ["as-built", "proposed"])
@pytest.mark.parametrize("name", PROJECT.models)
def test_both_engines_find_the_same_of_a_model(name: str, design: str) -> None:
    recorded = loading.recorded(PROJECT, name, loading.design(PROJECT, design))
    sizes = SMALLER.get(name, bounds(PROJECT, name)["small"].sizes)
    found = explore(recorded, sizes, engine=Engine.COMPILED)
    assert same(found, plain(recorded, sizes))


@pytest.mark.parametrize("bits", [0, 63])
@pytest.mark.parametrize("name", TOYS)
def test_small_blocks_words_and_tables_find_the_same(
    name: str, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of few states, words of few bits, a table that grows often, fields that overflow."""
    monkeypatch.setattr(f"{EXPLORE}.compiled.build._MOST_BLOCK", 3)
    monkeypatch.setattr(f"{EXPLORE}.compiled.words._ONE_WORD", bits)
    monkeypatch.setattr(f"{EXPLORE}.compiled.words._WORD", bits or 7)
    monkeypatch.setattr(f"{EXPLORE}.compiled.words.FIRST_WIDTH", 1)
    monkeypatch.setattr(f"{EXPLORE}.compiled.search.FIRST_WIDTH", 1)
    monkeypatch.setattr(f"{EXPLORE}.compiled.store._FIRST_ENTRIES", 64)
    monkeypatch.setattr(f"{EXPLORE}.compiled.search._BLOCKS", 2)
    toy = TOYS[name]
    found = explore(toy.recorded, toy.sizes, engine=Engine.COMPILED)
    assert same(found, plain(toy.recorded, toy.sizes))


@pytest.mark.parametrize("bits", [0, 63])
@pytest.mark.parametrize("name", TOYS)
def test_threads_find_the_same_but_for_the_order(
    name: str, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{EXPLORE}.compiled.build._MOST_BLOCK", 2)
    monkeypatch.setattr(f"{EXPLORE}.compiled.words._ONE_WORD", bits)
    monkeypatch.setattr(f"{EXPLORE}.compiled.store._FIRST_ENTRIES", 64)
    monkeypatch.setattr(f"{EXPLORE}.compiled.search._BLOCKS_ALONE", 1)
    monkeypatch.setattr(f"{EXPLORE}.compiled.search._BLOCKS", 2)
    monkeypatch.setattr(f"{EXPLORE}.compiled.store._PIECE", 10)
    toy = TOYS[name]
    found = explore(toy.recorded, toy.sizes, engine=Engine.COMPILED, threads=3)
    assert counted(found) == counted(plain(toy.recorded, toy.sizes))


def test_what_the_plain_engine_began_the_compiled_one_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = TOYS["meters"]
    expected = plain(toy.recorded, toy.sizes)
    for most in (0, 300, 1500):
        monkeypatch.setattr(f"{EXPLORE}.search._WORTH_COMPILING", most)
        assert same(explore(toy.recorded, toy.sizes), expected)


def test_without_llvmlite_the_plain_engine_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> ModuleSpec | None:
        return None

    toy = TOYS["meters"]
    monkeypatch.setattr(f"{EXPLORE}.search.find_spec", none)
    monkeypatch.setattr(f"{EXPLORE}.search._WORTH_COMPILING", 0)
    monkeypatch.delattr(f"{EXPLORE}.compiled.search.explore_compiled")
    assert same(explore(toy.recorded, toy.sizes), plain(toy.recorded, toy.sizes))
    with pytest.raises(Unsupported, match="llvmlite is not installed"):
        explore(toy.recorded, toy.sizes, reduced=True)


def test_what_cannot_be_compiled_is_explored_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = TOYS["meters"]
    tables = tuple(
        replace(table, value=WordSort(64)) if isinstance(table.value, WordSort) else table
        for table in toy.recorded.tables
    )
    wide = replace(toy.recorded, tables=tables)
    assert wide != toy.recorded
    with pytest.raises(Unsupported, match="too wide"):
        explore(wide, toy.sizes, engine=Engine.COMPILED)
    monkeypatch.setattr(f"{EXPLORE}.search._WORTH_COMPILING", 0)
    assert same(explore(wide, toy.sizes), plain(wide, toy.sizes))


def test_a_search_ends_at_its_limits_with_what_is_known() -> None:
    toy = TOYS["meters"]
    limits = Limits(seconds=0)
    found = explore(toy.recorded, toy.sizes, limits=limits, engine=Engine.COMPILED)
    assert not found.complete
    assert found.reason == "the limit of 0 s"
    assert found.states > 0


def test_a_mutation_is_seen_by_both_engines_alike() -> None:
    toy = TOYS["locks"]
    changed = without_check("take", "busy")(toy.recorded)
    found = explore(changed, toy.sizes, engine=Engine.COMPILED)
    assert same(found, plain(changed, toy.sizes))
    assert not same(found, plain(toy.recorded, toy.sizes))


def test_a_table_that_would_not_fit_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{EXPLORE}.patience.memory_mib", lambda: 10)
    monkeypatch.setattr(f"{EXPLORE}.compiled.store.Store.growth_mib", 90)
    monkeypatch.setattr(f"{EXPLORE}.compiled.store._FIRST_ENTRIES", 64)
    monkeypatch.setattr(f"{EXPLORE}.compiled.build._MOST_BLOCK", 3)
    toy = TOYS["meters"]

    def ended(mib: int) -> Exploration:
        limits = Limits(memory_mib=mib)
        return explore(toy.recorded, toy.sizes, limits=limits, engine=Engine.COMPILED)

    found = ended(100)
    assert found.reason == "the limit of 100 MiB"
    assert 0 < found.states < ended(101).states
