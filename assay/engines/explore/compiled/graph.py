"""The graph of a large instance: states and steps in memory that machine code fills and reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.build import Compiled, build
from assay.engines.explore.compiled.code import Code
from assay.engines.explore.compiled.ground import Grounder, Instance
from assay.engines.explore.compiled.kernel import EDGE_BITS
from assay.engines.explore.compiled.machine import Region, compiled
from assay.engines.explore.compiled.paths import Paths
from assay.engines.explore.compiled.search import Search, widen
from assay.engines.explore.compiled.source import Source
from assay.engines.explore.compiled.store import Store
from assay.engines.explore.compiled.terms import Term, Terms
from assay.engines.explore.compiled.words import Overflow, Words
from assay.engines.explore.known import NOTHING
from assay.engines.explore.patience import Ended, Patience
from assay.engines.explore.result import Exploration
from assay.engines.explore.steps import Edge, Node
from assay.engines.interpret import Bindings, ModelStep
from assay.lang.recorded import Recorded
from assay.lang.tree import Expr, Variable
from assay.lang.walk import nodes

_NODE = (1 << EDGE_BITS) - 1
_AT_ONCE = 1 << 16
"""States whose steps are linked before anybody looks at the clock."""


@dataclass(frozen=True, slots=True)
class CompiledGraph:
    """As `Graph`: `ends` says where the edges of each state end among `edges`."""

    recorded: Recorded
    sizes: Sizes
    code: Compiled
    store: Store
    paths: Paths
    ends: Region
    edges: Region

    @property
    def instances(self) -> Sequence[ModelStep]:
        """As `Graph`."""
        return self.code.steps

    @property
    def count(self) -> int:
        """As `Graph`."""
        return self.store.states

    @property
    def begun(self) -> Mapping[Node, ModelStep]:
        """As `Graph`."""
        return {node: start for node, (start, _) in enumerate(self.paths.starts.values())}

    def steps(self, node: Node) -> Sequence[Edge]:
        """As `Graph`."""
        edges = self.edges.slice(self.ends[node], self.ends[node + 1])
        return [(edge >> EDGE_BITS, edge & _NODE) for edge in edges]

    def before(self, node: Node) -> tuple[Node, int]:
        """As `Graph`."""
        before = self.paths.before(node)
        return before, next(step for step, new in self.steps(before) if new == node)

    def where(self, expr: Expr, arguments: Bindings) -> Sequence[bool]:
        """As `Graph`."""
        words, terms = self.code.words, Terms(self.code.words.fields)
        instance = Instance(self.recorded, self.sizes, words.layout, terms)
        cells = [terms.cell(position) for position in range(len(words.fields))]
        sorts = {each.name: each.sort for each in nodes(expr) if isinstance(each, Variable)}
        given = {n: instance.constant(v, sorts[n]) for n, v in arguments.items() if n in sorts}
        module = compiled(_mark(words, Grounder(instance, cells).ground(expr, given)))
        marks = Region(self.count)
        module.function("mark", 3)(self.store.queue.address, marks.address, self.count)
        return list(map(bool, marks.slice(0, self.count)))


def _mark(words: Words, truth: Term) -> str:
    """`mark(queue, marks, count)` says of each state whether the truth holds there."""
    holds = Source(words)
    bit = holds.value(f"zext i1 {holds.truth(truth)} to i64")
    code = Code()
    with code.count(0, "%count") as index:
        place = code.value(f"mul i64 {index}, {words.count}")
        state = code.address("%queue", place)
        code.store(code.value(f"call i64 @holds(ptr {state})"), "%marks", index)
    head = "i64 @mark(ptr noalias %queue, ptr noalias %marks, i64 %count)"
    return holds.function("internal i64 @holds(ptr %s)", f"i64 {bit}") + code.function(
        head, "i64 0"
    )


def compiled_graph(recorded: Recorded, sizes: Sizes, patience: Patience) -> CompiledGraph:
    """The graph of an instance.

    Errors: Ended at a limit or an interrupt; Unsupported for what cannot be compiled; as `explore`.
    """
    search, found = _searched(replace(recorded, claims=()), sizes, patience)
    if not found.complete:
        raise Ended(found.reason)
    patience.reserve((found.transitions + found.states) >> 17)
    edges, ends = Region(found.transitions), Region(found.states + 1)
    store, link = search.store, search.code.kernel.function("link", 6)
    own = store.workplaces[0].own.address
    for begin in range(0, found.states, _AT_ONCE):
        patience.look(found.states, found.states - begin, found.depth)
        end = min(begin + _AT_ONCE, found.states)
        link(store.context.address, own, begin, end, ends.address, edges.address)
    return CompiledGraph(recorded, sizes, search.code, store, search.paths, ends, edges)


def _searched(recorded: Recorded, sizes: Sizes, patience: Patience) -> tuple[Search, Exploration]:
    """A search whose steps can be linked, and what it found."""
    widths: dict[str, int] = {}
    while True:
        try:
            code = build(recorded, sizes, NOTHING, widths, shared=False, linked=True)
            search = Search(code, NOTHING, patience, threads=1, checkpoint=None)
            return search, search.run()
        except Overflow as overflow:
            widen(widths, overflow)
