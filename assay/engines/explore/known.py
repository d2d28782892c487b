"""What a search has seen happen for the first time: it need not be looked for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from assay.engines.explore.generate import Watch
from assay.engines.explore.layout import Packed
from assay.engines.explore.result import Broken, Path, Reached


@dataclass(frozen=True, slots=True)
class Known:
    """What the first part of a search found, each with a shortest path where it has one.

    `sample` has some states of the last level that it began to expand.
    """

    broken: Mapping[str, Broken] = field(default_factory=dict)
    reached: Mapping[str, Reached] = field(default_factory=dict)
    witness: Mapping[str, Path] = field(default_factory=dict)
    seen: frozenset[Watch] = frozenset()
    sample: tuple[Packed, ...] = ()


NOTHING = Known()
