"""What can be done to a door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a door does not do it."""

    name: str
    error: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Call:
    """One thing that can be done."""

    number: int
    name: str
    refusals: tuple[Refusal, ...] = ()


CALLS = (
    Call(1, "pull", (Refusal("locked", "LOCKED", "the door is locked"),)),
    Call(2, "push"),
    Call(3, "lock", (Refusal("open", "OPEN", "the door is open and may not be locked then"),)),
)
