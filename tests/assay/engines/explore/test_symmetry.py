"""With symmetry exactly one state is kept of all that differ by the places of their elements."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from assay import loading
from assay.engines.domains import Sizes
from assay.engines.explore import Engine, Limits, explore
from assay.engines.explore.compiled import moving, symmetry
from assay.engines.explore.result import NO_KINDS
from assay.engines.explore.search import SOONER
from assay.lang import ModelError, Recorded
from assay.lang.mutate import without_check
from assay.lang.recorded import Action, Assignment, Check, Table
from assay.lang.sorts import BOOL, IntSort
from assay.lang.tree import Apply, Constant, Operator, Read, Variable, Version
from assay.project import nearest_project
from tests.assay.engines.orbits import HERE, THING, assert_reduced, links, switches, walked
from tests.assay.engines.random_models import ModelBuilder
from tests.assay.toys import all_toys

TOYS = all_toys()
PROJECT = nearest_project(Path(__file__).parent)


@pytest.mark.parametrize(
    ("name", "kinds", "sizes"),
    [
        ("families", (), {"Node": 3}),
        ("letters", ("Box",), {"Box": 2}),
        ("locks", ("Thread", "Lock"), {"Thread": 3, "Lock": 3}),
        ("meters", ("Meter",), {"Meter": 2}),
        ("shelves", ("Box",), {"Box": 3, "Height": 2}),
    ],
)
def test_the_states_of_a_toy_are_the_orbits(
    name: str, kinds: tuple[str, ...], sizes: Sizes
) -> None:
    recorded = TOYS[name].recorded
    found = assert_reduced(recorded, sizes, explore(recorded, sizes))
    assert set(found.symmetry) >= set(kinds)


def test_the_states_of_a_model_are_the_orbits() -> None:
    recorded = loading.recorded(PROJECT, "two_phase_commit", loading.design(PROJECT, "as-built"))
    sizes = {"ResourceManager": 4}
    found = assert_reduced(recorded, sizes, explore(recorded, sizes))
    assert found.symmetry == ("ResourceManager",)
    assert found.states < 1568 / 9


def test_a_broken_step_is_shown_by_a_path_that_can_be_gone() -> None:
    recorded = without_check("give", "not_yours")(TOYS["locks"].recorded)
    sizes = {"Thread": 3, "Lock": 2}
    found = assert_reduced(recorded, sizes, explore(recorded, sizes))
    assert "given_by_the_owner" in {each.claim for each in found.broken}


def test_random_models_have_as_many_states_as_orbits() -> None:
    sizes, tried = {"Kind": 3}, 0
    for seed in range(60):
        recorded = ModelBuilder(Random(seed).randrange).model()
        try:
            full = explore(recorded, sizes, limits=Limits(states=500))
        except ModelError:
            continue
        if full.complete and full.states > 3:
            assert_reduced(recorded, sizes, full)
            tried += 1
    assert tried > 10


@pytest.mark.parametrize("wide", [False, True])
def test_threads_and_wide_words_change_nothing(wide: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled = "assay.engines.explore.compiled"
    toy = TOYS["locks"]
    sizes = {"Thread": 4, "Lock": 2}
    one = explore(toy.recorded, sizes, engine=Engine.COMPILED, reduced=True)
    monkeypatch.setattr(f"{compiled}.build._MOST_BLOCK", 2)
    monkeypatch.setattr(f"{compiled}.search._BLOCKS_ALONE", 1)
    if wide:
        monkeypatch.setattr(f"{compiled}.words._ONE_WORD", 0)
        monkeypatch.setattr(f"{compiled}.words._WORD", 9)
    two = explore(toy.recorded, sizes, engine=Engine.COMPILED, reduced=True, threads=2)
    assert replace(one, seconds=0, broken=(), can={}, witness={}) == replace(
        two, seconds=0, broken=(), can={}, witness={}
    )


def test_what_the_plain_engine_saw_first_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = TOYS["locks"]
    expected = explore(toy.recorded, toy.sizes, engine=Engine.COMPILED, reduced=True)
    for most in (0, 20, 200):
        monkeypatch.setattr("assay.engines.explore.search._WORTH_COMPILING", most)
        found = explore(toy.recorded, toy.sizes, reduced=True)
        assert replace(found, seconds=0, broken=(), can={}, witness={}) == replace(
            expected, seconds=0, broken=(), can={}, witness={}
        )
        assert {b.claim: b.depth for b in found.broken} == {
            b.claim: b.depth for b in expected.broken
        }
        for action, path in found.witness.items():
            assert path is not None
            assert path.steps[-1].action == action
            walked(toy.recorded, toy.sizes, path)


def values_keep_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements change places in keys alone."""
    monkeypatch.setattr(
        moving,
        "_lookup",
        lambda field, *_: sum(code << code * field.width for code in range(field.high + 2)),
    )


