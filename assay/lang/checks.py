"""What a recorded model must satisfy beyond the sorts, so that no two engines read it two ways."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations

from assay.lang.recorded import Action, Assignment, Claim, Progress, Recorded, Role
from assay.lang.recording import ended_early, problem
from assay.lang.tree import Apply, Constant, Element, Expr, Operator, Read, Variable, Where
from assay.lang.walk import conjuncts, mapped, nodes, of_action, of_assignment

_NOWHERE = Where("", 0)


def check_recorded(recorded: Recorded, where: Where) -> None:
    """Note every problem of the model as a whole; `where` is the place of what it lacks."""
    _check_names(recorded)
    _check_presence(recorded, where)
    ghosts = frozenset(table.name for table in recorded.tables if table.ghost)
    for action in recorded.actions:
        if not ended_early(action.where):
            _check_parameters(action)
        _check_ghosts(action, ghosts)
        _check_overlap(action.assignments, action)
    for start in recorded.starts:
        _check_overlap(start.assignments, None)
        for read in _reads(part for each in start.assignments for part in of_assignment(each)):
            problem("a start state reads a table", "give the value itself", read.where)


def _check_names(recorded: Recorded) -> None:
    named: tuple[Action | Claim | Progress, ...]
    named = (*recorded.actions, *recorded.claims, *recorded.progress)
    for name, count in Counter(each.name for each in named).items():
        if count > 1:
            where = next(each.where for each in reversed(named) if each.name == name)
            problem(f"{name} stands twice", "give each action and claim a name of its own", where)


def _check_presence(recorded: Recorded, where: Where) -> None:
    name = recorded.name
    if not recorded.starts:
        problem(f"{name} has no start state", "add a function under `@model.start`", where)
    if not recorded.actions:
        problem(f"{name} has no action", "add a function under `@model.action()`", where)
    if not recorded.of_role(Role.GUARANTEE) and not recorded.progress:
        problem(f"{name} guarantees nothing", "add one under `@model.guarantee(id)`", where)


def _check_parameters(action: Action) -> None:
    used = {
        node.name
        for expr in of_action(action)
        for node in nodes(expr)
        if isinstance(node, Variable)
    }
    for parameter in action.parameters:
        if parameter.name not in used:
            problem(
                f"{action.name} never uses its parameter `{parameter.name}`",
                "use it or leave it out: each value of it is a step of its own",
                parameter.where,
            )


def _reads(exprs: Iterable[Expr]) -> list[Read]:
    return [node for expr in exprs for node in nodes(expr) if isinstance(node, Read)]


def _check_ghosts(action: Action, ghosts: frozenset[str]) -> None:
    decides = [check.condition for check in action.checks]
    for assignment in action.assignments:
        if assignment.table not in ghosts:
            decides.extend(of_assignment(assignment))
    for read in _reads(decides):
        if read.table in ghosts:
            problem(
                f"{action.name} lets the ghost `{read.table}` decide",
                "make it a Table, or read another",
                read.where,
            )


def _check_overlap(assignments: tuple[Assignment, ...], action: Action | None) -> None:
    known = _inequalities(action)
    for first, second in combinations(assignments, 2):
        if first.table == second.table and not _apart(first, second, known):
            problem(
                f"two assignments to `{first.table}` may write one cell",
                "check that the keys differ, or write one `each` with `choose`",
                second.where,
            )


def _apart(first: Assignment, second: Assignment, known: set[frozenset[Expr]]) -> bool:
    pairs = zip(map(_placeless, first.keys), map(_placeless, second.keys), strict=True)
    return any(_differ(left, right, known) for left, right in pairs)


def _differ(left: Expr, right: Expr, known: set[frozenset[Expr]]) -> bool:
    match left, right:
        case (Element(name=one), Element(name=two)):
            return one != two
        case (Constant(value=one), Constant(value=two)):
            return one != two
        case _:
            return frozenset((left, right)) in known


def _inequalities(action: Action | None) -> set[frozenset[Expr]]:
    found: set[frozenset[Expr]] = set()
    for check in action.checks if action is not None else ():
        for conjunct in conjuncts(check.condition):
            match conjunct:
                case Apply(
                    operator=Operator.NOT,
                    arguments=(Apply(operator=Operator.EQUAL, arguments=(left, right)),),
                ):
                    found.add(frozenset((_placeless(left), _placeless(right))))
                case _:
                    pass
    return found


def _placeless(expr: Expr) -> Expr:
    return mapped(expr, lambda node: replace(node, where=_NOWHERE))
