"""Progress: what happens in the end, as long as no action that is named as fair is passed over.

A run may stop at any time, and then nothing more happens for ever, unless fairness forbids it. A
step that changes nothing is no step: it neither serves a fair action nor makes it possible.
"""

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature

from assay.lang.recorded import Action, Fair, Fairness
from assay.lang.recording import Abandoned, here, problem
from assay.lang.terms import Truth
from assay.lang.tree import Where


@dataclass(frozen=True, slots=True)
class Fairly:
    """An action that is not passed over, as a model states it."""

    action: Callable[..., object]
    fairness: Fairness
    each: tuple[str, ...]
    where: Where


def weakly(action: Callable[..., object], *each: str) -> Fairly:
    """The action is taken in the end if from some time on it can be taken always.

    `each` names parameters: the action is fair for every choice of them on its own.
    """
    return Fairly(action, Fairness.WEAK, each, here())


def strongly(action: Callable[..., object], *each: str) -> Fairly:
    """The action is taken in the end if it can be taken again and again, though not always.

    `each` names parameters: the action is fair for every choice of them on its own.
    """
    return Fairly(action, Fairness.STRONG, each, here())


@dataclass(frozen=True, slots=True)
class LeadsTo:
    """Whenever the premise holds, the goal holds then or later."""

    premise: Truth
    goal: Truth


def leads_to(premise: Truth, goal: Truth) -> LeadsTo:
    """Whenever `premise` holds, `goal` holds then or later; `TRUE` for again and again."""
    given: tuple[tuple[object, str], ...] = ((premise, "premise"), (goal, "goal"))
    for said, what in given:
        if not isinstance(said, Truth):
            problem(f"the {what} of `leads_to` is no Truth", "write a condition on the state")
            raise Abandoned
    return LeadsTo(premise, goal)


def recorded_fairness(
    stated: tuple[Fairly, ...], every: tuple[str, ...], actions: tuple[Action, ...]
) -> tuple[Fair, ...]:
    """What is fair among the actions of one design; `every` names those of all designs.

    Notes an action that the model has not, a parameter that the action has not, and one that is
    fair twice.
    """
    found: dict[str, Fair] = {}
    for each in stated:
        name = str(getattr(each.action, "__name__", each.action))
        known = tuple(signature(each.action).parameters)[3:]
        if name not in every:
            problem(
                f"{name}, named as fair, is no action",
                f"name one of {', '.join(every)}",
                each.where,
            )
        elif name in found:
            problem(
                f"{name} is named as fair twice", "say it once: strong fairness is more", each.where
            )
        elif unknown := [parameter for parameter in each.each if parameter not in known]:
            problem(
                f"{name} has no parameter `{unknown[0]}`",
                f"its parameters are {', '.join(known) or 'none'}",
                each.where,
            )
        elif any(action.name == name for action in actions):
            found[name] = Fair(name, each.each, each.fairness)
    return tuple(found.values())
