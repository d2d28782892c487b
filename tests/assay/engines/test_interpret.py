"""What models mean, on cases that can be checked by hand."""

import pytest

from assay.engines.domains import SizesError, domain
from assay.engines.interpret import (
    Disabled,
    ModelState,
    ModelStep,
    Refused,
    Taken,
    applied,
    attempt,
    evaluate,
    holds,
    normal,
    start_states,
    starts,
    successors,
)
from assay.lang import ModelError, record
from assay.lang.mutate import without_check
from assay.lang.sorts import (
    BOOL,
    INT,
    BitsSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    Sort,
    WordSort,
)
from assay.lang.tree import Operator
from assay.lang.values import Value
from tests.assay.lang.slots import Copying, SlotDesign, slots
from tests.assay.toys import all_toys

TOYS = all_toys()
LOCKS = TOYS["locks"].recorded
SIZES = {"Thread": 2, "Lock": 1}
BYTE = WordSort(8)


def test_of_start_states_those_with_the_largest_numbers_come_first() -> None:
    design = SlotDesign("unchecked", Copying.UNCHECKED)
    found = [step.arguments for step, _ in starts(record(slots, design), {"Slot": 1})]
    assert found == [{}, {"left": 2}, {"left": 1}, {"left": 0}]


def test_there_is_a_start_state_for_each_value_of_its_parameters() -> None:
    assert start_states(LOCKS, SIZES) == [
        {"owner": {}, "wants": {}, "life": {}},
        {"owner": {(0,): 0}, "wants": {}, "life": {}},
        {"owner": {(0,): 1}, "wants": {}, "life": {}},
    ]
    assert [step for step, _ in starts(LOCKS, SIZES)][2] == ModelStep(
        "one_holds_the_big_lock", {"thread": 1}
    )


def test_the_first_check_that_fails_decides() -> None:
    gone: ModelState = {"owner": {(0,): 1}, "wants": {}, "life": {(0,): 2}}
    waits: ModelState = {"owner": {(0,): 1}, "wants": {(0,): 0}, "life": {(0,): 1}}
    arguments = {"thread": 0, "lock": 0}
    assert attempt(LOCKS, SIZES, gone, "take", arguments) == Refused("dead", "DEAD")
    assert attempt(LOCKS, SIZES, waits, "take", arguments) == Disabled("guard_2")
    busy: ModelState = {"owner": {(0,): 1}, "wants": {}, "life": {}}
    assert attempt(LOCKS, SIZES, busy, "take", arguments) == Refused("busy", "BUSY")


def test_updates_read_the_old_state_and_give_a_normal_form() -> None:
    state: ModelState = {"owner": {(0,): 1}, "wants": {(0,): 0}, "life": {(0,): 1}}
    given = attempt(LOCKS, SIZES, state, "give", {"thread": 1, "lock": 0})
    assert given == Taken({"owner": {}, "wants": {}, "life": {}})
    assert state["owner"] == {(0,): 1}, "a state never changes"


def test_a_step_claim_sees_both_states_and_the_step() -> None:
    claim = LOCKS.claim("given_by_the_owner")
    old: ModelState = {"owner": {(0,): 1}}
    given, taken = ModelStep("give", {"thread": 1, "lock": 0}), ModelStep("take", {})
    assert holds(LOCKS, SIZES, claim, old, {}, given)
    assert not holds(LOCKS, SIZES, claim, old, {}, ModelStep("give", {"thread": 0, "lock": 0}))
    assert not holds(LOCKS, SIZES, claim, old, {}, taken)
    assert holds(LOCKS, SIZES, claim, old, old, taken)


def test_normal_form_has_every_table_and_no_normal_cell() -> None:
    assert normal(LOCKS, {"life": {(0,): 0, (1,): 2}}) == {
        "owner": {},
        "wants": {},
        "life": {(1,): 2},
    }


