"""Where elements have many orders, signatures leave few: still one state of each orbit is kept."""

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from assay import loading
from assay.engines.domains import Sizes
from assay.engines.explore import Engine, explore
from assay.engines.explore.compiled import choosing, moving, signatures, symmetry
from assay.engines.explore.compiled.choosing import _Choosing
from assay.engines.explore.compiled.ordering import Ordering, ordering_of
from assay.engines.explore.layout import layout_of
from assay.engines.interpret import ModelState
from assay.lang import Recorded
from assay.lang.recorded import Start, Table
from assay.lang.sorts import OptionSort
from assay.lang.tree import Constant
from assay.project import nearest_project
from tests.assay.engines.orbits import (
    HERE,
    THING,
    assert_canonical,
    assert_reduced,
    links,
    switches,
)
from tests.assay.engines.random_models import OTHER, RELATIONS, ModelBuilder
from tests.assay.engines.random_terms import KIND
from tests.assay.toys import all_toys

TOYS = all_toys()
PROJECT = nearest_project(Path(__file__).parent)
Plant = Callable[[pytest.MonkeyPatch], None]


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are used for few orders too."""
    monkeypatch.setattr(symmetry, "_FEW_ORDERS", 0)


def related(seed: int) -> tuple[Recorded, Sizes]:
    """A random model of two kinds whose elements name each other."""
    recorded = ModelBuilder(Random(seed).randrange, (KIND, OTHER), RELATIONS).model()
    return recorded, {"Kind": 3 + seed % 2, "Other": 4 - seed % 2}


@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("families", {"Node": 4}),
        ("locks", {"Thread": 4, "Lock": 2}),
        ("shelves", {"Box": 3, "Height": 2}),
    ],
)
def test_the_states_of_a_toy_are_the_canonical_ones(name: str, sizes: Sizes) -> None:
    recorded = TOYS[name].recorded
    found = assert_reduced(recorded, sizes, explore(recorded, sizes))
    assert assert_canonical(recorded, sizes, 3000) == found.states


SHARED = {"Page": 2, "Frame": 2, "Address": 2, "Translation": 2, "Processor": 1, "Content": 1}
HELD = {"Thread": 2, "Group": 2, "Object": 2, "Space": 1, "Slot": 2}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sizes"),
    [
        ("copy_on_write", {**SHARED, "Page": 3, "Translation": 1}),
        ("copy_on_write", {**SHARED, "Frame": 3}),
        ("delivery", {"Channel": 2, "Send": 1, "Receive": 2, "Reply": 1, "Pool": 1}),
        ("mappings", {"Space": 1, "Memory": 1, "Mapping": 2, "Pool": 1, "Frame": 2, "Pages": 2}),
        ("thread_groups", {"Thread": 2, "Group": 3}),
        ("two_phase_commit", {"ResourceManager": 4}),
        ("threads_groups_capabilities", HELD),
        ("threads_groups_capabilities", {**HELD, "Thread": 1, "Group": 3, "Space": 2, "Slot": 1}),
    ],
)
def test_the_states_of_a_model_are_the_canonical_ones(name: str, sizes: Sizes) -> None:
    recorded = loading.recorded(PROJECT, name, loading.design(PROJECT, "proposed"))
    assert assert_canonical(recorded, sizes, 15_000)


def test_the_states_of_random_models_are_the_canonical_ones() -> None:
    kept = [assert_canonical(*related(seed), 250) for seed in range(24)]
    assert sum(count > 3 for count in kept) > 5


@pytest.mark.slow
def test_the_graphs_of_five_things_are_as_many_as_they_are() -> None:
    for things, graphs in ((2, 10), (3, 104), (4, 3044), (5, 291968)):  # OEIS A000595
        found = explore(links(), {"Thing": things}, reduced=True, engine=Engine.COMPILED)
        assert found.states == graphs


def ordering(recorded: Recorded, sizes: Sizes) -> Ordering:
    """The ordering of an instance."""
    return ordering_of(recorded, sizes, layout_of(recorded, sizes), {}, ())


def tried(found: Ordering, state: ModelState) -> int:
    """How many states are made to find the one that stands for a state."""
    return found.found(found.words.words(found.words.layout.packed(state)))[1]


def linked(*pairs: tuple[int, int]) -> ModelState:
    """Things some of which are linked."""
    return {"linked": dict.fromkeys(pairs, True)}


def test_what_nobody_has_touched_needs_no_choice() -> None:
    found = ordering(links(), {"Thing": 8})
    assert found.symmetry.orders == 40_320
    assert tried(found, linked()) == 1
    assert tried(found, linked((2, 5))) == 1
    assert tried(found, linked(*((one, 3) for one in range(8)))) == 1
    assert tried(found, linked(*((one, one) for one in range(4)))) == 1


def test_what_is_told_of_elements_goes_from_one_to_the_other() -> None:
    row = [(one, one + 1) for one in range(5)]
    assert tried(ordering(links(), {"Thing": 6}), linked(*row)) == 1
    assert tried(ordering(followers(), {"Thing": 6}), follow(*row)) == 1


def test_of_pairs_that_are_alike_few_are_tried() -> None:
    found = ordering(links(), {"Thing": 8})
    assert tried(found, linked((0, 1), (2, 3), (4, 5), (6, 7))) == 4 + 3 + 2 + 1 - 3
    ring = [(one, (one + 1) % 8) for one in range(8)]
    assert tried(found, linked(*ring)) == 8
    locks = ordering(TOYS["locks"].recorded, {"Thread": 8, "Lock": 8})
    assert tried(locks, {"owner": {(each,): each for each in range(1, 8)}}) == 22


def assert_one_stands_for_all(
    found: Ordering, pairs: list[tuple[int, int]], random: Random
) -> None:
    """Wherever the things are, the same state stands for them."""
    free, standing = found.symmetry.named["Thing"], set()
    for _ in range(20):
        places = random.sample(free, len(free))
        state = linked(*((places[one], places[two]) for one, two in pairs))
        words = found.words.words(found.words.layout.packed(state))
        standing.add(found.representative(words))
    (only,) = standing
    assert sum(word.bit_count() for word in only) == len(set(pairs))


def test_a_state_of_many_words_is_put_in_order_too() -> None:
    found, random = ordering(links(), {"Thing": 15}), Random(1)
    assert found.words.count == 4
    for _ in range(5):
        pairs = [(random.randrange(15), random.randrange(15)) for _ in range(12)]
        assert_one_stands_for_all(found, pairs, random)


def test_things_that_signatures_do_not_tell_apart_are_told_apart_by_trying() -> None:
    rings = [(one, (one + 1) % 3) for one in range(3)]
    rings += [(3 + one, 3 + (one + 1) % 4) for one in range(4)]
    assert_one_stands_for_all(ordering(links(), {"Thing": 7}), rings, Random(1))


def followers() -> Recorded:
    """Things of which each may follow another, and two of which none follow the same."""
    sort = OptionSort(THING)
    table = Table("follows", (THING,), sort, Constant(None, sort, HERE), False, HERE)
    start = Start("begin", (), (), HERE)
    return Recorded("followers", "d", (THING,), (), (), (table,), (start,), (), ())


def follow(*pairs: tuple[int, int]) -> ModelState:
    """Things some of which follow others."""
    return {"follows": {(one,): other for one, other in pairs}}


def places_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each element has a signature of its own to begin with."""
    monkeypatch.setattr(
        choosing,
        "begin",
        lambda code, slots, at: [
            code.store(signatures.odd(slot), at, slot) for slot in range(slots.count)
        ],
    )


