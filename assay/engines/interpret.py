"""What a recorded model means: the engine that every other one is tested against.

Slow, short and obviously right. A value is a Python `bool` (Truth), `int` (numbers, words, masks
of flags, indices of enumerations and of kind elements) or None (no option). The value of an option
that is none is the least value of its sort: claims and actions must not depend on it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from assay.engines.domains import Sizes as Sizes
from assay.engines.domains import SizesError as SizesError
from assay.engines.domains import check_sizes, choices, least, outside
from assay.engines.domains import domain as domain
from assay.lang.recorded import Action, Assignment, Claim, Recorded, Table
from assay.lang.recording import ModelError, Problem
from assay.lang.sorts import Sort, WordSort, sort_name
from assay.lang.tree import (
    Apply,
    Argument,
    Constant,
    Element,
    Expr,
    Named,
    Operator,
    Quantified,
    Read,
    Variable,
    Version,
)
from assay.lang.tree import Taken as Took
from assay.lang.values import Value

Keys = tuple[Value, ...]
ModelState = Mapping[str, Mapping[Keys, Value]]
"""Table to keys to value; a missing cell, or a whole missing table, is in normal form."""

Bindings = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class ModelStep:
    """A step of a model: the action, its arguments, and the name of the check that refused it."""

    action: str
    arguments: Bindings = field(default_factory=dict)
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """The action was taken and gave the state `new`."""

    new: ModelState


@dataclass(frozen=True, slots=True)
class Refused:
    """The check `check` failed, the first in order, and the call answers `error`."""

    check: str
    error: str


@dataclass(frozen=True, slots=True)
class Disabled:
    """The guard `check` failed: the action cannot happen here."""

    check: str


Attempt = Taken | Refused | Disabled


def starts(recorded: Recorded, sizes: Sizes) -> Iterator[tuple[ModelStep, ModelState]]:
    """Every start state, with the name and the parameters of the start that gives it.

    Those with the largest numbers come first: of equally short traces that with the most room.
    """
    check_sizes(recorded, sizes)
    nothing: ModelState = {table.name: {} for table in recorded.tables}
    for start in recorded.starts:
        for bindings in choices(start.parameters, sizes, numbers_fall=True):
            new = _updated(recorded, sizes, nothing, start.assignments, bindings)
            yield ModelStep(start.name, bindings), new


def start_states(recorded: Recorded, sizes: Sizes) -> list[ModelState]:
    """Every start state."""
    return [state for _, state in starts(recorded, sizes)]


def instances(action: Action, sizes: Sizes) -> Iterator[ModelStep]:
    """The action with every choice of arguments."""
    for arguments in choices(action.parameters, sizes):
        yield ModelStep(action.name, arguments)


def attempt(
    recorded: Recorded, sizes: Sizes, state: ModelState, name: str, arguments: Bindings
) -> Attempt:
    """What happens when the action `name` is tried in `state`.

    Errors: KeyError for an unknown action; ModelError where an update leaves a declared range.
    """
    action = recorded.action(name)
    for check in action.checks:
        if not evaluate(recorded, sizes, check.condition, state, arguments):
            if check.error is None:
                return Disabled(check.name)
            return Refused(check.name, check.error)
    return Taken(_updated(recorded, sizes, state, action.assignments, arguments))


def successors(
    recorded: Recorded, sizes: Sizes, state: ModelState
) -> Iterator[tuple[ModelStep, ModelState]]:
    """Every step that can be taken in `state`, and where it leads."""
    for action in recorded.actions:
        for step in instances(action, sizes):
            result = attempt(recorded, sizes, state, step.action, step.arguments)
            if isinstance(result, Taken):
                yield step, result.new


def holds(
    recorded: Recorded,
    sizes: Sizes,
    claim: Claim,
    state: ModelState,
    new: ModelState | None = None,
    step: ModelStep | None = None,
) -> bool:
    """Whether the claim is true of the state, or of the step from `state` to `new`."""
    return bool(evaluate(recorded, sizes, claim.body, state, {}, new=new, step=step))


def normal(recorded: Recorded, state: ModelState) -> ModelState:
    """The same state with every table, and without the cells that are in normal form."""
    found: dict[str, Mapping[Keys, Value]] = {}
    for table in recorded.tables:
        cells = state.get(table.name, {})
        if cells and (start := start_value(table)) in cells.values():
            cells = {keys: value for keys, value in cells.items() if value != start}
        found[table.name] = cells
    return found


def start_value(table: Table) -> Value:
    """The normal form of the table's cells."""
    match table.start:
        case Constant(value=value):
            return value
        case element:
            return _element(element)


def key_order(keys: Keys) -> tuple[int, ...]:
    """Sorts the cells of a table, none before all values."""
    return tuple(-1 if key is None else int(key) for key in keys)


