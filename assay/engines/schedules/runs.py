"""Runs of a scenario as events from boot: what they break, cut to what that needs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.schedules.graph import Unrepeatable
from assay.engines.schedules.judge import Judge
from assay.engines.schedules.play import Move, Play
from assay.engines.walk.finding import Broken, cause_of, finding
from assay.engines.walk.subject import Subject
from assay.traces import Trace

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_P = TypeVar("_P")


@dataclass(frozen=True, slots=True)
class Failing(Generic[_D, _S, _E, _O]):
    """A check that a run fails with its last event, and why.

    `events` are all from boot, those of one of the `units` belong together.
    """

    check: KernelCheck[_D, _S, _E, _O]
    why: str
    events: tuple[_E, ...]
    units: tuple[int, ...]


class Runs(Generic[_D, _S, _E, _O, _P]):
    """The runs of a scenario; they begin with what came before the programs."""

    def __init__(self, subject: Subject[_D, _S, _E, _O], play: Play[_S, _E, _O, _P]) -> None:
        self._subject = subject
        self._before = [event for events in play.before for event in events]
        self._units = [number for number, events in enumerate(play.before) for _ in events]
        self._end = play.state

    def begin(self, judge: Judge[_D, _S, _E, _O]) -> list[Failing[_D, _S, _E, _O]]:
        """What is broken before the programs begin, each claim once.

        Errors: Unrepeatable where that does not lead to where they begin.
        """
        kernel, design = self._subject.kernel, self._subject.design
        state, failing = kernel.boot(design), dict[str, Failing[_D, _S, _E, _O]]()
        for number, event in enumerate(self._before, start=1):
            after, outcome = kernel.step(design, state, event)
            known = frozenset(failing)
            for check, why in list(judge.broken(state, event, outcome, after, known)):
                events, units = tuple(self._before[:number]), tuple(self._units[:number])
                failing[check.guarantee] = Failing(check, why, events, units)
            state = after
        if state != self._end:
            raise Unrepeatable("what comes before the programs does not repeat itself")
        return list(failing.values())

    def failing(
        self, check: KernelCheck[_D, _S, _E, _O], why: str, moves: Sequence[Move[_E]]
    ) -> Failing[_D, _S, _E, _O]:
        """The check that the programs fail with the last of these moves."""
        return Failing(check, why, self._events(moves), self._united(moves))

    def cut(self, failing: Failing[_D, _S, _E, _O]) -> Broken:
        """The run without what it does not need to break its claim in its way.

        Errors: ValueError when it does not break it so.
        """
        return finding(
            self._subject,
            failing.check.guarantee,
            failing.events,
            full=failing.check.full,
            cause=cause_of(failing.why),
            units=failing.units,
            prepared=len(self._before),
        )

    def whole(self, failing: Failing[_D, _S, _E, _O]) -> Broken:
        """The run as it is."""
        trace, why = run(self._replayer(), failing.events, claim=failing.check.guarantee)
        return Broken(failing.check.guarantee, why or failing.why, self._prepared(trace))

    def trace(self, moves: Sequence[Move[_E]]) -> Trace:
        """A run that shows something else."""
        return self._prepared(run(self._replayer(), self._events(moves))[0])

    def _prepared(self, trace: Trace) -> Trace:
        """The same, which says what came before the programs."""
        return replace(trace, prepared=min(len(self._before), trace.steps))

    def _events(self, moves: Iterable[Move[_E]]) -> tuple[_E, ...]:
        return (*self._before, *(move.event for move in moves))

    def _united(self, moves: Iterable[Move[_E]]) -> tuple[int, ...]:
        """The units of all events: what goes on on a processor is one with what began there."""
        units, last = list(self._units), dict[int | None, int]()
        for move in moves:
            if not move.goes_on or move.actor not in last:
                last[move.actor] = len(units)
            units.append(last[move.actor])
        return tuple(units)

    def _replayer(self) -> KernelReplayer[_D, _S, _E, _O]:
        return KernelReplayer(self._subject.kernel, self._subject.design)
