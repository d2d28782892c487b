"""Breadth first from boot over an alphabet of events: shortest runs to what is broken."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.walk.finding import Broken, finding
from assay.engines.walk.subject import Subject

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

Events = Callable[[_D, _S], Iterable[_E]]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search showed; `complete` when no state was left out up to `depth`."""

    steps: int
    states: int
    depth: int
    seconds: float
    complete: bool
    broken: tuple[Broken, ...]


@dataclass(frozen=True, slots=True)
class _Way(Generic[_E]):
    """The last event on the way to a state, and the way before it."""

    event: _E
    before: "_Way[_E] | None"

    def events(self) -> tuple[_E, ...]:
        found: list[_E] = []
        way: _Way[_E] | None = self
        while way is not None:
            found.append(way.event)
            way = way.before
        return tuple(reversed(found))


def search(
    subject: Subject[_D, _S, _E, _O],
    claims: Iterable[str],
    events_of: "Events[_D, _S, _E]",
    *,
    depth: int,
    seconds: float = 10.0,
) -> Searched:
    """The shortest runs, over the events that `events_of` gives in each state, to broken claims.

    A claim that is found is looked for no longer; the search ends when none is left, or at `depth`,
    or when the time is over.
    """
    return _Search(subject, frozenset(claims), events_of, depth, seconds).search()


class _Search(Generic[_D, _S, _E, _O]):
    def __init__(
        self,
        subject: Subject[_D, _S, _E, _O],
        claims: frozenset[str],
        events_of: "Events[_D, _S, _E]",
        depth: int,
        seconds: float,
    ) -> None:
        self.subject = subject
        self.checks = [
            check
            for check in subject.kernel.checks
            if check.guarantee in claims and not _has_quick_form(subject, check)
        ]
        self.events_of = events_of
        self.depth = depth
        self.started = perf_counter()
        self.end = self.started + seconds
        self.steps = 0
        self.broken: list[Broken] = []

    def search(self) -> Searched:
        """Level by level."""
        boot = self.subject.kernel.boot(self.subject.design)
        seen = {boot}
        level: list[tuple[_S, _Way[_E] | None]] = [(boot, None)]
        reached, complete = 0, True
        while level and reached < self.depth and self.checks:
            following: list[tuple[_S, _Way[_E] | None]] = []
            for state, way in level:
                if perf_counter() > self.end:
                    complete = False
                    break
                for event, after in self._steps(state, way):
                    if after not in seen:
                        seen.add(after)
                        following.append((after, _Way(event, way)))
            if not complete:
                break
            level = following
            reached += 1
        took = perf_counter() - self.started
        return Searched(self.steps, len(seen), reached, took, complete, tuple(self.broken))

    def _steps(self, state: _S, way: "_Way[_E] | None") -> Iterable[tuple[_E, _S]]:
        kernel, design = self.subject.kernel, self.subject.design
        if kernel.ended(state):
            return
        for event in self.events_of(design, state):
            if not kernel.possible(design, state, event):
                continue
            after, outcome = kernel.step(design, state, event)
            self.steps += 1
            for check in self.checks:
                if check.broken(design, state, event, outcome, after) is not None:
                    self._found(check, _Way(event, way))
            yield event, after

    def _found(self, check: KernelCheck[_D, _S, _E, _O], way: "_Way[_E]") -> None:
        self.checks = [each for each in self.checks if each.guarantee != check.guarantee]
        found = finding(self.subject, check.guarantee, way.events(), full=check.full)
        self.broken.append(found)


def _has_quick_form(subject: Subject[_D, _S, _E, _O], check: KernelCheck[_D, _S, _E, _O]) -> bool:
    others = (each for each in subject.kernel.checks if each.guarantee == check.guarantee)
    return check.full and any(not each.full for each in others)
