"""What one processor does from program to program, told as the one step that a whole call is.

On one processor nobody sees a call half done: till the processor is back in a program nothing
happens but that the call goes on, and that memory runs out or is back.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.follow import Coverage, Follower
from assay.engines.walk.chance import Chance
from reference_kernel.events import Event
from reference_kernel.interface import of_processors
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Cut, Done, Outcome
from reference_kernel.state import State
from spec.design import Design
from tests.proofs.finer_modes import fresh, recorded


@dataclass(frozen=True, slots=True)
class Row:
    """An event, all that it took, and what it gave in the end."""

    before: State
    event: Event
    outcome: Outcome
    after: State
    steps: int


def rows(design: Design, *, seed: int, steps: int) -> Iterator[Row]:
    """Those of a random run on one processor, of at most so many steps; the last one may lack."""
    kernel, chance = of_processors(1, Grain.SECTIONS), Chance(seed)
    state = before = kernel.boot(design)
    events, gave = list[Event](), list[Outcome]()
    for _ in range(steps):
        if kernel.ended(state):
            return
        events.append(kernel.propose(design, state, chance))
        state, outcome = kernel.step(design, state, events[-1])
        gave.append(outcome)
        if is_in_program(state):
            yield Row(before, events[0], _told(gave), state, len(events))
            before, events, gave = state, [], []


def is_in_program(state: State) -> bool:
    """Whether the processor is done with all that it had to do."""
    (processor,) = state.processors
    return not processor.is_busy and processor.leaving is None


def _told(gave: list[Outcome]) -> Outcome:
    """What the caller was told, or became of it; else that the last step is done."""
    return next((each for each in gave if not isinstance(each, Cut | Done)), gave[-1])


def followed(design: Design, steps: int) -> Coverage:
    """What random runs of so many steps show of the model.

    AssertionError where a row is not what the model says.
    """
    coverage, left, seed = Coverage(), steps, 0
    while left > 0:
        follower = Follower(recorded("thread_groups", design), fresh("thread_groups"), design)
        for row in rows(design, seed=seed, steps=left):
            why = follower.follow(row.before, row.event, row.outcome, row.after)
            assert why is None, (row.event, why)
            left -= row.steps
        coverage.add(follower.coverage)
        left, seed = left - 1, seed + 1
    return coverage
