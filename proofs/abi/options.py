"""Option words: no bit means two things, and what is asked for is what is read."""

from collections.abc import Iterator

from assay.lang import Statement, statement
from proofs.abi.words import any_word, apart, kept, rebuilt
from spec.design import Design
from spec.layouts import CALL_WORD, Layout, option_layouts


def option_statements(design: Design) -> tuple[Statement, ...]:
    """ABI-1 and ABI-2 of the option word of every call that has one, and of the word before it."""
    asking = [layout for layout in option_layouts(design) if layout.fields]
    return (
        *(each for layout in asking for each in _of(layout)),
        _said_again("the word that enters the kernel", CALL_WORD),
    )


def _of(layout: Layout) -> Iterator[Statement]:
    options, value = any_word(layout, "options"), any_word(layout, "value")
    parts = {**apart(layout, options), **kept(layout, value)}
    yield statement(f"{layout.name} options", "ABI-1", parts)
    yield _said_again(f"{layout.name} options, said again", layout)


def _said_again(name: str, layout: Layout) -> Statement:
    """Bits that mean nothing are ignored; all others come back."""
    word = any_word(layout, "word")
    known = sum({1 << bit for field in layout.fields for bit in field.bits})
    return statement(name, "ABI-2", {"all that it says": rebuilt(layout, word) == word & known})
