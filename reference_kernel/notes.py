"""What a step did that no state shows, and that a guarantee is about."""

from enum import Enum
from typing import NamedTuple


class Oddity(Enum):
    """What can be noted of a step."""

    LOCK_ORDER = "LOCK_ORDER"  # a lock was asked for under one that has to come later
    ACKNOWLEDGED_TWICE = "ACKNOWLEDGED_TWICE"  # an interrupt was acknowledged again
    LEFT_ON_STACK = "LEFT_ON_STACK"  # a stack was thrown away, and what it held was not released
    TOO_DEEP = "TOO_DEEP"  # destructors within destructors, more than there are kinds


class Note(NamedTuple):
    """Something odd, in words."""

    oddity: Oddity
    what: str
