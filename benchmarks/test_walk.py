"""How fast the kernel is walked: checked steps per second of one core, by Hypothesis and without.

Every guarantee is looked at after each step, and the models that are followed: two of them, which
the promises are about, or all. What as-built breaks is ignored in the machine, which would stop
there; the driver goes on, and what it takes afterwards to cut a run of each kind is not counted.
"""

from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import seed, settings
from pytest_benchmark.fixture import BenchmarkFixture

from assay import loading
from assay.engines.executor import Here
from assay.engines.walk import Subject, walk
from assay.engines.walk.driver import walk_seed
from assay.engines.walk.machine import QUICKLY, machine, run_machine
from assay.project import nearest_project

pytestmark = pytest.mark.benchmark(timer=process_time)
PROJECT = nearest_project(Path(__file__).parent)
DESIGNS = ["as-built", "proposed"]
ROUNDS = 5
STEPS = 20_000
SEEDS = 4
RUNS = settings(
    phases=QUICKLY, database=None, deadline=None, max_examples=100, stateful_step_count=100
)


TWO = ("capability_lifetimes", "thread_groups")
MODELS = {"two": TWO, "all": tuple(PROJECT.models)}


def subject(design: str, models: tuple[str, ...] = TWO) -> Subject[Any, Any, Any, Any]:
    """The kernel under the design, with these models."""
    chosen = loading.design(PROJECT, design)
    tied = tuple(
        (
            loading.recorded(PROJECT, name, chosen),
            loading.proof(PROJECT, name, "mapping", "MAPPING"),
        )
        for name in models
    )
    return Subject(loading.kernel(PROJECT), chosen, tied)


@pytest.mark.parametrize("models", MODELS)
@pytest.mark.parametrize("design", DESIGNS)
def test_steps_per_second_of_the_driver(
    benchmark: BenchmarkFixture, design: str, models: str
) -> None:
    walked = subject(design, MODELS[models])

    def steps() -> int:
        seen = (walk_seed(walked, seed, STEPS // SEEDS, frozenset()) for seed in range(SEEDS))
        return sum(each.steps for each, _ in seen)

    found = benchmark.pedantic(steps, rounds=ROUNDS, warmup_rounds=1)
    benchmark.extra_info["steps per second"] = round(found / benchmark.stats.stats.median)
    assert found >= STEPS


@pytest.mark.parametrize("design", DESIGNS)
def test_steps_per_second_of_the_machine(benchmark: BenchmarkFixture, design: str) -> None:
    walked = subject(design)
    broken = walk(walked, executor=Here(), steps=STEPS).broken
    made = seed(0)(machine(walked, ignored=frozenset(broken)))
    found = benchmark.pedantic(lambda: run_machine(made, RUNS), rounds=ROUNDS)
    steps = made.steps / ROUNDS
    benchmark.extra_info["steps per second"] = round(steps / benchmark.stats.stats.median)
    assert found is None
