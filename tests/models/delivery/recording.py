"""The model under a design, as the tests ask for it."""

import tomllib
from functools import cache
from pathlib import Path

from assay.engines.domains import Sizes
from assay.engines.explore import Exploration, Limits, explore
from assay.lang import Recorded, record
from models.delivery import model as exported
from proofs.delivery.lemmas import lemmas
from spec.design import Design
from spec.designs import named

FOLDER = Path(exported.__file__).parent
BOUNDS = {
    each["name"]: each for each in tomllib.loads((FOLDER / "bounds.toml").read_text())["bounds"]
}
SMALL: Sizes = BOUNDS["small"]["sizes"]


def recorded(design: Design) -> Recorded:
    """The model with its lemmas."""
    return record(exported.model, design, lemmas)


@cache
def explored(design: str, bounds: str = "small") -> Exploration:
    """The whole instance, once for all tests."""
    return explore(recorded(named(design)), BOUNDS[bounds]["sizes"], limits=Limits())


def broken_guarantees(model: Recorded, exploration: Exploration) -> set[str | None]:
    """The ids of the guarantees that the exploration shows broken; None for a lemma."""
    return {model.claim(each.claim).guarantee for each in exploration.broken}
