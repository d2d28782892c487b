"""The expression tree that every engine reads: frozen nodes, each with its sort and its place.

Names of bound variables are unique in a whole recorded model, so no engine can capture one.
"""

from dataclasses import dataclass
from enum import Enum

from assay.lang.sorts import BOOL, KindSort, Sort


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a model's source: the file as it was imported, and the line from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Version(Enum):
    """Which state a table is read in: the one before a step (or the only one), or the one after."""

    OLD = "old"
    NEW = "new"


class Operator(Enum):
    """What an `Apply` computes; the comment gives arguments -> result."""

    NOT = "not"  # Truth -> Truth
    AND = "and"  # any number of Truth -> Truth
    OR = "or"  # any number of Truth -> Truth
    IMPLIES = "implies"  # Truth, Truth -> Truth
    EQUAL = "equal"  # two of one family -> Truth
    CHOOSE = "choose"  # Truth, then two of one family -> that sort
    ADD = "add"  # two Int or two Word -> the same
    SUBTRACT = "subtract"  # two Int or two Word -> the same
    LESS = "less"  # two Int, or two Word (unsigned) -> Truth
    AT_MOST = "at most"  # two Int, or two Word (unsigned) -> Truth
    UNION = "union"  # bitwise or of two Bits or two Word
    INTERSECT = "intersect"  # bitwise and of two Bits or two Word
    WITHOUT = "without"  # bitwise and-not of two Bits or two Word
    SHIFT_LEFT = "shift left"  # Word, and a literal below its width -> Word; lost bits are lost
    SHIFT_RIGHT = "shift right"  # the same, zeros come in
    WITHIN = "within"  # two Bits: every flag of the first is in the second -> Truth
    SOME = "some"  # plain value -> Option of it
    IS_SOME = "is some"  # Option -> Truth
    VALUE = "value"  # Option -> its value; any value where it is none (guard it with IS_SOME)


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal: bool for Truth, None for no option, else int (mask of Bits, index of enums)."""

    value: bool | int | None
    sort: Sort
    where: Where


@dataclass(frozen=True, slots=True)
class Element:
    """A named constant of a kind; in a finite instance the constants are elements 0, 1, ..."""

    name: str
    sort: KindSort
    where: Where


@dataclass(frozen=True, slots=True)
class Variable:
    """A parameter or a bound variable."""

    name: str
    sort: Sort
    where: Where


@dataclass(frozen=True, slots=True)
class Read:
    """The cell of `table` at `keys`, in the state `version`."""

    table: str
    keys: tuple["Expr", ...]
    version: Version
    sort: Sort
    where: Where


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator with its arguments."""

    operator: Operator
    arguments: tuple["Expr", ...]
    sort: Sort
    where: Where


@dataclass(frozen=True, slots=True)
class Quantified:
    """For every (`universal`) or for some value of `binder`, `body` holds."""

    universal: bool
    binder: Variable
    body: "Expr"
    where: Where

    @property
    def sort(self) -> Sort:
        """A quantified formula is a truth."""
        return BOOL


@dataclass(frozen=True, slots=True)
class Named:
    """A helper predicate applied: means `body`; the name is for messages."""

    name: str
    arguments: tuple["Expr", ...]
    body: "Expr"
    where: Where

    @property
    def sort(self) -> Sort:
        """The sort of the body."""
        return self.body.sort


@dataclass(frozen=True, slots=True)
class Taken:
    """In a claim over a step: the step was the action `action` (not refused)."""

    action: str
    where: Where

    @property
    def sort(self) -> Sort:
        """A truth."""
        return BOOL


@dataclass(frozen=True, slots=True)
class Argument:
    """In a claim over a step: a parameter of `action`; it means nothing unless `Taken`."""

    action: str
    parameter: str
    sort: Sort
    where: Where


Expr = Constant | Element | Variable | Read | Apply | Quantified | Named | Taken | Argument
