"""What finds a fault of whichever reference kernel is on the path: the first check that does.

In turn: every schedule of the scenarios, up to a number of states and then to a larger one; random
runs on several processors; random runs of whole calls, which the models follow; the scenes; logs
of the real kernel. It prints a record: what found it, what was wrong, and after how many seconds.
"""

import json
import sys
from collections.abc import Callable, Collection, Iterator
from copy import copy
from dataclasses import replace
from itertools import count, cycle
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from assay.engines.follow import Follower
from assay.engines.schedules import Limits, Schedules, Unrepeatable, search_schedules
from assay.engines.schedules.judge import Judge
from assay.engines.walk import Subject
from assay.engines.walk.chance import Chance
from assay.engines.walk.scenes import search_scene
from reference_kernel.guarantees.check import Check
from reference_kernel.interface import INTERLEAVED, KERNEL, SECTIONS, ReferenceKernel
from reference_kernel.scenarios import ScenarioError, named, names
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from tests.reference_kernel.fault_designs import FILLS, KEPT_AS_BUILT, RELEASES

MISTAKES = (AssertionError, KeyError, IndexError, Unrepeatable)
"""What a step does, or a play, when it can go on no more."""
TILL_THE_INTERRUPT = frozenset({"GRP-1", "GRP-3"})
"""What is broken from the end of a group till others are interrupted, where calls are whole."""
STATES = (100, 500, 10_000)
"""So many of each scenario at first, and then more of those that have more."""
STEPS = 300
LOGGED = ("t_mem_raw_smp1", "t_cspace_raw_smp1", "t_caps_raw_smp1")
"""Logs of one thread that are followed from end to end."""


class Found(Exception):
    """A guarantee is broken: its id, and why."""


class Way(NamedTuple):
    """A way to look for a fault: what it is called, the part of the time it gets, and itself."""

    name: str
    part: float
    looks: Callable[[float], str]


class Playing(NamedTuple):
    """How scenarios are played: the design, the mode, and what is kept then; None is all."""

    design: Design
    mode: str
    kept: Collection[str] | None = None


IN_SECTIONS = Playing(PROPOSED, "sections")
IN_SWITCHES = (
    Playing(FILLS, "interleaved"),
    Playing(RELEASES, "interleaved", KEPT_AS_BUILT),
)


def told(check: Check) -> Check:
    """The check, which interrupts whatever asks it when it is broken."""

    def broken(*step: Any) -> str | None:
        why = check.broken(*step)
        if why is not None:
            raise Found(f"{check.guarantee}: {why}")
        return None

    return replace(check, broken=broken)


def alert(kernel: ReferenceKernel, kept: Collection[str] | None) -> ReferenceKernel:
    """The kernel with such checks, of what is kept alone; None says that all is."""
    other = copy(kernel)
    checks = [each for each in kernel.checks if kept is None or each.guarantee in kept]
    other.checks = tuple(told(check) for check in checks)
    return other


def by_schedules(end: float) -> str:
    """All schedules of every scenario, as far as the time goes.

    Few of them in each way to play it at first, then more in sections.
    """
    few, *more = STATES
    looks = [(playing, few) for playing in (IN_SECTIONS, *IN_SWITCHES)]
    looks += [(IN_SECTIONS, states) for states in more]
    settled = set[tuple[str, str]]()
    for playing, states in looks:
        for name in names():
            place = (playing.design.name, name)
            if place in settled or named(name).lacks(playing.design):
                continue
            if monotonic() >= end:
                return ""
            limits = Limits(states=states, seconds=max(0.1, end - monotonic()), cut=False)
            complete, wrong = _play(name, playing, limits)
            if wrong:
                return f"{name}: {wrong}"
            settled |= {place} if complete else set()
    return ""


def _play(name: str, playing: Playing, limits: Limits) -> tuple[bool, str]:
    """Whether these are all schedules of the scenario, and what is wrong in one of them."""
    scenario = named(name).at(playing.mode)
    kernel = alert(scenario.kernel, playing.kept)
    subject: Subject[Any, Any, Any, Any] = Subject(kernel, playing.design)
    try:
        found = search_schedules(subject, scenario, limits)
    except Found as broken:
        return False, str(broken)
    except ScenarioError:
        return False, "what comes before the programs is refused"
    except MISTAKES as error:
        return False, f"the step fails: {error!r}"
    return found.complete, _stuck(found) if playing.kept is None else ""


def _stuck(found: Schedules) -> str:
    for each in found.stuck:
        return f"stuck: {each.words}"
    return "" if found.endless is None else "nothing can end any more"


