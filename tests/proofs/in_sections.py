"""The kernel in sections, followed by a model: in random runs, and in every order of a scene."""

from importlib import import_module

from assay.engines.executor import Here
from assay.engines.follow import Coverage, Follower
from assay.engines.walk import Subject, walk
from assay.lang.recorded import Recorded
from reference_kernel.events import Event
from reference_kernel.interface import SECTIONS
from reference_kernel.outcomes import Outcome
from reference_kernel.scene_words import Scene
from reference_kernel.state import State
from spec.design import Design
from tests.models.recordings import Recording
from tests.reference_kernel.section_runs import beginning, steps

SHORT, LONG = 5_000, 300_000
"""Steps of a walk that every run of the tests takes, and of one that `make thorough` takes."""
SCENE = 500
"""Steps of each scene."""


def recorded(question: str, design: Design) -> Recorded:
    """The model under the design."""
    return Recording(question).recorded(design)


def walked(question: str, design: Design, count: int) -> Coverage:
    """What a walk shows of the model; nothing is broken but the kernel's guarantees."""
    mapping = type(import_module(f"proofs.{question}.mapping").MAPPING)()
    ignored = frozenset(check.guarantee for check in SECTIONS.checks)
    subject = Subject(SECTIONS, design, ((recorded(question, design), mapping),))
    found = walk(subject, executor=Here(), steps=count, ignored=ignored)
    assert not found.broken, {claim: each.why for claim, each in found.broken.items()}
    return found.models[question]


def strays(question: str, design: Design, *names: str) -> list[str]:
    """Why steps of the scenes, all or those of these names, are none of the model."""
    mapping = type(import_module(f"proofs.{question}.mapping").MAPPING)()
    follower = Follower(recorded(question, design), mapping, design)
    scenes = [each for each in SECTIONS.scenes if not names or each.name in names]
    assert scenes, names
    return [why for scene in scenes for why in _strays(follower, design, scene)]


def _strays(
    follower: Follower[Design, State, Event, Outcome], design: Design, scene: Scene
) -> list[str]:
    begin = beginning(design, scene)
    level, seen, left, found = [begin], {begin}, SCENE, list[str]()
    while level and left > 0:
        taken = [(state, *each) for state in level for each in steps(design, scene, state)]
        whys = (follower.follow(*each) for each in taken)
        found += [why for why in whys if why is not None]
        left -= len(taken)
        level = list(dict.fromkeys(after for *_, after in taken if after not in seen))
        seen.update(level)
    return found
