"""Runs that go on for ever: a way in, and then a cycle, or nothing any more.

This is what a counterexample to progress is judged by, step by step, by the interpreter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.domains import Sizes, choices
from assay.engines.interpret import (
    Bindings,
    ModelState,
    ModelStep,
    Taken,
    attempt,
    evaluate,
    instances,
)
from assay.lang.recorded import Fair, Fairness, Progress, Recorded
from assay.lang.values import show


@dataclass(frozen=True, slots=True)
class Lasso:
    """A run: its states, one more than its steps; it goes on from state `loop` as from the last.

    Where `loop` is the index of the last state, nothing more happens.
    """

    states: tuple[ModelState, ...]
    steps: tuple[ModelStep, ...]
    loop: int

    @property
    def cycle(self) -> tuple[ModelState, ...]:
        """The states that come again and again."""
        return self.states[self.loop : -1] or self.states[-1:]


def broken_by(
    recorded: Recorded, sizes: Sizes, progress: Progress, lasso: Lasso
) -> Bindings | None:
    """Arguments for which the run breaks the claim; None when it breaks it for none.

    It must come back to where it loops, leave the goal out from some state with the premise on, and
    pass over nothing that is fair.
    """
    if lasso.states[-1] != lasso.states[lasso.loop]:
        return None
    fair = all(
        _is_fair(recorded, sizes, each, given, lasso)
        for each in progress.fair
        for given in choices_of(recorded, sizes, each)
    )
    if not fair:
        return None
    for arguments in choices(progress.parameters, sizes):
        if _never_comes(recorded, sizes, progress, arguments, lasso):
            return arguments
    return None


def choices_of(recorded: Recorded, sizes: Sizes, fair: Fair) -> Iterator[Bindings]:
    """Each choice of the parameters for which the action is fair on its own."""
    parameters = recorded.action(fair.action).parameters
    yield from choices(tuple(each for each in parameters if each.name in fair.each), sizes)


def is_of(step: ModelStep, fair: Fair, given: Bindings) -> bool:
    """Whether the step is one by the action with the arguments that are given."""
    return step.action == fair.action and given.items() <= step.arguments.items()


def told(progress: Progress, arguments: Bindings) -> str:
    """For which arguments, in words; nothing where the claim has none."""
    shown = {each.name: show(arguments[each.name], each.sort) for each in progress.parameters}
    return ", ".join(f"{name}={value}" for name, value in shown.items())


def _never_comes(
    recorded: Recorded, sizes: Sizes, progress: Progress, arguments: Bindings, lasso: Lasso
) -> bool:
    """Whether the premise holds at some state from which on the goal never does."""

    def holds(index: int, *, goal: bool) -> bool:
        body = progress.goal if goal else progress.premise
        return bool(evaluate(recorded, sizes, body, lasso.states[index], arguments))

    last = len(lasso.states) - 1
    goals = [index for index in range(last + 1) if holds(index, goal=True)]
    if any(index >= lasso.loop for index in goals):
        return False
    return any(holds(index, goal=False) for index in range(max(goals, default=-1) + 1, last + 1))


def _is_fair(recorded: Recorded, sizes: Sizes, fair: Fair, given: Bindings, lasso: Lasso) -> bool:
    """Whether the cycle takes the action, or need not."""
    pairs = zip(lasso.states[lasso.loop :], lasso.steps[lasso.loop :], strict=False)
    after = lasso.states[lasso.loop + 1 :]
    taken = any(
        is_of(step, fair, given) and old != new
        for (old, step), new in zip(pairs, after, strict=True)
    )
    possible = (_can(recorded, sizes, fair, given, state) for state in lasso.cycle)
    return taken or not (all(possible) if fair.fairness is Fairness.WEAK else any(possible))


def _can(recorded: Recorded, sizes: Sizes, fair: Fair, given: Bindings, state: ModelState) -> bool:
    """Whether the action can be taken in the state, and changes it."""
    for step in instances(recorded.action(fair.action), sizes):
        if is_of(step, fair, given):
            went = attempt(recorded, sizes, state, step.action, step.arguments)
            if isinstance(went, Taken) and went.new != state:
                return True
    return False
