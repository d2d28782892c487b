"""Quick checks find what full ones do, and nothing where a step touches nothing that they look at.

The states after steps are mixed with other states of the run: then most guarantees are broken by
some of them.
"""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from reference_kernel.boot import boot
from reference_kernel.events import Event
from reference_kernel.guarantees import CHECKS
from reference_kernel.guarantees.check import Check
from reference_kernel.guarantees.touching import touched
from reference_kernel.outcomes import Outcome
from reference_kernel.proposals import ended, propose
from reference_kernel.state import State
from reference_kernel.step import step
from spec.designs import PROPOSED
from tests.reference_kernel.test_guarantees import Seeded

Step = tuple[State, Event, Outcome, State]
SEEDS = 3
STEPS = 150


def run(seed: int) -> list[Step]:
    """A run in which nothing is broken."""
    state, chooser = boot(PROPOSED), Seeded(seed)
    steps: list[Step] = []
    while len(steps) < STEPS and not ended(state):
        event = propose(state, chooser)
        after, outcome = step(PROPOSED, state, event)
        steps.append((state, event, outcome, after))
        state = after
    return steps


def mixtures(after: State, other: State) -> Iterator[State]:
    """The state with one part of the other."""
    for part in ("processors", "ready", "frames"):
        yield replace(after, **{part: getattr(other, part)})
    for part in ("tree", "contents", "sharers", "blocks"):
        frames = replace(after.frames, **{part: getattr(other.frames, part)})
        yield replace(after, frames=frames)
    for name, known in other.objects.items():
        if after.objects.get(name) is not known:
            yield replace(after, objects=after.objects.set(name, known))
    for name in after.objects:
        if name not in other.objects:
            yield replace(after, objects=after.objects.delete(name))


def finds(check: Check, step: Step) -> bool:
    """Whether the check finds the guarantee broken; a state may be too mixed to be looked at."""
    try:
        return check.broken(PROPOSED, *step) is not None
    except (AssertionError, KeyError):
        return False


def mixed_steps() -> Iterator[Step]:
    """Steps of runs, each with other states after it."""
    for seed in range(SEEDS):
        steps, chance = run(seed), random.Random(seed)
        for before, event, outcome, after in steps:
            other = steps[chance.randrange(len(steps))][3]
            for mixed in mixtures(after, other):
                yield before, event, outcome, mixed


def test_a_check_finds_nothing_where_the_step_touched_nothing_that_it_looks_at() -> None:
    found: set[str] = set()
    quick = [check for check in CHECKS if not check.full]
    for mixed in mixed_steps():
        parts = touched(*mixed)
        for check in quick:
            assert check.looks_at is not None
            if finds(check, mixed):
                assert not check.looks_at.isdisjoint(parts), check.guarantee
                found.add(check.guarantee)
    assert len(found) >= 25, found


@pytest.mark.parametrize("guarantee", ["CAP-1", "MEM-2", "MEM-3", "MEM-4", "MEM-7"])
def test_what_the_full_check_finds_the_quick_one_finds(guarantee: str) -> None:
    forms = {check.full: check for check in CHECKS if check.guarantee == guarantee}
    broken = [mixed for mixed in mixed_steps() if finds(forms[True], mixed)]
    assert broken
    assert all(finds(forms[False], mixed) for mixed in broken)
