"""Scenes are searched from where they begin; each way to break a claim is told, the shortest."""

from collections.abc import Callable
from typing import NamedTuple

from latches.design import Design, Locking
from latches.kernel import Doors, Event, Kernel

from assay.engines.executor import Here
from assay.engines.judge import Settings, judge_kernel
from assay.engines.walk import Subject, search_scenes
from assay.engines.walk.finding import cause_of
from assay.traces import Replayed, Verdict

Made = Callable[[Doors], Event]
FREE = Design("free", "", Locking.FREE)
SHUT_ONLY = Design("shut-only", "", Locking.SHUT_ONLY)


class Scene(NamedTuple):
    """What has happened, and what may happen then."""

    name: str
    before: tuple[Made, ...]
    events: tuple[Made, ...]


def does(name: str, door: str) -> Made:
    """This is done to that door."""
    return lambda _: Event(name, door)


FRONT = Scene(
    "the front door",
    (does("lock", "back"), does("pull", "front")),
    (does("push", "front"), does("lock", "front")),
)
BOTH = Scene(
    "both doors", (), tuple(does(name, door) for name in Kernel.kinds for door in ("front", "back"))
)


class WithScenes(Kernel):
    """The doors with scenes."""

    def __init__(self, *scenes: Scene) -> None:
        self.scenes = scenes


def test_a_search_goes_on_from_where_its_scene_begins_and_keeps_what_is_needed() -> None:
    subject = Subject(WithScenes(FRONT), FREE)
    searched = search_scenes(subject, executor=Here(), steps=100)
    (found,) = searched.found("DOOR-1")
    assert [(each.name, dict(each.arguments)) for each in found.trace.decisions] == [
        ("pull", {"door": "front"}),
        ("lock", {"door": "front"}),
    ]
    assert searched.steps <= 100


def test_each_way_to_break_a_claim_is_told_once() -> None:
    subject = Subject(WithScenes(FRONT, BOTH), FREE)
    searched = search_scenes(subject, executor=Here(), steps=100)
    whys = {each.why for each in searched.found("DOOR-1")}
    assert whys >= {"front is open and locked", "back is open and locked"}
    assert all(each.trace.claim == "DOOR-1" for each in searched.found("DOOR-1"))


def test_a_search_that_may_take_no_step_finds_nothing() -> None:
    subject = Subject(WithScenes(BOTH), FREE)
    assert not search_scenes(subject, executor=Here(), steps=0).broken


def test_a_cause_is_told_without_numbers() -> None:
    assert cause_of("THREAD 11 waits on 4ef") == cause_of("THREAD 7 waits on 1af")
    assert cause_of("THREAD 11 waits") != cause_of("THREAD 11 runs")
    assert cause_of("a dead face is added") == "a dead face is added"


def test_the_kernel_is_judged_by_its_scenes_and_then_walked() -> None:
    (kept,) = judge_kernel(Subject(WithScenes(BOTH), SHUT_ONLY), Here(), Settings(steps=500))
    assert kept.verdict is Verdict.SURVIVED
    assert kept.reason.endswith("searched")
    judged = judge_kernel(
        Subject(WithScenes(BOTH), FREE), Here(), Settings(steps=500), known=["DOOR-1"]
    )
    assert {each.engine for each in judged} == {"search"}
    assert all(each.replayed is Replayed.YES for each in judged)
    assert min(each.trace.steps for each in judged if each.trace is not None) == 2
