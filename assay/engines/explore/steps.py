"""The steps of a graph of states, eight bytes for each: large instances have many millions."""

from array import array
from collections.abc import Iterable, Sequence

Node = int
Edge = tuple[int, Node]
"""The index of an instance, and the state to which it leads."""
_NODE_BITS = 32
_NODE = (1 << _NODE_BITS) - 1


class Steps:
    """For each state, in order, the steps that leave it."""

    def __init__(self) -> None:
        self._edges = array("q")
        self._ends = array("q", [0])

    def append(self, edges: Iterable[Edge]) -> None:
        """The steps of the next state."""
        self._edges.extend([index << _NODE_BITS | node for index, node in edges])
        self._ends.append(len(self._edges))

    def of(self, node: Node) -> Sequence[Edge]:
        """The steps of a state."""
        edges = self._edges[self._ends[node] : self._ends[node + 1]]
        return [(edge >> _NODE_BITS, edge & _NODE) for edge in edges]

    def __len__(self) -> int:
        return len(self._ends) - 1
