"""Where two versions of a model answer the same call differently, one of them by a refusal.

Both are asked in the reachable states of the first. A call that cannot be made, because a guard
fails, is no answer.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore import Limits, Path, explore
from assay.engines.interpret import ModelStep
from assay.lang.fingerprint import canonical
from assay.lang.recorded import Action, Check, Claim, Recorded, Role
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Expr, Operator, Taken, Where
from assay.lang.walk import conjuncts

REFUSALS_IN_ORDER = "refusals_come_in_order"
"""The claim that a different answer breaks."""

_NO_LIMITS = Limits()
_TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class OtherAnswer:
    """A shortest path to a call that is answered differently, the call its last step."""

    path: Path
    answers: tuple[str, str]


def first_other_answer(
    one: Recorded, two: Recorded, sizes: Sizes, *, limits: Limits = _NO_LIMITS
) -> OtherAnswer | None:
    """The first call, breadth first, to which `two` answers otherwise than `one`.

    For each pair of answers that differ a probe is added to `one`: an action that can be taken
    where these two are given. The search ends with the first probe that is taken.
    """
    asked: dict[str, tuple[str, tuple[str, str]]] = {}
    probes: list[Action] = []
    others = {action.name: action for action in two.actions}
    for action in one.actions:
        other = others.get(action.name)
        if other is None or other.checks == action.checks:
            continue
        for checks, answers in _differences(action, other):
            name = f"{action.name} is asked {len(probes)}"
            asked[name] = (action.name, answers)
            probes.append(replace(action, name=name, checks=checks, assignments=()))
    if not probes:
        return None
    probed = replace(one, actions=(*one.actions, *probes), claims=(_none_taken(probes),))
    until = frozenset({REFUSALS_IN_ORDER})
    for broken in explore(probed, sizes, limits=replace(limits, until=until)).broken:
        *steps, last = broken.path.steps
        name, answers = asked[last.action]
        path = Path(broken.path.start, (*steps, ModelStep(name, last.arguments)))
        return OtherAnswer(path, answers)
    return None


def _none_taken(probes: Sequence[Action]) -> Claim:
    where = probes[0].where
    taken = tuple(Taken(probe.name, where) for probe in probes)
    some = Apply(Operator.OR, taken, BOOL, where)
    body = Apply(Operator.NOT, (some,), BOOL, where)
    return Claim(
        REFUSALS_IN_ORDER, None, Role.GUARANTEE, over_steps=True, body=body, meaning="", where=where
    )


def _differences(
    action: Action, other: Action
) -> Iterator[tuple[tuple[Check, ...], tuple[str, str]]]:
    """The conditions under which two versions of an action answer differently, with the answers."""
    for holds, fails, answer in _answers(action):
        for other_holds, other_fails, other_answer in _answers(other):
            if answer == other_answer or "" in (answer, other_answer):
                continue
            true = _by_text(part for each in (*holds, *other_holds) for part in conjuncts(each))
            false = _by_text(each for each in (fails, other_fails) if each is not None)
            if any(_by_text(conjuncts(each)).keys() <= true.keys() for each in false.values()):
                continue
            conditions = [*true.values(), *map(_not, false.values())]
            yield _guards(conditions, action.where), (answer, other_answer)


def _answers(action: Action) -> Iterator[tuple[tuple[Expr, ...], Expr | None, str]]:
    """What the action can answer: what holds, what fails, and the error; "" where it cannot be."""
    conditions = tuple(check.condition for check in action.checks)
    for position, check in enumerate(action.checks):
        yield conditions[:position], check.condition, check.error or ""
    yield conditions, None, _TAKEN


def _by_text(exprs: Iterable[Expr]) -> dict[str, Expr]:
    """The expressions without those that say the same at another place."""
    return {canonical(expr): expr for expr in exprs}


def _not(expr: Expr) -> Expr:
    return Apply(Operator.NOT, (expr,), BOOL, expr.where)


def _guards(conditions: Sequence[Expr], where: Where) -> tuple[Check, ...]:
    return tuple(
        Check(f"guard_{index}", condition, None, where)
        for index, condition in enumerate(conditions)
    )