def cells_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is told of an element depends on where its cells stand."""
    salts = iter(range(10**9))
    right = signatures.times
    monkeypatch.setattr(
        signatures, "times", lambda code, number, salt: right(code, number, next(salts))
    )


def the_wrong_element_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a cell names is taken for the element before it."""
    right = signatures._Round._named_slot
    monkeypatch.setattr(
        signatures._Round,
        "_named_slot",
        lambda made, field, kind: made.code.add(right(made, field, kind), -1),
    )


def rewritten(monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str) -> None:
    """In the text of one of the functions, something else is written."""
    right = getattr(_Choosing, name)

    def wrong(*given: object) -> str:
        text, count = re.subn(old, new, right(*given))
        assert count
        return text

    monkeypatch.setattr(_Choosing, name, wrong)


def all_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any two elements are taken for such as may change places."""
    rewritten(monkeypatch, "_alike", r"ret i64 %v\d+", "ret i64 1")


def choices_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every choice but the first is given up, as if the same came of it."""
    rewritten(monkeypatch, "_search", r"and i64 %v\d+, %asked", "or i64 0, 1")


def signatures_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements change places without their signatures."""
    rewritten(monkeypatch, "_settle", r"  store i64 .*\n", "")


def elements_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures change places without their elements."""
    rewritten(monkeypatch, "_settle", r"  call i64 @swap.*|  %v\d+ = call i64 @swap.*", "")


