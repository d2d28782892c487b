"""Integers, with bounds or without, and machine words."""

from typing import ClassVar, Self

from assay.lang.recording import here, problem
from assay.lang.sorts import BOOL, IntSort, NaturalSort, Sort, WordSort, fits, sort_name
from assay.lang.terms import FALSE, Term, Truth, applied, equal, same_sort
from assay.lang.tree import Constant, Operator


class Number(Term):
    """What integers and words have in common."""

    __slots__ = ()

    def __eq__(self, other: Self | int) -> Truth:  # type: ignore[override]
        return equal(self, other)

    def __ne__(self, other: Self | int) -> Truth:  # type: ignore[override]
        return ~equal(self, other)

    __hash__ = None

    @classmethod
    def of(cls, value: int) -> Self:
        """The literal `value`; it must lie in the sort's range."""
        sort = cls.sort()
        if not fits(value, sort):
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
        node = same_sort(self.node, other)
        return self if node is None else type(self)(applied(operator, (self.node, node)))

    def _compare(self, operator: Operator, other: object) -> Truth:
        node = same_sort(self.node, other)
        return FALSE if node is None else Truth(applied(operator, (self.node, node), BOOL))


class Int(Number):
    """An integer: without bounds, or `class Count(Int, low=0, high=3)`."""

    __slots__ = ()
    _sort: ClassVar[IntSort] = IntSort()

    def __init_subclass__(cls, low: int | None = None, high: int | None = None) -> None:
        cls._sort = IntSort(low, high)

    @classmethod
    def sort(cls) -> Sort:
        """The sort of integers within the bounds of the class."""
        return cls._sort


class Natural(Int):
    """A number from 0 up, without end: `class Pages(Natural)`.

    A finite instance says how many of them there are to choose from, as it does for a kind; what an
    action computes may be greater.
    """

    __slots__ = ()
    _sort: ClassVar[IntSort] = NaturalSort()

    def __init_subclass__(cls) -> None:
        cls._sort = NaturalSort(name=cls.__name__)


class Word(Number):
    """A machine word: `class Address(Word, width=64)`; sums wrap, comparison is unsigned.

    It is shifted by Python numbers: `word >> 5`.
    """

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

    def __lshift__(self, places: int) -> Self:
        return self._shifted(Operator.SHIFT_LEFT, places)

    def __rshift__(self, places: int) -> Self:
        return self._shifted(Operator.SHIFT_RIGHT, places)

    def without(self, other: Self | int) -> Self:
        """The bits of this word that `other` has not."""
        return self._number(Operator.WITHOUT, other)

    def _shifted(self, operator: Operator, places: int) -> Self:
        if not 0 <= places < self._sort.width:
            problem(
                f"a word of {self._sort.width} bits is shifted by {places}",
                f"shift by a number from 0 to {self._sort.width - 1}",
            )
            return self
        return self._number(operator, places)
