"""For every, for some: formulas over all values of a kind, an enumeration or a set of flags."""

from collections.abc import Callable
from inspect import signature
from typing import TypeVar, overload

from assay.lang.recording import fresh, here, problem
from assay.lang.sorts import IntSort, Sort, WordSort, sort_name
from assay.lang.terms import FALSE, Term, Truth
from assay.lang.tree import Expr, Quantified, Variable

_A = TypeVar("_A", bound=Term)
_B = TypeVar("_B", bound=Term)
_C = TypeVar("_C", bound=Term)


@overload
def forall(a: type[_A], body: Callable[[_A], Truth], /) -> Truth: ...
@overload
def forall(a: type[_A], b: type[_B], body: Callable[[_A, _B], Truth], /) -> Truth: ...
@overload
def forall(
    a: type[_A], b: type[_B], c: type[_C], body: Callable[[_A, _B, _C], Truth], /
) -> Truth: ...
def forall(*parts: object) -> Truth:
    """The body holds for all values: `forall(Thread, Group, lambda t, g: ...)`."""
    return _quantified(parts, universal=True)


@overload
def exists(a: type[_A], body: Callable[[_A], Truth], /) -> Truth: ...
@overload
def exists(a: type[_A], b: type[_B], body: Callable[[_A, _B], Truth], /) -> Truth: ...
@overload
def exists(
    a: type[_A], b: type[_B], c: type[_C], body: Callable[[_A, _B, _C], Truth], /
) -> Truth: ...
def exists(*parts: object) -> Truth:
    """The body holds for at least one choice of values: `exists(Thread, lambda t: ...)`."""
    return _quantified(parts, universal=False)


def _quantified(parts: tuple[object, ...], *, universal: bool) -> Truth:
    *kinds, body = parts
    classes = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Term)]
    if len(classes) < len(kinds) or not classes or not callable(body):
        problem(
            "a quantifier takes kinds and then a function of as many values",
            "write `forall(Thread, lambda t: ...)`",
        )
        return FALSE
    binders = bound_variables(body, tuple(kind.sort() for kind in classes))
    values = [kind(binder) for kind, binder in zip(classes, binders, strict=True)]
    result: object = body(*values)
    if not isinstance(result, Truth):
        problem("the body of a quantifier is no Truth", "return a condition on the state")
        return FALSE
    node: Expr = result.node
    for binder in reversed(binders):
        node = Quantified(universal, binder, node, here())
    return Truth(node)


def bound_variables(body: Callable[..., object], sorts: tuple[Sort, ...]) -> tuple[Variable, ...]:
    """A fresh variable for each parameter of `body`, named after it; notes what cannot be bound."""
    names = tuple(signature(body).parameters)
    if len(names) != len(sorts):
        problem(
            f"the function takes {len(names)} values, not {len(sorts)}",
            "give it one parameter for each kind",
        )
        names = tuple(f"v{index}" for index in range(len(sorts)))
    for sort in sorts:
        if isinstance(sort, IntSort | WordSort):
            problem(
                f"a quantifier over {sort_name(sort)}",
                "quantify over a kind, an enumeration or a set of flags",
            )
    return tuple(
        Variable(fresh(name), sort, here()) for name, sort in zip(names, sorts, strict=True)
    )
