"""A claim that a run breaks, with a run that needs each of its events to break it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

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
    subject: Subject[_D, _S, _E, _O],
    check: KernelCheck[_D, _S, _E, _O],
    events: Sequence[_E],
) -> Broken:
    """The events, cut to what breaks the check's claim.

    Errors: ValueError when they do not break it: the kernel does not do the same each time.
    """
    claim = check.guarantee

    alone = subject.check(claim, full=check.full)

    def breaks(kept: tuple[_E, ...]) -> bool:
        return first_broken(subject, alone, kept) is not None

    needed = shrink(tuple(events), breaks)
    found = first_broken(subject, alone, needed)
    if found is None:
        raise AssertionError(needed)
    replayer: KernelReplayer[_D, _S, _E, _O] = KernelReplayer(subject.kernel, subject.design)
    trace, _ = run(replayer, needed)
    return Broken(claim, found[1], replace(trace, claim=claim, minimal="locally minimal"))


def first_broken(
    subject: Subject[_D, _S, _E, _O],
    check: KernelCheck[_D, _S, _E, _O],
    events: Sequence[_E],
) -> tuple[int, str] | None:
    """How many of the events it takes to break the check's claim, and why; None if none do."""
    kernel, design = subject.kernel, subject.design
    state = kernel.boot(design)
    for count, event in enumerate(events, start=1):
        if kernel.ended(state):
            return None
        if not kernel.possible(design, state, event):
            continue
        after, outcome = kernel.step(design, state, event)
        why = check.broken(design, state, event, outcome, after)
        if why is not None:
            return count, why
        state = after
    return None
