"""Random runs of the kernel, followed through the model."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from reference_kernel.events import Event
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Seeded:
    """Choices by a seed."""

    generator: random.Random

    def below(self, limit: int) -> int:
        """A number below the limit."""
        return self.generator.randrange(limit)

    def pick(self, among: Sequence[_T]) -> _T:
        """One of the items."""
        return among[self.generator.randrange(len(among))]


def walk(design: Design, *, seed: int, steps: int) -> Iterator[tuple[State, Event, Outcome, State]]:
    """The steps of one run from boot: before, event, outcome, after."""
    chooser = Seeded(random.Random(seed))
    state = KERNEL.boot(design)
    for _ in range(steps):
        if KERNEL.ended(state):
            return
        event = KERNEL.propose(design, state, chooser)
        after, outcome = KERNEL.step(design, state, event)
        yield state, event, outcome, after
        state = after
