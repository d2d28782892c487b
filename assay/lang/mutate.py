"""Small wrong changes of a recorded model: what its guarantees are worth shows in what they notice.

A change that finds nothing to change raises MutationGone with the nearest name, so that no mutation
quietly stops meaning anything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches

from assay.lang.recorded import Action, Assignment, Check, Recorded
from assay.lang.sorts import BOOL, BoolSort
from assay.lang.tree import Apply, Constant, Expr, Named, Operator, Quantified
from assay.lang.walk import mapped, nodes, of_action

Change = Callable[[Recorded], Recorded]
Rewrite = Callable[[Expr], Expr]

_CONNECTIVES = {Operator.NOT, Operator.AND, Operator.OR, Operator.IMPLIES}


class MutationGone(Exception):
    """There is nothing any more that the mutation could change."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change, and the guarantee that it must break under `design`; `breaks` "" means any."""

    name: str
    breaks: str
    design: str
    change: Change


def without_action(action: str) -> Change:
    """The action never happens."""

    def change(recorded: Recorded) -> Recorded:
        gone = _action(recorded, action)
        return replace(recorded, actions=tuple(a for a in recorded.actions if a is not gone))

    return change


def without_check(action: str, check: str) -> Change:
    """The action does not ask `check`."""
    return _changed_checks(action, lambda checks: _without(checks, _check(action, checks, check)))


