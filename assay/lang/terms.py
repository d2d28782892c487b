"""Typed terms: what `old.table[key]` gives, and what may be done with it.

A term wraps a node of the tree. Its Python class is its sort, so that mypy and editors know it: a
thread is not comparable with a group, and a right is not a slot.
"""

from typing import NoReturn, Self

from assay.lang.recording import Abandoned, here, problem
from assay.lang.sorts import BOOL, Sort, fits, same_family, sort_name
from assay.lang.tree import Apply, Constant, Expr, Operator


class Term:
    """A value that is not known while recording."""

    __slots__ = ("node",)

    def __init__(self, node: Expr) -> None:
        self.node = node

    @classmethod
    def sort(cls) -> Sort:
        """The sort that this class stands for."""
        raise NotImplementedError

    def __eq__(self, other: Self) -> "Truth":  # type: ignore[override]
        return equal(self, other)

    def __ne__(self, other: Self) -> "Truth":  # type: ignore[override]
        return ~equal(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> NoReturn:
        problem(
            "a value of the state is used as a Python condition",
            "write `&` for and, `|` for or, `~` for not, `choose(condition, a, b)` for if",
        )
        raise Abandoned


def equal(left: Term, right: object) -> "Truth":
    """Both have one value; FALSE, and a problem noted, when they are of different sorts."""
    node = same_sort(left.node, right)
    if node is None:
        return FALSE
    return Truth(Apply(Operator.EQUAL, (left.node, node), BOOL, here()))


def same_sort(left: Expr, right: object) -> Expr | None:
    """The node of `right` when it may stand beside `left`; notes the mistake otherwise."""
    node = right.node if isinstance(right, Term) else literal(right, left.sort)
    if node is None or not same_family(left.sort, node.sort):
        name = sort_name(node.sort) if node is not None else type(right).__name__
        problem(
            f"a {sort_name(left.sort)} is used together with a {name}",
            f"both sides must be a {sort_name(left.sort)}",
        )
        return None
    return node


def literal(value: object, sort: Sort) -> Expr | None:
    """The Python number or truth as a constant of the sort; None where it is none of its values."""
    if not isinstance(value, int) or not fits(value, sort):
        return None
    return Constant(value, sort, here())


def applied(operator: Operator, arguments: tuple[Expr, ...], sort: Sort | None = None) -> Expr:
    """The operator applied; the result has the sort of the first argument if none is given."""
    return Apply(operator, arguments, sort if sort is not None else arguments[0].sort, here())


class Truth(Term):
    """True or false in a state."""

    __slots__ = ()

    @classmethod
    def sort(cls) -> Sort:
        """The sort of truths."""
        return BOOL

    def __invert__(self) -> "Truth":
        return Truth(applied(Operator.NOT, (self.node,)))

    def __and__(self, other: "Truth") -> "Truth":
        return self._join(Operator.AND, other)

    def __or__(self, other: "Truth") -> "Truth":
        return self._join(Operator.OR, other)

    def implies(self, other: "Truth") -> "Truth":
        """False only where this holds and `other` does not."""
        return self._join(Operator.IMPLIES, other)

    def _join(self, operator: Operator, other: object) -> "Truth":
        node = same_sort(self.node, other)
        return FALSE if node is None else Truth(applied(operator, (self.node, node)))


TRUE = Truth(Constant(True, BOOL, here()))
FALSE = Truth(Constant(False, BOOL, here()))


def all_of(*truths: Truth) -> Truth:
    """Every one holds; true when there is none."""
    return Truth(Apply(Operator.AND, _truths(truths), BOOL, here()))


def any_of(*truths: Truth) -> Truth:
    """At least one holds; false when there is none."""
    return Truth(Apply(Operator.OR, _truths(truths), BOOL, here()))


def _truths(truths: tuple[Truth, ...]) -> tuple[Expr, ...]:
    nodes = (same_sort(TRUE.node, truth) for truth in truths)
    return tuple(node for node in nodes if node is not None)
