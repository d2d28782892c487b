"""What the scenes show as `assay check` searches them: the known defects, each from boot.

A defect is told by the guarantee that it breaks and by how; `most` is how many events from boot
were known to show it, those that make its objects and let other threads run included, and `calls`
how many calls, once its objects are made.
"""

from functools import cache
from typing import NamedTuple

import pytest

from assay.engines.executor import Here
from assay.engines.judge import Settings
from assay.engines.walk import SearchedScenes, Subject, search_scenes
from assay.traces import Trace
from reference_kernel.interface import KERNEL
from reference_kernel.scenes import SCENES
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.syscalls import BY_NAME


class Known(NamedTuple):
    """A defect, the guarantee that it breaks and in which words, and the events that show it."""

    name: str
    guarantee: str
    words: str
    most: int
    calls: int


KNOWN = (
    Known("K1", "CAP-3", "was made from weak", 1, 1),
    Known("K3 destroys", "ROB-1", "cannot be destroyed", 1, 1),
    Known("K3 clones", "ROB-1", "cannot be cloned", 1, 1),
    Known("K3 sends", "ROB-1", "also out of a message", 5, 2),
    Known("K4", "CAP-7", "nobody was told", 6, 2),
    Known("K5", "CAP-2", "lacks the right to read", 6, 4),
    Known("K6", "ROB-3", "stays in its space", 3, 3),
    Known("K10", "IPC-4", "which died", 5, 2),
    Known("K10 sleeps", "SCH-3", "nothing will wake it", 5, 2),
    Known("K11", "IPC-7", "is gone, and its caller", 5, 3),
    Known("K12", "SCH-1", "in the ready queue 0 times", 5, 2),
    Known("K12 is told nothing", "IPC-5", "was told nothing", 5, 3),
    Known("K13", "IPC-3", "was told of the end of", 6, 3),
    Known("K14", "IPC-7", "is used up", 5, 3),
    Known("K14 changes", "CAP-10", "pool_full refused", 5, 3),
    Known("K15", "SCH-4", "nothing that it was for", 7, 2),
    Known("K15 panics", "ROB-1", "wake reason of another kind", 7, 2),
    Known("K15 panics in a receive", "ROB-1", "with another wait's reason", 8, 2),
    Known("K16", "EVT-1", "are shown to nobody", 9, 3),
    Known("K16 stays", "SCH-5", "EVENT_POOL", 4, 3),
    Known("K17", "IPC-1", "wait side by side", 5, 3),
    Known("K17 overtakes", "IPC-2", "overtook", 6, 4),
    Known("K18", "EVT-2", "left listeners untold", 5, 3),
    Known("K19", "EVT-3", "a thread waits", 3, 2),
    Known("K20", "MEM-5", "does not know of ADDRESS_SPACE", 3, 3),
    Known("K30", "MEM-1", "share page", 2, 2),
    Known("K33", "MEM-5", "counts 1 mappings", 1, 3),
    Known("K33 panics", "ROB-1", "the count of mappings says one", 2, 3),
    Known("K40", "GRP-2", "which has exited", 3, 2),
    Known("K40 runs", "GRP-1", "to which it belongs", 5, 2),
    Known("K41", "GRP-6", "which has ended", 4, 2),
    Known("K42", "GRP-3", "which is gone", 2, 2),
    Known("K42 costs", "ROB-3", "pays for its entry", 2, 2),
    Known("K43", "GRP-4", "strong references", 3, 2),
)


@cache
def searched(design: Design) -> SearchedScenes:
    """As `assay check` does it."""
    steps = Settings().scene_steps
    return search_scenes(Subject(KERNEL, design), executor=Here(), steps=steps)


def calls_of(trace: Trace) -> int:
    """How many calls there are once the objects are made."""
    return sum(each.name in BY_NAME for each in trace.decisions[trace.prepared :])


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.name)
def test_a_scene_shows_the_defect_from_boot(known: Known) -> None:
    found = searched(AS_BUILT).found(known.guarantee)
    (shown,) = [each for each in found if known.words in each.why]
    assert shown.trace.steps <= known.most
    assert calls_of(shown.trace) <= known.calls


def test_no_scene_breaks_the_proposed_design() -> None:
    assert not searched(PROPOSED).broken
    assert searched(PROPOSED).steps >= 0.8 * Settings().scene_steps * len(SCENES)


def test_scenes_have_names_of_their_own_and_name_no_defect() -> None:
    names = [each.name for each in SCENES]
    assert len(set(names)) == len(names)
    assert not any(word.strip(",.")[1:].isdigit() for name in names for word in name.split())
