"""A claim that a run breaks, with a run that needs each of its events to break it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Generic, TypeVar

from assay.engines.kernel import KernelCheck, Relative
from assay.engines.kernel_traces import KernelReplayer, run
from assay.engines.walk.subject import Subject
from assay.traces import Trace, shorten, shrink

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


_NUMBERS = re.compile(r"\b(?:0x)?[0-9a-f]*\d[0-9a-f]*\b")


def cause_of(why: str) -> str:
    """In which way a claim is broken: why, whichever objects it is about."""
    return _NUMBERS.sub("#", why)


def finding(
    subject: Subject[_D, _S, _E, _O],
    claim: str,
    events: Sequence[_E],
    *,
    full: bool,
    cause: str | None = None,
    units: Sequence[int] | None = None,
    prepared: int | None = None,
) -> Broken:
    """The events, cut to what breaks the claim for its check: the full one, or the other.

    With a `cause`, to what breaks it in that way. With `units`, a number for each event, events of
    one number are left out together or not at all. The first `prepared` of them only make what the
    others need; else the kernel says which do.

    Errors: ValueError when they do not break it: the kernel does not do the same each time.
    """
    runs = _Runs(subject, subject.check(claim, full=full))
    told = tuple(enumerate(subject.kernel.relative(subject.design, events)))

    def breaks(kept: tuple[_Part[_S, _E], ...]) -> bool:
        why = runs.broken(kept)
        return why is not None and cause in (None, cause_of(why))

    if units is None:
        others = _few_of_each(subject, told, events)
        needed = shorten(shrink(told, breaks), others, breaks)
    else:
        needed = _in_order(shrink(_united(told, units), lambda kept: breaks(_in_order(kept))))
    why = runs.broken(needed)
    if why is None:
        raise AssertionError(needed)
    replayer: KernelReplayer[_D, _S, _E, _O] = KernelReplayer(subject.kernel, subject.design)
    trace, _ = run(replayer, runs.went())
    if prepared is not None:
        trace = replace(trace, prepared=runs.went_before(prepared))
    return Broken(claim, why, replace(trace, claim=claim, minimal="locally minimal"))


_OF_EACH = 3
_Part = tuple[int, Relative[_S, _E]]
"""An event of the whole run: its number, and how it follows from others."""


def _united(
    told: Sequence[_Part[_S, _E]], units: Sequence[int]
) -> tuple[tuple[_Part[_S, _E], ...], ...]:
    """The parts of each unit, in the order in which the units begin."""
    found: dict[int, list[_Part[_S, _E]]] = {}
    for part, unit in zip(told, units, strict=True):
        found.setdefault(unit, []).append(part)
    return tuple(map(tuple, found.values()))


def _in_order(united: Sequence[Sequence[_Part[_S, _E]]]) -> tuple[_Part[_S, _E], ...]:
    """The parts of all these units as they followed one another."""
    return tuple(sorted((part for unit in united for part in unit), key=lambda part: part[0]))


def _few_of_each(
    subject: Subject[_D, _S, _E, _O], told: Sequence[_Part[_S, _E]], events: Sequence[_E]
) -> tuple[_Part[_S, _E], ...]:
    """The first few events of each name, of which one may do what several others do."""
    found: dict[str, list[_Part[_S, _E]]] = {}
    for part, event in zip(told, events, strict=True):
        found.setdefault(subject.kernel.encode(event)[0], []).append(part)
    return tuple(part for parts in found.values() for part in parts[:_OF_EACH])


class _Runs(Generic[_D, _S, _E, _O]):
    """Runs from boot, one after another; what a run has in common with the last is not run again.

    Most tries of a shrink begin as the try before did.
    """

    def __init__(
        self, subject: Subject[_D, _S, _E, _O], check: KernelCheck[_D, _S, _E, _O]
    ) -> None:
        self._subject = subject
        self._check = check
        self._parts: list[_Part[_S, _E]] = []
        self._events: list[_E | None] = []
        self._states = [subject.kernel.boot(subject.design)]
        self._happened: dict[int, tuple[_S, _S]] = {}

    def broken(self, parts: Sequence[_Part[_S, _E]]) -> str | None:
        """Why the first of the events that breaks the claim does so; None if none does."""
        self._forget(self._shared(parts))
        for part in parts[len(self._parts) :]:
            number, relative = part
            before = self._states[-1]
            event = relative(self._happened)
            why, after = (None, None) if event is None else self._step(before, event)
            self._parts.append(part)
            self._events.append(None if after is None else event)
            self._states.append(before if after is None else after)
            if after is not None:
                self._happened[number] = before, after
            if why is not None:
                return why
        return None

    def went(self) -> list[_E]:
        """The events of the last run that happened."""
        return [event for event in self._events if event is not None]

    def went_before(self, number: int) -> int:
        """How many of the events of the last run that happened have a lower number."""
        pairs = zip(self._parts, self._events, strict=True)
        return sum(event is not None and part[0] < number for part, event in pairs)

    def _forget(self, shared: int) -> None:
        """What the last run did after its first events; its last one broke the claim, perhaps."""
        shared = min(shared, max(0, len(self._parts) - 1))
        del self._parts[shared:], self._events[shared:], self._states[shared + 1 :]
        self._happened = {
            number: (self._states[at], self._states[at + 1])
            for at, (number, _) in enumerate(self._parts)
            if self._events[at] is not None
        }

    def _shared(self, parts: Sequence[_Part[_S, _E]]) -> int:
        """How many events at the start are those of the last run."""
        pairs = zip(self._parts, parts, strict=False)
        return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))

    def _step(self, state: _S, event: _E) -> tuple[str | None, _S | None]:
        """Why the event breaks the claim, and the state after it; None if it cannot happen."""
        kernel, design = self._subject.kernel, self._subject.design
        if kernel.ended(state) or not kernel.possible(design, state, event):
            return None, None
        after, outcome = kernel.step(design, state, event)
        return self._check.broken(design, state, event, outcome, after), after