def keys_are_sorted_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind that stands twice in the keys of a table is sorted too."""
    monkeypatch.setattr(
        symmetry,
        "_is_sortable",
        lambda recorded, kind, _: (
            not any(symmetry.is_of(table.value, kind) for table in recorded.tables)
        ),
    )


def any_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last permutation stands for all, not the least state."""
    monkeypatch.setattr(moving, "is_less", lambda *_: "true")


def nothing_is_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records stay where they are."""
    monkeypatch.setattr(
        moving, "with_records_sorted", lambda code, words, found, state: list(state)
    )


@pytest.mark.parametrize(
    ("recorded", "states"),
    [(switches(), 4), (links(), 104)],  # how many are on; the graphs of three nodes, with loops
)
def test_the_states_of_switches_and_links_are_the_orbits(recorded: Recorded, states: int) -> None:
    sizes = {"Thing": 3}
    assert assert_reduced(recorded, sizes, explore(recorded, sizes)).states == states


def together() -> Recorded:
    """Things that are all linked at once, and then again and again: no state differs by places."""
    recorded, sort = links(), IntSort(0, 40)
    count = Table("count", (), sort, Constant(0, sort, HERE), False, HERE)
    read = Read("count", (), Version.OLD, sort, HERE)
    more = Apply(Operator.ADD, (read, Constant(1, sort, HERE)), sort, HERE)
    fewer = Apply(Operator.LESS, (read, Constant(40, sort, HERE)), BOOL, HERE)
    pair = (Variable("one", THING, HERE), Variable("two", THING, HERE))
    assignments = (
        Assignment("linked", pair, pair, Constant(True, BOOL, HERE), HERE),
        Assignment("count", (), (), more, HERE),
    )
    check = Check("not yet", fewer, None, HERE)
    action = Action("set", (), (check,), assignments, "", HERE)
    return replace(recorded, tables=(*recorded.tables, count), actions=(action,))


def test_symmetry_is_off_where_it_saves_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assay.engines.explore.search._WORTH_COMPILING", 20)
    with monkeypatch.context() as signed:
        signed.setattr(symmetry, "_FEW_ORDERS", 0)
        found = explore(together(), {"Thing": 3}, reduced=True)
        assert (found.states, found.symmetry) == (41, ())
    found = explore(together(), {"Thing": 3}, reduced=True)
    assert (found.states, found.symmetry) == (41, ())
    assert found.unreduced == "of 1 states it keeps 1, which takes more time than it saves"
    found = explore(links(), {"Thing": 3}, reduced=True)
    assert (found.states, found.symmetry, found.unreduced) == (104, ("Thing",), "")


def test_symmetry_is_off_where_there_is_none_or_no_time_for_it() -> None:
    toy = TOYS["locks"]
    whole = explore(toy.recorded, toy.sizes)
    found = explore(toy.recorded, toy.sizes, reduced=True)
    assert found.unreduced == SOONER
    assert replace(found, seconds=0, unreduced="") == replace(whole, seconds=0)
    found = explore(toy.recorded, {"Thread": 1, "Lock": 2}, reduced=True, engine=Engine.COMPILED)
    assert (found.symmetry, found.unreduced) == ((), NO_KINDS)


def test_kinds_with_too_many_elements_are_left_out_and_named() -> None:
    toy = TOYS["locks"]
    for threads, locks, kinds, said in (
        (3, 3, ("Lock", "Thread"), ""),
        (16, 3, ("Lock",), "there are more than 15 elements of Thread"),
        (16, 1, (), "there are more than 15 elements of Thread"),
    ):
        found = explore(
            toy.recorded,
            {"Thread": threads, "Lock": locks},
            limits=Limits(states=1),
            reduced=True,
            engine=Engine.COMPILED,
        )
        assert (set(found.symmetry), found.unreduced) == (set(kinds), said)


def instances() -> Iterator[tuple[Recorded, Sizes]]:
    """Random models, and two in which a kind stands in keys alone, which is seldom drawn."""
    yield switches(), {"Thing": 3}
    yield links(), {"Thing": 3}
    for seed in range(60):
        yield ModelBuilder(Random(seed).randrange).model(), {"Kind": 3}


@pytest.mark.parametrize(
    "plant", [values_keep_their_names, keys_are_sorted_by_halves, any_will_do, nothing_is_sorted]
)
def test_a_wrong_symmetry_is_caught(
    plant: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    for recorded, sizes in instances():
        try:
            full = explore(recorded, sizes, limits=Limits(states=600))
        except ModelError:
            continue
        if full.complete and full.states > 3:
            try:
                assert_reduced(recorded, sizes, full)
            except AssertionError:
                return
    pytest.fail("nothing notices")
