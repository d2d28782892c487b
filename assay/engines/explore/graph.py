"""All states of an instance as a graph, and what holds in which of them."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from assay.engines.domains import Sizes
from assay.engines.explore.generate import Found, Generated, generate
from assay.engines.explore.ground import Code, Grounder, View, text_of
from assay.engines.explore.layout import Packed
from assay.engines.explore.patience import Patience
from assay.engines.explore.result import Unsupported
from assay.engines.explore.search import can_compile
from assay.engines.explore.steps import Edge, Node, Steps
from assay.engines.interpret import Bindings, ModelStep, starts
from assay.lang.recorded import Recorded
from assay.lang.tree import Expr

_STATES_BETWEEN_LOOKS = 256
_WORTH_COMPILING = 30_000
"""States whose graph the plain engine makes in about the time that compiling takes."""


class Graph(Protocol):
    """The reachable states in the order of their distance, and the steps that change the state."""

    @property
    def recorded(self) -> Recorded:
        """The model."""
        ...

    @property
    def sizes(self) -> Sizes:
        """The sizes of the instance."""
        ...

    @property
    def instances(self) -> Sequence[ModelStep]:
        """What an edge has the index of."""
        ...

    @property
    def count(self) -> int:
        """How many states there are."""
        ...

    @property
    def begun(self) -> Mapping[Node, ModelStep]:
        """The start states, each with its start."""
        ...

    def steps(self, node: Node) -> Sequence[Edge]:
        """The steps that lead from a state to another."""
        ...

    def before(self, node: Node) -> tuple[Node, int]:
        """A state that is nearer to a start, and the index of the step that leads from there."""
        ...

    def where(self, expr: Expr, arguments: Bindings) -> Sequence[bool]:
        """Whether the expression holds, for each state."""
        ...


class TooLarge(Exception):
    """The plain graph has as many states as it may."""


@dataclass(slots=True)
class PlainGraph:
    """A graph that the plain engine makes; it gives up when it has more than `most` states."""

    recorded: Recorded
    sizes: Sizes
    code: Generated
    most: float = inf
    begun: dict[Node, ModelStep] = field(default_factory=dict)
    _states: list[Packed] = field(default_factory=list)
    _steps: Steps = field(default_factory=Steps)
    _before: list[tuple[Node, int]] = field(default_factory=list)

    @property
    def instances(self) -> Sequence[ModelStep]:
        """As `Graph`."""
        return self.code.instances

    @property
    def count(self) -> int:
        """As `Graph`."""
        return len(self._states)

    def search(self, patience: Patience) -> None:
        """Find every state; Ended at a limit, TooLarge with too many states."""
        nodes: dict[Packed, Node] = {}
        for start, begun in starts(self.recorded, self.sizes):
            packed = self.code.layout.packed(begun)
            if packed not in nodes:
                self.begun[self._add(nodes, packed, (-1, -1))] = start
        found: Found = []
        for node, state in enumerate(self._states):
            if node % _STATES_BETWEEN_LOOKS == 0:
                patience.look(self.count, self.count - node, 0)
                if self.count > self.most:
                    raise TooLarge
            found.clear()
            self.code.expand(state, found, lambda *_: None)
            for instance, new in found:
                if new not in nodes:
                    self._add(nodes, new, (node, instance))
            self._steps.append((step, nodes[new]) for step, new in found if new != state)

    def _add(self, nodes: dict[Packed, Node], state: Packed, before: tuple[Node, int]) -> Node:
        nodes[state] = len(self._states)
        self._states.append(state)
        self._before.append(before)
        return nodes[state]

    def steps(self, node: Node) -> Sequence[Edge]:
        """As `Graph`."""
        return self._steps.of(node)

    def before(self, node: Node) -> tuple[Node, int]:
        """As `Graph`."""
        return self._before[node]

    def where(self, expr: Expr, arguments: Bindings) -> Sequence[bool]:
        """As `Graph`."""
        layout = self.code.layout
        view = View("s", [Code(f"s[{index}]") for index in range(len(layout.cells))])
        truth = Grounder(self.recorded, self.sizes, layout, view).truth(expr, arguments)
        holds = eval(f"lambda s: {text_of(truth)}")
        return [holds(state) for state in self._states]


def graph_of(recorded: Recorded, sizes: Sizes, patience: Patience) -> Graph:
    """The graph of an instance: by the plain engine, or by the compiled one where it is large.

    Errors: Ended at a limit or an interrupt; SizesError and ModelError as `explore`.
    """
    code = generate(recorded, sizes)
    if can_compile():
        try:
            return _plain(PlainGraph(recorded, sizes, code, _WORTH_COMPILING), patience)
        except TooLarge:
            from assay.engines.explore.compiled.graph import compiled_graph

            with suppress(Unsupported):
                return compiled_graph(recorded, sizes, patience)
    return _plain(PlainGraph(recorded, sizes, code), patience)


def _plain(graph: PlainGraph, patience: Patience) -> PlainGraph:
    graph.search(patience)
    return graph
