"""Runs of a kernel as traces, and traces of a kernel run again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Generic, TypeVar

from assay.engines.kernel import WHOLE, Kernel, KernelCheck
from assay.lang.fingerprint import canonical
from assay.traces import Decision, Trace, shrink

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")

SUBJECT = "kernel"
_BOOT = "boot"


def subject_of(mode: str) -> str:
    """What traces and verdicts call the kernel: with its mode where a call is not one step."""
    return SUBJECT if mode == WHOLE else f"{SUBJECT}:{mode}"


@dataclass(frozen=True, slots=True)
class Moment(Generic[_S, _E, _O]):
    """A kernel state, and the step that led to it; None in the state after boot."""

    state: _S
    step: tuple[_E, _O] | None = None


@dataclass(frozen=True, slots=True)
class KernelReplayer(Generic[_D, _S, _E, _O]):
    """Performs decisions in a kernel under one design.

    `others` are checks besides the kernel's own: that its steps are those of a model.
    """

    kernel: Kernel[_D, _S, _E, _O]
    design: _D
    others: tuple[KernelCheck[_D, _S, _E, _O], ...] = ()

    @property
    def subject(self) -> str:
        """The kernel, and its mode where a call is not one step."""
        return subject_of(self.kernel.mode)

    @property
    def subject_hash(self) -> str:
        """A hash of what the kernel does under the design."""
        version = self.kernel.subject_hash() + canonical(self.design)
        return sha256(version.encode()).hexdigest()[:16]

    def start(self, decision: Decision) -> Moment[_S, _E, _O]:
        """The state after boot; ValueError when the decision is another."""
        if decision.name != _BOOT:
            raise ValueError(f"a trace of a kernel starts with `{_BOOT}`")
        return Moment(self.kernel.boot(self.design))

    def step(
        self, moment: Moment[_S, _E, _O], decision: Decision
    ) -> tuple[Moment[_S, _E, _O], Decision] | None:
        """The state after, and the decision as it went; None when it cannot happen there."""
        event = self.kernel.decode(decision.name, dict(decision.arguments))
        return self.happens(moment, event)

    def happens(
        self, moment: Moment[_S, _E, _O], event: _E
    ) -> tuple[Moment[_S, _E, _O], Decision] | None:
        """What the event leads to, and the event in words; None when it cannot happen there."""
        before = moment.state
        if self.kernel.ended(before) or not self.kernel.possible(self.design, before, event):
            return None
        after, outcome = self.kernel.step(self.design, before, event)
        name, arguments = self.kernel.encode(event)
        gave, changed = self.kernel.gave(outcome), self.kernel.changed(before, after)
        return Moment(after, (event, outcome)), Decision(name, arguments, gave, changed)

    def broken(
        self,
        claim: str,
        before: Moment[_S, _E, _O],
        decision: Decision,
        after: Moment[_S, _E, _O],
    ) -> str | None:
        """Why the step breaks `claim`, the id of a guarantee; ValueError when no check has it."""
        every = (*self.kernel.checks, *self.others)
        checks = [check for check in every if check.guarantee == claim]
        if not checks:
            raise ValueError(f"no check of the kernel speaks of {claim}")
        if after.step is None:
            return None
        event, outcome = after.step
        for check in checks:
            why = check.broken(self.design, before.state, event, outcome, after.state)
            if why is not None:
                return why
        return None

    def broken_at_start(self, claim: str, moment: Moment[_S, _E, _O]) -> str | None:
        """Nothing has happened yet that could break a guarantee."""
        return None


def run(
    replayer: KernelReplayer[_D, _S, _E, _O], events: Iterable[_E], *, claim: str | None = None
) -> tuple[Trace, str | None]:
    """The run of the events from boot, up to the first step that breaks `claim`, and why it does.

    Events that cannot happen where they stand are left out. Errors: ValueError when no check speaks
    of the claim.
    """
    start = Decision(_BOOT)
    moment, why = replayer.start(start), None
    went: list[Decision] = []
    prepared = 0
    for event in events:
        happened = replayer.happens(moment, event)
        if happened is None:
            continue
        before, (moment, decision) = moment, happened
        prepared += prepared == len(went) and replayer.kernel.prepares(event)
        went.append(decision)
        if claim is not None:
            why = replayer.broken(claim, before, decision, moment)
            if why is not None:
                prepared = min(prepared, len(went) - 1)
                break
    design = str(getattr(replayer.design, "name", replayer.design))
    trace = Trace(replayer.subject, design, replayer.subject_hash, (), start, tuple(went), claim)
    return replace(trace, prepared=prepared), why


def steps(
    replayer: KernelReplayer[_D, _S, _E, _O], trace: Trace
) -> Iterator[tuple[_S, _E, _O, _S]]:
    """Each step of the trace: state, event, outcome, state; ends where one cannot happen.

    Errors: ValueError where the trace names something that the kernel does not know.
    """
    moment = replayer.start(trace.start)
    for decision in trace.decisions:
        taken = replayer.step(moment, decision)
        if taken is None or taken[0].step is None:
            return
        before, (moment, _) = moment, taken
        event, outcome = taken[0].step
        yield before.state, event, outcome, moment.state


def shrunk(replayer: KernelReplayer[_D, _S, _E, _O], events: Iterable[_E], claim: str) -> Trace:
    """A run that breaks the claim and needs each of its events.

    Errors: ValueError when the events do not break the claim.
    """
    needed = shrink(tuple(events), lambda kept: run(replayer, kept, claim=claim)[1] is not None)
    trace, _ = run(replayer, needed, claim=claim)
    return replace(trace, minimal="locally minimal")
