"""Every schedule of a scenario, breadth first: the shortest runs to what is broken.

Where a move is alone, so that nobody sees when it happens and nothing hinders it, only that one is
tried: the others are as possible after it, and come to the same. One that leads back to what is
known already puts nothing off. Source: C. Baier and J.-P. Katoen, Principles of Model Checking,
chapter 8 (ample sets).
"""

from collections import deque
from collections.abc import Iterable
from time import monotonic
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.schedules.endless import endless
from assay.engines.schedules.graph import Graph
from assay.engines.schedules.judge import Judge
from assay.engines.schedules.play import Move, Scenario, Standing
from assay.engines.schedules.result import End, Limits, Listener, Progress, Schedules
from assay.engines.schedules.runs import Failing, Runs
from assay.engines.schedules.way import Way, preempts
from assay.engines.walk.finding import Broken, cause_of
from assay.engines.walk.subject import Subject
from assay.traces import Trace

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_P = TypeVar("_P")

INTERRUPTED = "interrupted"
"""Why a search ended, where somebody at the keyboard ended it."""
_SECONDS_BETWEEN_REPORTS = 1.0


def search_schedules(
    subject: Subject[_D, _S, _E, _O],
    scenario: Scenario[_D, _S, _E, _O, _P],
    limits: Limits,
    listener: Listener | None = None,
) -> Schedules:
    """Search the scenario; an interrupt ends that and keeps what is known.

    Errors: Unrepeatable where what was found does not happen again.
    """
    return _Search(subject, scenario, limits, listener).search()


class _GivesUp(Exception):
    """A limit is reached; the message says which."""


class _Search(Generic[_D, _S, _E, _O, _P]):
    def __init__(
        self,
        subject: Subject[_D, _S, _E, _O],
        scenario: Scenario[_D, _S, _E, _O, _P],
        limits: Limits,
        listener: Listener | None,
    ) -> None:
        self.subject = subject
        self.scenario = scenario
        self.limits = limits
        self.listener = listener
        self.began = self.reported = monotonic()
        self.play = scenario.begin(subject.design)
        self.runs: Runs[_D, _S, _E, _O, _P] = Runs(subject, self.play)
        self.graph: Graph[_D, _S, _E, _O, _P] = Graph(subject.kernel, subject.design, self.play)
        self.judge = Judge(subject)
        self.reduced = limits.reduced and limits.preemptions is None
        self.known: dict[tuple[int, int | None], Way[_E]] = {}
        self.queue: deque[Way[_E]] = deque()
        self.steps = self.spared = self.depth = 0
        self.broken: list[Failing[_D, _S, _E, _O]] = []
        self.found: dict[tuple[str, str], tuple[KernelCheck[_D, _S, _E, _O], str, Way[_E]]] = {}
        self.ends: dict[tuple[Standing, str], list[Way[_E]]] = {}

    def search(self) -> Schedules:
        """All of it, and what it showed."""
        reason = ""
        try:
            self.broken = self.runs.begin(self.judge)
            known = frozenset(each.check.guarantee for each in self.broken)
            self._reach(Way(0, broken=known))
            while self.queue:
                self._patience()
                self._expand(self.queue.popleft())
        except _GivesUp as limit:
            reason = str(limit)
        except KeyboardInterrupt:
            reason = INTERRUPTED
        seconds = monotonic() - self.began
        everything = not reason and self.limits.preemptions is None
        never = endless(self.graph, len(self.known)) if everything else None
        ways = {way.node: way for way in self.known.values()}
        return Schedules(
            scenario=self.scenario.name,
            states=len(ways),
            steps=self.steps,
            spared=self.spared,
            depth=self.depth,
            seconds=seconds,
            complete=not reason,
            reason=reason,
            preemptions=self.limits.preemptions,
            broken=tuple(self._broken()),
            ends=tuple(self._ends()),
            endless=None if never is None else self._trace(ways[never]),
        )

    def _patience(self) -> None:
        states, seconds = len(self.known), monotonic() - self.began
        if self.limits.states is not None and states > self.limits.states:
            raise _GivesUp(f"the limit of {self.limits.states:,} states")
        if self.limits.seconds is not None and seconds >= self.limits.seconds:
            raise _GivesUp(f"the limit of {self.limits.seconds:g} s")
        if self.listener and self.began + seconds - self.reported >= _SECONDS_BETWEEN_REPORTS:
            self.reported = self.began + seconds
            rate = states / max(seconds, 1e-9)
            self.listener(Progress(states, len(self.queue), self.depth, rate))

    def _reach(self, way: Way[_E]) -> None:
        """A node is reached; it waits to be looked at if it is new, or cost less than before."""
        key = way.node, None if self.limits.preemptions is None else way.last
        known = self.known.get(key)
        if known is None or self._is_cheaper(way, known):
            self.known[key] = way
            self.queue.append(way)
        if known is None:
            self.depth = max(self.depth, way.depth)
            if not self.graph.moves(way.node):
                standing = self.play.standing(
                    self.graph.state(way.node), self.graph.place(way.node)
                )
                self.ends.setdefault(standing, []).append(way)

    def _is_cheaper(self, way: Way[_E], known: Way[_E]) -> bool:
        return self.limits.preemptions is not None and way.preemptions < known.preemptions

    def _expand(self, way: Way[_E]) -> None:
        moves = self.graph.moves(way.node)
        alone = next((move for move in moves if move.alone), None) if self.reduced else None
        if alone is not None and self._is_new(self.graph.step(way.node, alone).target):
            self.spared += len(moves) - 1
            self._reach(self._take(way, alone, 0))
            return
        for move in moves:
            preemptions = way.preemptions + preempts(way, moves, move)
            if self.limits.preemptions is None or preemptions <= self.limits.preemptions:
                self._reach(self._take(way, move, preemptions))

    def _is_new(self, node: int) -> bool:
        return (node, None) not in self.known

    def _take(self, way: Way[_E], move: Move[_E], preemptions: int) -> Way[_E]:
        """The way after the move, judged."""
        edge = self.graph.step(way.node, move)
        last = way.last if move.actor is None else move.actor
        after = Way(edge.target, way, move, way.depth + 1, last, preemptions, way.broken)
        before, broken = self.graph.state(way.node), set(way.broken)
        judged = self.judge.broken(before, move.event, edge.outcome, edge.after, way.broken)
        for check, why in judged:
            broken.add(check.guarantee)
            self.found.setdefault((check.guarantee, cause_of(why)), (check, why, after))
        self.steps += 1
        if len(broken) == len(way.broken):
            return after
        known = frozenset(broken)
        return Way(edge.target, way, move, after.depth, last, preemptions, known)

    def _broken(self) -> Iterable[Broken]:
        """For each cause the run that was found, cut if that is wanted."""
        for check, why, way in self.found.values():
            self.graph.repeat(way.moves())
            self.broken.append(self.runs.failing(check, why, way.moves()))
        return map(self.runs.cut if self.limits.cut else self.runs.whole, self.broken)

    def _ends(self) -> Iterable[End]:
        for (standing, words), ways in sorted(self.ends.items(), key=lambda each: each[0][1]):
            nodes = {way.node for way in ways}
            yield End(standing, words, len(nodes), self._trace(ways[0]))

    def _trace(self, way: Way[_E]) -> Trace:
        self.graph.repeat(way.moves())
        return self.runs.trace(way.moves())
