"""The body of `expand`: every action for every choice of its arguments, with shared checks."""

from itertools import product
from math import prod

from assay.engines.domains import Sizes, domain
from assay.engines.explore.ground import Code, Ground, Grounder, Scope, View, text_of
from assay.engines.explore.layout import Layout, rank_text
from assay.engines.explore.update import Ranged, Update, updated
from assay.engines.interpret import ModelStep
from assay.lang.recorded import Action, Claim, Recorded
from assay.lang.sorts import BitsSort, IntSort, WordSort
from assay.lang.tree import Expr, Variable
from assay.lang.walk import conjuncts, nodes


class ExpandWriter:
    """Collects the lines of `expand`, with the instances and the ranges that they speak of."""

    def __init__(
        self, recorded: Recorded, sizes: Sizes, layout: Layout, claims: tuple[Claim, ...]
    ) -> None:
        self.recorded = recorded
        self.sizes = sizes
        self.layout = layout
        self.claims = claims
        self.cells: list[Ground] = [Code(f"c{index}") for index in range(len(layout.cells))]
        self.state = Grounder(recorded, sizes, layout, View("s", self.cells))
        self.instances: list[ModelStep] = []
        self.ranges: list[Ranged] = []
        self.lines: list[str] = []

    def write(self) -> None:
        """Write every action."""
        first = 0
        for index, action in enumerate(self.recorded.actions):
            checks = [
                (first + position, conjunct)
                for position, check in enumerate(action.checks)
                for conjunct in conjuncts(check.condition)
            ]
            first += len(action.checks)
            _ActionWriter(self, index, action).checks(checks, {}, 1)

    def line(self, depth: int, text: str) -> None:
        """Add a line."""
        self.lines.append("    " * depth + text)


class _ActionWriter:
    def __init__(self, to: ExpandWriter, index: int, action: Action) -> None:
        self.to = to
        self.index = index
        self.action = action

    def checks(self, checks: list[tuple[int, Expr]], scope: Scope, depth: int) -> None:
        """Write the checks that are left, then the update, where `scope` is chosen already."""
        parameter = self._next(checks, scope)
        if parameter is not None:
            self._choose(parameter, checks, scope, depth)
        elif not checks:
            self._update(scope, depth)
        else:
            truth = self.to.state.truth(checks[0][1], scope)
            if isinstance(truth, Code):
                self.to.line(depth, f"if {truth.text}:")
                self.checks(checks[1:], scope, depth + 1)
                self.to.line(depth, f"else: {self._refuse(checks, scope)}")
            elif truth:
                self.checks(checks[1:], scope, depth)
            else:
                self.to.line(depth, self._refuse(checks, scope))

    def _next(self, checks: list[tuple[int, Expr]], scope: Scope) -> Variable | None:
        """The parameter to choose now: one that the next check needs, or any for the update."""
        left = self._left(scope)
        if checks and left:
            read = {n.name for n in nodes(checks[0][1]) if isinstance(n, Variable)}
            left = [parameter for parameter in left if parameter.name in read]
        return min(left, key=_is_looped, default=None)

    def _left(self, scope: Scope) -> list[Variable]:
        return [parameter for parameter in self.action.parameters if parameter.name not in scope]

    def _choose(
        self, parameter: Variable, checks: list[tuple[int, Expr]], scope: Scope, depth: int
    ) -> None:
        values = domain(parameter.sort, self.to.sizes)
        if _is_looped(parameter):
            name = f"p_{parameter.name}"
            self.to.line(depth, f"for {name} in {values}:")
            self.checks(checks, {**scope, parameter.name: Code(name)}, depth + 1)
        else:
            for value in values:
                self.checks(checks, {**scope, parameter.name: value}, depth)

    def _refuse(self, checks: list[tuple[int, Expr]], scope: Scope) -> str:
        refused = prod(len(domain(each.sort, self.to.sizes)) for each in self._left(scope))
        return f"refused[{checks[0][0]}] += {refused}"

    def _update(self, scope: Scope, depth: int) -> None:
        to = self.to
        instance = self._instances(scope)
        to.line(depth, f"enabled[{self.index}] += 1")
        update = updated(to.state, self.action.assignments, scope)
        for ranged in update.ranges:
            where = f"left({len(to.ranges)}, {text_of(ranged.number)})"
            to.line(depth, f"if not ({ranged.test}): {where}")
            to.ranges.append(ranged)
        new = self._new_cells(update, depth)
        to.line(depth, f"t = ({', '.join(map(text_of, new))},)" if update.cells else "t = s")
        to.line(depth, f"add(({instance}, t))")
        step = Grounder(
            to.recorded, to.sizes, to.layout, to.state.old, View("t", new), self.action.name, scope
        )
        for position, claim in enumerate(to.claims):
            kept = step.truth(claim.body, {}) if claim.over_steps else True
            if kept is not True:
                unkept = f"unkept({position}, {instance}, s, t)"
                to.line(depth, f"if not {text_of(kept)}: {unkept}")

    def _new_cells(self, update: Update, depth: int) -> list[Ground]:
        new = list(self.to.cells)
        for position, ground in update.cells.items():
            new[position] = ground
            if isinstance(ground, Code) and not ground.text.isidentifier():
                self.to.line(depth, f"n{position} = {ground.text}")
                new[position] = Code(f"n{position}")
        return new

    def _instances(self, scope: Scope) -> str:
        """Add the instances that end here; the text of the index of the one that runs."""
        looped = [each for each in self.action.parameters if _is_looped(each)]
        domains = [domain(each.sort, self.to.sizes) for each in looped]
        index = [str(len(self.to.instances))]
        for position, parameter in enumerate(looped):
            rank = rank_text(f"p_{parameter.name}", parameter.sort)
            index.append(f"{rank} * {prod(len(values) for values in domains[position + 1 :])}")
        for values in product(*domains):
            chosen = dict(zip((each.name for each in looped), values, strict=True))
            fixed = {name: each for name, each in scope.items() if not isinstance(each, Code)}
            ordered = {p.name: (fixed | chosen)[p.name] for p in self.action.parameters}
            self.to.instances.append(ModelStep(self.action.name, ordered))
        return " + ".join(index)


def _is_looped(parameter: Variable) -> bool:
    return isinstance(parameter.sort, BitsSort | IntSort | WordSort)
