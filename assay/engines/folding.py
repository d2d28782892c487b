"""Expressions with what is constant in them computed, and what cannot matter left out."""

from collections.abc import Sequence

from assay.engines.interpret import applied
from assay.engines.support import known
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Constant, Element, Expr, Named, Operator, Quantified
from assay.lang.walk import mapped


def folded(expr: Expr) -> Expr:
    """The expression, with the same value everywhere, and constants as early as they are known."""
    return mapped(expr, _fold)


def _fold(node: Expr) -> Expr:
    match node:
        case Element(sort=sort, where=where):
            return Constant(known(node), sort, where)
        case Named(body=Constant() as body) | Quantified(body=Constant() as body):
            return body  # every sort has a value
        case Apply():
            return _applied(node)
        case _:
            return node


def _applied(node: Apply) -> Expr:
    values = [each.value for each in node.arguments if isinstance(each, Constant)]
    if len(values) == len(node.arguments):
        return Constant(applied(node.operator, values, node.sort), node.sort, node.where)
    match node.operator, node.arguments:
        case Operator.CHOOSE, (Constant(value=truth), then, otherwise):
            return then if truth else otherwise
        case Operator.IMPLIES, (Constant(value=truth), promised):
            return promised if truth else Constant(True, BOOL, node.where)
        case ((Operator.AND | Operator.OR), arguments):
            return _joined(node, arguments, neutral=node.operator is Operator.AND)
        case _:
            return node


def _joined(node: Apply, arguments: Sequence[Expr], *, neutral: bool) -> Expr:
    """A conjunction or disjunction without its neutral parts; one part decides if it is not."""
    left = tuple(
        each for each in arguments if not (isinstance(each, Constant) and each.value is neutral)
    )
    if any(isinstance(each, Constant) for each in left):
        return Constant(not neutral, BOOL, node.where)
    return left[0] if len(left) == 1 else Apply(node.operator, left, node.sort, node.where)
