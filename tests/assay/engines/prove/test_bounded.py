"""Random models at one small size: provers, brute force over every state, and search agree.

The provers are asked of each obligation, at this size and at any. Brute force takes every state
that there is at this size, reachable or not, with every step, and asks the interpreter.
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import product
from math import prod
from random import Random

import pytest

from assay.engines.domains import domain
from assay.engines.explore import Engine, Limits, explore
from assay.engines.interpret import (
    ModelState,
    Taken,
    attempt,
    holds,
    instances,
    normal,
    starts,
)
from assay.engines.prove.encode import before
from assay.engines.prove.obligations import Obligation, Statement, obligations, refuted
from assay.engines.prove.solve import z3_answers
from assay.lang import ModelError, Recorded
from assay.lang.recorded import Claim, Role
from tests.assay.engines.random_models import ModelBuilder
from tests.assay.engines.random_terms import SIZES

LIMIT_S = 5.0
SOON_S = 0.2
MOST_STEPS = 3_000
"""States times steps of a model that brute force is asked to go through."""
Named = tuple[str, str]
"""An obligation: its start or action, and its claim."""


def cells(model: Recorded) -> list[tuple[str, tuple[object, ...]]]:
    """Every cell of a state."""
    return [
        (table.name, keys)
        for table in model.tables
        for keys in product(*(domain(sort, SIZES) for sort in table.keys))
    ]


def states(model: Recorded) -> Iterator[ModelState]:
    """Every state that there is at this size."""
    sorts = {table.name: table.value for table in model.tables}
    places = cells(model)
    for values in product(*(domain(sorts[table], SIZES) for table, _ in places)):
        state: dict[str, dict[tuple[object, ...], object]] = {name: {} for name in sorts}
        for (table, keys), value in zip(places, values, strict=True):
            state[table][keys] = value
        yield normal(model, state)  # type: ignore[arg-type]


def steps_of(model: Recorded) -> int:
    """How many states and steps there are at this size."""
    sorts = {table.name: table.value for table in model.tables}
    count = prod(len(domain(sorts[table], SIZES)) for table, _ in cells(model))
    return count * sum(len(list(instances(action, SIZES))) for action in model.actions)


def by_brute_force(model: Recorded) -> set[Named]:
    """The obligations that some state and step break. Errors: ModelError where a range is left."""
    claims = [claim for claim in model.claims if claim.role is not Role.CAN]
    over_states = [claim for claim in claims if not claim.over_steps]
    failed: set[Named] = set()
    for step, state in starts(model, SIZES):
        failed |= {(step.action, c.name) for c in over_states if not kept(model, c, state)}
    for state in states(model):
        if not all(kept(model, claim, state) for claim in over_states):
            continue
        for step in (step for action in model.actions for step in instances(action, SIZES)):
            went = attempt(model, SIZES, state, step.action, step.arguments)
            if isinstance(went, Taken):
                failed |= {
                    (step.action, claim.name)
                    for claim in claims
                    if not holds(
                        model, SIZES, claim, state if claim.over_steps else went.new, went.new, step
                    )
                }
    return failed


def kept(model: Recorded, claim: Claim, state: ModelState) -> bool:
    """Whether a claim over states holds."""
    return holds(model, SIZES, claim, state)


def by_solver(model: Recorded, sizes: Mapping[str, int] | None, limit_s: float) -> dict[Named, str]:
    """What Z3 says of each obligation: `sat` where it is broken."""
    found: dict[Named, str] = {}
    for each in stated(model, sizes):
        said = "unsat"
        if each.goal is not None:
            ((said, _),) = z3_answers(each.given, [refuted(each.goal)], limit_s)
        found[each.action, each.claim] = said
    return found


def stated(model: Recorded, sizes: Mapping[str, int] | None) -> Iterator[Obligation]:
    """The obligations at a size, or at any."""
    if sizes is None:
        yield from obligations(model)
        return
    statement = Statement(model, sizes)
    for name in (*statement.starts, *statement.actions):
        for claim in statement.claims.values():
            if not (claim.over_steps and name in statement.starts):
                goal = statement.goal(name, claim)
                yield Obligation(name, claim.name, claim.guarantee, statement.given(name), goal)


def disagreement(model: Recorded, engine: Engine) -> str:
    """In what provers, brute force and search differ on a model; empty where they agree."""
    bounded = by_solver(model, SIZES, LIMIT_S)
    leaves_range = {name for name, said in bounded.items() if " in range" in name[1]} & {
        name for name, said in bounded.items() if said != "unsat"
    }
    try:
        failed = by_brute_force(model)
    except ModelError as error:
        return "" if leaves_range else f"no range was seen to be left, but: {error}"
    if leaves_range:
        return f"brute force leaves no range, but {leaves_range}"
    said = {name for name, answer in bounded.items() if answer == "sat"}
    if said != failed:
        return f"at this size: {said ^ failed}"
    proved = {name for name, answer in by_solver(model, None, SOON_S).items() if answer == "unsat"}
    if proved & failed:
        return f"proved at any size, but broken: {proved & failed}"
    return searched_otherwise(model, failed, engine)


def searched_otherwise(model: Recorded, failed: set[Named], engine: Engine) -> str:
    """What search breaks of what induction proves; empty where that is nothing.

    What is broken first is broken by a start, or by a step from a state where all claims over
    states hold: by an obligation that fails. A range may be left later, beyond such a state.
    """
    begun = {start.name for start in model.starts}
    at_start = {claim for name, claim in failed if name in begun}
    try:
        found = explore(model, SIZES, limits=Limits(states=MOST_STEPS), engine=engine)
    except ModelError as error:
        return "" if failed else str(error)
    first = min((each.depth for each in found.broken), default=0)
    broken = {each.claim for each in found.broken if each.depth == first}
    possible = {claim for name, claim in failed if name not in begun}
    if (first == 0 and broken != at_start) or (first and (at_start or not broken <= possible)):
        return f"{broken} broken after {first} steps, but {failed} failed"
    return ""


def model_of(seed: int) -> Recorded | None:
    """The model of a seed; None where brute force would take too long."""
    model = ModelBuilder(Random(seed).randrange).model()
    return model if steps_of(model) <= MOST_STEPS else None


def disagreements(seeds: range, engine: Engine) -> Iterator[str]:
    """What is wrong with each of the models that are small enough."""
    for seed in seeds:
        model = model_of(seed)
        if model is not None:
            yield disagreement(model, engine)


@pytest.mark.parametrize(
    ("engine", "seeds"), [(Engine.PLAIN, range(100)), (Engine.COMPILED, range(100, 110))]
)
def test_provers_brute_force_and_search_agree(engine: Engine, seeds: range) -> None:
    found = list(disagreements(seeds, engine))
    assert found == [""] * len(found)
    assert len(found) > len(seeds) // 3


def no_checks(statement: Statement, name: str, *, apart: bool = True) -> tuple[str, ...]:
    """The conditions of an action are not assumed."""
    return () if name in statement.starts else tuple(statement._invariant.values())


def not_kept(statement: Statement, name: str, *, apart: bool = True) -> tuple[str, ...]:
    """The claims are not assumed before."""
    return RIGHT(statement, name)[len(statement._invariant) :]


RIGHT = Statement.assumed
STATING = import_module("assay.engines.prove.obligations")
WRONG: dict[str, tuple[object, str, Callable[..., object]]] = {
    "conditions forgotten": (Statement, "assumed", no_checks),
    "claims forgotten": (Statement, "assumed", not_kept),
    "nothing written": (STATING, "_touches", lambda *_: False),
    "no ranges": (STATING, "range_claims", lambda _: iter(())),
    "starts that keep all": (STATING, "normal", lambda model: before(model)),
    "updates that are none": (STATING, "after", lambda _, encoder, __: encoder.old),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_obligation_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, attribute, wrong = WRONG[name]
    monkeypatch.setattr(place, attribute, wrong)
    assert any(disagreements(range(200), Engine.PLAIN))
