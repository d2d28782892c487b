"""Random runs of the kernel, each step of which must be one of the model's."""

from collections.abc import Callable, Iterator

from assay.engines.follow import Coverage, Follower
from reference_kernel.events import Event
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design
from tests.proofs.capability_lifetimes.walking import walk
from tests.proofs.finer_modes import fresh, recorded

Run = Callable[..., Iterator[tuple[State, Event, Outcome, State]]]


def follow(question: str, design: Design, run: Run = walk, *, seeds: int, steps: int) -> Coverage:
    """What so many runs of so many steps show of the model."""
    model, seen = recorded(question, design), Coverage()
    for seed in range(seeds):
        follower = Follower(model, fresh(question), design)
        for step in run(design, seed=seed, steps=steps):
            assert follower.follow(*step) is None
        seen.add(follower.coverage)
    return seen
