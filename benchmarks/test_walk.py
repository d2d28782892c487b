"""How fast the kernel is walked: checked steps per second of one core, by Hypothesis and without.

Every guarantee and both models are looked at after each step. What as-built breaks is ignored in
the machine, which would stop there; the driver cuts it and goes on.
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
from assay.engines.walk.machine import QUICKLY, machine, run_machine
from assay.project import nearest_project

pytestmark = pytest.mark.benchmark(timer=process_time)
PROJECT = nearest_project(Path(__file__).parent)
DESIGNS = ["as-built", "proposed"]
ROUNDS = 5
STEPS = 20_000
RUNS = settings(
    phases=QUICKLY, database=None, deadline=None, max_examples=100, stateful_step_count=100
)


def subject(design: str) -> Subject[Any, Any, Any, Any]:
    """What `assay walk` walks."""
    chosen = loading.design(PROJECT, design)
    tied = tuple(
        (
            loading.recorded(PROJECT, name, chosen),
            loading.proof(PROJECT, name, "mapping", "MAPPING"),
        )
        for name in PROJECT.models
    )
    return Subject(loading.kernel(PROJECT), chosen, tied)


@pytest.mark.parametrize("design", DESIGNS)
def test_steps_per_second_of_the_driver(benchmark: BenchmarkFixture, design: str) -> None:
    walked = subject(design)
    found = benchmark.pedantic(
        lambda: walk(walked, executor=Here(), steps=STEPS), rounds=ROUNDS, warmup_rounds=1
    )
    benchmark.extra_info["steps per second"] = round(found.steps / benchmark.stats.stats.median)
    assert found.steps >= STEPS


@pytest.mark.parametrize("design", DESIGNS)
def test_steps_per_second_of_the_machine(benchmark: BenchmarkFixture, design: str) -> None:
    walked = subject(design)
    broken = walk(walked, executor=Here(), steps=STEPS).broken
    made = seed(0)(machine(walked, ignored=frozenset(broken)))
    found = benchmark.pedantic(lambda: run_machine(made, RUNS), rounds=ROUNDS)
    steps = made.steps / ROUNDS
    benchmark.extra_info["steps per second"] = round(steps / benchmark.stats.stats.median)
    assert found is None
