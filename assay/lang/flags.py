"""Sets of flags."""

from enum import IntFlag
from typing import ClassVar, Self

from assay.lang.recording import here
from assay.lang.sorts import BOOL, BitsSort, Sort
from assay.lang.terms import FALSE, Term, Truth, applied, same_sort
from assay.lang.tree import Constant, Operator


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
        node = same_sort(self.node, other)
        return FALSE if node is None else Truth(applied(Operator.WITHIN, (self.node, node), BOOL))

    def has(self, flags: IntFlag) -> Truth:
        """All of `flags` are in this set."""
        return type(self).of(flags).within(self)

    def _join(self, operator: Operator, other: object) -> Self:
        node = same_sort(self.node, other)
        return self if node is None else type(self)(applied(operator, (self.node, node)))
