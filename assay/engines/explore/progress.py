"""Progress in a finite instance: fair strongly connected components of the graph of all states.

For each claim and each choice of its arguments, what is
left of the graph without the states of the goal is looked at: a run that stays there for ever and
is fair breaks the claim.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assay.engines.domains import Sizes, choices
from assay.engines.explore.graph import Graph, graph_of
from assay.engines.explore.patience import INTERRUPTED, Ended, Patience
from assay.engines.explore.result import Limits, Listener, Path
from assay.engines.explore.steps import Edge, Node
from assay.engines.interpret import Bindings, Taken, attempt, starts
from assay.engines.lasso import Lasso, broken_by, choices_of, is_of
from assay.lang.recorded import Fairness, Progress, Recorded

NO_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Endless:
    """A run that breaks a claim for these arguments: `path`, and then again from its state `loop`.

    State 0 is the start. Where `loop` is the number of steps, nothing more happens.
    """

    claim: str
    arguments: Bindings
    path: Path
    loop: int


@dataclass(frozen=True, slots=True)
class Progressed:
    """What is known of the claims on progress; nothing of any where `reason` says why.

    `broken` has a run for each that is broken, `premises` whether its premise is ever true.
    """

    states: int
    seconds: float
    reason: str
    broken: tuple[Endless, ...]
    premises: dict[str, bool]


def check_progress(
    recorded: Recorded,
    sizes: Sizes,
    *,
    limits: Limits = NO_LIMITS,
    listener: Listener | None = None,
) -> Progressed:
    """Judge every claim on progress, in all of the instance or not at all.

    An interrupt from the keyboard ends it like a limit. Errors: SizesError for sizes that do not
    fit; ModelError where an update leaves its range.
    """
    patience = Patience(limits, listener)
    broken: list[Endless] = []
    premises: dict[str, bool] = {}
    try:
        graph = graph_of(recorded, sizes, patience)
        for claim in recorded.progress:
            judged = _Judged(graph, claim)
            broken += judged.broken()
            premises[claim.name] = judged.premise_seen
        return Progressed(graph.count, patience.seconds, "", tuple(broken), premises)
    except Ended as ended:
        reason = str(ended)
    except KeyboardInterrupt:
        reason = INTERRUPTED
    return Progressed(patience.states, patience.seconds, reason, (), {})


class _Judged:
    """One claim on the whole graph; a fair action with its arguments is a bit of a mask."""

    def __init__(self, graph: Graph, claim: Progress) -> None:
        self.graph = graph
        self.claim = claim
        self.premise_seen = False
        self.weak = self.strong = 0
        self.served = [0] * len(graph.instances)
        self._read_fairness()
        self.possible = [0] * graph.count
        for node in range(graph.count):
            for instance, _ in graph.steps(node):
                self.possible[node] |= self.served[instance]

    def _read_fairness(self) -> None:
        bit = 1
        for fair in self.claim.fair:
            for given in choices_of(self.graph.recorded, self.graph.sizes, fair):
                self.weak |= bit * (fair.fairness is Fairness.WEAK)
                self.strong |= bit * (fair.fairness is Fairness.STRONG)
                for index, step in enumerate(self.graph.instances):
                    if is_of(step, fair, given):
                        self.served[index] |= bit
                bit <<= 1

    def broken(self) -> list[Endless]:
        """A run that breaks the claim, confirmed by the interpreter; nothing when it holds."""
        for arguments in choices(self.claim.parameters, self.graph.sizes):
            premise = self.graph.where(self.claim.premise, arguments)
            self.premise_seen = self.premise_seen or any(premise)
            goal = self.graph.where(self.claim.goal, arguments)
            pending = _Pending(self, [node for node, on in enumerate(premise) if on], goal)
            run = pending.run()
            if run is not None:
                return [self._confirmed(arguments, *run)]
        return []

    def _confirmed(self, arguments: Bindings, path: Path, loop: int) -> Endless:
        """The run, re-executed step by step."""
        recorded, sizes = self.graph.recorded, self.graph.sizes
        lasso = lasso_of(recorded, sizes, path, loop)
        if broken_by(recorded, sizes, self.claim, lasso) is None:
            raise AssertionError(self.claim.name, path, loop)
        return Endless(self.claim.name, arguments, path, loop)


def lasso_of(recorded: Recorded, sizes: Sizes, path: Path, loop: int) -> Lasso:
    """The states on a path, by the interpreter; AssertionError where a step cannot be taken."""
    states = [next(state for step, state in starts(recorded, sizes) if step == path.start)]
    for step in path.steps:
        went = attempt(recorded, sizes, states[-1], step.action, step.arguments)
        if not isinstance(went, Taken):
            raise AssertionError(step)
        states.append(went.new)
    return Lasso(tuple(states), path.steps, loop)


class _Pending:
    """The states in which the goal is awaited, for one choice of the claim's arguments."""

    def __init__(self, judged: _Judged, premise: Iterable[Node], goal: Sequence[bool]) -> None:
        self.judged = judged
        self.graph = judged.graph
        self.before: dict[Node, tuple[Node, int] | None] = {}
        for node in premise:
            if not goal[node]:
                self.before.setdefault(node, None)
        queue = list(self.before)
        for node in queue:
            for step, new in self.graph.steps(node):
                if not goal[new] and new not in self.before:
                    self.before[new] = (node, step)
                    queue.append(new)

    def run(self) -> tuple[Path, int] | None:
        """A fair run in which the goal never comes."""
        judged = self.judged
        for node in self.before:
            if not judged.possible[node]:
                return self._path(node, [])
        for component in self._fair(list(self.before)):
            inside = set(component)
            entry = next(node for node in self.before if node in inside)
            return self._path(entry, _Tour(judged, inside).steps(entry))
        return None

    def _fair(self, nodes: list[Node]) -> Iterator[list[Node]]:
        """The components of these states that a fair run can stay in and go through again."""
        judged = self.judged
        left = [nodes]
        while left:
            inside = set(left.pop())
            for component in components(inside, self.graph.steps):
                within = set(component)
                taken, always, ever = 0, -1, 0
                for node in component:
                    always &= judged.possible[node]
                    ever |= judged.possible[node]
                    for step, new in self.graph.steps(node):
                        taken |= judged.served[step] if new in within else 0
                if judged.weak & always & ~taken:
                    continue
                passed_over = judged.strong & ever & ~taken
                if not passed_over:
                    yield component
                    continue
                left.append([n for n in component if not judged.possible[n] & passed_over])

    def _path(self, entry: Node, cycle: list[int]) -> tuple[Path, int]:
        """From a start to the entry, then once around."""
        graph, steps, node = self.graph, list[int](), entry
        while (before := self.before[node]) is not None:
            steps.append(before[1])
            node = before[0]
        while node not in graph.begun:
            node, step = graph.before(node)
            steps.append(step)
        loop = len(steps)
        taken = [graph.instances[step] for step in (*reversed(steps), *cycle)]
        return Path(graph.begun[node], tuple(taken)), loop


