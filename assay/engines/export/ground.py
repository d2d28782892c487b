"""One instance of a model as plain trees over its cells: no variables, no quantifiers, no helpers.

It is written apart from the explorer on purpose: what is exported is a check of the explorer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import assert_never

from assay.engines.domains import Sizes, check_sizes, choices, domain, least
from assay.engines.interpret import Keys, ModelStep, applied, start_value
from assay.lang.recorded import Action, Assignment, Claim, Recorded, Start
from assay.lang.sorts import BOOL, Sort
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
    Taken,
    Variable,
    Version,
    Where,
)
from assay.lang.values import Value

Cell = tuple[str, Keys]
Update = Mapping[Cell, Expr]
_NOWHERE = Where("", 0)
_NOTHING: Update = {}


@dataclass(frozen=True, slots=True)
class Instance:
    """An action with arguments: where it can be taken, and the new value of each cell it writes."""

    step: ModelStep
    guard: Expr
    update: Update


@dataclass(frozen=True, slots=True)
class Grounder:
    """Writes out one instance; equal trees are equal values, wherever they stand in the source."""

    recorded: Recorded
    sizes: Sizes
    cells: Mapping[Cell, Sort] = field(default_factory=dict)

    def starts(self) -> Iterator[tuple[ModelStep, Update]]:
        """Every start with every choice of its parameters."""
        for start in self.recorded.starts:
            for scope in choices(start.parameters, self.sizes):
                yield ModelStep(start.name, scope), self._update(start, scope)

    def instances(self) -> Iterator[Instance]:
        """Every action with every choice of its arguments, but for those that can never happen."""
        for action in self.recorded.actions:
            for scope in choices(action.parameters, self.sizes):
                conditions = [self.ground(check.condition, scope) for check in action.checks]
                guard = joined(Operator.AND, conditions)
                if guard != FALSE:
                    step = ModelStep(action.name, scope)
                    yield Instance(step, guard, self._update(action, scope))

    def claim(self, claim: Claim, instance: Instance | None = None) -> Expr:
        """A claim over the cells; one over steps, of the step by `instance`, in its old state."""
        return self.ground(claim.body, {}, instance)

    def ground(
        self, expr: Expr, scope: Mapping[str, Value], instance: Instance | None = None
    ) -> Expr:
        """The expression where the variables have the values in `scope`."""

        def ground(expr: Expr, scope: Mapping[str, Value]) -> Expr:
            match expr:
                case Constant(value=value, sort=sort):
                    return Constant(value, sort, _NOWHERE)
                case Element(name=name, sort=sort):
                    return Constant(sort.constants.index(name), sort, _NOWHERE)
                case Variable(name=name, sort=sort):
                    return Constant(scope[name], sort, _NOWHERE)
                case Read(table=table, keys=keys, version=version):
                    at = tuple(ground(key, scope) for key in keys)
                    new = instance is not None and version is Version.NEW
                    return self._read(table, at, instance.update if instance and new else _NOTHING)
                case Apply(operator=operator, arguments=arguments, sort=sort):
                    return apply(operator, [ground(each, scope) for each in arguments], sort)
                case Quantified(universal=universal, binder=binder, body=body):
                    over = domain(binder.sort, self.sizes)
                    parts = [ground(body, {**scope, binder.name: value}) for value in over]
                    return joined(Operator.AND if universal else Operator.OR, parts)
                case Named(body=body):
                    return ground(body, scope)
                case Taken(action=action):
                    return _truth(instance is not None and instance.step.action == action)
                case Argument(action=action, parameter=parameter, sort=sort):
                    taken = instance is not None and instance.step.action == action
                    given = instance.step.arguments if instance and taken else {}
                    return Constant(given.get(parameter, least(sort)), sort, _NOWHERE)
                case _:
                    assert_never(expr)

        return ground(expr, scope)

    def _read(self, table: str, keys: tuple[Expr, ...], update: Update) -> Expr:
        sort = self.recorded.table(table).value
        fixed = fixed_keys(keys)
        if fixed is not None:
            if (table, fixed) not in self.cells:
                return Constant(start_value(self.recorded.table(table)), sort, _NOWHERE)
            old = Read(table, keys, Version.OLD, sort, _NOWHERE)
            return update.get((table, fixed), old)
        read: Expr = Read(table, keys, Version.OLD, sort, _NOWHERE)
        for (written, at), value in update.items():
            if written == table:
                read = apply(Operator.CHOOSE, [_are(keys, at), value, read], sort)
        return read

    def _update(self, step: Action | Start, scope: Mapping[str, Value]) -> Update:
        update: dict[Cell, Expr] = {}
        for assignment in step.assignments:
            for bound in choices(assignment.binders, self.sizes):
                self._assign(assignment, {**scope, **bound}, update)
        return {cell: value for cell, value in update.items() if value != self._read_cell(cell)}

    def _assign(
        self, assignment: Assignment, scope: Mapping[str, Value], update: dict[Cell, Expr]
    ) -> None:
        """Put the value into its cell, or into each that it may be, if it is that one."""
        keys = tuple(self.ground(key, scope) for key in assignment.keys)
        value = self.ground(assignment.value, scope)
        fixed = fixed_keys(keys)
        for cell in [(assignment.table, fixed)] if fixed is not None else list(self.cells):
            if cell in self.cells and cell[0] == assignment.table:
                chosen = [_are(keys, cell[1]), value, update.get(cell, self._read_cell(cell))]
                update[cell] = apply(Operator.CHOOSE, chosen, self.cells[cell])

    def _read_cell(self, cell: Cell) -> Expr:
        table, keys = cell
        sorts = self.recorded.table(table).keys
        at = tuple(Constant(key, sort, _NOWHERE) for key, sort in zip(keys, sorts, strict=True))
        return Read(table, at, Version.OLD, self.cells[cell], _NOWHERE)


def grounder(recorded: Recorded, sizes: Sizes) -> Grounder:
    """A grounder that knows the cells of the instance.

    Errors: SizesError for sizes that do not fit, and for a table over a sort with too many values.
    """
    check_sizes(recorded, sizes)
    cells = {
        (table.name, keys): table.value
        for table in recorded.tables
        for keys in product(*(domain(sort, sizes) for sort in table.keys))
    }
    return Grounder(recorded, sizes, cells)


def _truth(value: bool) -> Constant:  # noqa: FBT001
    return Constant(value, BOOL, _NOWHERE)


TRUE, FALSE = _truth(True), _truth(False)  # noqa: FBT003


def fixed_keys(keys: tuple[Expr, ...]) -> Keys | None:
    """The keys when all of them are known."""
    known = tuple(key.value for key in keys if isinstance(key, Constant))
    return known if len(known) == len(keys) else None


def _are(keys: tuple[Expr, ...], values: Keys) -> Expr:
    pairs = zip(keys, values, strict=True)
    equal = [
        apply(Operator.EQUAL, [key, Constant(value, key.sort, _NOWHERE)], BOOL)
        for key, value in pairs
    ]
    return joined(Operator.AND, equal)


def apply(operator: Operator, arguments: list[Expr], sort: Sort) -> Expr:
    """The operator applied, and what is known of it computed."""
    match operator, arguments:
        case ((Operator.AND | Operator.OR), _):
            return joined(operator, arguments)
        case Operator.NOT, [Apply(operator=Operator.NOT, arguments=(inner,))]:
            return inner
        case Operator.IMPLIES, [left, right]:
            return joined(Operator.OR, [apply(Operator.NOT, [left], BOOL), right])
        case Operator.CHOOSE, [Constant(value=truth), then, otherwise]:
            return then if truth else otherwise
        case Operator.CHOOSE, [_, then, otherwise] if then == otherwise:
            return then
        case Operator.EQUAL, [left, right] if left == right:
            return TRUE
        case (
            (Operator.IS_SOME | Operator.VALUE),
            [Apply(operator=Operator.SOME, arguments=(inner,))],
        ):
            return TRUE if operator is Operator.IS_SOME else inner
        case _:
            pass
    values = [each.value for each in arguments if isinstance(each, Constant)]
    if len(values) == len(arguments):
        return Constant(applied(operator, values, sort), sort, _NOWHERE)
    return Apply(operator, tuple(arguments), sort, _NOWHERE)


def joined(operator: Operator, parts: list[Expr]) -> Expr:
    """The parts joined by and, or by or, without those that do not matter."""
    neutral, deciding = (TRUE, FALSE) if operator is Operator.AND else (FALSE, TRUE)
    left = list(dict.fromkeys(part for part in parts if part != neutral))
    if deciding in left:
        return deciding
    if len(left) < 2:
        return left[0] if left else neutral
    return Apply(operator, tuple(left), BOOL, _NOWHERE)