def test_successors_are_the_steps_that_are_taken() -> None:
    (free, *_) = start_states(LOCKS, SIZES)
    taken = [(step.action, step.arguments["thread"]) for step, _ in successors(LOCKS, SIZES, free)]
    assert taken == [("take", 0), ("take", 1), ("die", 0), ("die", 1)]


def test_a_number_beyond_its_declared_range_is_an_error_of_the_model() -> None:
    meters = without_check("forward", "empty")(TOYS["meters"].recorded)
    first: ModelState = {"place": {(0,): 1}}
    with pytest.raises(ModelError, match=r"meters.py:\d+: `place` is assigned 0, which is no Int"):
        attempt(meters, {"Meter": 1}, first, "forward", {"meter": 0})


def test_all_values_of_a_sort_the_least_first() -> None:
    sizes = {"Thread": 2}
    assert domain(BOOL, sizes) == (False, True)
    assert domain(IntSort(-1, 1), sizes) == (-1, 0, 1)
    assert domain(WordSort(2), sizes) == (0, 1, 2, 3)
    assert domain(BitsSort("Rights", ("READ", "WRITE")), sizes) == (0, 1, 2, 3)
    assert domain(EnumSort("Life", ("READY", "DEAD")), sizes) == (0, 1)
    assert domain(OptionSort(KindSort("Thread")), sizes) == (None, 0, 1)
    for sort in (INT, IntSort(low=0), WordSort(64)):
        with pytest.raises(SizesError, match="too many values"):
            domain(sort, sizes)


@pytest.mark.parametrize(
    ("operator", "values", "sort", "expected"),
    [
        (Operator.NOT, [True], BOOL, False),
        (Operator.AND, [], BOOL, True),
        (Operator.AND, [True, False], BOOL, False),
        (Operator.OR, [], BOOL, False),
        (Operator.OR, [True, False], BOOL, True),
        (Operator.IMPLIES, [False, False], BOOL, True),
        (Operator.IMPLIES, [True, False], BOOL, False),
        (Operator.EQUAL, [None, 0], BOOL, False),
        (Operator.CHOOSE, [False, 1, 2], INT, 2),
        (Operator.ADD, [3, 4], INT, 7),
        (Operator.ADD, [255, 2], BYTE, 1),
        (Operator.SUBTRACT, [1, 2], INT, -1),
        (Operator.SUBTRACT, [1, 2], BYTE, 255),
        (Operator.LESS, [255, 1], BOOL, False),
        (Operator.AT_MOST, [1, 1], BOOL, True),
        (Operator.UNION, [1, 2], BYTE, 3),
        (Operator.INTERSECT, [3, 6], BYTE, 2),
        (Operator.WITHOUT, [7, 2], BYTE, 5),
        (Operator.SHIFT_LEFT, [129, 1], BYTE, 2),
        (Operator.SHIFT_RIGHT, [129, 1], BYTE, 64),
        (Operator.WITHIN, [2, 6], BOOL, True),
        (Operator.WITHIN, [3, 6], BOOL, False),
        (Operator.SOME, [4], OptionSort(INT), 4),
        (Operator.IS_SOME, [None], BOOL, False),
        (Operator.IS_SOME, [0], BOOL, True),
        (Operator.VALUE, [5], INT, 5),
        (Operator.VALUE, [None], IntSort(2, 9), 2),
    ],
)
def test_what_an_operator_computes(
    operator: Operator, values: list[Value], sort: Sort, expected: Value
) -> None:
    assert applied(operator, values, sort) == expected


def test_quantifiers_go_over_all_values() -> None:
    claim = LOCKS.claim("can_deadlock")
    sizes = {"Thread": 2, "Lock": 2}
    knot: ModelState = {"owner": {(0,): 0, (1,): 1}, "wants": {(0,): 1, (1,): 0}}
    assert evaluate(LOCKS, sizes, claim.body, knot, {}) is True
    assert evaluate(LOCKS, sizes, claim.body, {"owner": {(0,): 0}}, {}) is False
