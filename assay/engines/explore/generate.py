"""Python source for one instance of a model, compiled: expansion, claims, premises.

A state is unpacked into locals `c0, c1, ...`. An action is written out for each choice of its
arguments; a parameter is chosen only where the next check needs it, so that instances share the
checks before it. Numbers and sets of flags are chosen by a loop, as most of their values do alike.
Counting happens where the branch is.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assay.engines.domains import Sizes
from assay.engines.explore.expand import ExpandWriter
from assay.engines.explore.ground import Code, Grounder, View, text_of
from assay.engines.explore.layout import Layout, Packed, layout_of
from assay.engines.explore.update import Ranged
from assay.engines.interpret import ModelStep, left_range
from assay.engines.premises import premises
from assay.lang.recorded import Claim, Recorded, Role
from assay.lang.tree import Expr
from assay.lang.values import Value

Found = list[tuple[int, Packed]]
Unkept = Callable[[int, int, Packed, Packed], None]
StateTest = Callable[[Packed], bool]
StepTest = Callable[[Packed, Packed], bool]


@dataclass(frozen=True, slots=True)
class Watch:
    """Something that has to be seen true once: a can claim, or one premise of another claim."""

    claim: Claim
    part: int
    body: Expr


@dataclass(frozen=True, slots=True)
class Generated:
    """A compiled instance; `enabled` and `refused` are counted up by `expand`.

    `expand(state, found, unkept)` appends each step as (index in `instances`, new state) and calls
    `unkept(index in claims, index in instances, state, new)` for each step that breaks a claim over
    steps. `broken(state)` has bit n set when the state breaks `claims[n]`.
    """

    recorded: Recorded
    sizes: Sizes
    layout: Layout
    instances: tuple[ModelStep, ...]
    claims: tuple[Claim, ...]
    expand: Callable[[Packed, Found, Unkept], None]
    broken: Callable[[Packed], int]
    enabled: list[int]
    refused: list[int]

    def state_test(self, watch: Watch) -> StateTest:
        """Whether a state shows it."""
        old = _indexed("s", self.layout)
        grounder = Grounder(self.recorded, self.sizes, self.layout, old)
        test: StateTest = eval(f"lambda s: {text_of(grounder.truth(watch.body, {}))}")
        return test

    def step_test(self, watch: Watch, instance: int) -> StepTest | None:
        """Whether a step by this instance shows it; None when none does."""
        step = self.instances[instance]
        old, new = _indexed("s", self.layout), _indexed("t", self.layout)
        grounder = Grounder(
            self.recorded, self.sizes, self.layout, old, new, step.action, step.arguments
        )
        truth = grounder.truth(watch.body, {})
        if truth is False:
            return None
        test: StepTest = eval(f"lambda s, t: {text_of(truth)}")
        return test


def generate(recorded: Recorded, sizes: Sizes) -> Generated:
    """The compiled instance.

    Errors: SizesError as `layout_of`, and for a parameter of a sort with too many values.
    """
    layout = layout_of(recorded, sizes)
    claims = tuple(claim for claim in recorded.claims if claim.role is not Role.CAN)
    writer = ExpandWriter(recorded, sizes, layout, claims)
    writer.write()
    enabled = [0] * len(recorded.actions)
    refused = [0] * sum(len(action.checks) for action in recorded.actions)
    left = _thrower(tuple(writer.ranges))
    unpack = f"    ({', '.join(map(text_of, writer.cells))},) = s" if writer.cells else ""
    expand = _defined(
        "expand",
        ["def expand(s, found, unkept):", unpack, "    add = found.append", *writer.lines],
        {"enabled": enabled, "refused": refused, "left": left},
    )
    tests = [
        f"    if not {text_of(writer.state.truth(claim.body, {}))}: broken |= {1 << index}"
        for index, claim in enumerate(claims)
        if not claim.over_steps
    ]
    body = ["def broken(s):", unpack, "    broken = 0", *tests, "    return broken"]
    return Generated(
        recorded,
        sizes,
        layout,
        tuple(writer.instances),
        claims,
        expand,  # type: ignore[arg-type]
        _defined("broken", body, {}),  # type: ignore[arg-type]
        enabled,
        refused,
    )


def watches(recorded: Recorded) -> tuple[Watch, ...]:
    """Everything that has to be seen true once."""
    found: list[Watch] = []
    for claim in recorded.claims:
        bodies = (claim.body,) if claim.role is Role.CAN else premises(claim.body)
        found += [Watch(claim, part, body) for part, body in enumerate(bodies)]
    return tuple(found)


def _defined(name: str, lines: list[str], scope: dict[str, object]) -> object:
    exec(compile("\n".join(lines), f"<explore {name}>", "exec"), scope)
    return scope[name]


def _thrower(ranges: tuple[Ranged, ...]) -> Callable[[int, Value], None]:
    def left(index: int, number: Value) -> None:
        raise left_range(ranges[index].assignment, ranges[index].sort, number)

    return left


def _indexed(name: str, layout: Layout) -> View:
    return View(name, [Code(f"{name}[{index}]") for index in range(len(layout.cells))])
