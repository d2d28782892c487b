"""The kernel in steps finer than calls, followed by a model: at random, and in every order."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from assay import loading
from assay.engines.executor import Here
from assay.engines.follow import Coverage, Follower
from assay.engines.walk import Subject, walk
from assay.engines.walk.chance import Chance
from assay.lang.recorded import Recorded
from assay.project import nearest_project
from reference_kernel.events import Event
from reference_kernel.interface import INTERLEAVED, SECTIONS
from reference_kernel.outcomes import Outcome
from reference_kernel.scenarios import named, names
from reference_kernel.scenarios.scenario import Scenario
from reference_kernel.state import State
from spec.design import Design
from tests.models.recordings import Recording

PROJECT = nearest_project(Path(__file__).parent)
KERNELS = {each.mode: each for each in (INTERLEAVED, SECTIONS)}
OF_EACH = 40
"""Steps of each scenario."""


def recorded(question: str, design: Design) -> Recorded:
    """The model under the design."""
    return Recording(question).recorded(design)


def is_followed(question: str, mode: str, design: Design) -> bool:
    """Whether the model follows the kernel in that mode under the design."""
    found = loading.mapping(PROJECT, question)
    return found is not None and loading.follows(PROJECT, question, found, design, mode)


def fresh(question: str) -> Any:
    """The mapping of the model, which has seen nothing so far."""
    return type(import_module(f"proofs.{question}.mapping").MAPPING)()


def walked(
    questions: tuple[str, ...], mode: str, design: Design, count: int
) -> Mapping[str, Coverage]:
    """What a walk shows of each model; nothing is broken but the kernel's guarantees."""
    kernel = KERNELS[mode]
    ignored = frozenset(check.guarantee for check in kernel.checks)
    tied = tuple((recorded(each, design), fresh(each)) for each in questions)
    found = walk(Subject(kernel, design, tied), executor=Here(), steps=count, ignored=ignored)
    assert not found.broken, {claim: each.why for claim, each in found.broken.items()}
    return found.models


def astray(question: str, mode: str, design: Design, count: int) -> str | None:
    """Why the first step of a random run that is none of the model is none.

    None where so many steps are the model's, or nothing more can happen.
    """
    kernel, follower = KERNELS[mode], Follower(recorded(question, design), fresh(question), design)
    state, chance = kernel.boot(design), Chance(0)
    for _ in range(count):
        if kernel.ended(state):
            return None
        event = kernel.propose(design, state, chance)
        after, outcome = kernel.step(design, state, event)
        why = follower.follow(state, event, outcome, after)
        if why is not None:
            return why
        state = after
    return None


def strays(
    question: str, mode: str, design: Design, *scenarios: str, steps: int = OF_EACH
) -> list[str]:
    """Why steps of the scenarios, or of those of these names, are none of the model.

    At least so many `steps` of each are looked at, if it has so many.
    """
    follower = Follower(recorded(question, design), fresh(question), design)
    found = list[str]()
    for name in scenarios or names():
        scenario = named(name).at(mode)
        if not scenario.lacks(design):
            found += _strays(follower, design, scenario, steps)
    return found


def _strays(
    follower: Follower[Design, State, Event, Outcome], design: Design, scenario: Scenario, left: int
) -> list[str]:
    """The same of one scenario: every order of its steps, up to a number of them."""
    play, kernel, found = scenario.begin(design), scenario.kernel, list[str]()
    level = [(play.state, play.place)]
    seen = {*level}
    while level and left > 0:
        following = []
        for state, place in level:
            for move in play.moves(state, place):
                after, outcome = kernel.step(design, state, move.event)
                why = follower.follow(state, move.event, outcome, after)
                found += [] if why is None else [f"{scenario.name}: {why}"]
                following.append((after, play.after(state, place, move, outcome)))
        left -= len(following)
        level = list(dict.fromkeys(each for each in following if each not in seen))
        seen.update(level)
    return found
