"""How fast a finite instance is searched: states per second of each model at its small bounds."""

from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from assay import loading
from assay.bounds import bounds
from assay.engines.explore import explore
from assay.project import nearest_project

PROJECT = nearest_project(Path(__file__).parent)


@pytest.mark.parametrize("design", ["as-built", "proposed"])
@pytest.mark.parametrize("model", PROJECT.models)
def test_states_per_second(benchmark: BenchmarkFixture, model: str, design: str) -> None:
    recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, design))
    sizes = bounds(PROJECT, model)["small"].sizes
    found = benchmark.pedantic(lambda: explore(recorded, sizes), rounds=3)
    benchmark.extra_info["states per second"] = round(found.states / benchmark.stats.stats.min)
    assert found.complete
