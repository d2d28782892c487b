"""A model under any design, as the tests ask for it."""

import tomllib
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from assay.engines.domains import Sizes
from assay.engines.explore import Exploration, Limits, explore
from assay.lang import Recorded, record
from spec.design import Design
from spec.designs import named

QUESTIONS = (
    "capability_lifetimes",
    "copy_on_write",
    "delivery",
    "mappings",
    "references",
    "teardown",
    "thread_groups",
    "translations",
    "user_handles",
    "waking",
)
"""The models, each named after its question."""
APART = frozenset({"user_handles"})
"""Those that speak of programs, not of the kernel: nothing ties them to its steps."""
TIED = tuple(each for each in QUESTIONS if each not in APART)


class Recording:
    """The model of one question with its lemmas, and the whole of its instances, explored once."""

    def __init__(self, question: str) -> None:
        package = import_module(f"models.{question}.model")
        self._model = package.model
        self._lemmas = import_module(f"proofs.{question}.lemmas").lemmas
        name = f"proofs.{question}.rankings"
        self._rankings = import_module(name).rankings if find_spec(name) else None
        self._explored: dict[tuple[str, str], Exploration] = {}
        self.folder = Path(str(package.__file__)).parent
        told: Any = tomllib.loads((self.folder / "bounds.toml").read_text())
        self.bounds = {each["name"]: each for each in told["bounds"]}

    @property
    def small(self) -> Sizes:
        """The instance of which every test can afford the whole."""
        return self.sizes("small")

    @property
    def whole(self) -> tuple[str, ...]:
        """The names of the small instance and of those beside it."""
        return tuple(
            name for name, each in self.bounds.items() if name == "small" or "beside" in each
        )

    def all_explored(self, design: str) -> tuple[Exploration, ...]:
        """The small instance and those beside it."""
        return tuple(self.explored(design, name) for name in self.whole)

    def sizes(self, bounds: str) -> Sizes:
        """The elements of each kind."""
        sizes: Sizes = self.bounds[bounds]["sizes"]
        return sizes

    def recorded(self, design: Design) -> Recorded:
        """The model with its lemmas and rankings."""
        return record(self._model, design, self._lemmas, rankings=self._rankings)

    def explored(self, design: str, bounds: str = "small") -> Exploration:
        """The whole instance, once for all tests."""
        key = design, bounds
        if key not in self._explored:
            recorded = self.recorded(named(design))
            self._explored[key] = explore(recorded, self.sizes(bounds), limits=Limits())
        return self._explored[key]


def broken_guarantees(model: Recorded, *explorations: Exploration) -> set[str | None]:
    """The ids of the guarantees that the explorations show broken; None for a lemma."""
    broken = [each.claim for exploration in explorations for each in exploration.broken]
    return {model.claim(claim).guarantee for claim in broken}


def shortest(explorations: Iterable[Exploration]) -> dict[str, int]:
    """The broken claims, with the fewest steps that break each."""
    found: dict[str, int] = {}
    for each in chain.from_iterable(exploration.broken for exploration in explorations):
        found[each.claim] = min(each.depth, found.get(each.claim, each.depth))
    return found
