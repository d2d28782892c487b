"""A walk over whichever reference kernel is on the path: prints the first thing that is wrong.

Under `proposed` every guarantee holds, with merged calls too, under `as-built` those that the
kernel keeps today, if it leaked nothing of killed waits; under all each step is what the models
say. Every other run mostly makes calls about messages.
"""

import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from assay.engines.follow import Follower
from assay.lang import record
from reference_kernel.events import Event
from reference_kernel.guarantees import CHECKS
from reference_kernel.guarantees.touching import touched
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from spec.design import Design
from spec.designs import PROPOSED
from tests.reference_kernel.fault_designs import COUNTS, KEPT_AS_BUILT, MERGED, RELEASES
from tests.reference_kernel.test_guarantees import Seeded, is_asked
from tests.reference_kernel.test_message_walk import BROKEN_BY, Wanderer

QUESTIONS = ("capability_lifetimes", "thread_groups")
STEPS = 200

Following = Follower[Design, State, Event, Outcome]


def followers(design: Design) -> list[Following]:
    """One for each model that has a mapping."""
    return [
        Follower(
            record(import_module(f"models.{name}.model").model, design),
            import_module(f"proofs.{name}.mapping").MAPPING,
            design,
        )
        for name in QUESTIONS
        if find_spec(f"proofs.{name}.mapping") is not None
    ]


def run(design: Design, seed: int, kept: set[str] | None, models: list[Following]) -> str:
    """What is wrong in the run of that seed, or nothing."""
    state, chooser = KERNEL.boot(design), Seeded(seed)
    for _ in range(STEPS):
        if KERNEL.ended(state):
            break
        event = KERNEL.propose(design, state, chooser)
        try:
            after, outcome = KERNEL.step(design, state, event)
        except (AssertionError, KeyError) as error:
            return f"the step fails: {error!r}"
        parts = touched(state, event, outcome, after)
        for check in CHECKS:
            is_kept = kept is None or check.guarantee in kept
            if not check.full and is_kept and is_asked(check, parts):
                why = check.broken(design, state, event, outcome, after)
                if why:
                    return f"{check.guarantee}: {why}"
        for model in models:
            why = model.follow(state, event, outcome, after)
            if why:
                return f"{model.recorded.name}: {why}"
        state = after
    return ""


def mail_run(design: Design, seed: int) -> str:
    """The same of a run that mostly sends and receives."""
    try:
        wanderer = Wanderer(design, seed)
        for _ in range(STEPS):
            if KERNEL.ended(wanderer.mail.state):
                break
            wanderer.step()
            broken = wanderer.mail.broken - (BROKEN_BY[design.name] - COUNTS)
            if broken:
                return f"{min(broken)}, in messages"
    except (AssertionError, KeyError) as error:
        return f"the step fails: {error!r}"
    return ""


def search(seconds: float) -> str:
    """Walks until something is wrong, and says what, or the time is over."""
    end = time.monotonic() + seconds
    plans = [
        (PROPOSED, None, followers(PROPOSED)),
        (RELEASES, KEPT_AS_BUILT, followers(RELEASES)),
        (MERGED, None, followers(MERGED)),
    ]
    seed = 0
    while time.monotonic() < end:
        for design, kept, models in plans:
            wrong = run(design, seed, kept, models)
            if design is not MERGED:
                wrong = wrong or mail_run(design, seed)
            if wrong:
                return f"{design.name}, seed {seed}: {wrong}\n"
        seed += 1
    return ""


if __name__ == "__main__":
    sys.path.insert(0, str(Path.cwd()))
    sys.stdout.write(search(float(sys.argv[1])))
