"""How fast logs are checked: lines per second of one core, for logs of runs of one thread."""

from time import process_time

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from assay.engines.conform import LogResult, conform
from assay.engines.walk.chance import Chance
from reference_kernel.log import LOGS
from spec.designs import AS_BUILT

SEEDS = range(40)
STEPS = 200


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "plain"])
def test_lines_per_second(benchmark: BenchmarkFixture, raw: bool) -> None:
    runs = [list(LOGS.run(AS_BUILT, Chance(seed), STEPS)) for seed in SEEDS]
    logs = [LOGS.write(AS_BUILT, run, raw=raw) for run in runs]

    def check() -> list[LogResult]:
        return [conform(LOGS, AS_BUILT, log) for log in logs]

    started = process_time()
    results = benchmark.pedantic(check, rounds=3)
    seconds = (process_time() - started) / 3
    calls = sum(result.calls for result in results)
    benchmark.extra_info["lines per processor second"] = round(calls / seconds)
    assert all(result.first is None for result in results)
