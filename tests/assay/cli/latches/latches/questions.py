"""What is open about latches."""

from dataclasses import dataclass
from enum import Enum

from latches.design import Locking


@dataclass(frozen=True, slots=True)
class Question:
    """One field of a design."""

    field: str
    choices: type[Enum]
    guarantees: tuple[str, ...]


QUESTIONS = (Question("locking", Locking, ("DOOR-1",)),)
