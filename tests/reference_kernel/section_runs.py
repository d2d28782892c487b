"""What the scenes in sections show, searched from where each begins."""

from functools import cache

from reference_kernel.boot import boot
from reference_kernel.events import (
    Event,
)
from reference_kernel.interface import SECTIONS
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Outcome
from reference_kernel.scene_words import Scene
from reference_kernel.state import State
from reference_kernel.step import possible, step
from spec.design import (
    Design,
)

SEARCHED = 4_000
"""Steps for each scene."""


def beginning(design: Design, scene: Scene) -> State:
    """Where the scene begins."""
    state = boot(design, IN_SECTIONS)
    for made in scene.before:
        event = made(state)
        if possible(state, event):
            state, _ = step(design, state, event)
    return state


@cache
def broken(design: Design) -> dict[tuple[str, str], tuple[Scene, tuple[Event, ...]]]:
    """What the scenes break, each with the shortest run from where its scene begins."""
    found: dict[tuple[str, str], tuple[Scene, tuple[Event, ...]]] = {}
    for scene in SECTIONS.scenes:
        begin = beginning(design, scene)
        level: list[tuple[State, tuple[Event, ...]]] = [(begin, ())]
        seen, left = {begin}, SEARCHED
        while level and left > 0:
            following = []
            for state, path in level:
                if left <= 0:
                    break
                for event, outcome, after in steps(design, scene, state):
                    left -= 1
                    run = (*path, event)
                    for why in reasons(design, state, event, outcome, after):
                        known = found.get(why)
                        if known is None or len(run) < len(known[1]):
                            found[why] = scene, run
                    if after not in seen:
                        seen.add(after)
                        following.append((after, run))
            level = following
    return found


def steps(design: Design, scene: Scene, state: State) -> list[tuple[Event, Outcome, State]]:
    """What may happen next in the scene."""
    events = [made(state) for made in scene.events]
    able = [event for event in events if possible(state, event)]
    done = [(event, *step(design, state, event)) for event in able]
    return [(event, outcome, after) for event, after, outcome in done]


def reasons(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> list[tuple[str, str]]:
    """What the step breaks, and why, as the quick checks see it."""
    quick = [check for check in SECTIONS.checks if not check.full]
    whys = [(each.guarantee, each.broken(design, before, event, outcome, after)) for each in quick]
    return [(guarantee, why) for guarantee, why in whys if why is not None]
