"""The designs of latches, and the reading of their files."""

import tomllib
from pathlib import Path

from latches.design import Design, Locking


class DesignError(Exception):
    """The file is no design."""


def load_design(path: Path) -> Design:
    """The design of a file; DesignError where it chooses something unknown."""
    try:
        found = tomllib.loads(path.read_text())
        choice = Locking(found["choices"]["locking"])
    except (KeyError, ValueError) as error:
        raise DesignError(f"{path}: {error}") from error
    return Design(path.stem, found["design"]["summary"], choice)
