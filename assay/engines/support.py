"""Which cells must be out of normal form where a formula holds, or where an update changes a cell.

In a sparse state those cells are few, so that a loop may go over them instead of over all elements.
"""

from assay.engines.interpret import start_value
from assay.lang.recorded import Assignment, Recorded
from assay.lang.tree import Apply, Constant, Element, Expr, Named, Operator, Read, Variable, Version
from assay.lang.values import Value


def needed(recorded: Recorded, expr: Expr, *, truth: bool) -> list[Read]:
    """Cells that are out of normal form wherever the formula has this truth; perhaps not all."""
    match expr:
        case Named(body=body):
            return needed(recorded, body, truth=truth)
        case Apply(operator=Operator.NOT, arguments=(inner,)):
            return needed(recorded, inner, truth=not truth)
        case Apply(operator=Operator.AND, arguments=arguments) if truth:
            return [cell for each in arguments for cell in needed(recorded, each, truth=True)]
        case Apply(operator=Operator.OR, arguments=arguments) if not truth:
            return [cell for each in arguments for cell in needed(recorded, each, truth=False)]
        case Apply(operator=Operator.IMPLIES, arguments=(given, promised)) if not truth:
            return [
                *needed(recorded, given, truth=True),
                *needed(recorded, promised, truth=False),
            ]
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


def needed_to_change(recorded: Recorded, assignment: Assignment) -> list[Read]:
    """Cells that are out of normal form wherever the assignment changes its cell."""
    return _needed_to_change(recorded, assignment, assignment.value)


def _needed_to_change(recorded: Recorded, of: Assignment, value: Expr) -> list[Read]:
    match value:
        case Apply(operator=Operator.CHOOSE, arguments=(condition, then, otherwise)):
            if _is_own(of, otherwise):
                changes = _needed_to_change(recorded, of, then)
                return [*needed(recorded, condition, truth=True), *changes]
            if _is_own(of, then):
                changes = _needed_to_change(recorded, of, otherwise)
                return [*needed(recorded, condition, truth=False), *changes]
            return []
        case Apply(operator=Operator.AND, arguments=arguments):
            owns = [each for each in arguments if _is_own(of, each)]
            return [cell for each in owns for cell in needed(recorded, each, truth=True)]
        case Apply(operator=Operator.OR, arguments=(one, two)):
            if _is_own(of, one) or _is_own(of, two):
                return needed(recorded, two if _is_own(of, one) else one, truth=True)
            return []
        case Constant() | Element():
            table = recorded.table(of.table)
            own = Read(of.table, of.keys, Version.OLD, table.value, of.where)
            return [own] if known(value) == start_value(table) else []
        case _:
            return []


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
