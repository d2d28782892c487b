"""Runs of a scenario by chance, for what is too large to be searched whole.

Every other run takes moves at random; the others give each processor, and what comes from outside,
a priority, and lower that of who acts at a few steps chosen beforehand. Source: S. Burckhardt and
others, A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs (PCT).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.schedules.graph import Unrepeatable
from assay.engines.schedules.judge import Judge
from assay.engines.schedules.play import Move, Play, Scenario, Standing
from assay.engines.schedules.result import End, Listener, Progress, Schedules
from assay.engines.schedules.runs import Failing, Runs
from assay.engines.schedules.search import INTERRUPTED
from assay.engines.walk.chance import Chance
from assay.engines.walk.finding import cause_of
from assay.engines.walk.subject import Subject

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_P = TypeVar("_P")

MOST_STEPS = 2_000
"""A run that is longer is given up, and told."""
_MOST_CHANGES = 3
_TOO_LONG = "a run was given up before its end"
_SECONDS_BETWEEN_REPORTS = 1.0


class _Priorities:
    """Who goes first, and at which steps whoever acts goes last from then on."""

    def __init__(self, chance: Chance, steps: int) -> None:
        self._chance = chance
        self._of: dict[tuple[int | None, bool], float] = {}
        changes = chance.below(_MOST_CHANGES + 1)
        self._changes = {chance.below(max(1, steps)) for _ in range(changes)}
        self._lowest = 0.0

    def pick(self, moves: tuple[Move[_E], ...], step: int) -> Move[_E]:
        """The move of the highest priority."""
        best = max(moves, key=self._priority)
        if step in self._changes:
            self._lowest -= 1.0
            self._of[best.actor, best.asked] = self._lowest
        return best

    def _priority(self, move: Move[_E]) -> float:
        who = move.actor, move.asked
        if who not in self._of:
            self._of[who] = 1.0 + self._chance.below(1 << 20)
        return self._of[who]


@dataclass(slots=True)
class _Seen(Generic[_D, _S, _E, _O]):
    """What the runs so far showed."""

    steps: int = 0
    longest: int = 0
    runs: int = 0
    found: dict[tuple[str, str], Failing[_D, _S, _E, _O]] = field(default_factory=dict)
    ends: dict[tuple[Standing, str], tuple[int, list[Move[_E]]]] = field(default_factory=dict)
    too_long: int = 0


def sample_schedules(
    subject: Subject[_D, _S, _E, _O],
    scenario: Scenario[_D, _S, _E, _O, _P],
    *,
    runs: int,
    seed: int = 0,
    listener: Listener | None = None,
) -> Schedules:
    """So many runs; the same seed gives the same. An interrupt ends them and keeps what is known.

    Errors: Unrepeatable where a run does not happen again.
    """
    return _Sampling(subject, scenario, seed, listener).sample(runs)


class _Sampling(Generic[_D, _S, _E, _O, _P]):
    def __init__(
        self,
        subject: Subject[_D, _S, _E, _O],
        scenario: Scenario[_D, _S, _E, _O, _P],
        seed: int,
        listener: Listener | None,
    ) -> None:
        self.subject = subject
        self.scenario = scenario
        self.chance = Chance(seed)
        self.listener = listener
        self.began = self.reported = monotonic()
        self.play: Play[_S, _E, _O, _P] = scenario.begin(subject.design)
        self.judge = Judge(subject)
        self.runs: Runs[_D, _S, _E, _O, _P] = Runs(subject, self.play)
        self.seen: _Seen[_D, _S, _E, _O] = _Seen()

    def sample(self, runs: int) -> Schedules:
        """The runs, and what they showed."""
        seen, reason = self.seen, ""
        begun = self.runs.begin(self.judge)
        known = {each.check.guarantee for each in begun}
        try:
            while seen.runs < runs:
                self._run(known, by_priority=seen.runs % 2 == 1)
                seen.runs += 1
                self._tell()
        except KeyboardInterrupt:
            reason = INTERRUPTED
        if seen.too_long and not reason:
            reason = _TOO_LONG
        seconds = monotonic() - self.began
        broken = tuple(map(self.runs.cut, (*begun, *seen.found.values())))
        return Schedules(
            scenario=self.scenario.name,
            states=0,
            steps=seen.steps,
            spared=0,
            depth=seen.longest,
            seconds=seconds,
            complete=False,
            reason=reason,
            preemptions=None,
            broken=broken,
            ends=tuple(self._ends()),
            runs=seen.runs,
        )

    def _run(self, known: set[str], *, by_priority: bool) -> None:
        seen, play = self.seen, self.play
        priorities = _Priorities(self.chance, seen.longest) if by_priority else None
        state, place, taken = play.state, play.place, list[Move[_E]]()
        broken = set(known)
        while moves := tuple(play.moves(state, place)):
            if len(taken) == MOST_STEPS:
                seen.too_long += 1
                return
            move = priorities.pick(moves, len(taken)) if priorities else self.chance.pick(moves)
            after, outcome = self.subject.kernel.step(self.subject.design, state, move.event)
            taken.append(move)
            judged = self.judge.broken(state, move.event, outcome, after, frozenset(broken))
            for check, why in list(judged):
                broken.add(check.guarantee)
                self._keep_shorter(check, why, taken)
            state, place = after, play.after(state, place, move, outcome)
        seen.steps += len(taken)
        seen.longest = max(seen.longest, len(taken))
        standing = play.standing(state, place)
        if standing not in seen.ends:
            self._repeat(taken, state, place)
        count, shortest = seen.ends.get(standing, (0, taken))
        seen.ends[standing] = count + 1, min(shortest, taken, key=len)

    def _keep_shorter(
        self, check: KernelCheck[_D, _S, _E, _O], why: str, taken: list[Move[_E]]
    ) -> None:
        key = check.guarantee, cause_of(why)
        known, found = self.seen.found.get(key), self.runs.failing(check, why, taken)
        if known is None or len(found.events) < len(known.events):
            self.seen.found[key] = found

    def _repeat(self, taken: list[Move[_E]], state: _S, place: _P) -> None:
        """Take the moves once more. Errors: Unrepeatable where they lead elsewhere."""
        again, at = self.play.state, self.play.place
        for number, move in enumerate(taken, start=1):
            if move not in self.play.moves(again, at):
                raise Unrepeatable(f"step {number} of a run, {move.event}, does not repeat itself")
            after, outcome = self.subject.kernel.step(self.subject.design, again, move.event)
            again, at = after, self.play.after(again, at, move, outcome)
        if (again, at) != (state, place):
            raise Unrepeatable("a run does not repeat itself: it ends elsewhere")

    def _tell(self) -> None:
        now = monotonic()
        if self.listener and now - self.reported >= _SECONDS_BETWEEN_REPORTS:
            self.reported, seen = now, self.seen
            rate = seen.steps / max(now - self.began, 1e-9)
            self.listener(Progress(seen.runs, 0, seen.longest, rate))

    def _ends(self) -> Iterator[End]:
        ends = sorted(self.seen.ends.items(), key=lambda each: each[0][1])
        for (standing, words), (count, shortest) in ends:
            yield End(standing, words, count, self.runs.trace(shortest))
