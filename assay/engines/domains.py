"""The values of sorts in a finite instance of a model."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import product

from assay.lang.recorded import Recorded
from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    NaturalSort,
    OptionSort,
    Sort,
    WordSort,
    sort_name,
)
from assay.lang.tree import Variable
from assay.lang.values import Value

Sizes = Mapping[str, int]
"""How many elements each kind has in a finite instance."""


_WIDEST_WORD = 16
"""Bits of the widest word whose values can be gone through."""


class SizesError(ValueError):
    """The sizes do not fit the model; the message names the kind and says what to give."""


def check_sizes(recorded: Recorded, sizes: Sizes) -> None:
    """Errors: SizesError for an unknown kind, a kind without a size, or one smaller than needed."""
    known = recorded.sized
    for name in sizes:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"its kinds are {', '.join(known)}"
            raise SizesError(f"{recorded.name} has no kind {name}; {hint}")
    constants = {kind.name: kind.constants for kind in recorded.kinds}
    for name, fewest in recorded.sized.items():
        if name not in sizes:
            raise SizesError(f"{name} has no size; give at least {name}={fewest}")
        if sizes[name] < fewest:
            named = f" ({', '.join(constants[name])})" if constants.get(name) else ""
            given = f"{name}={sizes[name]}"
            raise SizesError(f"{given} is too small; it needs at least {fewest}{named}")


def domain(sort: Sort, sizes: Sizes) -> tuple[Value, ...]:
    """All values of the sort, the least first.

    Errors: SizesError for integers without both bounds and for wide words, which have too many.
    """
    match sort:
        case BoolSort():
            return (False, True)
        case IntSort(low=int(low), high=int(high)):
            return tuple(range(low, high + 1))
        case NaturalSort(name=name):
            return tuple(range(sizes[name]))
        case WordSort(width=width) if width <= _WIDEST_WORD:
            return tuple(range(1 << width))
        case BitsSort(width=width):
            return tuple(range(1 << width))
        case EnumSort(members=members):
            return tuple(range(len(members)))
        case KindSort(name=name):
            return tuple(range(sizes[name]))
        case OptionSort(inner=inner):
            return (None, *domain(inner, sizes))
        case _:
            raise SizesError(f"there are too many values of {sort_name(sort)} to go through")


def least(sort: Sort) -> Value:
    """The value that stands for the missing one of an option."""
    match sort:
        case BoolSort():
            return False
        case IntSort(low=low, high=high):
            return low if low is not None else min(0, high if high is not None else 0)
        case OptionSort():
            return None
        case _:
            return 0


def choices(
    variables: tuple[Variable, ...], sizes: Sizes, *, numbers_fall: bool = False
) -> Iterator[dict[str, Value]]:
    """Every way to give the variables values, the last one changing fastest.

    `numbers_fall`: numbers begin with the largest.
    """
    names = [variable.name for variable in variables]
    among = [tuple(domain(variable.sort, sizes)) for variable in variables]
    if numbers_fall:
        falls = [isinstance(variable.sort, IntSort) for variable in variables]
        among = [a[::-1] if fall else a for a, fall in zip(among, falls, strict=True)]
    for values in product(*among):
        yield dict(zip(names, values, strict=True))


def outside(value: Value, sort: Sort) -> bool:
    """Whether an integer is beyond the bounds of its sort."""
    match sort:
        case OptionSort(inner=inner):
            return value is not None and outside(value, inner)
        case IntSort(low=low, high=high):
            number = int(value or 0)
            return (low is not None and number < low) or (high is not None and number > high)
        case _:
            return False
