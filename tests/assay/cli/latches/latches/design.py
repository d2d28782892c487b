"""The one question that is open about latches."""

import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Locking(Enum):
    """What locking an open door does."""

    FREE = "FREE"
    SHUT_ONLY = "SHUT_ONLY"


@dataclass(frozen=True, slots=True)
class Design:
    """A choice for the question."""

    name: str
    summary: str
    locking: Locking


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
