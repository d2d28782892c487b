"""What doors promise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A promise."""

    id: str
    name: str
    statement: str


GUARANTEES = (
    Guarantee("DOOR-1", "locked_doors_are_shut", "a door that is locked is shut as well"),
)