def evaluate(
    recorded: Recorded,
    sizes: Sizes,
    expr: Expr,
    state: ModelState,
    bindings: Bindings,
    *,
    new: ModelState | None = None,
    step: ModelStep | None = None,
) -> Value:
    """The value of the expression; `new` and `step` are needed by claims over steps alone."""

    def value(expr: Expr, bindings: Bindings) -> Value:
        match expr:
            case Constant(value=constant):
                return constant
            case Element():
                return _element(expr)
            case Variable(name=name):
                return bindings[name]
            case Read(table=table, keys=keys, version=version):
                of = state if version is Version.OLD or new is None else new
                cells = of.get(table, {})
                at = tuple(value(key, bindings) for key in keys)
                return cells[at] if at in cells else start_value(recorded.table(table))
            case Apply(operator=operator, arguments=arguments, sort=sort):
                return applied(operator, [value(each, bindings) for each in arguments], sort)
            case Quantified(universal=universal, binder=binder, body=body):
                over = domain(binder.sort, sizes)
                truths = (bool(value(body, {**bindings, binder.name: each})) for each in over)
                return all(truths) if universal else any(truths)
            case Named(body=body):
                return value(body, bindings)
            case Took(action=action):
                return step is not None and step.action == action
            case Argument(action=action, parameter=parameter, sort=sort):
                taken = step is not None and step.action == action
                return step.arguments[parameter] if step and taken else least(sort)
            case _:
                assert_never(expr)

    return value(expr, bindings)


def applied(operator: Operator, values: list[Value], sort: Sort) -> Value:
    """The operator applied to values; `sort` is that of the result."""
    match operator, values:
        case Operator.NOT, [truth]:
            return not truth
        case Operator.AND, _:
            return all(values)
        case Operator.OR, _:
            return any(values)
        case Operator.IMPLIES, [left, right]:
            return bool(not left or right)
        case Operator.EQUAL, [left, right]:
            return left == right
        case Operator.CHOOSE, [truth, then, otherwise]:
            return then if truth else otherwise
        case Operator.SOME, [inner]:
            return inner
        case Operator.IS_SOME, [option]:
            return option is not None
        case Operator.VALUE, [option]:
            return least(sort) if option is None else option
        case _, [int(left), int(right)]:
            return _calculated(operator, left, right, sort)
        case _:
            raise AssertionError(operator, values)


def _calculated(operator: Operator, left: int, right: int, sort: Sort) -> Value:
    match operator:
        case Operator.ADD:
            return _wrapped(left + right, sort)
        case Operator.SUBTRACT:
            return _wrapped(left - right, sort)
        case Operator.LESS:
            return left < right
        case Operator.AT_MOST:
            return left <= right
        case Operator.UNION:
            return left | right
        case Operator.INTERSECT:
            return left & right
        case Operator.WITHOUT:
            return left & ~right
        case Operator.SHIFT_LEFT:
            return _wrapped(left << right, sort)
        case Operator.SHIFT_RIGHT:
            return left >> right
        case Operator.WITHIN:
            return left & ~right == 0
        case _:
            raise AssertionError(operator)


def _wrapped(number: int, sort: Sort) -> int:
    return number % (1 << sort.width) if isinstance(sort, WordSort) else number


def _element(expr: Expr) -> int:
    if not isinstance(expr, Element):
        raise AssertionError(expr)
    return expr.sort.constants.index(expr.name)


def _updated(
    recorded: Recorded,
    sizes: Sizes,
    old: ModelState,
    assignments: tuple[Assignment, ...],
    bindings: Bindings,
) -> ModelState:
    """`old` with all assignments made at once: keys and values are read in `old`."""
    new = {name: dict(cells) for name, cells in old.items()}
    for assignment in assignments:
        table = recorded.table(assignment.table)
        for bound in choices(assignment.binders, sizes):
            scope = {**bindings, **bound}
            keys = tuple(evaluate(recorded, sizes, key, old, scope) for key in assignment.keys)
            value = evaluate(recorded, sizes, assignment.value, old, scope)
            for given, sort in zip((*keys, value), (*table.keys, table.value), strict=True):
                if outside(given, sort):
                    raise left_range(assignment, sort, given)
            if value == start_value(table):
                new[table.name].pop(keys, None)
            else:
                new[table.name][keys] = value
    return new


def left_range(assignment: Assignment, sort: Sort, value: Value) -> ModelError:
    """The error of a model that assigns a number beyond a declared range."""
    message = f"`{assignment.table}` is assigned {value}, which is no {sort_name(sort)}"
    instead = "check the range before the assignment, or declare a wider one"
    return ModelError((Problem(assignment.where, message, instead),))
