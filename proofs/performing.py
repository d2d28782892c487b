"""How a program does what the decisions of a trace say, whatever a step of its kernel is."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from assay.traces.trace import Decision, TraceValue

Given = Mapping[str, TraceValue]
_Program = TypeVar("_Program")


class CannotBe(Exception):
    """The kernel is not where the trace needs it."""


def perform(
    program: _Program,
    decisions: Iterable[Decision],
    known: Mapping[str, Callable[[_Program, Given], None]],
    step: str = "event",
) -> None:
    """The program does what the decisions say, as is known of each by its name.

    `step` is the word for a step of its kernel. Errors: ValueError naming the decision that nothing
    there does.
    """
    for decision in decisions:
        does = known.get(decision.name)
        if does is None:
            raise ValueError(f"{decision}: no {step} does this")
        try:
            does(program, dict(decision.arguments))
        except (KeyError, CannotBe) as error:
            raise ValueError(f"{decision}: {error}") from error
