"""How the compiled explorer holds a state: every cell a field of a machine word.

A state of at most 63 bits is one word. Fields never straddle two words. Numbers without a bound get
a width to begin with; a search that needs more says so and is begun again with a wider one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from assay.engines.domains import Sizes
from assay.engines.explore.layout import Layout, Packed
from assay.engines.explore.result import Unsupported
from assay.lang.recorded import Recorded
from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    PlainSort,
    Sort,
    WordSort,
)
from assay.lang.values import Value

WIDEST = 48
"""Bits of the widest number that a field may hold: sums of them stay far from those of a word."""
FIRST_WIDTH = 4
"""Bits of a number without a bound, to begin with."""
_WORD = 64
_ONE_WORD = 63


@dataclass(frozen=True, slots=True)
class Field:
    """Where a cell stands: `width` bits of word `word` from bit `shift`.

    The values `low` to `high` are stored as their distance from `low`; of an option, one more, and
    none as 0. A table that must not leave its field has `wide`, others cannot.
    """

    word: int
    shift: int
    width: int
    low: int
    high: int
    option: bool
    truth: bool
    wide: str | None

    def code(self, value: Value) -> int:
        """The bits of a value, not shifted; ValueError when it does not fit."""
        if not self.holds(value):
            raise ValueError(value)
        return 0 if value is None else int(value) - self.low + self.option

    def cut(self, value: Value) -> int:
        """The bits of a value, or some bits where it does not fit."""
        return self.code(value) if self.holds(value) else 0

    def holds(self, value: Value) -> bool:
        """Whether the field has a code for the value."""
        return self.option if value is None else self.low <= value <= self.high

    def value(self, code: int) -> Value:
        """The value with these bits."""
        if self.option and not code:
            return None
        number = code + self.low - self.option
        return bool(number) if self.truth else number


@dataclass(frozen=True, slots=True)
class Words:
    """The fields of all cells, in the order of the layout; `count` words hold a state."""

    layout: Layout
    fields: tuple[Field, ...]
    bits: int
    count: int

    @property
    def is_narrow(self) -> bool:
        """Whether a state is one word whose successor, as a number, is one too."""
        return self.bits <= _ONE_WORD

    def packed(self, words: tuple[int, ...]) -> Packed:
        """The state as the plain explorer holds it."""
        return tuple(
            field.value(words[field.word] >> field.shift & (1 << field.width) - 1)
            for field in self.fields
        )

    def words(self, packed: Packed) -> tuple[int, ...]:
        """The state as words; Overflow when a number is too large for its field."""
        found = [0] * self.count
        for field, value in zip(self.fields, packed, strict=True):
            try:
                found[field.word] |= field.code(value) << field.shift
            except ValueError as error:
                raise Overflow(field.wide or "") from error
        return tuple(found)


class Overflow(Exception):
    """A number of the table that the message names does not fit the width that it was given."""


def words_of(
    recorded: Recorded,
    sizes: Sizes,
    layout: Layout,
    widths: Mapping[str, int],
    records: Sequence[Sequence[int]] = (),
) -> Words:
    """The fields of an instance; `widths` has the bits of tables of numbers without a bound.

    The cells of each of `records` stand side by side, in one word if they fit. Errors: Unsupported
    for words and numbers that are too wide.
    """
    sorts = {table.name: table.value for table in recorded.tables}
    grouped = {position for record in records for position in record}
    groups = [*records, *([at] for at in range(len(layout.cells)) if at not in grouped)]
    word = shift = 0
    fields: dict[int, Field] = {}
    for group in groups:
        new = {}
        for position in group:
            table, _ = layout.cells[position]
            new[position] = _field(table, sorts[table], sizes, widths.get(table, FIRST_WIDTH))
        if shift + sum(field.width for field in new.values()) > _WORD:
            word, shift = word + 1, 0
        for position, field in new.items():
            if shift + field.width > _WORD:
                word, shift = word + 1, 0
            fields[position] = replace(field, word=word, shift=shift)
            shift += field.width
    ordered = tuple(fields[position] for position in range(len(layout.cells)))
    return Words(layout, ordered, sum(field.width for field in ordered), word + 1)


def _field(table: str, sort: Sort, sizes: Sizes, width: int) -> Field:
    """A field for a value of a table, at no place yet."""
    low, high = _range(sort, sizes, width)
    option = isinstance(sort, OptionSort)
    bits = (high - low + option).bit_length()
    truth = isinstance(sort, BoolSort)
    return Field(0, 0, bits, low, high, option, truth, table if _is_open(sort) else None)


def _plain(sort: Sort) -> PlainSort:
    return sort.inner if isinstance(sort, OptionSort) else sort


def _is_open(sort: Sort) -> bool:
    plain = _plain(sort)
    return isinstance(plain, IntSort) and (plain.low is None or plain.high is None)


def _range(sort: Sort, sizes: Sizes, width: int) -> tuple[int, int]:
    """The least and the greatest number that a field for the sort must hold."""
    plain = _plain(sort)
    match plain:
        case BoolSort():
            return 0, 1
        case IntSort():
            low, high = _bounds(plain, width)
        case WordSort(width=bits) | BitsSort(width=bits):
            low, high = 0, (1 << bits) - 1
        case EnumSort(members=members):
            return 0, len(members) - 1
        case KindSort(name=name):
            return 0, sizes[name] - 1
        case _:
            assert_never(plain)
    if max(abs(low), abs(high)) >> WIDEST:
        raise Unsupported(f"numbers from {low} to {high} are too wide")
    return low, high


def _bounds(sort: IntSort, width: int) -> tuple[int, int]:
    low, high = sort.low, sort.high
    if low is None and high is None:
        return -(1 << width - 1), (1 << width - 1) - 1
    if low is None:
        low = (high or 0) + 1 - (1 << width)
    return low, low + (1 << width) - 1 if high is None else high


def signed(bits: int) -> int:
    """64 bits as LLVM writes them."""
    bits &= (1 << 64) - 1
    return bits - (1 << 64) if bits >> 63 else bits
