"""Logs of runs in which every thread calls, of one program and of a second one."""

from collections.abc import Iterator

import pytest

from assay.engines.conform import Answer
from assay.engines.walk.chance import Chance
from reference_kernel import boot, proposals
from reference_kernel.events import CallMade, Event, UserReads, UserWrites
from reference_kernel.log.writing import write
from reference_kernel.step import step
from spec.designs import AS_BUILT
from tests.reference_kernel.log.checking import checked

SEEDS = range(40)
STEPS = 150
ONE_MORE = ("booting 0 ap", "booting 1 ap")


def run(seed: int) -> Iterator[Event]:
    """What happens in a run; of the words of its memory a program tells nothing."""
    state, chance = boot.boot(AS_BUILT), Chance(seed)
    for _ in range(STEPS):
        if proposals.ended(state):
            return
        event = proposals.propose(state, chance)
        if not isinstance(event, UserReads | UserWrites):
            yield event
            state, _ = step(AS_BUILT, state, event)


@pytest.mark.slow
@pytest.mark.parametrize("processors", [1, 2])
def test_who_calls_and_with_which_words_explains_every_line(processors: int) -> None:
    """A run on one processor may also have been one on two, of which nobody knows who runs."""
    several = calls = predicted = 0
    for seed in SEEDS:
        events = list(run(seed))
        several += len({each.thread for each in events if isinstance(each, CallMade)}) > 1
        log = write(AS_BUILT, events, raw=True)
        result = checked(log if processors == 1 else log.replace(*ONE_MORE))
        assert result.first is None, (seed, result.first)
        calls += result.calls
        predicted += result.answers[Answer.PREDICTED]
    assert several > len(SEEDS) // 3
    assert predicted >= 0.95 * calls, (predicted, calls)
