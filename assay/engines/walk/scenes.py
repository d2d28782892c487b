"""Exhaustive searches in small worlds that a kernel names: the shortest runs to what is broken."""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, field
from time import perf_counter
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck, Scene
from assay.engines.walk.finding import Broken, cause_of, finding
from assay.engines.walk.subject import Subject
from assay.traces import Trace

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")


@dataclass(slots=True)
class SearchedScenes:
    """What the searches of all scenes showed; `broken` by claim, then by cause."""

    steps: int = 0
    seconds: float = 0.0
    broken: dict[str, dict[str, Broken]] = field(default_factory=dict)

    def found(self, claim: str) -> list[Broken]:
        """How the claim is broken, the shortest run first."""
        return sorted(self.broken.get(claim, {}).values(), key=lambda each: each.trace.steps)


def search_scenes(
    subject: Subject[_D, _S, _E, _O], *, executor: Executor, steps: int
) -> SearchedScenes:
    """Search each scene of the kernel, each with at most so many steps.

    For each cause of a broken claim the shortest run from boot is kept, cut to what it needs.
    """
    started, searched = perf_counter(), SearchedScenes()
    count = len(subject.kernel.scenes)
    for future in [executor.submit(search_scene, subject, at, steps) for at in range(count)]:
        taken, broken = future.result()
        searched.steps += taken
        for each in broken:
            _keep_shorter(searched.broken.setdefault(each.claim, {}), each)
    searched.seconds = perf_counter() - started
    return searched


def _keep_shorter(known: dict[str, Broken], found: Broken) -> None:
    cause = cause_of(found.why)
    if cause not in known or _order(found.trace) < _order(known[cause].trace):
        known[cause] = found


def _order(trace: Trace) -> tuple[int, str]:
    return trace.steps, str(trace.decisions)


def search_scene(
    subject: Subject[_D, _S, _E, _O], at: int, steps: int
) -> tuple[int, tuple[Broken, ...]]:
    """The scene of that number: how many steps were taken, and what they broke."""
    return _Search(subject, subject.kernel.scenes[at], steps).search()


@dataclass(frozen=True, slots=True)
class _Way(Generic[_S, _E]):
    """A state, the events that lead to it from boot, and what they broke on the way."""

    state: _S
    events: tuple[_E, ...]
    broken: frozenset[str]


class _Search(Generic[_D, _S, _E, _O]):
    def __init__(self, subject: Subject[_D, _S, _E, _O], scene: Scene[_S, _E], steps: int) -> None:
        checks = subject.kernel.checks
        quick = {check.guarantee for check in checks if not check.full}
        self.subject = subject
        self.scene = scene
        self.checks = [each for each in checks if not each.full or each.guarantee not in quick]
        self.left = steps
        self.found: dict[tuple[str, str], tuple[KernelCheck[_D, _S, _E, _O], tuple[_E, ...]]] = {}

    def search(self) -> tuple[int, tuple[Broken, ...]]:
        """Breadth first, from where the scene begins."""
        most = self.left
        begin = self._beginning()
        level, seen = [begin], {begin.state}
        while level and self.left > 0:
            following = []
            for way in level:
                for after in self._after(way):
                    if after.state not in seen:
                        seen.add(after.state)
                        following.append(after)
            level = following
        broken = [
            finding(self.subject, claim, events, full=check.full, cause=cause)
            for (claim, cause), (check, events) in self.found.items()
        ]
        return most - self.left, tuple(broken)

    def _beginning(self) -> _Way[_S, _E]:
        way: _Way[_S, _E] = _Way(self.subject.kernel.boot(self.subject.design), (), frozenset())
        for made in self.scene.before:
            way = next(self._steps(way, [made(way.state)]), way)
        return way

    def _after(self, way: _Way[_S, _E]) -> Iterator[_Way[_S, _E]]:
        if self.left > 0 and not self.subject.kernel.ended(way.state):
            yield from self._steps(way, (made(way.state) for made in self.scene.events))

    def _steps(self, way: _Way[_S, _E], events: Iterable[_E]) -> Iterator[_Way[_S, _E]]:
        kernel, design = self.subject.kernel, self.subject.design
        for event in events:
            if not kernel.possible(design, way.state, event):
                continue
            after, outcome = kernel.step(design, way.state, event)
            self.left -= 1
            path, broken = (*way.events, event), set(way.broken)
            for check in self.checks:
                if check.guarantee not in way.broken:
                    why = check.broken(design, way.state, event, outcome, after)
                    if why is not None:
                        broken.add(check.guarantee)
                        self.found.setdefault((check.guarantee, cause_of(why)), (check, path))
            yield _Way(after, path, frozenset(broken))
