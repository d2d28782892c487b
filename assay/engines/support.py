"""Which cells must be out of normal form where a formula holds, or where an update changes a cell.

In a sparse state those cells are few, so that a loop may go over them instead of over all elements.
"""

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from assay.engines.interpret import start_value
from assay.lang.recorded import Assignment, Recorded
from assay.lang.sorts import BOOL, KindSort
from assay.lang.tree import (
    Apply,
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
from assay.lang.values import Value
from assay.lang.walk import nodes

Pinned = tuple[Variable, Expr]
"""An element of a kind, and the only value of it that matters."""

Forced = Iterable[tuple[Expr, bool]]
"""Formulas that are no conjunction, with the truth that they must have."""


@dataclass(frozen=True, slots=True)
class Matters:
    """Where alone it matters: these variables have these values, these cells are not normal.

    For each of the `sought` some value decides: one that makes its body true, or false if it is
    universal.
    """

    pinned: tuple[Pinned, ...]
    needed: tuple[Read, ...]
    sought: tuple[Quantified, ...]


def where(recorded: Recorded, expr: Expr, *, truth: bool) -> Matters:
    """Where the formula may have this truth."""
    return _matters(recorded, tuple(forced(expr, truth=truth)))


def where_changed(recorded: Recorded, assignment: Assignment) -> tuple[Matters, ...]:
    """The cases in which the assignment may change its cell."""
    cases = _changing(recorded, assignment, assignment.value)
    return tuple(_matters(recorded, tuple(case)) for case in cases)


def _matters(recorded: Recorded, forced: Forced) -> Matters:
    cells = [cell for atom, truth in forced for cell in _needed(recorded, atom, truth=truth)]
    quantified = ((atom, truth) for atom, truth in forced if isinstance(atom, Quantified))
    sought = tuple(atom for atom, truth in quantified if atom.universal is not truth)
    return Matters(tuple(_pins(forced)), tuple(cells), sought)


def forced(expr: Expr, *, truth: bool) -> Forced:
    """What must hold, or must not, wherever the formula has this truth."""
    match expr:
        case Named(body=body):
            yield from forced(body, truth=truth)
        case Apply(operator=Operator.NOT, arguments=(inner,)):
            yield from forced(inner, truth=not truth)
        case Apply(operator=Operator.AND | Operator.OR, arguments=arguments) if truth is (
            expr.operator is Operator.AND
        ):
            for each in arguments:
                yield from forced(each, truth=truth)
        case Apply(operator=Operator.IMPLIES, arguments=(given, promised)) if not truth:
            yield from forced(given, truth=True)
            yield from forced(promised, truth=False)
        case Quantified(universal=universal, binder=binder, body=body) if truth is not universal:
            yield expr, truth
            for atom, holds in forced(body, truth=truth):
                if not speaks_of(atom, {binder.name}):
                    yield atom, holds
        case _:
            yield expr, truth


def _changing(recorded: Recorded, of: Assignment, value: Expr) -> Iterator[Forced]:
    """For each case in which the cell does not have the value yet: what must hold, or must not."""
    if _is_own(of, value):
        return
    match value:
        case Apply(operator=Operator.CHOOSE, arguments=(condition, then, otherwise)):
            for chosen, truth in ((then, True), (otherwise, False)):
                for case in _changing(recorded, of, chosen):
                    yield [*forced(condition, truth=truth), *case]
        case Apply(operator=Operator.AND, arguments=arguments):
            owns = (each for each in arguments if _is_own(of, each))
            yield [atom for own in owns for atom in forced(own, truth=True)]
        case Apply(operator=Operator.OR, arguments=(one, two)) if _is_own(of, one):
            yield forced(two, truth=True)
        case Apply(operator=Operator.OR, arguments=(one, two)) if _is_own(of, two):
            yield forced(one, truth=True)
        case Constant() | Element():
            own = Read(of.table, of.keys, Version.OLD, recorded.table(of.table).value, of.where)
            yield [(Apply(Operator.EQUAL, (own, value), BOOL, of.where), False)]
        case _:
            yield []


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


def _pins(forced: Forced) -> Iterator[Pinned]:
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


def speaks_of(expr: Expr, names: Container[str]) -> bool:
    """Whether a variable of one of these names is in the expression."""
    return any(isinstance(node, Variable) and node.name in names for node in nodes(expr))


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
