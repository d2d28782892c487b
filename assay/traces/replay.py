"""Running a stored trace again, whatever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from assay.traces.expect import TraceError
from assay.traces.trace import Decision, Trace

_S = TypeVar("_S")


class Replayer(Protocol[_S]):
    """Something that can perform decisions: a model's interpreter, or a kernel."""

    @property
    def subject(self) -> str:
        """`model:NAME` or `kernel`."""
        ...

    @property
    def subject_hash(self) -> str:
        """The version of the subject that would run."""
        ...

    def start(self, decision: Decision, /) -> _S:
        """The state that the start names; ValueError saying what was expected."""
        ...

    def step(self, state: _S, decision: Decision, /) -> tuple[_S, Decision] | None:
        """The state after, and the decision as it went; None when it cannot happen there.

        ValueError when it names something unknown.
        """
        ...

    def broken(self, claim: str, before: _S, decision: Decision, after: _S, /) -> str | None:
        """Why this step, or the state after it, breaks the claim; None when it does not."""
        ...

    def broken_at_start(self, claim: str, state: _S, /) -> str | None:
        """Why the start state breaks the claim; None when it does not."""
        ...


@dataclass(frozen=True, slots=True)
class Replay:
    """What a trace shows when it runs again.

    `holds`: every decision went as stored, and the last one breaks the claim, if there is one.
    `trace` is the run as it went now, up to where it stopped; `why` says what broke, or where and
    how it parted from the stored one.
    """

    holds: bool
    trace: Trace
    why: str


def replay(trace: Trace, replayer: Replayer[_S]) -> Replay:
    """Run the trace.

    Errors: TraceError when it was made for another subject or version, or names something unknown.
    """
    check_version(trace, replayer)
    try:
        state = replayer.start(trace.start)
        why = None if trace.claim is None else replayer.broken_at_start(trace.claim, state)
    except ValueError as error:
        raise TraceError(f"start {trace.start}: {error}") from error
    went: list[Decision] = []
    for decision in trace.decisions:
        if why is not None:
            return _parted(trace, went, f"the claim is broken after step {len(went)}: {why}")
        taken = _step(replayer, state, decision, len(went) + 1)
        if taken is None:
            return _parted(trace, went, f"step {len(went) + 1}: {decision} cannot happen there")
        after, as_it_went = taken
        went.append(as_it_went)
        if as_it_went.gave != decision.gave:
            gave = f"{decision} gave {as_it_went.gave}, the trace says {decision.gave}"
            return _parted(trace, went, f"step {len(went)}: {gave}")
        if trace.claim is not None:
            why = replayer.broken(trace.claim, state, as_it_went, after)
        state = after
    if trace.claim is not None and why is None:
        return _parted(trace, went, f"{trace.claim} is not broken at the end")
    return Replay(holds=True, trace=replace(trace, decisions=tuple(went)), why=why or "")


class LoopReplayer(Replayer[_S], Protocol[_S]):
    """A replayer that can judge a run that goes on for ever."""

    def broken_for_ever(
        self, claim: str, states: Sequence[_S], decisions: Sequence[Decision], loop: int, /
    ) -> str | None:
        """Why the run breaks the claim if it goes on from the state with index `loop`.

        ValueError when there is no such claim.
        """
        ...


def replay_loop(trace: Trace, replayer: LoopReplayer[_S]) -> Replay:
    """Run a trace with a loop, once around.

    Errors: TraceError when it was made for another subject or version, names something unknown, or
    has no loop or no claim.
    """
    check_version(trace, replayer)
    if trace.loop is None or trace.claim is None:
        raise TraceError("a run that goes on for ever needs a loop and a claim")
    try:
        states = [replayer.start(trace.start)]
    except ValueError as error:
        raise TraceError(f"start {trace.start}: {error}") from error
    went: list[Decision] = []
    for decision in trace.decisions:
        taken = _step(replayer, states[-1], decision, len(went) + 1)
        if taken is None:
            return _parted(trace, went, f"step {len(went) + 1}: {decision} cannot happen there")
        states.append(taken[0])
        went.append(taken[1])
    try:
        why = replayer.broken_for_ever(trace.claim, states, went, trace.loop)
    except ValueError as error:
        raise TraceError(str(error)) from error
    if why is None:
        return _parted(trace, went, f"{trace.claim} is not broken by going on like this")
    return Replay(holds=True, trace=replace(trace, decisions=tuple(went)), why=why)


def check_version(trace: Trace, replayer: Replayer[_S]) -> None:
    """Errors: TraceError when the trace was not made for what the replayer runs."""
    if trace.subject != replayer.subject:
        raise TraceError(f"a trace of {trace.subject}, but {replayer.subject} was to run it")
    if trace.subject_hash != replayer.subject_hash:
        raise TraceError(
            f"a trace of another version of {trace.subject} under {trace.design}: made for version "
            f"{trace.subject_hash}, this is {replayer.subject_hash}; make the trace again"
        )


def _step(
    replayer: Replayer[_S], state: _S, decision: Decision, index: int
) -> tuple[_S, Decision] | None:
    try:
        return replayer.step(state, decision)
    except ValueError as error:
        raise TraceError(f"step {index}: {decision}: {error}") from error


def _parted(trace: Trace, went: list[Decision], why: str) -> Replay:
    return Replay(holds=False, trace=replace(trace, decisions=tuple(went)), why=why)
