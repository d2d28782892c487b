"""The simplest search there is, by the interpreter: what every explorer must find."""

from collections import Counter
from dataclasses import dataclass, field

from assay.engines.domains import Sizes
from assay.engines.explore import Exploration
from assay.engines.interpret import ModelState, Taken, attempt, evaluate, holds, instances, starts
from assay.engines.premises import premises
from assay.lang import Recorded, Role

Frozen = tuple[tuple[str, frozenset[object]], ...]


def frozen(state: ModelState) -> Frozen:
    return tuple((table, frozenset(cells.items())) for table, cells in state.items())


@dataclass
class Expected:
    """What the interpreter finds by the simplest search there is."""

    states: dict[Frozen, int] = field(default_factory=dict)
    enabled: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    first: dict[str, int] = field(default_factory=dict)
    premises: set[tuple[str, int]] = field(default_factory=set)
    deadlocks: int = 0


def search(recorded: Recorded, sizes: Sizes) -> Expected:
    """Everything reachable, by the interpreter alone."""
    found = Expected()
    level: list[ModelState] = []

    def meet(state: ModelState, depth: int, into: list[ModelState]) -> None:
        if frozen(state) in found.states:
            return
        found.states[frozen(state)] = depth
        into.append(state)
        for claim in recorded.claims:
            if not claim.over_steps:
                if holds(recorded, sizes, claim, state) is (claim.role is Role.CAN):
                    found.first.setdefault(claim.name, depth)
                for part, premise in enumerate(premises(claim.body)):
                    if evaluate(recorded, sizes, premise, state, {}):
                        found.premises.add((claim.name, part))

    for _, state in starts(recorded, sizes):
        meet(state, 0, level)
    depth = 0
    while level:
        depth += 1
        following: list[ModelState] = []
        for state in level:
            before = sum(found.enabled.values())
            for step in (s for action in recorded.actions for s in instances(action, sizes)):
                match attempt(recorded, sizes, state, step.action, step.arguments):
                    case Taken(new=new):
                        found.enabled[step.action] += 1
                        for claim in (c for c in recorded.claims if c.over_steps):
                            if not holds(recorded, sizes, claim, state, new, step):
                                found.first.setdefault(claim.name, depth)
                            for part, each in enumerate(premises(claim.body)):
                                if evaluate(recorded, sizes, each, state, {}, new=new, step=step):
                                    found.premises.add((claim.name, part))
                        meet(new, depth, following)
                    case refused:
                        found.refused[step.action, refused.check] += 1
            found.deadlocks += sum(found.enabled.values()) == before
        level = following
    return found


def assert_found(found: Exploration, expected: Expected, recorded: Recorded) -> None:
    """The explorer counts what the interpreter counts."""
    assert found.complete
    assert found.states == len(expected.states)
    assert found.depth == max(expected.states.values())
    assert found.enabled == {each.name: expected.enabled[each.name] for each in recorded.actions}
    assert found.transitions == expected.enabled.total()
    assert found.refused == {
        action.name: {
            check.name: expected.refused[action.name, check.name] for check in action.checks
        }
        for action in recorded.actions
    }
    assert found.deadlocks == expected.deadlocks
    depths = {each.claim: each.depth for each in found.broken}
    depths |= {name: each.depth for name, each in found.can.items() if each is not None}
    assert depths == expected.first
    assert found.premises == {
        claim.name: all(
            (claim.name, part) in expected.premises for part in range(len(premises(claim.body)))
        )
        for claim in recorded.claims
        if claim.role is not Role.CAN
    }
