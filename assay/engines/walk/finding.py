"""A claim that a run breaks, with a run that needs each of its events to break it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.walk.subject import Subject
from assay.traces import Trace, shrink

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")


@dataclass(frozen=True, slots=True)
class Broken:
    """What is broken, why in one line, and the trace whose last step shows it.

    `claim` is the id of a guarantee, or `follows MODEL`.
    """

    claim: str
    why: str
    trace: Trace


def finding(
    subject: Subject[_D, _S, _E, _O], claim: str, events: Sequence[_E], *, full: bool
) -> Broken:
    """The events, cut to what breaks the claim for its check: the full one, or the other.

    Errors: ValueError when they do not break it: the kernel does not do the same each time.
    """
    runs = _Runs(subject, subject.check(claim, full=full))
    needed = shrink(tuple(events), lambda kept: runs.broken(kept) is not None)
    why = runs.broken(needed)
    if why is None:
        raise AssertionError(needed)
    replayer: KernelReplayer[_D, _S, _E, _O] = KernelReplayer(subject.kernel, subject.design)
    trace, _ = run(replayer, needed)
    return Broken(claim, why, replace(trace, claim=claim, minimal="locally minimal"))


class _Runs(Generic[_D, _S, _E, _O]):
    """Runs from boot, one after another; what a run has in common with the last is not run again.

    Most tries of a shrink begin as the try before did.
    """

    def __init__(
        self, subject: Subject[_D, _S, _E, _O], check: KernelCheck[_D, _S, _E, _O]
    ) -> None:
        self._subject = subject
        self._check = check
        self._events: list[_E] = []
        self._states = [subject.kernel.boot(subject.design)]

    def broken(self, events: Sequence[_E]) -> str | None:
        """Why the first of the events that breaks the claim does so; None if none does."""
        shared = self._shared(events)
        del self._events[shared:], self._states[shared + 1 :]
        for event in events[shared:]:
            why, after = self._step(self._states[-1], event)
            if why is not None:
                return why
            self._events.append(event)
            self._states.append(after)
        return None

    def _shared(self, events: Sequence[_E]) -> int:
        """How many events at the start are those of the last run."""
        pairs = zip(self._events, events, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))

    def _step(self, state: _S, event: _E) -> tuple[str | None, _S]:
        """Why the event breaks the claim, and the state after it: the same if it cannot happen."""
        kernel, design = self._subject.kernel, self._subject.design
        if kernel.ended(state) or not kernel.possible(design, state, event):
            return None, state
        after, outcome = kernel.step(design, state, event)
        return self._check.broken(design, state, event, outcome, after), after
