"""The graph of a scenario: its states with the places of its programs, made when asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from assay.engines.kernel import Kernel
from assay.engines.schedules.play import Move, Play

_D = TypeVar("_D")
_S = TypeVar("_S")
_E = TypeVar("_E")
_O = TypeVar("_O")
_P = TypeVar("_P")


class Unrepeatable(AssertionError):
    """A run that was taken again went another way: a mistake of ours, whatever the kernel does."""


@dataclass(frozen=True, slots=True)
class Edge(Generic[_S, _O]):
    """Where a move leads, by the number of the node, and what it gave.

    `after` is the state as the step made it: equal to that of the node, and to be compared with the
    state before, of which it has kept what did not change.
    """

    target: int
    outcome: _O
    after: _S


class Graph(Generic[_D, _S, _E, _O, _P]):
    """Nodes by number, 0 is where the programs begin. No step is taken twice."""

    def __init__(
        self, kernel: Kernel[_D, _S, _E, _O], design: _D, play: Play[_S, _E, _O, _P]
    ) -> None:
        self._kernel = kernel
        self._design = design
        self._play = play
        self._numbers: dict[tuple[_S, _P], int] = {}
        self._nodes: list[tuple[_S, _P]] = []
        self._moves: list[tuple[Move[_E], ...] | None] = []
        self._edges: list[dict[Move[_E], Edge[_S, _O]]] = []
        self.steps = 0
        self._number((play.state, play.place))

    def state(self, node: int) -> _S:
        """The state of the kernel there."""
        return self._nodes[node][0]

    def place(self, node: int) -> _P:
        """Where the programs are there."""
        return self._nodes[node][1]

    def moves(self, node: int) -> tuple[Move[_E], ...]:
        """What can happen there."""
        known = self._moves[node]
        if known is None:
            known = self._moves[node] = tuple(self._play.moves(*self._nodes[node]))
        return known

    def edges(self, node: int) -> Iterable[int]:
        """Where the steps lead that were taken there so far."""
        return (edge.target for edge in self._edges[node].values())

    def step(self, node: int, move: Move[_E]) -> Edge[_S, _O]:
        """The move, which can happen there."""
        edge = self._edges[node].get(move)
        if edge is None:
            edge = self._edges[node][move] = self._step(node, move)
        return edge

    def repeat(self, moves: Iterable[Move[_E]]) -> None:
        """Take the moves once more from the beginning.

        Errors: Unrepeatable where one leads elsewhere than before.
        """
        node = 0
        for number, move in enumerate(moves, start=1):
            again, before = self._step(node, move), self.step(node, move)
            if again != before:
                raise Unrepeatable(f"step {number} of a run, {move.event}, does not repeat itself")
            node = again.target

    def _step(self, node: int, move: Move[_E]) -> Edge[_S, _O]:
        state, place = self._nodes[node]
        after, outcome = self._kernel.step(self._design, state, move.event)
        self.steps += 1
        reached = after, self._play.after(state, place, move, outcome)
        return Edge(self._number(reached), outcome, after)

    def _number(self, node: tuple[_S, _P]) -> int:
        number = self._numbers.setdefault(node, len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append(node)
            self._moves.append(None)
            self._edges.append({})
        return number
