"""Whether the kernel shows what a trace of a model shows: the actions are turned into calls."""

from collections.abc import Iterable
from typing import Generic, NamedTuple, TypeVar

from assay.engines.kernel import Kernel, Realise
from assay.engines.kernel_traces import KernelReplayer, run
from assay.traces import Replayed, Trace

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")


class Performer(NamedTuple, Generic[_D, _S, _E, _O]):
    """The kernel in steps of some size, and what a trace of the model is there."""

    kernel: Kernel[_D, _S, _E, _O]
    realise: Realise[_D, _E]


def any_speaks(performers: Iterable[Performer[_D, _S, _E, _O]], guarantee: str) -> bool:
    """Whether one of the kernels has a check of the guarantee."""
    return any(each.guarantee == guarantee for one in performers for each in one.kernel.checks)


def performed(
    performers: Iterable[Performer[_D, _S, _E, _O]], design: _D, guarantee: str, trace: Trace
) -> tuple[Replayed, str]:
    """Whether one of them breaks the guarantee as the trace does, and how.

    What none shows is told as the first of them tells it. With none the model is tied to no kernel.
    """
    answers: list[tuple[Replayed, str]] = []
    for each in performers:
        answers.append(_shown(each, design, guarantee, trace))
        if answers[-1][0] is Replayed.YES:
            return answers[-1]
    return answers[0] if answers else (Replayed.NOT_APPLICABLE, "the model is tied to no kernel")


def _shown(
    performer: Performer[_D, _S, _E, _O], design: _D, guarantee: str, trace: Trace
) -> tuple[Replayed, str]:
    kernel, realise = performer
    if not any_speaks([performer], guarantee):
        return Replayed.NOT_APPLICABLE, "only the model speaks of it"
    try:
        events = realise(design, trace.start, trace.decisions)
    except ValueError as error:
        return Replayed.NO, f"broken in the model; no calls do it: {error}"
    replayer: KernelReplayer[_D, _S, _E, _O] = KernelReplayer(kernel, design)
    shown, why = run(replayer, events, claim=guarantee)
    if why is None:
        return Replayed.NO, "broken in the model; the kernel does not show it"
    if shown.steps < len(events):
        why = f"{why}, already at event {shown.steps} of {len(events)}"
    return Replayed.YES, why