def any_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last state that is tried stands for all, not the least."""
    monkeypatch.setattr(choosing, "is_less", lambda *_: "true")


def nothing_is_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records stay where they are."""
    monkeypatch.setattr(
        choosing, "with_records_sorted", lambda code, words, found, state: list(state)
    )


def values_keep_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements change places in keys alone."""
    monkeypatch.setattr(
        moving,
        "_lookup",
        lambda field, *_: sum(code << code * field.width for code in range(field.high + 2)),
    )


def keys_keep_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements change places in values alone."""
    right = moving.renamed
    monkeypatch.setattr(
        moving,
        "renamed",
        lambda order, sort, key: right(order if isinstance(sort, OptionSort) else {}, sort, key),
    )


@pytest.mark.parametrize(
    "plant",
    [
        places_are_told,
        cells_are_told_apart,
        the_wrong_element_is_told,
        all_are_alike,
        choices_are_given_up,
        signatures_stay,
        elements_stay,
        any_will_do,
        nothing_is_sorted,
        values_keep_their_names,
        keys_keep_their_names,
    ],
)
def test_a_wrong_choice_is_caught(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        everything()


def everything() -> None:
    """Whether all is well with models in which elements name each other in all ways."""
    test_things_that_signatures_do_not_tell_apart_are_told_apart_by_trying()
    for recorded, sizes in (
        (links(), {"Thing": 3}),
        (switches(), {"Thing": 3}),
        (TOYS["locks"].recorded, {"Thread": 3, "Lock": 3}),
        *(related(seed) for seed in range(24)),
    ):
        assert_canonical(recorded, sizes, 250)


def nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An element does not know who names it."""
    monkeypatch.setattr(signatures._Round, "_named_slot", lambda made, field, kind: "0")


def one_round(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are made once before a choice."""
    monkeypatch.setattr(choosing, "_ROUNDS", 1)


def all_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that are alike are tried in turn."""
    rewritten(monkeypatch, "_alike", r"ret i64 %v\d+", "ret i64 0")


def nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each choice is gone through to the end."""
    rewritten(monkeypatch, "_search", r"and i64 %v\d+, %asked", "and i64 0, 0")


@pytest.mark.parametrize(
    ("plant", "tests"),
    [
        (nobody_is_told, test_what_is_told_of_elements_goes_from_one_to_the_other),
        (one_round, test_what_is_told_of_elements_goes_from_one_to_the_other),
        (all_are_tried, test_what_nobody_has_touched_needs_no_choice),
        (nothing_is_given_up, test_of_pairs_that_are_alike_few_are_tried),
    ],
)
def test_what_takes_more_time_than_it_must_is_caught(
    plant: Plant, tests: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(monkeypatch)
    with pytest.raises(AssertionError):
        tests()
