"""Kinds of interchangeable objects, and enumerations."""

from typing import ClassVar, Self, TypeVar

from assay.lang.recording import Abandoned, here, problem
from assay.lang.sorts import EnumSort, KindSort, Sort, sort_name
from assay.lang.terms import Term, Truth, any_of
from assay.lang.tree import Constant, Element

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
                problem(
                    f"{self.name} is no member of {sort_name(sort)}",
                    "members and constants stand in the body of an Enumeration or a Kind",
                )
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
