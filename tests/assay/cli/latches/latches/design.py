"""A design of latches."""

from dataclasses import dataclass
from enum import Enum


class Locking(Enum):
    """What locking an open door does."""

    FREE = "FREE"
    SHUT_ONLY = "SHUT_ONLY"


@dataclass(frozen=True, slots=True)
class Design:
    """A choice for each question."""

    name: str
    summary: str
    locking: Locking
