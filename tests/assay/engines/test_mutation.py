"""Mutations of the toys: who kills them, by which path, and who survives."""

from collections.abc import Iterator

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore import Path
from assay.engines.interpret import ModelState, ModelStep, Refused, Taken, attempt, holds, starts
from assay.engines.mutation import (
    REFUSALS_IN_ORDER,
    Judged,
    Killed,
    Survived,
    complaints,
    judge_mutations,
)
from assay.lang import Recorded
from assay.lang.mutate import (
    Mutation,
    MutationGone,
    generated,
    swapped_checks,
    without_assignment,
    without_check,
)
from tests.assay.toys import all_toys

FAMILIES = all_toys()["families"]
LADDER = ({"Node": 2}, {"Node": 3})


def replayed(recorded: Recorded, sizes: Sizes, path: Path) -> Iterator[ModelState]:
    """The states on a path."""
    state = next(s for step, s in starts(recorded, sizes) if step == path.start)
    yield state
    for step in path.steps:
        result = attempt(recorded, sizes, state, step.action, step.arguments)
        assert isinstance(result, Taken)
        state = result.new
        yield state


def judged(mutation: Mutation) -> Judged:
    (result,) = judge_mutations(FAMILIES.recorded, LADDER, [mutation])
    return result


def test_a_dropped_refusal_is_killed_by_the_guarantee_that_it_serves() -> None:
    mutation = Mutation("births", "FAM-3", "toy", without_check("bear", "closed"))
    result = judged(mutation).result
    assert isinstance(result, Killed)
    assert result.claim == "no_birth_into_a_closed_family"
    changed = mutation.change(FAMILIES.recorded)
    *_, old, new = replayed(changed, result.sizes, result.path)
    claim, last = changed.claim(result.claim), result.path.steps[-1]
    assert not holds(changed, result.sizes, claim, old, new, last)


def test_swapped_refusals_are_killed_by_the_order_of_refusals() -> None:
    mutation = Mutation("order", "", "toy", swapped_checks("bear", "closed", "taken"))
    result = judged(mutation).result
    assert isinstance(result, Killed)
    assert result.claim == REFUSALS_IN_ORDER
    assert result.answers == ("CLOSED", "TAKEN")
    answers = []
    for recorded in (FAMILIES.recorded, mutation.change(FAMILIES.recorded)):
        *steps, last = result.path.steps
        *_, state = replayed(recorded, result.sizes, Path(result.path.start, tuple(steps)))
        refused = attempt(recorded, result.sizes, state, last.action, last.arguments)
        assert isinstance(refused, Refused)
        answers.append(refused.error)
    assert tuple(answers) == result.answers


def test_a_mutation_is_not_killed_by_another_guarantee_than_the_named_one() -> None:
    mutation = Mutation("orphans", "FAM-1", "toy", without_assignment("bear", "parent"))
    assert isinstance(judged(mutation).result, Survived)


def test_a_guarantee_that_is_broken_anyway_kills_nothing() -> None:
    mutation = Mutation("births", "FAM-2", "toy", without_check("bear", "closed"))
    assert isinstance(judged(mutation).result, Survived)


def test_a_survivor_says_what_is_no_longer_seen() -> None:
    results = {
        each.mutation: each.result
        for each in judge_mutations(FAMILIES.recorded, LADDER, generated(FAMILIES.recorded))
    }
    survived = results["bear without assignment 0 of present"]
    assert survived == Survived(lost=("can_have_a_grandchild", "leave"), complete=True)
    assert any(isinstance(each, Killed) for each in results.values())


def test_survivors_need_a_reason_and_the_killed_must_not_have_one() -> None:
    killed = Judged("a", "", Killed("claim", Path(ModelStep("boot"), ()), {}))
    survived = Judged("b", "", Survived(("can_x",), complete=True))
    assert complaints([killed, survived], {"b": "the same behaviour"}) == ()
    assert complaints([killed, survived], {"a": "", "c": ""}) == (
        "b survives (no longer seen: can_x); strengthen a guarantee or give a reason",
        "a has a reason to survive, but claim kills it",
        "c has a reason to survive, but there is no such mutation",
    )


def test_a_mutation_that_no_longer_applies_stops_the_hunt() -> None:
    with pytest.raises(MutationGone, match="did you mean `closed`"):
        judged(Mutation("gone", "", "toy", without_check("bear", "close")))
