"""Mutations change what they name, and say so when there is nothing to change."""

import pytest

from assay.lang import Recorded
from assay.lang.mutate import (
    Change,
    Mutation,
    MutationGone,
    atoms,
    changed_value,
    generated,
    negated_atom,
    negated_in_helper,
    swapped_checks,
    without_action,
    without_assignment,
    without_check,
)
from assay.lang.sorts import BOOL
from assay.lang.tree import Apply, Expr, Named, Operator
from tests.assay.toys import all_toys

LOCKS = all_toys()["locks"].recorded


def negation_of(expr: Expr) -> Expr:
    return Apply(Operator.NOT, (expr,), BOOL, expr.where)


def checks(recorded: Recorded, action: str) -> list[str]:
    return [check.name for check in recorded.action(action).checks]


def test_a_check_can_be_left_out_and_swapped() -> None:
    assert checks(LOCKS, "take") == ["dead", "guard_2", "busy"]
    assert checks(without_check("take", "busy")(LOCKS), "take") == ["dead", "guard_2"]
    swapped = swapped_checks("take", "dead", "busy")(LOCKS)
    assert checks(swapped, "take") == ["busy", "guard_2", "dead"]


def test_one_atom_is_negated_and_the_others_stay() -> None:
    before = LOCKS.action("take").checks[2].condition
    after = negated_atom("take", "busy", 1)(LOCKS).action("take").checks[2].condition
    assert list(atoms(after)) == list(atoms(before))
    assert isinstance(list(atoms(after))[1], Named), "a helper applied is an atom"
    match before, after:
        case Apply(arguments=(first, _)), Apply(arguments=(same, other)):
            assert same == first
            assert other == negation_of(list(atoms(before))[1])
        case _:
            raise AssertionError(after)


def test_an_atom_of_a_helper_is_negated_wherever_an_action_uses_it() -> None:
    changed = negated_in_helper("holds")(LOCKS)
    uses = {
        action.name: (action.checks, changed.action(action.name).checks) for action in LOCKS.actions
    }
    assert {name for name, (old, new) in uses.items() if old != new} == {"take", "wait", "give"}
    assert changed.claims == LOCKS.claims
    with pytest.raises(MutationGone, match="no action uses a helper `hold`; did you mean `holds`"):
        negated_in_helper("hold")(LOCKS)


def test_an_assignment_can_be_left_out_and_changed() -> None:
    changed = without_assignment("give", "wants")(LOCKS).action("give")
    assert [each.table for each in changed.assignments] == ["owner", "life"]
    kept = changed_value("die", "life", lambda value: value)(LOCKS)
    assert kept == LOCKS


def test_an_action_can_be_left_out() -> None:
    changed = without_action("die")(LOCKS)
    assert [action.name for action in changed.actions] == ["take", "wait", "give"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (without_check("take", "bussy"), "take has no check `bussy`; did you mean `busy`?"),
        (without_check("takes", "busy"), "locks has no action `takes`; did you mean `take`?"),
        (without_assignment("die", "owner"), "die assigns no `owner`; there are"),
        (without_assignment("die", "life", 1), "die assigns life 1 times, not 2 times"),
        (negated_atom("take", "busy", 2), "busy of take has 2 atoms, there is no atom 2"),
    ],
)
def test_a_mutation_that_no_longer_applies_is_an_error(change: Change, expected: str) -> None:
    with pytest.raises(MutationGone) as raised:
        change(LOCKS)
    assert str(raised.value).startswith(expected)


def test_every_small_change_is_generated_once_and_changes_something() -> None:
    mutations = generated(LOCKS)
    names = [mutation.name for mutation in mutations]
    assert len(set(names)) == len(names)
    assert "take without busy" in names
    assert "take with atom 1 of busy negated" in names
    assert "atom 0 of the helper holds negated" in names
    assert "give without assignment 0 of owner" in names
    assert not any("busy before dead" in name for name in names), "a guard stands between"
    assert all(mutation.change(LOCKS) != LOCKS for mutation in mutations)


def test_neighbours_with_two_errors_are_swapped() -> None:
    families = all_toys()["families"].recorded
    assert "bear with taken before closed" in [m.name for m in generated(families)]
    assert Mutation("m", "", "toy", without_check("bear", "taken")).change(families) != families
