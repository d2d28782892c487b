"""Python source for one instance of a model, compiled: expansion, claims, premises.

A state is unpacked into locals `c0, c1, ...`. An action is written out for each choice of its
arguments; a parameter is chosen only where the next check needs it, so that instances share the
checks before it. Counting happens where the branch is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import prod

from assay.engines.explore.ground import Code, Ground, Grounder, Scope, View, text_of
from assay.engines.explore.layout import Layout, Packed, layout_of
from assay.engines.explore.update import Ranged, Update, updated
from assay.engines.interpret import ModelStep, Sizes, domain, left_range
from assay.engines.premises import premises
from assay.lang.recorded import Action, Claim, Recorded, Role
from assay.lang.tree import Expr, Variable
from assay.lang.values import Value
from assay.lang.walk import conjuncts, nodes

Found = list[tuple[int, Packed]]
Unkept = Callable[[int, int, Packed, Packed], None]
StateTest = Callable[[Packed], bool]
StepTest = Callable[[Packed, Packed], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """A premise, or a can claim, that has to be seen true once."""

    claim: str
    part: int


@dataclass(frozen=True, slots=True)
class Generated:
    """A compiled instance; `enabled` and `refused` are counted up by `expand`.

    `expand(state, found, unkept)` appends each step as (index in `instances`, new state) and calls
    `unkept(index in claims, index in instances, state, new)` for each step that breaks a claim over
    steps. `broken(state)` has bit n set when the state breaks `claims[n]`.
    """

    layout: Layout
    instances: tuple[ModelStep, ...]
    claims: tuple[Claim, ...]
    expand: Callable[[Packed, Found, Unkept], None]
    broken: Callable[[Packed], int]
    enabled: list[int]
    refused: list[int]
    state_watches: dict[Watch, StateTest]
    step_watches: dict[int, dict[Watch, StepTest]]
    watches: tuple[Watch, ...]


def generate(recorded: Recorded, sizes: Sizes) -> Generated:
    """The compiled instance.

    Errors: SizesError as `layout_of`, and for a parameter of a sort with too many values.
    """
    writer = _Writer(recorded, sizes, layout_of(recorded, sizes))
    for index, action in enumerate(recorded.actions):
        writer.action(index, action)
    enabled = [0] * len(recorded.actions)
    refused = [0] * sum(len(action.checks) for action in recorded.actions)
    scope = {
        "enabled": enabled,
        "refused": refused,
        "left": _thrower(tuple(writer.ranges)),
    }
    unpack = f"    ({', '.join(map(text_of, writer.cells))},) = s" if writer.cells else ""
    head = ["def expand(s, found, unkept):", unpack, "    add = found.append"]
    expand = _defined("expand", [*head, *writer.lines], scope)
    body = [
        f"    if not {text_of(writer.state.truth(claim.body, {}))}: broken |= {1 << index}"
        for index, claim in enumerate(writer.claims)
        if not claim.over_steps
    ]
    head = ["def check(s):", unpack, "    broken = 0"]
    broken = _defined("check", [*head, *body, "    return broken"], {})
    return Generated(
        writer.layout,
        tuple(writer.instances),
        writer.claims,
        expand,  # type: ignore[arg-type]
        broken,  # type: ignore[arg-type]
        enabled,
        refused,
        _state_watches(writer),
        _step_watches(writer),
        tuple(watch for watch, _, _ in _watched(recorded)),
    )


def _defined(name: str, lines: list[str], scope: dict[str, object]) -> object:
    exec(compile("\n".join(lines), f"<explore {name}>", "exec"), scope)
    return scope[name]


def _thrower(ranges: tuple[Ranged, ...]) -> Callable[[int, Value], None]:
    def left(index: int, number: Value) -> None:
        raise left_range(ranges[index].assignment, ranges[index].sort, number)

    return left


class _Writer:
    """Collects the lines of `expand`."""

    def __init__(self, recorded: Recorded, sizes: Sizes, layout: Layout) -> None:
        self.recorded = recorded
        self.sizes = sizes
        self.layout = layout
        self.cells: list[Ground] = [Code(f"c{index}") for index in range(len(layout.cells))]
        self.state = Grounder(recorded, sizes, layout, View("s", self.cells))
        self.claims = tuple(claim for claim in recorded.claims if claim.role is not Role.CAN)
        self.instances: list[ModelStep] = []
        self.ranges: list[Ranged] = []
        self.lines: list[str] = []
        self._first_check = 0

    def action(self, index: int, action: Action) -> None:
        """Write the action for all choices of its arguments."""
        checks = [
            (self._first_check + position, conjunct)
            for position, check in enumerate(action.checks)
            for conjunct in conjuncts(check.condition)
        ]
        self._first_check += len(action.checks)
        self._checks(index, action, checks, {}, 1)

    def _checks(
        self, index: int, action: Action, checks: list[tuple[int, Expr]], scope: Scope, depth: int
    ) -> None:
        if checks:
            refusal, condition = checks[0]
            unbound = _unbound(action, scope, [condition])
        else:
            refusal, condition, unbound = 0, None, _unbound(action, scope, None)
        if unbound:
            for value in domain(unbound[0].sort, self.sizes):
                self._checks(index, action, checks, {**scope, unbound[0].name: value}, depth)
        elif condition is None:
            self._update(index, action, scope, depth)
        else:
            left = _unbound(action, scope, None)
            weight = prod(len(domain(each.sort, self.sizes)) for each in left)
            self._check(index, action, checks, scope, depth, f"refused[{refusal}] += {weight}")

    def _check(
        self,
        index: int,
        action: Action,
        checks: list[tuple[int, Expr]],
        scope: Scope,
        depth: int,
        refuse: str,
    ) -> None:
        truth = self.state.truth(checks[0][1], scope)
        if truth is True:
            self._checks(index, action, checks[1:], scope, depth)
        elif truth is False:
            self._line(depth, refuse)
        else:
            self._line(depth, f"if {truth.text}:")
            self._checks(index, action, checks[1:], scope, depth + 1)
            self._line(depth, f"else: {refuse}")

    def _update(self, index: int, action: Action, scope: Scope, depth: int) -> None:
        step = ModelStep(action.name, {each.name: scope[each.name] for each in action.parameters})
        number = len(self.instances)
        self.instances.append(step)
        self._line(depth, f"enabled[{index}] += 1")
        update = updated(self.state, action.assignments, scope)
        for ranged in update.ranges:
            where = f"left({len(self.ranges)}, {text_of(ranged.number)})"
            self._line(depth, f"if not ({ranged.test}): {where}")
            self.ranges.append(ranged)
        new = self._new_cells(update, depth)
        state = f"({', '.join(map(text_of, new))},)" if update.cells else "s"
        self._line(depth, f"t = {state}")
        self._line(depth, f"add(({number}, t))")
        grounder = Grounder(
            self.recorded, self.sizes, self.layout, self.state.old, View("t", new), step
        )
        for position, claim in enumerate(self.claims):
            kept = grounder.truth(claim.body, {}) if claim.over_steps else True
            if kept is not True:
                self._line(depth, f"if not {text_of(kept)}: unkept({position}, {number}, s, t)")

    def _new_cells(self, update: Update, depth: int) -> list[Ground]:
        new = list(self.cells)
        for position, ground in update.cells.items():
            new[position] = ground
            if isinstance(ground, Code) and ground not in self.cells:
                self._line(depth, f"n{position} = {ground.text}")
                new[position] = Code(f"n{position}")
        return new

    def _line(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)


def _unbound(action: Action, scope: Scope, exprs: Iterable[Expr] | None) -> list[Variable]:
    """The parameters without a value yet, of those that the expressions need (None: of all)."""
    left = [parameter for parameter in action.parameters if parameter.name not in scope]
    if exprs is None or not left:
        return left
    read = {node.name for e in exprs for node in nodes(e) if isinstance(node, Variable)}
    return [parameter for parameter in left if parameter.name in read]


def _watched(recorded: Recorded) -> list[tuple[Watch, Claim, Expr]]:
    found: list[tuple[Watch, Claim, Expr]] = []
    for claim in recorded.claims:
        bodies = (claim.body,) if claim.role is Role.CAN else premises(claim.body)
        found += [(Watch(claim.name, part), claim, body) for part, body in enumerate(bodies)]
    return found


def _indexed(name: str, layout: Layout) -> View:
    return View(name, [Code(f"{name}[{index}]") for index in range(len(layout.cells))])


def _state_watches(writer: _Writer) -> dict[Watch, StateTest]:
    grounder = Grounder(writer.recorded, writer.sizes, writer.layout, _indexed("s", writer.layout))
    return {
        watch: eval(f"lambda s: {text_of(grounder.truth(body, {}))}")
        for watch, claim, body in _watched(writer.recorded)
        if not claim.over_steps
    }


def _step_watches(writer: _Writer) -> dict[int, dict[Watch, StepTest]]:
    layout = writer.layout
    old, new = _indexed("s", layout), _indexed("t", layout)
    found: dict[int, dict[Watch, StepTest]] = {}
    watched = [each for each in _watched(writer.recorded) if each[1].over_steps]
    for index, step in enumerate(writer.instances if watched else ()):
        grounder = Grounder(writer.recorded, writer.sizes, layout, old, new, step)
        tests: dict[Watch, StepTest] = {}
        for watch, _, body in watched:
            truth = grounder.truth(body, {})
            if truth is not False:
                tests[watch] = eval(f"lambda s, t: {text_of(truth)}")
        if tests:
            found[index] = tests
    return found
