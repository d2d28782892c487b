"""How fast a finite instance is searched: states per second of each model, by each engine."""

from pathlib import Path
from statistics import median
from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from assay import loading
from assay.bounds import bounds
from assay.engines.domains import Sizes
from assay.engines.explore import Engine, explore
from assay.lang import Recorded
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)
_MOST_OF_WHOLE = 1.1
_ROUNDS = 5


@pytest.mark.parametrize("design", ["as-built", "proposed"])
@pytest.mark.parametrize("model", PROJECT.models)
def test_states_per_second(benchmark: BenchmarkFixture, model: str, design: str) -> None:
    recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, design))
    sizes = bounds(PROJECT, model)["small"].sizes
    found = benchmark.pedantic(lambda: explore(recorded, sizes), rounds=3)
    benchmark.extra_info["states per second"] = round(found.states / benchmark.stats.stats.min)
    assert found.complete


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("model", "size"),
    [("two_phase_commit", "large"), ("threads_groups_capabilities", "big")],
)
def test_compiled_states_per_second(
    benchmark: BenchmarkFixture, model: str, size: str, threads: int
) -> None:
    recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, "as-built"))
    pinned = bounds(PROJECT, model)[size]
    found = benchmark.pedantic(
        lambda: explore(recorded, pinned.sizes, engine=Engine.COMPILED, threads=threads), rounds=3
    )
    benchmark.extra_info["states per second"] = round(found.states / benchmark.stats.stats.min)
    counts = pinned.counts["as-built"]
    assert (found.states, found.transitions, found.depth) == tuple(counts.values())


@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("model", PROJECT.models)
def test_a_search_by_symmetry_takes_no_longer(model: str, size: str) -> None:
    recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, "proposed"))
    sizes = bounds(PROJECT, model)[size].sizes
    ratios = []
    for _ in range(_ROUNDS):
        whole = _took(recorded, sizes, reduced=False)
        ratios.append(_took(recorded, sizes, reduced=True) / whole)
    assert median(ratios) <= _MOST_OF_WHOLE


def _took(recorded: Recorded, sizes: Sizes, *, reduced: bool) -> float:
    """Processor seconds of a whole search, with all that comes before it."""
    begun = process_time()
    explore(recorded, sizes, reduced=reduced)
    return process_time() - begun
