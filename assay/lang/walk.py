"""Going through expressions: the parts of a node, all nodes, and rebuilding with changed parts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import assert_never

from assay.lang.recorded import Action, Assignment, Recorded
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
)


def parts(expr: Expr) -> tuple[Expr, ...]:
    """The nodes directly below; the arguments of a helper are not: they stand in its body."""
    match expr:
        case Read(keys=keys):
            return keys
        case Apply(arguments=arguments):
            return arguments
        case Quantified(body=body) | Named(body=body):
            return (body,)
        case Constant() | Element() | Variable() | Taken() | Argument():
            return ()
        case _:
            assert_never(expr)


def nodes(expr: Expr) -> Iterator[Expr]:
    """The node and everything below it, outside in."""
    yield expr
    for part in parts(expr):
        yield from nodes(part)


def mapped(expr: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """The expression with `change` applied to every node, inside out."""
    match expr:
        case Read(keys=keys):
            expr = replace(expr, keys=tuple(mapped(key, change) for key in keys))
        case Apply(arguments=arguments):
            expr = replace(expr, arguments=tuple(mapped(each, change) for each in arguments))
        case Quantified(body=body):
            expr = replace(expr, body=mapped(body, change))
        case Named(arguments=arguments, body=body):
            given = tuple(mapped(each, change) for each in arguments)
            expr = replace(expr, arguments=given, body=mapped(body, change))
        case Constant() | Element() | Variable() | Taken() | Argument():
            pass
        case _:
            assert_never(expr)
    return change(expr)


def of_assignment(assignment: Assignment) -> Iterator[Expr]:
    """The expressions of an assignment."""
    yield from assignment.keys
    yield assignment.value


def of_action(action: Action) -> Iterator[Expr]:
    """The expressions of an action: conditions first, then updates."""
    for check in action.checks:
        yield check.condition
    for assignment in action.assignments:
        yield from of_assignment(assignment)


def expressions(recorded: Recorded) -> Iterator[Expr]:
    """Every expression of a model, once."""
    for start in recorded.starts:
        for assignment in start.assignments:
            yield from of_assignment(assignment)
    for action in recorded.actions:
        yield from of_action(action)
    for claim in recorded.claims:
        yield claim.body
    for progress in recorded.progress:
        yield from (progress.premise, progress.goal)


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The formulas that `expr` joins by and, through helpers, outside in."""
    match expr:
        case Apply(operator=Operator.AND, arguments=arguments):
            for argument in arguments:
                yield from conjuncts(argument)
        case Named(body=body):
            yield from conjuncts(body)
        case _:
            yield expr