class _Tour:
    """A cycle in a component that serves what is fair, or passes where it need not be."""

    def __init__(self, judged: _Judged, inside: set[Node]) -> None:
        self.judged = judged
        self.inside = inside
        ever = 0
        for node in inside:
            ever |= judged.possible[node]
        self.left = judged.weak | (judged.strong & ever)

    def steps(self, entry: Node) -> list[int]:
        """The instances to take from the entry back to it; none where it can stay."""
        taken: list[int] = []
        node = entry
        self._excuse(node)
        while self.left:
            node = self._go(node, taken, None)
        while node != entry:
            node = self._go(node, taken, entry)
        return taken

    def _excuse(self, node: Node) -> None:
        self.left &= ~(self.judged.weak & ~self.judged.possible[node])

    def _go(self, node: Node, taken: list[int], to: Node | None) -> Node:
        """The nearest way to a state, or to a step or state that serves something left."""
        judged = self.judged
        before: dict[Node, tuple[Node, int]] = {}
        queue = [node]
        for at in queue:
            for step, new in judged.graph.steps(at):
                if new not in self.inside:
                    continue
                found = new == to if to is not None else self._serves(step, new)
                if found:
                    way = [step]
                    while at != node:
                        at, step = before[at]
                        way.append(step)
                    self._take(node, list(reversed(way)), taken)
                    return new
                if new != node and new not in before:
                    before[new] = (at, step)
                    queue.append(new)
        raise AssertionError(node)

    def _serves(self, step: int, new: Node) -> bool:
        excused = self.judged.weak & ~self.judged.possible[new]
        return bool(self.left & (self.judged.served[step] | excused))

    def _take(self, node: Node, way: list[int], taken: list[int]) -> None:
        for step in way:
            taken.append(step)
            node = next(new for each, new in self.judged.graph.steps(node) if each == step)
            self.left &= ~self.judged.served[step]
            self._excuse(node)


def components(inside: set[Node], steps: Callable[[Node], Sequence[Edge]]) -> Iterator[list[Node]]:
    """The strongly connected components of the states inside, by Tarjan; single states too."""
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    open_: list[Node] = []
    is_open: set[Node] = set()
    for root in sorted(inside):
        if root in index:
            continue
        work: list[tuple[Node, Iterator[Edge]]] = []

        def enter(node: Node, work: list[tuple[Node, Iterator[Edge]]] = work) -> None:
            index[node] = low[node] = len(index)
            open_.append(node)
            is_open.add(node)
            work.append((node, iter(steps(node))))

        enter(root)
        while work:
            node, edges = work[-1]
            for _, new in edges:
                if new not in inside:
                    continue
                if new not in index:
                    enter(new)
                    break
                if new in is_open:
                    low[node] = min(low[node], index[new])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = [open_.pop()]
                    while component[-1] != node:
                        component.append(open_.pop())
                    is_open.difference_update(component)
                    yield component
