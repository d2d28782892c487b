"""A symmetry in machine code, for the words of an instance; and whether it is worth its time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.machine import Module, Region, compiled
from assay.engines.explore.compiled.symmetry import Symmetry, fits, order_function, symmetry_of
from assay.engines.explore.compiled.words import Words, signed, words_of
from assay.engines.explore.layout import Layout, Packed
from assay.lang.recorded import Recorded

NO_KINDS = "no two elements of a kind may change places"
_WORTH_OF_ONE = 0.1
"""What each permutation that is tried must save at least, as a part of the states that are left."""
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
        for word, bits in enumerate(state):
            self.given[word] = signed(bits)
        self.order(self.given.address)
        return tuple(self.given[word] & _BITS for word in range(len(state)))


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
        symmetry = replace(symmetry, sorted={}, left=(*symmetry.sorted, *symmetry.left))
    module = compiled(order_function(recorded, words, symmetry))
    order, given = module.function("order", 1), Region(words.count)
    off = "" if symmetry.order > 1 else _too_many(symmetry) or NO_KINDS
    ordering = Ordering(symmetry, words, module, order, given, off)
    return ordering if ordering.off else replace(ordering, off=_saves_too_little(ordering, sample))


def _too_many(symmetry: Symmetry) -> str:
    """What is said of the kinds that are left out."""
    kinds = " and of ".join(symmetry.left)
    return f"there are too many orders of {kinds} to try them all" if kinds else ""


def _saves_too_little(ordering: Ordering, sample: Sequence[Packed]) -> str:
    """Why it does not pay to keep one of the states that differ by the places of elements.

    A level of a search has, with a state, all that differ from it so: of a part of it, as many are
    kept as stand for themselves.
    """
    states = [ordering.words.words(packed) for packed in sample]
    kept = sum(ordering.representative(state) == state for state in states)
    least = 1 + _WORTH_OF_ONE * len(ordering.symmetry.permuted)
    if len(states) >= least * kept:
        return ""
    return f"of {len(states):,} states it keeps {kept:,}, which takes more time than it saves"
