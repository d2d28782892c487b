"""Options, and the choice between two values."""

from collections.abc import Callable
from typing import Generic, TypeVar

from assay.lang.recording import Abandoned, here, problem
from assay.lang.sorts import BOOL, OptionSort, PlainSort, Sort
from assay.lang.terms import TRUE, Term, Truth, applied, equal, same_sort
from assay.lang.tree import Constant, Expr, Operator

_T = TypeVar("_T", bound=Term)


class Option(Term, Generic[_T]):
    """A value, or none; none has one form."""

    __slots__ = ("_inner",)

    def __init__(self, node: Expr, inner: Callable[[Expr], _T]) -> None:
        super().__init__(node)
        self._inner = inner

    @property
    def is_some(self) -> Truth:
        """There is a value."""
        return Truth(applied(Operator.IS_SOME, (self.node,), BOOL))

    @property
    def is_none(self) -> Truth:
        """There is no value."""
        return ~self.is_some

    @property
    def value(self) -> _T:
        """The value; means nothing where there is none, so guard it with `is_some`."""
        sort = self.node.sort
        if not isinstance(sort, OptionSort):
            raise AssertionError(sort)
        return self._inner(applied(Operator.VALUE, (self.node,), sort.inner))

    def holds(self, value: _T) -> Truth:
        """There is a value and it is this one."""
        return equal(self, some(value))


def some(value: _T) -> Option[_T]:
    """The option that holds `value`."""
    sort = value.node.sort
    if isinstance(sort, OptionSort):
        problem("an option of an option", "use one option, or a second table")
        raise Abandoned
    return Option(applied(Operator.SOME, (value.node,), OptionSort(sort)), type(value))


def none(kind: type[_T]) -> Option[_T]:
    """The option of `kind` that holds nothing."""
    return Option(Constant(None, OptionSort(plain(kind.sort())), here()), kind)


def plain(sort: Sort) -> PlainSort:
    """The sort itself when it is no option; notes the mistake and abandons the body otherwise."""
    if isinstance(sort, OptionSort):
        problem("options do not nest", "use one option, or a second table")
        raise Abandoned
    return sort


def choose(condition: Truth, then: _T, otherwise: _T) -> _T:
    """`then` where the condition holds, `otherwise` elsewhere."""
    test = same_sort(TRUE.node, condition)
    node = same_sort(then.node, otherwise)
    if test is None or node is None:
        return then
    return rebuilt(then, applied(Operator.CHOOSE, (test, then.node, node), then.node.sort))


def rebuilt(term: _T, node: Expr) -> _T:
    """A term of the same Python class around another node."""
    fresh = term.__class__.__new__(term.__class__)
    fresh.node = node
    if isinstance(term, Option):
        object.__setattr__(fresh, "_inner", term._inner)
    return fresh