def _run(
    subject: Subject[Any, Any, Any, Any],
    judge: Judge[Any, Any, Any, Any],
    seed: int,
    ignored: frozenset[str],
) -> str:
    """What is wrong in the random run of that seed, or nothing."""
    kernel, design, chooser = subject.kernel, subject.design, Chance(seed)
    state = kernel.boot(design)
    models: tuple[Follower[Any, Any, Any, Any], ...] = subject.followers()
    for _ in range(STEPS):
        if kernel.ended(state):
            break
        event = kernel.propose(design, state, chooser)
        after, outcome = kernel.step(design, state, event)
        for check, why in judge.broken(state, event, outcome, after, ignored):
            return f"{check.guarantee}: {why}"
        for model in models:
            wrong = model.follow(state, event, outcome, after)
            if wrong is not None:
                return f"{model.recorded.name}: {wrong}"
        state = after
    return ""


def _runs(
    subjects: list[tuple[Subject[Any, Any, Any, Any], frozenset[str]]], end: float
) -> Iterator[str]:
    judged = [(subject, Judge(subject), ignored) for subject, ignored in subjects]
    for number, (subject, judge, ignored) in zip(count(), cycle(judged), strict=False):
        if monotonic() >= end:
            return
        try:
            yield _run(subject, judge, number // len(judged), ignored)
        except MISTAKES as error:
            yield f"the step fails: {error!r}"


def by_interleaved_walk(end: float) -> str:
    """Random runs on several processors, in sections and where a switch alone takes two steps."""
    subjects: list[tuple[Subject[Any, Any, Any, Any], frozenset[str]]] = [
        (Subject(SECTIONS, PROPOSED), frozenset()),
        (Subject(INTERLEAVED, PROPOSED), TILL_THE_INTERRUPT),
    ]
    return next(filter(None, _runs(subjects, end)), "")


def by_whole_walk(end: float) -> str:
    """Random runs of whole calls, every step of which has to be one of each model."""
    from tests.reference_kernel import fault_walk  # what most faults need not wait for
    from tests.reference_kernel.walked import with_all_models

    middle = (monotonic() + end) / 2
    every = with_all_models(PROPOSED)
    wrong = next(filter(None, _runs([(every, frozenset())], middle)), "")
    return wrong or fault_walk.search(end - monotonic())


def by_scenes(end: float) -> str:
    """Every order of the events of each scene."""
    for kernel in (KERNEL, INTERLEAVED, SECTIONS):
        ignored = TILL_THE_INTERRUPT if kernel is INTERLEAVED else frozenset()
        subject: Subject[Any, Any, Any, Any] = Subject(kernel, PROPOSED)
        for at, scene in enumerate(kernel.scenes):
            if monotonic() >= end:
                return ""
            try:
                _, broken = search_scene(subject, at, STEPS)
            except MISTAKES as error:
                return f"{scene.name}: the step fails: {error!r}"
            for each in broken:
                if each.claim not in ignored:
                    return f"{scene.name}: {each.claim}: {each.why}"
    return ""


def by_conformance(_end: float) -> str:
    """Logs that the real kernel printed: as many of their lines are explained as with no fault."""
    for name in LOGGED:
        wrong = _follow(name, AS_BUILT)
        if wrong:
            return f"{name}: {wrong}"
    return ""


def _follow(name: str, design: Design) -> str:
    from assay.engines.conform import conform
    from reference_kernel.log import LOGS

    logs = Path(__file__).parents[1] / "reference_kernel" / "log" / "logs"
    try:
        result = conform(LOGS, design, (logs / f"{name}.log").read_text("utf-8"))
    except MISTAKES as error:
        return f"the step fails: {error!r}"
    first = result.first
    return "" if first is None else f"line {first.line} is not explained"


WAYS = (
    Way("schedules", 0.4, by_schedules),
    Way("interleaved walk", 0.2, by_interleaved_walk),
    Way("whole walk", 0.3, by_whole_walk),
    Way("scenes", 0.05, by_scenes),
    Way("conformance", 0.05, by_conformance),
)


def main(seconds: float) -> None:
    """Looks in every way till something is wrong, or the time is over."""
    began = monotonic()
    for way in WAYS:
        wrong = way.looks(monotonic() + seconds * way.part)
        if wrong:
            record = {"by": way.name, "wrong": wrong, "seconds": monotonic() - began}
            sys.stdout.write(json.dumps(record))
            return
    sys.stdout.write(json.dumps({"by": "", "wrong": "", "seconds": monotonic() - began}))


if __name__ == "__main__":
    main(float(sys.argv[1]))
