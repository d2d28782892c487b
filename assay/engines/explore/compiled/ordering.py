"""A symmetry in machine code, for the words of an instance; and whether it is worth its time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.choosing import choosing_function
from assay.engines.explore.compiled.machine import Module, Region, compiled
from assay.engines.explore.compiled.moving import trying_function
from assay.engines.explore.compiled.symmetry import (
    MOST_ELEMENTS,
    Symmetry,
    fits,
    symmetry_of,
)
from assay.engines.explore.compiled.words import Words, signed, words_of
from assay.engines.explore.layout import Layout, Packed
from assay.engines.explore.result import NO_KINDS
from assay.lang.recorded import Recorded

_WORTH_OF_ORDER = 0.1
"""What each order that is tried must save at least, as a part of the states that are left."""
_WORTH_OF_CHOICE = 2.5
"""The same for each state that is made by signatures."""
_CAREFULLY_UP_TO = 100_000
"""Characters of code. What sorts elements at length leaves few states to do it for."""
_BITS = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Ordering:
    """The function `order` of a symmetry; `off` says why it is better not used, if it is so."""

    symmetry: Symmetry
    words: Words
    module: Module
    order: Callable[[int], int]
    given: Region
    off: str

    @property
    def remark(self) -> str:
        """Why the symmetry, or a part of it, is not used."""
        return self.off or _too_many(self.symmetry)

    def representative(self, state: tuple[int, ...]) -> tuple[int, ...]:
        """The state that stands for one."""
        return self.found(state)[0]

    def found(self, state: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        """The state that stands for one, and how many were made to find it."""
        for word, bits in enumerate(state):
            self.given[word] = signed(bits)
        made = self.order(self.given.address)
        return tuple(self.given[word] & _BITS for word in range(len(state))), made


def ordering_of(
    recorded: Recorded,
    sizes: Sizes,
    layout: Layout,
    widths: Mapping[str, int],
    sample: Sequence[Packed],
) -> Ordering:
    """The symmetry of an instance; it is off where too few of the sample would be left out.

    Errors: as `words_of`; Overflow for a sample with numbers that are too large.
    """
    symmetry = symmetry_of(recorded, sizes, layout)
    records = [record for each in symmetry.sorted.values() for record in each]
    words = words_of(recorded, sizes, layout, widths, records)
    if not fits(words, symmetry):
        symmetry = symmetry_of(recorded, sizes, layout, sorting=False)
    if symmetry.is_signed:
        text = choosing_function(recorded, sizes, words, symmetry)
    else:
        text = trying_function(recorded, words, symmetry)
    module = compiled(text, carefully_up_to=_CAREFULLY_UP_TO)
    order, given = module.function("order", 1), Region(words.count)
    off = "" if symmetry.kinds else _too_many(symmetry) or NO_KINDS
    ordering = Ordering(symmetry, words, module, order, given, off)
    return ordering if ordering.off else replace(ordering, off=_saves_too_little(ordering, sample))


def _too_many(symmetry: Symmetry) -> str:
    """What is said of the kinds that are left out."""
    kinds = " and of ".join(symmetry.left)
    return f"there are more than {MOST_ELEMENTS} elements of {kinds}" if kinds else ""


def _saves_too_little(ordering: Ordering, sample: Sequence[Packed]) -> str:
    """Why it does not pay to keep one of the states that differ by the places of elements.

    A level of a search has, with a state, all that differ from it so: of a part of it, as many are
    kept as stand for themselves.
    """
    states = [ordering.words.words(packed) for packed in sample]
    found = [ordering.found(state) for state in states]
    kept = sum(standing == state for state, (standing, _) in zip(states, found, strict=True))
    made = sum(made for _, made in found) / max(1, len(states))
    worth = _WORTH_OF_CHOICE if ordering.symmetry.is_signed else _WORTH_OF_ORDER
    if len(states) >= (1 + worth * made) * kept:
        return ""
    return f"of {len(states):,} states it keeps {kept:,}, which takes more time than it saves"
