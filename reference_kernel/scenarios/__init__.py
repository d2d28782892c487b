"""The named scenarios: the TOML files in this folder; and the reading of such files."""

from pathlib import Path

from reference_kernel.scenarios.notes import ScenarioError
from reference_kernel.scenarios.reading import read
from reference_kernel.scenarios.scenario import Scenario

__all__ = ["Scenario", "ScenarioError", "load_scenario", "named", "names"]

_FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """The names of the scenarios that ship."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def named(name: str) -> Scenario:
    """The scenario that ships under that name.

    Errors: ScenarioError where there is none.
    """
    return load_scenario(_FOLDER / f"{name}.toml")


def load_scenario(path: Path) -> Scenario:
    """The scenario that a file tells.

    Errors: ScenarioError with every mistake of the file, each with its line and column.
    """
    return Scenario(path.stem, read(path))
