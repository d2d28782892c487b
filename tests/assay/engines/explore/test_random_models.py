"""Random models: the interpreter and both explorers agree, and a wrong code generator is caught."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.engines.domains import Sizes
from assay.engines.explore import Engine, Exploration, Limits, explore
from assay.engines.explore.compiled import ground, kernel, program, source, terms
from assay.engines.explore.compiled.ground import Grounder
from assay.engines.explore.compiled.program import Refuse
from assay.engines.explore.compiled.source import Source
from assay.engines.explore.compiled.store import Store
from assay.engines.explore.compiled.terms import Term, Terms
from assay.engines.explore.compiled.words import Field
from assay.lang import ModelError, Recorded
from assay.lang.tree import Operator
from tests.assay.engines.brute_force import assert_found, search
from tests.assay.engines.orbits import assert_reduced
from tests.assay.engines.random_models import OTHER, RELATIONS, ModelBuilder
from tests.assay.engines.random_terms import KIND, SIZES, TABLES

EXPLORE = "assay.engines.explore.compiled"
SMALL_ENOUGH = Limits(states=600)
_USUAL = 100
"""Examples of a test where no profile says otherwise."""
Plant = Callable[[pytest.MonkeyPatch], None]


def explored(model: Recorded, engine: Engine, threads: int = 1) -> Exploration | str:
    """What is found without the time that it took, or the message of what is wrong."""
    try:
        found = explore(model, SIZES, limits=SMALL_ENOUGH, engine=engine, threads=threads)
    except ModelError as error:
        return str(error)
    return replace(found, seconds=0)


def pinched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small words, blocks and tables, one hash for all: little models go through all the code."""
    monkeypatch.setattr(f"{EXPLORE}.kernel._hash", lambda code, shape, state: "0")
    monkeypatch.setattr(f"{EXPLORE}.build._MOST_BLOCK", 3)
    monkeypatch.setattr(f"{EXPLORE}.words._ONE_WORD", 0)
    monkeypatch.setattr(f"{EXPLORE}.words._WORD", 5)
    monkeypatch.setattr(f"{EXPLORE}.store._FIRST_ENTRIES", 16)
    monkeypatch.setattr(f"{EXPLORE}.search._BLOCKS_ALONE", 0)


@st.composite
def models(draw: st.DrawFn) -> Recorded:
    """A random model."""
    return ModelBuilder(lambda count: draw(st.integers(0, count - 1))).model()


def examples(few: int) -> settings:
    """A few models; thousands in a profile that asks for them."""
    asked = settings().max_examples
    return settings(max_examples=asked if asked > _USUAL else few)


@examples(15)
@given(models())
def test_interpreter_and_explorers_agree(model: Recorded) -> None:
    plain = explored(model, Engine.PLAIN)
    if isinstance(plain, Exploration) and not plain.complete:
        return
    assert explored(model, Engine.COMPILED) == plain
    with pytest.MonkeyPatch.context() as monkeypatch:
        pinched(monkeypatch)
        assert explored(model, Engine.COMPILED) == plain
        several = explored(model, Engine.COMPILED, threads=2)
    if isinstance(plain, Exploration):
        assert isinstance(several, Exploration)
        expected = search(model, SIZES)
        for found in (plain, several):
            assert_found(found, expected, model)


@st.composite
def related_models(draw: st.DrawFn) -> tuple[Recorded, Sizes]:
    """A random model over two kinds whose elements name each other, and sizes for it."""
    builder = ModelBuilder(
        lambda count: draw(st.integers(0, count - 1)), (KIND, OTHER), (*RELATIONS, *TABLES)
    )
    sizes = {"Kind": draw(st.integers(3, 4)), "Other": draw(st.integers(2, 4))}
    return builder.model(), sizes


@examples(8)
@given(related_models(), st.sampled_from((0, 8)))
def test_explorers_agree_with_symmetry_and_without(
    instance: tuple[Recorded, Sizes], few_orders: int
) -> None:
    recorded, sizes = instance
    try:
        full = explore(recorded, sizes, limits=SMALL_ENOUGH)
    except ModelError:
        for engine in (Engine.PLAIN, Engine.COMPILED):
            with pytest.raises(ModelError):
                explore(recorded, sizes, engine=engine, reduced=True)
        return
    if not full.complete:
        return
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(f"{EXPLORE}.symmetry._FEW_ORDERS", few_orders)
        assert_reduced(recorded, sizes, full)
        pinched(monkeypatch)
        assert_reduced(recorded, sizes, full, threads=2)


