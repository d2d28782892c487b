"""Statements about layouts, whatever they are of: their fields are apart, and come back.

Formulas are made of `spec.layouts` itself: a field reads and places words of a formula as it does
numbers.
"""

from collections.abc import Mapping
from functools import reduce
from itertools import combinations

from assay.lang import Truth, Word, free
from spec.layouts import Field, Layout


class Word32(Word, width=32):
    """An option word."""


class Word64(Word, width=64):
    """A register, a word in memory."""


_SIZES: Mapping[int, type[Word]] = {32: Word32, 64: Word64}


def any_word(layout: Layout, name: str) -> Word:
    """Any word of the layout's size."""
    return free(_SIZES[layout.bits], name)


def apart(layout: Layout, word: Word) -> dict[str, Truth]:
    """For each two fields: a word that says only the one says nothing of the other."""
    return {
        f"{one.name} and {other.name}": other.of(one.placed(one.of(word))) == 0
        for one, other in combinations(layout.fields, 2)
    }


def kept(layout: Layout, value: Word) -> dict[str, Truth]:
    """For each field: every value that it can hold comes back from the word that says only it."""
    return {
        f"{field.name} keeps its values": (value <= field.largest).implies(
            field.of(field.placed(value)) == value
        )
        for field in layout.fields
    }


def values(layout: Layout, name: str) -> dict[Field, Word]:
    """Any value for each field, `NAME.FIELD`."""
    return {field: any_word(layout, f"{name}.{field.name}") for field in layout.fields}


def in_range(given: Mapping[Field, Word]) -> list[Truth]:
    """That each field can hold its value."""
    return [value <= field.largest for field, value in given.items()]


def packed(given: Mapping[Field, Word]) -> Word:
    """The word that says all of them; there is at least one."""
    placed = [field.placed(value) for field, value in given.items()]
    return reduce(lambda one, other: one | other, placed)


def rebuilt(layout: Layout, word: Word) -> Word:
    """What a word says, said again."""
    return packed({field: field.of(word) for field in layout.fields})
