"""What the tests of every model ask of it, told by each in its `expected.py`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from assay.engines.domains import Sizes
from spec.design import Design
from spec.designs import PROPOSED


@dataclass(frozen=True, slots=True)
class Choice:
    """A design that is `proposed` but for these choices, and the ids of what it breaks."""

    made: Mapping[str, Enum]
    breaks: str = ""

    @property
    def design(self) -> Design:
        """The design with these choices."""
        return replace(PROPOSED, **self.made)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Expected:
    """The guarantees that are broken as built, and by each choice alone.

    `mutated` are the guarantees that a chosen mutation must break each, in one of the instances of
    `ladder`. `fewer` are the kinds of which no instance that can be explored has three, for which
    the proofs stand alone.
    """

    as_built_breaks: frozenset[str]
    choices: Mapping[str, Choice]
    mutated: Collection[str]
    ladder: Sequence[Sizes]
    fewer: Collection[str] = ()
