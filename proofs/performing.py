"""How a program does what the decisions of a trace say, whatever a step of its kernel is."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

from assay.traces.trace import Decision, TraceValue

Given = Mapping[str, TraceValue]
Later = tuple[Decision, ...]
_Program = TypeVar("_Program")
_Does = TypeVar("_Does")


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
        does = _of(decision, known, step)
        with _naming(decision):
            does(program, dict(decision.arguments))


def perform_looking_ahead(
    program: _Program,
    decisions: Later,
    known: Mapping[str, Callable[[_Program, Given, Later], None]],
) -> None:
    """The same, where what is done goes by the decisions that come later, too."""
    for at, decision in enumerate(decisions):
        does = _of(decision, known, "event")
        with _naming(decision):
            does(program, dict(decision.arguments), decisions[at + 1 :])


def _of(decision: Decision, known: Mapping[str, _Does], step: str) -> _Does:
    does = known.get(decision.name)
    if does is None:
        raise ValueError(f"{decision}: no {step} does this")
    return does


@contextmanager
def _naming(decision: Decision) -> Iterator[None]:
    """What cannot be is told with the decision that needs it."""
    try:
        yield
    except (KeyError, CannotBe) as error:
        raise ValueError(f"{decision}: {error}") from error
