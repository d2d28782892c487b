"""How a search came to a node, and what happened on the way."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from assay.engines.schedules.play import Move

_E = TypeVar("_E")


@dataclass(frozen=True, slots=True)
class Way(Generic[_E]):
    """A node, the move that led there from another way's, and what was broken since the start.

    `last` is the processor that acted last, None before any did.
    """

    node: int
    before: "Way[_E] | None" = None
    move: Move[_E] | None = None
    depth: int = 0
    last: int | None = None
    preemptions: int = 0
    broken: frozenset[str] = frozenset()

    def moves(self) -> tuple[Move[_E], ...]:
        """What happened, in order."""
        found: list[Move[_E]] = []
        way: Way[_E] | None = self
        while way is not None:
            if way.move is not None:
                found.append(way.move)
            way = way.before
        return tuple(reversed(found))


def preempts(way: Way[_E], among: tuple[Move[_E], ...], move: Move[_E]) -> bool:
    """Whether the move passes over what the processor that acted last was asked to do.

    `among` are the moves that are possible there.
    """
    goes_on = next((each for each in among if each.asked and each.actor == way.last), None)
    return goes_on is not None and move != goes_on
