"""Typed terms: what `old.table[key]` gives, and what may be done with it.

A term wraps a node of the tree. Its Python class is its sort, so that mypy and editors know it: a thread
is not comparable with a group, and a right is not a slot.
"""

from collections.abc import Callable
from enum import IntFlag
from typing import ClassVar, Generic, NoReturn, Self, TypeVar

from assay.lang.recording import Abandoned, here, problem
from assay.lang.sorts import (
    BOOL,
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    PlainSort,
    Sort,
    WordSort,
    same_family,
    sort_name,
)
from assay.lang.tree import Apply, Constant, Element, Expr, Operator

MAX_NAMED = "constants and members are written `NAME = member()` in the class body"


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
        return _equal(self, other)

    def __ne__(self, other: Self) -> "Truth":  # type: ignore[override]
        return ~_equal(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> NoReturn:
        problem(
            "a value of the state is used as a Python condition",
            "write `&` for and, `|` for or, `~` for not, `choose(condition, a, b)` for if",
        )
        raise Abandoned


def _equal(left: Term, right: object) -> "Truth":
    node = _same_sort(left.node, right)
    if node is None:
        return FALSE
    return Truth(Apply(Operator.EQUAL, (left.node, node), BOOL, here()))


def _same_sort(left: Expr, right: object) -> Expr | None:
    """The node of `right` when it may stand beside `left`; notes the mistake otherwise."""
    node = right.node if isinstance(right, Term) else _literal(right, left.sort)
    if node is None or not same_family(left.sort, node.sort):
        name = sort_name(node.sort) if node is not None else type(right).__name__
        problem(
            f"a {sort_name(left.sort)} is used together with a {name}",
            f"both sides must be a {sort_name(left.sort)}",
        )
        return None
    return node


def _literal(value: object, sort: Sort) -> Expr | None:
    if isinstance(value, bool):
        return Constant(value, BOOL, here()) if isinstance(sort, BoolSort) else None
    if isinstance(value, int) and isinstance(sort, (IntSort, WordSort)):
        return Constant(value, sort, here())
    return None


def _apply(operator: Operator, arguments: tuple[Expr, ...], sort: Sort | None = None) -> Expr:
    return Apply(operator, arguments, sort if sort is not None else arguments[0].sort, here())


class Truth(Term):
    """True or false in a state."""

    __slots__ = ()

    @classmethod
    def sort(cls) -> Sort:
        """The sort of truths."""
        return BOOL

    def __invert__(self) -> "Truth":
        return Truth(_apply(Operator.NOT, (self.node,)))

    def __and__(self, other: "Truth") -> "Truth":
        return self._join(Operator.AND, other)

    def __or__(self, other: "Truth") -> "Truth":
        return self._join(Operator.OR, other)

    def implies(self, other: "Truth") -> "Truth":
        """False only where this holds and `other` does not."""
        return self._join(Operator.IMPLIES, other)

    def _join(self, operator: Operator, other: object) -> "Truth":
        node = _same_sort(self.node, other)
        return FALSE if node is None else Truth(_apply(operator, (self.node, node)))


TRUE = Truth(Constant(True, BOOL, here()))
FALSE = Truth(Constant(False, BOOL, here()))


class _Number(Term):
    """What integers and words have in common."""

    __slots__ = ()

    def __eq__(self, other: Self | int) -> Truth:  # type: ignore[override]
        return _equal(self, other)

    def __ne__(self, other: Self | int) -> Truth:  # type: ignore[override]
        return ~_equal(self, other)

    __hash__ = None  # type: ignore[assignment]

    @classmethod
    def of(cls, value: int) -> Self:
        """The literal `value`; it must lie in the sort's range."""
        sort = cls.sort()
        if not _fits(value, sort):
            problem(f"{value} is no {sort_name(sort)}", "write a value in its range")
        return cls(Constant(value, sort, here()))

    def __add__(self, other: Self | int) -> Self:
        return self._number(Operator.ADD, other)

    def __sub__(self, other: Self | int) -> Self:
        return self._number(Operator.SUBTRACT, other)

    def __lt__(self, other: Self | int) -> Truth:
        return self._compare(Operator.LESS, other)

    def __le__(self, other: Self | int) -> Truth:
        return self._compare(Operator.AT_MOST, other)

    def __gt__(self, other: Self | int) -> Truth:
        return ~self._compare(Operator.AT_MOST, other)

    def __ge__(self, other: Self | int) -> Truth:
        return ~self._compare(Operator.LESS, other)

    def _number(self, operator: Operator, other: object) -> Self:
        node = _same_sort(self.node, other)
        return self if node is None else type(self)(_apply(operator, (self.node, node)))

    def _compare(self, operator: Operator, other: object) -> Truth:
        node = _same_sort(self.node, other)
        return FALSE if node is None else Truth(_apply(operator, (self.node, node), BOOL))


def _fits(value: int, sort: Sort) -> bool:
    match sort:
        case IntSort(low=low, high=high):
            return (low is None or low <= value) and (high is None or value <= high)
        case WordSort(width=width):
            return 0 <= value < 1 << width
        case _:
            return False


class Int(_Number):
    """An integer: without bounds, or `class Count(Int, low=0, high=3)`."""

    __slots__ = ()
    _sort: ClassVar[IntSort] = IntSort()

    def __init_subclass__(cls, low: int | None = None, high: int | None = None) -> None:
        cls._sort = IntSort(low, high)

    @classmethod
    def sort(cls) -> Sort:
        """The sort of integers within the bounds of the class."""
        return cls._sort


class Word(_Number):
    """A machine word: `class Address(Word, width=64)`; sums wrap, comparison is unsigned."""

    __slots__ = ()
    _sort: ClassVar[WordSort] = WordSort(64)

    def __init_subclass__(cls, width: int) -> None:
        cls._sort = WordSort(width)

    @classmethod
    def sort(cls) -> Sort:
        """The sort of words of the width of the class."""
        return cls._sort

    def __and__(self, other: Self | int) -> Self:
        return self._number(Operator.INTERSECT, other)

    def __or__(self, other: Self | int) -> Self:
        return self._number(Operator.UNION, other)

    def without(self, other: Self | int) -> Self:
        """The bits of this word that `other` has not."""
        return self._number(Operator.WITHOUT, other)


class Bits(Term):
    """A set of flags: `class Rights(Bits, flags=Right)` for an IntFlag `Right`."""

    __slots__ = ()
    _sort: ClassVar[BitsSort] = BitsSort("Bits", ())

    def __init_subclass__(cls, flags: type[IntFlag]) -> None:
        cls._sort = BitsSort(cls.__name__, tuple(str(flag.name) for flag in flags))

    @classmethod
    def sort(cls) -> Sort:
        """The sort of sets of these flags."""
        return cls._sort

    @classmethod
    def of(cls, flags: IntFlag) -> Self:
        """The set of exactly these flags."""
        return cls(Constant(int(flags), cls._sort, here()))

    @classmethod
    def none(cls) -> Self:
        """The empty set."""
        return cls(Constant(0, cls._sort, here()))

    @classmethod
    def all(cls) -> Self:
        """The set of all flags."""
        return cls(Constant((1 << cls._sort.width) - 1, cls._sort, here()))

    def __and__(self, other: Self) -> Self:
        return self._join(Operator.INTERSECT, other)

    def __or__(self, other: Self) -> Self:
        return self._join(Operator.UNION, other)

    def without(self, other: Self) -> Self:
        """The flags of this set that `other` has not."""
        return self._join(Operator.WITHOUT, other)

    def within(self, other: Self) -> Truth:
        """Every flag of this set is in `other`."""
        node = _same_sort(self.node, other)
        return FALSE if node is None else Truth(_apply(Operator.WITHIN, (self.node, node), BOOL))

    def has(self, flags: IntFlag) -> Truth:
        """All of `flags` are in this set."""
        return type(self).of(flags).within(self)

    def _join(self, operator: Operator, other: object) -> Self:
        node = _same_sort(self.node, other)
        return self if node is None else type(self)(_apply(operator, (self.node, node)))


_T = TypeVar("_T", bound=Term)


class Member:
    """A member of an enumeration, or a named constant of a kind."""

    def __set_name__(self, owner: type[Term], name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type[_T]) -> _T:
        sort = owner.sort()
        match sort:
            case EnumSort(members=members):
                return owner(Constant(members.index(self.name), sort, here()))
            case KindSort():
                return owner(Element(self.name, sort, here()))
            case _:
                problem(f"{self.name} is no member of {sort_name(sort)}", MAX_NAMED)
                raise Abandoned


def member() -> Member:
    """In the body of an Enumeration or a Kind: a value with the name it is assigned to."""
    return Member()


def _members(cls: type[Term]) -> tuple[str, ...]:
    return tuple(name for name, value in vars(cls).items() if isinstance(value, Member))


class Enumeration(Term):
    """One of several names: `class Life(Enumeration)` with `READY = member()`, ...

    The first member is the normal form of a table that holds nothing else.
    """

    __slots__ = ()
    _sort: ClassVar[EnumSort] = EnumSort("Enumeration", ())

    def __init_subclass__(cls) -> None:
        cls._sort = EnumSort(cls.__name__, _members(cls))

    @classmethod
    def sort(cls) -> Sort:
        """The sort of these names."""
        return cls._sort

    def one_of(self, *members: Self) -> Truth:
        """Equal to one of `members`."""
        return any_of(*(self == each for each in members))


class Kind(Term):
    """Interchangeable objects, any number of them: `class Thread(Kind)`.

    `ROOT = member()` in the body is a named constant; constants of one kind all differ.
    """

    __slots__ = ()
    _sort: ClassVar[KindSort] = KindSort("Kind")

    def __init_subclass__(cls) -> None:
        cls._sort = KindSort(cls.__name__, _members(cls))

    @classmethod
    def sort(cls) -> Sort:
        """The sort of these objects."""
        return cls._sort


class Option(Term, Generic[_T]):
    """A value, or none; none has one form."""

    __slots__ = ("_inner",)

    def __init__(self, node: Expr, inner: Callable[[Expr], _T]) -> None:
        super().__init__(node)
        self._inner = inner

    @property
    def is_some(self) -> Truth:
        """There is a value."""
        return Truth(_apply(Operator.IS_SOME, (self.node,), BOOL))

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
        return self._inner(_apply(Operator.VALUE, (self.node,), sort.inner))

    def holds(self, value: _T) -> Truth:
        """There is a value and it is this one."""
        return _equal(self, some(value))


def some(value: _T) -> Option[_T]:
    """The option that holds `value`."""
    sort = value.node.sort
    if isinstance(sort, OptionSort):
        problem("an option of an option", "use one option, or a second table")
        raise Abandoned
    return Option(_apply(Operator.SOME, (value.node,), OptionSort(sort)), type(value))


def none(kind: type[_T]) -> Option[_T]:
    """The option of `kind` that holds nothing."""
    return Option(Constant(None, OptionSort(plain(kind.sort())), here()), kind)


def plain(sort: Sort) -> PlainSort:
    """The sort itself when it is no option; notes the mistake and abandons the body otherwise."""
    if isinstance(sort, OptionSort):
        problem("options do not nest", "use one option, or a second table")
        raise Abandoned
    return sort


def all_of(*truths: Truth) -> Truth:
    """Every one holds; true when there is none."""
    return Truth(Apply(Operator.AND, _truths(truths), BOOL, here()))


def any_of(*truths: Truth) -> Truth:
    """At least one holds; false when there is none."""
    return Truth(Apply(Operator.OR, _truths(truths), BOOL, here()))


def _truths(truths: tuple[Truth, ...]) -> tuple[Expr, ...]:
    nodes = (_same_sort(TRUE.node, truth) for truth in truths)
    return tuple(node for node in nodes if node is not None)


def choose(condition: Truth, then: _T, otherwise: _T) -> _T:
    """`then` where the condition holds, `otherwise` elsewhere."""
    test = _same_sort(TRUE.node, condition)
    node = _same_sort(then.node, otherwise)
    if test is None or node is None:
        return then
    return rebuilt(then, _apply(Operator.CHOOSE, (test, then.node, node), then.node.sort))


def rebuilt(term: _T, node: Expr) -> _T:
    """A term of the same Python class around another node."""
    fresh = term.__class__.__new__(term.__class__)
    fresh.node = node
    if isinstance(term, Option):
        object.__setattr__(fresh, "_inner", term._inner)
    return fresh
