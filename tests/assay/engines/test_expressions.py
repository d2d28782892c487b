"""Random expressions in random states: the interpreter, the explorer's and the stepper's source."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assay.engines.domains import domain
from assay.engines.explore.ground import Code, Grounder, View, text_of
from assay.engines.explore.layout import layout_of
from assay.engines.interpret import Disabled, ModelState, Taken, attempt, evaluate
from assay.engines.stepper import ANY_OTHER, elements_of, stepper
from assay.lang.recorded import Action, Assignment, Check, Recorded
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Constant, Element, Expr, Operator, Read, Variable, Version
from assay.lang.values import Value
from assay.lang.walk import mapped
from tests.assay.engines.random_terms import (
    COLOUR,
    FLAGS,
    HERE,
    KIND,
    SIZES,
    TABLES,
    Builder,
    normal,
)


def recorded(condition: Expr, *assignments: Assignment) -> Recorded:
    """A model whose only action asks the condition and makes the assignments."""
    action = Action("act", (), (Check("it", condition, None, HERE),), assignments, "", HERE)
    return Recorded("m", "d", (KIND,), (COLOUR,), (FLAGS,), TABLES, (), (action,), ())


def builder(draw: st.DrawFn) -> Builder:
    """A builder whose choices Hypothesis makes."""
    return Builder(lambda count: draw(st.integers(0, count - 1)))


@st.composite
def conditions(draw: st.DrawFn) -> Expr:
    """A truth over the tables."""
    return builder(draw).expr(BOOL, 5, ())


@st.composite
def updates(draw: st.DrawFn) -> Assignment:
    """An assignment to all cells of `pairs`, often one that leaves most of them as they are."""
    keys = (Variable("left", KIND, HERE), Variable("right", KIND, HERE))
    built = builder(draw)
    own, condition, other = (
        Read("pairs", keys, Version.OLD, BOOL, HERE),
        built.expr(BOOL, 3, keys),
        built.expr(BOOL, 2, keys),
    )
    either = ((condition, own, other), (condition, other, own))[built.pick(2)]
    value = (
        Apply(Operator.CHOOSE, either, BOOL, HERE),
        Apply(Operator.AND, (own, condition), BOOL, HERE),
        Apply(Operator.OR, (own, condition), BOOL, HERE),
        condition,
        Constant(False, BOOL, HERE),
    )[built.pick(5)]
    row = built.pick(3) == 0
    if not row:
        return Assignment("pairs", keys, keys, value, HERE)
    first = Element("FIRST", KIND, HERE)

    def fixed(node: Expr) -> Expr:
        return first if node == keys[0] else node

    return Assignment("pairs", keys[1:], (first, keys[1]), mapped(value, fixed), HERE)


@st.composite
def states(draw: st.DrawFn) -> ModelState:
    """Any state of the instance with SIZES."""
    layout = layout_of(recorded(normal(BOOL)), SIZES)
    sorts = {each.name: each.value for each in TABLES}
    packed: list[Value] = [draw(st.sampled_from(domain(sorts[t], SIZES))) for t, _ in layout.cells]
    return layout.sparse(tuple(packed))


@settings(max_examples=200)
@given(conditions(), states())
def test_the_explorers_source_means_what_the_interpreter_says(
    condition: Expr, state: ModelState
) -> None:
    model = recorded(condition)
    layout = layout_of(model, SIZES)
    view = View("s", [Code(f"s[{index}]") for index in range(len(layout.cells))])
    text = text_of(Grounder(model, SIZES, layout, view).ground(condition, {}))
    expected = evaluate(model, SIZES, condition, state, {})
    assert eval(text, {"s": layout.packed(state)}) is expected


@settings(max_examples=200)
@given(conditions(), states())
def test_the_steppers_source_means_what_the_interpreter_says(
    condition: Expr, state: ModelState
) -> None:
    model = recorded(condition)
    run = stepper(model)
    domains = run.domains(elements_of(model, state))
    expected = attempt(model, {"Kind": 3}, state, "act", {})
    assert isinstance(run.attempt(state, domains, "act", {}), Disabled) is isinstance(
        expected, Disabled
    )


@settings(max_examples=200)
@given(updates(), states())
def test_the_steppers_updates_are_the_interpreters(update: Assignment, state: ModelState) -> None:
    model = recorded(Constant(True, BOOL, HERE), update)
    run = stepper(model)
    got = run.attempt(state, run.domains({"Kind": {0, 1}}), "act", {})
    expected = attempt(model, {"Kind": 3}, state, "act", {})
    assert isinstance(got, Taken)
    assert isinstance(expected, Taken)
    other = {ANY_OTHER: 2}
    renamed = {
        tuple(other.get(int(key or 0), key) for key in keys): value
        for keys, value in got.new["pairs"].items()
    }
    assert renamed == expected.new["pairs"]
    assert {**got.new, "pairs": {}} == {**expected.new, "pairs": {}}
