"""The sorts of values that a model speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BoolSort:
    """True or false."""


@dataclass(frozen=True, slots=True)
class IntSort:
    """Integers from `low` to `high`, both included; None is no bound on that side."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class NaturalSort(IntSort):
    """Integers from 0 up, of which a finite instance has the first `sizes[name]` to choose from."""

    low: int | None = 0
    name: str = "Natural"


@dataclass(frozen=True, slots=True)
class WordSort:
    """Machine words of `width` bits; arithmetic wraps, comparison is unsigned."""

    width: int


@dataclass(frozen=True, slots=True)
class BitsSort:
    """Sets of the flags `members`, lowest bit first."""

    name: str
    members: tuple[str, ...]

    @property
    def width(self) -> int:
        """The number of flags."""
        return len(self.members)


@dataclass(frozen=True, slots=True)
class EnumSort:
    """One of the names `members`; a value is stored as its index."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KindSort:
    """Interchangeable objects, any number of them; the named ones, `constants`, all differ."""

    name: str
    constants: tuple[str, ...] = ()


PlainSort = BoolSort | IntSort | WordSort | BitsSort | EnumSort | KindSort


@dataclass(frozen=True, slots=True)
class OptionSort:
    """A value of `inner`, or none; options do not nest, so none has one form."""

    inner: PlainSort


Sort = PlainSort | OptionSort

BOOL = BoolSort()
INT = IntSort()


def sort_name(sort: Sort) -> str:
    """How a message names the sort."""
    match sort:
        case BoolSort():
            return "Truth"
        case NaturalSort(name=name):
            return name
        case IntSort(low=low, high=high):
            return "Int" if low is None and high is None else f"Int[{low}..{high}]"
        case WordSort(width=width):
            return f"Word{width}"
        case BitsSort(name=name) | EnumSort(name=name) | KindSort(name=name):
            return name
        case OptionSort(inner=inner):
            return f"Option[{sort_name(inner)}]"


def same_family(left: Sort, right: Sort) -> bool:
    """Whether values of both sorts may be compared: equal sorts, or integers of any bounds."""
    if isinstance(left, OptionSort) and isinstance(right, OptionSort):
        return same_family(left.inner, right.inner)
    return left == right or (isinstance(left, IntSort) and isinstance(right, IntSort))


def fits(value: int, sort: Sort) -> bool:
    """Whether the Python number or truth is a value of the sort as a body may write it."""
    match sort:
        case BoolSort():
            return isinstance(value, bool)
        case IntSort(low=low, high=high):
            inside = (low is None or low <= value) and (high is None or value <= high)
            return inside and not isinstance(value, bool)
        case WordSort(width=width):
            return 0 <= value < 1 << width and not isinstance(value, bool)
        case _:
            return False