def swapped_checks(action: str, first: str, second: str) -> Change:
    """The two checks change places."""

    def swap(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        one, two = (_check(action, checks, name) for name in (first, second))
        other = {one.name: two, two.name: one}
        return tuple(other.get(check.name, check) for check in checks)

    return _changed_checks(action, swap)


def changed_check(action: str, check: str, rewrite: Rewrite) -> Change:
    """The condition of the check is another one."""

    def change(checks: tuple[Check, ...]) -> tuple[Check, ...]:
        wanted = _check(action, checks, check)
        changed = replace(wanted, condition=rewrite(wanted.condition))
        return tuple(changed if each is wanted else each for each in checks)

    return _changed_checks(action, change)


def negated_atom(action: str, check: str, nth: int = 0) -> Change:
    """The nth atom of the check's condition, from 0 in reading order, means its opposite."""
    return changed_check(action, check, _negation(f"{check} of {action}", nth))


def negated_in_helper(helper: str, nth: int = 0) -> Change:
    """The nth atom of a helper predicate means its opposite, wherever an action uses it.

    Errors, when the change is made: MutationGone as for every change.
    """
    negate = _negation(helper, nth)

    def change(recorded: Recorded) -> Recorded:
        known = list(dict.fromkeys(each.name for each in _helpers(recorded)))
        if helper not in known:
            raise MutationGone(_unknown("no action uses a helper", helper, known))
        actions = tuple(_rewritten(action, negate_it) for action in recorded.actions)
        return replace(recorded, actions=actions)

    def negate_it(node: Expr) -> Expr:
        if isinstance(node, Named) and node.name == helper:
            return replace(node, body=negate(node.body))
        return node

    return change


def without_assignment(action: str, table: str, nth: int = 0) -> Change:
    """The action leaves `table` as it is: its nth assignment to it, from 0, is not made."""
    return _changed_assignment(action, table, nth, lambda _: ())


def changed_value(action: str, table: str, rewrite: Rewrite, nth: int = 0) -> Change:
    """The nth assignment to `table` gives another value."""
    return _changed_assignment(
        action, table, nth, lambda each: (replace(each, value=rewrite(each.value)),)
    )


def generated(recorded: Recorded) -> tuple[Mutation, ...]:
    """Every small change of the actions, by rule.

    Each refusal dropped, each two neighbouring refusals with different errors swapped, each
    assignment dropped, each atom of each check and of each helper predicate negated.
    """
    changes = [
        change
        for action in recorded.actions
        for change in (*_of_checks(action), *_of_assignments(action))
    ]
    return tuple(
        Mutation(name, "", recorded.design, change)
        for name, change in (*changes, *_of_helpers(recorded))
    )


def _of_helpers(recorded: Recorded) -> Iterator[tuple[str, Change]]:
    for helper, use in {each.name: each for each in _helpers(recorded)}.items():
        for nth in range(len(list(atoms(use.body)))):
            yield f"atom {nth} of the helper {helper} negated", negated_in_helper(helper, nth)


def _of_checks(action: Action) -> Iterator[tuple[str, Change]]:
    for check in action.checks:
        if check.error is not None:
            yield f"{action.name} without {check.name}", without_check(action.name, check.name)
    for one, two in zip(action.checks, action.checks[1:], strict=False):
        if one.error is not None and two.error is not None and one.error != two.error:
            change = swapped_checks(action.name, one.name, two.name)
            yield f"{action.name} with {two.name} before {one.name}", change
    for check in action.checks:
        for nth in range(len(list(atoms(check.condition)))):
            change = negated_atom(action.name, check.name, nth)
            yield f"{action.name} with atom {nth} of {check.name} negated", change


def _of_assignments(action: Action) -> Iterator[tuple[str, Change]]:
    seen: dict[str, int] = {}
    for assignment in action.assignments:
        nth = seen.get(assignment.table, 0)
        seen[assignment.table] = nth + 1
        change = without_assignment(action.name, assignment.table, nth)
        yield f"{action.name} without assignment {nth} of {assignment.table}", change


def atoms(expr: Expr) -> Iterator[Expr]:
    """The formulas below connectives and quantifiers, in reading order; a helper applied is one."""
    match expr:
        case Apply(operator=operator, arguments=arguments) if operator in _CONNECTIVES:
            for argument in arguments:
                yield from atoms(argument)
        case Quantified(body=body):
            yield from atoms(body)
        case Constant():
            pass
        case _:
            yield expr


def _negation(of: str, nth: int) -> Rewrite:
    def negate(expr: Expr) -> Expr:
        count = len(list(atoms(expr)))
        if nth >= count:
            raise MutationGone(f"{of} has {count} atoms, there is no atom {nth}")
        return _with_atom(expr, nth, _opposite)

    return negate


def _helpers(recorded: Recorded) -> Iterator[Named]:
    """Every use of a helper predicate by an action."""
    for action in recorded.actions:
        for expr in of_action(action):
            yield from (node for node in nodes(expr) if isinstance(node, Named))


def _rewritten(action: Action, rewrite: Rewrite) -> Action:
    return replace(
        action,
        checks=tuple(
            replace(check, condition=mapped(check.condition, rewrite)) for check in action.checks
        ),
        assignments=tuple(
            replace(each, value=mapped(each.value, rewrite)) for each in action.assignments
        ),
    )


def _with_atom(expr: Expr, nth: int, rewrite: Rewrite) -> Expr:
    match expr:
        case Apply(operator=operator, arguments=arguments) if operator in _CONNECTIVES:
            changed: list[Expr] = []
            for argument in arguments:
                count = len(list(atoms(argument)))
                changed.append(_with_atom(argument, nth, rewrite) if 0 <= nth < count else argument)
                nth -= count
            return replace(expr, arguments=tuple(changed))
        case Quantified(body=body):
            return replace(expr, body=_with_atom(body, nth, rewrite))
        case _:
            return rewrite(expr)


def _opposite(expr: Expr) -> Expr:
    if not isinstance(expr.sort, BoolSort):
        raise AssertionError(expr)
    return Apply(Operator.NOT, (expr,), BOOL, expr.where)


def _changed_checks(
    action: str, change: Callable[[tuple[Check, ...]], tuple[Check, ...]]
) -> Change:
    def changed(recorded: Recorded) -> Recorded:
        old = _action(recorded, action)
        return _with_action(recorded, replace(old, checks=change(old.checks)))

    return changed


def _changed_assignment(
    action: str, table: str, nth: int, change: Callable[[Assignment], tuple[Assignment, ...]]
) -> Change:
    def changed(recorded: Recorded) -> Recorded:
        old = _action(recorded, action)
        places = [i for i, each in enumerate(old.assignments) if each.table == table]
        if not places:
            raise MutationGone(_unknown(f"{action} assigns no", table, _tables(old)))
        if nth >= len(places):
            raise MutationGone(f"{action} assigns {table} {len(places)} times, not {nth + 1} times")
        at = places[nth]
        new = (*old.assignments[:at], *change(old.assignments[at]), *old.assignments[at + 1 :])
        return _with_action(recorded, replace(old, assignments=new))

    return changed


def _tables(action: Action) -> list[str]:
    return [assignment.table for assignment in action.assignments]


def _with_action(recorded: Recorded, changed: Action) -> Recorded:
    actions = tuple(changed if each.name == changed.name else each for each in recorded.actions)
    return replace(recorded, actions=actions)


def _action(recorded: Recorded, name: str) -> Action:
    names = [action.name for action in recorded.actions]
    if name not in names:
        raise MutationGone(_unknown(f"{recorded.name} has no action", name, names))
    return recorded.action(name)


def _check(action: str, checks: tuple[Check, ...], name: str) -> Check:
    for check in checks:
        if check.name == name:
            return check
    raise MutationGone(_unknown(f"{action} has no check", name, [check.name for check in checks]))


def _without(checks: tuple[Check, ...], gone: Check) -> tuple[Check, ...]:
    return tuple(check for check in checks if check is not gone)


def _unknown(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"{what} `{name}`; " + (f"did you mean `{near[0]}`?" if near else f"there are {known}")
