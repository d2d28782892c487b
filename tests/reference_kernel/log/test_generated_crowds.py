"""Logs of runs in which every thread calls: two processes, four threads, one processor or two."""

import pytest

from assay.engines.conform import Answer
from reference_kernel.events import CallMade
from tests.reference_kernel.log import crowds
from tests.reference_kernel.log.checking import checked

SEEDS = range(40)
PLAIN = range(8)
STEPS = 150
ONE_MORE = ("booting 0 ap", "booting 1 ap")


def test_a_run_has_four_threads_that_call_in_two_spaces() -> None:
    callers = [
        len({each.thread for each in crowds.run(seed, 2, STEPS) if isinstance(each, CallMade)})
        for seed in SEEDS
    ]
    assert sum(count >= 4 for count in callers) > len(SEEDS) // 2, callers


@pytest.mark.slow
@pytest.mark.parametrize("processors", [1, 2])
def test_who_calls_and_with_which_words_explains_every_line(processors: int) -> None:
    calls = predicted = one = 0
    for seed in SEEDS:
        result = checked(crowds.log_of(seed, processors, STEPS, raw=True))
        assert result.first is None, (seed, result.first)
        calls += result.calls
        predicted += result.answers[Answer.PREDICTED]
        one += result.accepted[1]
    assert predicted >= 0.97 * calls, (predicted, calls)
    assert one >= 0.97 * calls, (one, calls)


@pytest.mark.slow
def test_a_run_on_one_processor_may_have_been_one_on_two() -> None:
    for seed in SEEDS:
        log = crowds.log_of(seed, 1, STEPS, raw=True)
        assert checked(log.replace(*ONE_MORE)).first is None, seed


@pytest.mark.slow
@pytest.mark.parametrize("processors", [1, 2])
def test_without_the_true_words_most_lines_follow_and_the_rest_is_explained(
    processors: int,
) -> None:
    calls = predicted = 0
    for seed in PLAIN:
        result = checked(crowds.log_of(seed, processors, STEPS, raw=False))
        assert result.first is None, (seed, result.first)
        assert result.ending[2] != "contradicted", (seed, result.ending)
        calls += result.calls
        predicted += result.answers[Answer.PREDICTED]
        assert not result.answers[Answer.UNREAD], seed
    assert predicted >= (0.8 if processors == 1 else 0.6) * calls, (predicted, calls)
