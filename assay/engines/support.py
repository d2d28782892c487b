"""Which cells must be out of normal form where a formula holds, or where an update changes a cell.

In a sparse state those cells are few, so that a loop may go over them instead of over all elements.
"""

from collections.abc import Iterator

from assay.engines.interpret import start_value
from assay.lang.recorded import Assignment, Recorded
from assay.lang.sorts import BOOL, KindSort
from assay.lang.tree import Apply, Constant, Element, Expr, Named, Operator, Read, Variable, Version
from assay.lang.values import Value

Pinned = tuple[Variable, Expr]
"""An element of a kind, and the only value of it that matters."""

_Forced = Iterator[tuple[Expr, bool]]
"""Formulas that are no conjunction, with the truth that they must have."""


def needed(recorded: Recorded, expr: Expr, *, truth: bool) -> list[Read]:
    """Cells that are out of normal form wherever the formula has this truth; perhaps not all."""
    return _cells(recorded, _forced(expr, truth=truth))


def needed_to_change(recorded: Recorded, assignment: Assignment) -> list[Read]:
    """Cells that are out of normal form wherever the assignment changes its cell."""
    return _cells(recorded, _forced_by_change(recorded, assignment, assignment.value))


def pinned(expr: Expr, *, truth: bool) -> list[Pinned]:
    """Variables that have one value wherever the formula has this truth; perhaps not all."""
    return list(_pins(_forced(expr, truth=truth)))


def pinned_to_change(recorded: Recorded, assignment: Assignment) -> list[Pinned]:
    """Variables that have one value wherever the assignment changes its cell."""
    return list(_pins(_forced_by_change(recorded, assignment, assignment.value)))


def _forced(expr: Expr, *, truth: bool) -> _Forced:
    """What must hold, or must not, wherever the formula has this truth."""
    match expr:
        case Named(body=body):
            yield from _forced(body, truth=truth)
        case Apply(operator=Operator.NOT, arguments=(inner,)):
            yield from _forced(inner, truth=not truth)
        case Apply(operator=Operator.AND | Operator.OR, arguments=arguments) if truth is (
            expr.operator is Operator.AND
        ):
            for each in arguments:
                yield from _forced(each, truth=truth)
        case Apply(operator=Operator.IMPLIES, arguments=(given, promised)) if not truth:
            yield from _forced(given, truth=True)
            yield from _forced(promised, truth=False)
        case _:
            yield expr, truth


def _forced_by_change(recorded: Recorded, of: Assignment, value: Expr) -> _Forced:
    """What must hold, or must not, wherever the cell does not have the value yet."""
    match value:
        case Apply(operator=Operator.CHOOSE, arguments=(condition, then, otherwise)):
            if _is_own(of, otherwise):
                yield from _forced(condition, truth=True)
                yield from _forced_by_change(recorded, of, then)
            elif _is_own(of, then):
                yield from _forced(condition, truth=False)
                yield from _forced_by_change(recorded, of, otherwise)
        case Apply(operator=Operator.AND, arguments=arguments):
            for each in arguments:
                if _is_own(of, each):
                    yield from _forced(each, truth=True)
        case Apply(operator=Operator.OR, arguments=(one, two)):
            if _is_own(of, one) or _is_own(of, two):
                yield from _forced(two if _is_own(of, one) else one, truth=True)
        case Constant() | Element():
            own = Read(of.table, of.keys, Version.OLD, recorded.table(of.table).value, of.where)
            yield Apply(Operator.EQUAL, (own, value), BOOL, of.where), False
        case _:
            pass


def _cells(recorded: Recorded, forced: _Forced) -> list[Read]:
    return [cell for atom, truth in forced for cell in _needed(recorded, atom, truth=truth)]


def _needed(recorded: Recorded, atom: Expr, *, truth: bool) -> list[Read]:
    match atom:
        case Apply(operator=Operator.EQUAL, arguments=(Read() as cell, other)):
            return [cell] if _differs(recorded, cell, other, equal=truth) else []
        case Apply(operator=Operator.EQUAL, arguments=(other, Read() as cell)):
            return [cell] if _differs(recorded, cell, other, equal=truth) else []
        case Apply(operator=Operator.IS_SOME, arguments=(Read() as cell,)):
            return [cell] if truth and _start(recorded, cell) is None else []
        case Read() as cell:
            return [cell] if _start(recorded, cell) is not truth else []
        case _:
            return []


def _pins(forced: _Forced) -> Iterator[Pinned]:
    for atom, truth in forced:
        match atom:
            case Apply(operator=Operator.EQUAL, arguments=(one, two)) if truth:
                if isinstance(one.sort, KindSort) and one.sort == two.sort:
                    yield from _pin(one, two)
                    yield from _pin(two, one)
            case _:
                pass


def _pin(of: Expr, value: Expr) -> Iterator[Pinned]:
    if isinstance(of, Variable):
        yield of, value


def known(expr: Expr) -> Value:
    """The value of a constant."""
    match expr:
        case Constant(value=value):
            return value
        case Element(name=name, sort=sort):
            return sort.constants.index(name)
        case _:
            raise AssertionError(expr)


def _start(recorded: Recorded, cell: Read) -> Value:
    return start_value(recorded.table(cell.table))


def _differs(recorded: Recorded, cell: Read, other: Expr, *, equal: bool) -> bool:
    """Whether the cell is out of normal form if it is equal to `other`, or if it is not."""
    start = _start(recorded, cell)
    match other:
        case Constant() | Element():
            return (known(other) != start) is equal
        case Apply(operator=Operator.SOME):
            return equal and start is None
        case _:
            return False


def _is_own(of: Assignment, expr: Expr) -> bool:
    """Whether the expression is the old value of the cell that the assignment writes."""
    return (
        isinstance(expr, Read)
        and expr.table == of.table
        and all(_same(key, own) for key, own in zip(expr.keys, of.keys, strict=True))
    )


def _same(one: Expr, two: Expr) -> bool:
    return isinstance(one, Variable) and isinstance(two, Variable) and one.name == two.name