def seeded(seed: int) -> Recorded:
    """The model of a seed."""
    return ModelBuilder(Random(seed).randrange).model()


def ranges_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """An update may leave its range."""
    monkeypatch.setattr(
        program._Update, "_beyond", lambda update, *_: update._grounder.instance.terms.false
    )


def implied(monkeypatch: pytest.MonkeyPatch) -> None:
    """What denies a value is left out of every conjunction."""
    monkeypatch.setattr(
        terms,
        "_is_implied",
        lambda term, _: term.form.name == "NOT" and terms._is_fixing(term.parts[0]),
    )


def narrow_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field loses its highest bit."""
    monkeypatch.setattr(
        source, "_mask", lambda field: max(1, (1 << field.width) - 1 >> 1) << field.shift
    )


def options_off_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least value of an option is stored as none."""
    monkeypatch.setattr(Field, "cut", lambda field, value: int(value or 0) - field.low)


def facts_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a check held, it is believed that it did not."""
    right = program._Facts.with_true

    def wrong(facts: program._Facts, truth: Term) -> program._Facts:
        found = right(facts, truth)
        return program._Facts(found.cells, {term: not held for term, held in found.known.items()})

    monkeypatch.setattr(program._Facts, "with_true", wrong)


def or_is_and(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alternatives are joined by and."""
    right = Source._joined
    monkeypatch.setattr(Source, "_joined", lambda code, _, truths: right(code, "and", truths))


def one_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal counts once for all choices of arguments."""
    monkeypatch.setattr(program, "Refuse", lambda check, _: Refuse(check, 1))


def missing_values(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value of none is not replaced by the least."""
    monkeypatch.setattr(Grounder, "_value", lambda grounder, option, sort: option)


def less_is_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Below means at most."""
    monkeypatch.setitem(source._COMPARISONS, Operator.LESS, "sle")


def choices_swapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice by a truth that is no constant gives the other value."""
    right = Terms.choose

    def wrong(made: Terms, condition: Term, then: Term, otherwise: Term) -> Term:
        swapped = condition.form.name == "NOT"
        return right(made, condition, *((otherwise, then) if swapped else (then, otherwise)))

    monkeypatch.setattr(Terms, "choose", wrong)


def forgetful_growth(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table that grows loses what it held."""
    right = Store.grow

    def wrong(store: Store, least: int = 0, pool: Executor | None = None) -> None:
        store._enter = lambda *_: 0
        right(store, least, pool)

    monkeypatch.setattr(Store, "grow", wrong)


def first_word_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """States are compared by their first words."""
    right = kernel._same
    monkeypatch.setattr(
        kernel, "_same", lambda code, shape, *two: right(code, replace(shape, words=1), *two)
    )


def events_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a step breaks or shows is not noted."""
    monkeypatch.setattr(program._ActionWriter, "_events", lambda *_: iter(()))


def updates_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """An assignment sees those before it."""
    right = program._Update.assign

    def wrong(update: program._Update, assignment: object, scope: ground.Scope) -> None:
        cells = [update.cells.get(at, cell) for at, cell in enumerate(update._grounder.old)]
        update._grounder = replace(update._grounder, old=cells)
        right(update, assignment, scope)  # type: ignore[arg-type]

    monkeypatch.setattr(program._Update, "assign", wrong)


PLANTED: tuple[Plant, ...] = (
    ranges_ignored,
    implied,
    narrow_masks,
    options_off_by_one,
    facts_reversed,
    or_is_and,
    one_refusal,
    missing_values,
    less_is_at_most,
    choices_swapped,
    forgetful_growth,
    first_word_only,
    events_ignored,
    updates_one_by_one,
)


@pytest.mark.parametrize("plant", PLANTED)
def test_a_wrong_code_generator_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    pinched(monkeypatch)
    plant(monkeypatch)
    for seed in range(100):
        model = seeded(seed)
        plain = explored(model, Engine.PLAIN)
        if isinstance(plain, Exploration) and (plain.states < 4 or not plain.complete):
            continue
        try:
            found = explored(model, Engine.COMPILED)
        except AssertionError:
            return  # the search itself sees that something is wrong
        if found != plain:
            return
    pytest.fail("nothing notices")
