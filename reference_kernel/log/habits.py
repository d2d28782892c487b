"""Which ids calls from a space name: what tells, often, whose call a line prints."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import log

from immutables import Map

from reference_kernel.changing import replace
from spec.ids import type_of

_OTHERS = 8
"""Among so many ids that were not named before, one is as likely as another."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How often calls from each space named each id, and ids of its type; and how many of these.

    Keys are a space and an id, or a space and a type.
    """

    times: Map[tuple[int, int], int] = field(default=Map())
    of_type: Map[tuple[int, int], int] = field(default=Map())
    different: Map[tuple[int, int], int] = field(default=Map())

    def named(self, space: int, words: Iterable[int]) -> "Habits":
        """The habits after one more call from the space that names these ids."""
        known = self
        for word in words:
            kind = (space, type_of(word))
            before = known.times.get((space, word), 0)
            known = replace(
                known,
                times=known.times.set((space, word), before + 1),
                of_type=known.of_type.set(kind, known.of_type.get(kind, 0) + 1),
                different=known.different
                if before
                else known.different.set(kind, known.different.get(kind, 0) + 1),
            )
        return known

    def usual(self, space: int, word: int) -> float:
        """How likely a call from the space names this id of its type, as a logarithm.

        The more different ones it named so far, the likelier is one that it never did.
        """
        kind = (space, type_of(word))
        times, all_ = self.times.get((space, word), 0), self.of_type.get(kind, 0)
        new = (self.different.get(kind, 0) + 1) / (all_ + 2) if all_ else 1.0
        return log(times / all_ * (1 - new)) if times else log(new / _OTHERS)
