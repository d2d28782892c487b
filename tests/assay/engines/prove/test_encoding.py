"""The formulas that are proved mean what the interpreter says, on random small states."""

from collections.abc import Callable, Mapping
from random import Random

import pytest
from hypothesis import Phase, given, settings

from assay.engines.domains import domain
from assay.engines.interpret import (
    ModelState,
    ModelStep,
    Taken,
    attempt,
    evaluate,
    holds,
    normal,
    start_value,
)
from assay.engines.prove import encode, text
from assay.engines.prove.encode import Encoded, equal, parts, plain, term, variable
from assay.engines.prove.obligations import Statement, invariants
from assay.engines.prove.solve import z3_model
from assay.lang.recorded import Action, Recorded, Table
from assay.lang.recording import ModelError
from assay.lang.sorts import IntSort, Sort
from assay.lang.tree import Expr, Operator
from assay.lang.values import Value
from tests.assay.engines import test_expressions as expressions
from tests.assay.toys import Toy, all_toys

TOYS = pytest.mark.parametrize("toy", all_toys().values(), ids=all_toys().keys())
STATES = 40


def values(sort: Sort, sizes: Mapping[str, int]) -> tuple[Value, ...]:
    return (-2, 0, 1, 3) if sort == IntSort() else domain(sort, sizes)


def keys_of(table: Table, sizes: Mapping[str, int]) -> list[tuple[Value, ...]]:
    found: list[tuple[Value, ...]] = [()]
    for sort in table.keys:
        found = [(*keys, value) for keys in found for value in domain(sort, sizes)]
    return found


def random_state(model: Recorded, sizes: Mapping[str, int], random: Random) -> ModelState:
    """Any state, half of its cells in normal form."""

    def value(table: Table) -> Value:
        anything = random.choice(values(table.value, sizes))
        return start_value(table) if random.random() < 0.5 else anything

    return normal(
        model,
        {t.name: {keys: value(t) for keys in keys_of(t, sizes)} for t in model.tables},
    )


def random_step(action: Action, sizes: Mapping[str, int], random: Random) -> ModelStep:
    arguments = {p.name: random.choice(values(p.sort, sizes)) for p in action.parameters}
    return ModelStep(action.name, arguments)


def truths(
    model: Recorded, sizes: Mapping[str, int], state: ModelState, step: ModelStep
) -> list[bool | None]:
    """By Z3: that the step can be taken, then each claim after it; None where it is not asked."""
    statement = Statement(model, sizes)
    lines = [statement.declared(step.action)]
    for table in model.tables:
        for keys in keys_of(table, sizes):
            at = tuple(term(key, sort) for key, sort in zip(keys, table.keys, strict=True))
            cell = term(state[table.name].get(keys, start_value(table)), table.value)
            known = statement.known(table.name, at)
            # What an option that is none would hold decides nothing, but may: as the interpreter.
            lines += [
                f"(assert (= {one} {two}))"
                for one, two in zip(parts(known), parts(cell), strict=True)
            ]
    for kind in model.kinds:
        lines.append(f"(assert (= {text.symbol(f'any {kind.name}')} {plain(term(0, kind))}))")
    for each in model.action(step.action).parameters:
        given = term(step.arguments[each.name], each.sort)
        lines.append(f"(assert {equal(variable(f'argument {each.name}', each.sort), given)})")
    goals = [statement.goal(step.action, claim) for claim in statement.claims.values()]
    for index, formula in enumerate((text.conjunction(statement.assumed(step.action)), *goals)):
        lines.append(f"(declare-const |truth {index}| Bool)")
        lines.append(f"(assert (= |truth {index}| {formula or text.TRUE}))")
    found = z3_model("\n".join(lines), (), 10.0)
    assert found is not None
    said = [str(found[f"truth {index}"]) == "True" for index in range(len(goals) + 1)]
    return [said[0], *(None if g is None else s for g, s in zip(goals, said[1:], strict=True))]


def meant(
    model: Recorded, sizes: Mapping[str, int], state: ModelState, step: ModelStep
) -> list[bool]:
    """The same by the interpreter; after a step that is not taken there is nothing to say."""
    claims = invariants(model)
    taken = attempt(model, sizes, state, step.action, step.arguments)
    kept = all(holds(model, sizes, claim, state) for claim in claims if not claim.over_steps)
    if not isinstance(taken, Taken):
        return [False]
    return [kept] + [
        holds(model, sizes, claim, state if claim.over_steps else taken.new, taken.new, step)
        for claim in claims
    ]


def differences(toy: Toy) -> int:
    """How many random steps the formulas and the interpreter see differently."""
    model, random, found = toy.recorded, Random(2), 0
    for _ in range(STATES):
        state = random_state(model, toy.sizes, random)
        step = random_step(random.choice(model.actions), toy.sizes, random)
        try:
            expected = meant(model, toy.sizes, state, step)
        except ModelError:
            continue
        said = truths(model, toy.sizes, state, step)
        found += any(
            one is not two for one, two in zip(expected, said, strict=False) if two is not None
        )
    return found


@TOYS
def test_obligations_mean_what_the_interpreter_says(toy: Toy) -> None:
    assert differences(toy) == 0


def conditions_agree(condition: Expr, state: ModelState) -> None:
    """A random expression is the same to both."""
    model = expressions.recorded(condition)
    expected = evaluate(model, expressions.SIZES, condition, state, {})
    assert truths(model, expressions.SIZES, state, ModelStep("act"))[0] is expected


@settings(max_examples=200, database=None)
@given(expressions.conditions(), expressions.states())
def test_expressions_mean_what_the_interpreter_says(condition: Expr, state: ModelState) -> None:
    conditions_agree(condition, state)


def _left_for_both(_: str, then: Encoded, __: Encoded) -> Encoded:
    return then


def _by_value_alone(left: Encoded, right: Encoded) -> str:
    return text.equality(parts(left)[-1], parts(right)[-1])


WRONG: dict[str, tuple[str, Callable[..., object]]] = {
    "an implication the other way": ("text.implication", lambda a, b: f"(=> {b} {a})"),
    "a choice that does not choose": ("choose", _left_for_both),
    "options equal by what they would hold": ("equal", _by_value_alone),
    "for all as for some": ("text.conjunction", text.disjunction),
}
WRONG_OPERATORS = {
    "signed words": (Operator.LESS, ("<", "bvslt")),
    "sums that do not count": (Operator.ADD, ("-", "bvadd")),
    "a union of what is common": (Operator.UNION, ("", "bvand")),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_encoding_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place, wrong = WRONG[name]
    monkeypatch.setattr(f"assay.engines.prove.encode.{place}", wrong)
    assert sum(map(differences, all_toys().values())) > 0


@pytest.mark.parametrize("name", WRONG_OPERATORS)
def test_a_wrong_operator_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, wrong = WRONG_OPERATORS[name]
    monkeypatch.setattr(encode, "_BINARY", {**encode._BINARY, operator: wrong})
    noticed = []

    @settings(max_examples=3000, database=None, phases=[Phase.generate], deadline=None)
    @given(expressions.conditions(), expressions.states())
    def search(condition: Expr, state: ModelState) -> None:
        try:
            if not noticed:
                conditions_agree(condition, state)
        except AssertionError:
            noticed.append(condition)

    search()
    assert noticed
