"""How long one step of the kernel takes while about a hundred objects live.

The promise is 40 microseconds at the median and 200 at the 99th percentile.
"""

from collections.abc import Iterator
from statistics import quantiles
from time import perf_counter_ns

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from assay.engines.walk.chance import Chance
from reference_kernel.events import Event
from reference_kernel.interface import KERNEL
from reference_kernel.state import State
from reference_kernel.step import step
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED

OBJECTS = range(60, 141)
SEEDS = range(30)
MAKING = 400
STEPS = 200
ROUNDS = 5


def peopled(design: Design, chance: Chance) -> State:
    """A state in which the first program has made many objects of all types."""
    state = KERNEL.boot(design)
    for _ in range(MAKING):
        kinds = sorted(each for each in KERNEL.offered(design, state) if each.endswith("_new"))
        event = KERNEL.propose_one(design, state, chance.pick(kinds), chance)
        after, _ = step(design, state, event)
        if len(after.objects) <= max(OBJECTS) - 20 and not KERNEL.ended(after):
            state = after
    return state


def moments(design: Design) -> Iterator[tuple[State, Event]]:
    """States with about a hundred objects, each with an event that can happen there."""
    for seed in SEEDS:
        chance = Chance(seed)
        state = peopled(design, chance)
        for _ in range(STEPS):
            if KERNEL.ended(state):
                break
            event = KERNEL.propose(design, state, chance)
            if len(state.objects) in OBJECTS:
                yield state, event
            state, _ = step(design, state, event)


def nanoseconds(design: Design, state: State, event: Event) -> int:
    """How long the step takes."""
    started = perf_counter_ns()
    step(design, state, event)
    return perf_counter_ns() - started


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_microseconds_of_a_step(benchmark: BenchmarkFixture, design: Design) -> None:
    found = list(moments(design))
    assert len(found) >= 1_000
    taken: list[int] = []

    def perform() -> None:
        taken.clear()
        taken.extend(nanoseconds(design, *each) for each in found)

    benchmark.pedantic(perform, rounds=ROUNDS, warmup_rounds=1)
    hundredths = quantiles(taken, n=100)
    benchmark.extra_info["steps"] = len(found)
    benchmark.extra_info["median microseconds"] = round(hundredths[49] / 1000, 1)
    benchmark.extra_info["99th percentile"] = round(hundredths[98] / 1000, 1)
