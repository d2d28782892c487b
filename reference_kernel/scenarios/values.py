"""What stands in a scenario's calls: numbers, names, sums and sets of bits."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is known when the file is read."""

    value: int


@dataclass(frozen=True, slots=True)
class Named:
    """What a call gave that was made before, under the name that it was given."""

    name: str


@dataclass(frozen=True, slots=True)
class Sum:
    """Two values added; of products and sets of bits both sides are known when the file is read."""

    left: "Value"
    right: "Value"


Value = Number | Named | Sum


def names_in(value: Value) -> Iterator[str]:
    """The names that stand in it."""
    match value:
        case Named(name):
            yield name
        case Sum(left, right):
            yield from names_in(left)
            yield from names_in(right)
        case Number():
            pass


def worth(value: Value, known: Mapping[str, int]) -> int:
    """The number that it stands for; KeyError where a name has none."""
    match value:
        case Number(number):
            return number
        case Named(name):
            return known[name]
        case Sum(left, right):
            return worth(left, known) + worth(right, known)
