"""Mutations of the toys: who kills them, by which path, and who survives."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from assay.engines.domains import Sizes
from assay.engines.explore import Path
from assay.engines.interpret import ModelState, ModelStep, Refused, Taken, attempt, holds, starts
from assay.engines.model_traces import ModelReplayer
from assay.engines.mutation import (
    REFUSALS_IN_ORDER,
    Judged,
    Killed,
    Noticed,
    Survived,
    complaints,
    judge_mutations,
    trace_of_kill,
)
from assay.lang import Recorded, Role, record
from assay.lang.mutate import (
    Mutation,
    MutationGone,
    generated,
    swapped_checks,
    without_assignment,
    without_check,
)
from assay.traces.replay import replay
from tests.assay.engines.lifts import STRONG, WEAK, Design, lift, who_waits_gets_in
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


def test_a_kill_is_shown_as_a_trace() -> None:
    mutation = Mutation("order", "", "toy", swapped_checks("bear", "closed", "taken"))
    result = judged(mutation).result
    assert isinstance(result, Killed)
    trace = trace_of_kill(FAMILIES.recorded, mutation, result)
    assert trace.claim == REFUSALS_IN_ORDER
    assert trace.decisions[-1].gave == "CLOSED"
    mutation = Mutation("births", "FAM-3", "toy", without_check("bear", "closed"))
    result = judged(mutation).result
    assert isinstance(result, Killed)
    trace = trace_of_kill(FAMILIES.recorded, mutation, result)
    replayer = ModelReplayer(mutation.change(FAMILIES.recorded), result.sizes)
    assert replay(trace, replayer).holds


def test_a_mutation_is_not_killed_by_another_guarantee_than_the_named_one() -> None:
    mutation = Mutation("orphans", "FAM-1", "toy", without_assignment("bear", "parent"))
    assert isinstance(judged(mutation).result, Survived)


def test_a_guarantee_that_is_broken_anyway_kills_nothing() -> None:
    mutation = Mutation("births", "FAM-2", "toy", without_check("bear", "closed"))
    assert isinstance(judged(mutation).result, Survived)


def test_a_model_that_only_does_less_is_noticed_by_what_it_lacks() -> None:
    results = {
        each.mutation: each.result
        for each in judge_mutations(FAMILIES.recorded, LADDER, generated(FAMILIES.recorded))
    }
    without = results["bear without assignment 0 of present"]
    assert without == Noticed(by=("can_have_a_grandchild", "leave"))
    assert any(isinstance(each, Killed) for each in results.values())


def test_an_auxiliary_claim_that_fails_is_noticed_with_a_path() -> None:
    claims = tuple(
        replace(claim, role=Role.AUXILIARY) if claim.guarantee == "FAM-3" else claim
        for claim in FAMILIES.recorded.claims
    )
    recorded = replace(FAMILIES.recorded, claims=claims)
    mutation = Mutation("orphans", "", "toy", without_assignment("bear", "parent"))
    (judged,) = judge_mutations(recorded, LADDER, [mutation])
    assert isinstance(judged.result, Noticed)
    assert judged.result.by[0] == "no_birth_into_a_closed_family"
    assert judged.result.path is not None
    assert [step.action for step in judged.result.path.steps] == ["bear"]


def test_survivors_need_a_reason_and_the_others_must_not_have_one() -> None:
    killed = Judged("a", "", Killed("claim", Path(ModelStep("boot"), ()), {}))
    survived = Judged("b", "", Survived(complete=True))
    noticed = Judged("d", "", Noticed(("can_x",)))
    judged = [killed, survived, noticed]
    assert complaints(judged, {"b": "the same behaviour"}) == ()
    assert complaints(judged, {"a": "", "c": "", "d": ""}) == (
        "b survives; strengthen a guarantee or give a reason",
        "a has a reason to survive, but claim kills it",
        "c has a reason to survive, but there is no such mutation",
        "d has a reason to survive, but can_x notices it",
    )


def test_a_mutation_that_no_longer_applies_stops_the_hunt() -> None:
    with pytest.raises(MutationGone, match="did you mean `closed`"):
        judged(Mutation("gone", "", "toy", without_check("bear", "close")))


def test_a_fair_run_that_waits_for_ever_kills() -> None:
    recorded = record(lift(who_waits_gets_in, *STRONG), Design())
    mutation = Mutation("nobody gets out", "LIFT-1", "lift", without_assignment("leaves", "inside"))
    (judged,) = judge_mutations(recorded, ({"Guest": 2},), [mutation])
    result = judged.result
    assert isinstance(result, Killed)
    assert (result.claim, result.loop) == ("who_waits_gets_in", len(result.path.steps))
    trace = trace_of_kill(recorded, mutation, result)
    assert trace.loop == result.loop


def test_what_is_awaited_for_ever_anyway_kills_nothing() -> None:
    recorded = record(lift(who_waits_gets_in, *WEAK), Design())
    mutation = Mutation("nobody gets out", "LIFT-1", "lift", without_assignment("leaves", "inside"))
    (judged,) = judge_mutations(recorded, ({"Guest": 2},), [mutation])
    assert isinstance(judged.result, Survived)


def test_what_happens_in_no_instance_any_more_is_noticed() -> None:
    """Whichever of the instances showed it: here the larger one comes first."""
    mutation = Mutation("births", "", "toy", without_assignment("bear", "present"))
    ladder = ({"Node": 3}, {"Node": 2})
    (judged,) = judge_mutations(FAMILIES.recorded, ladder, [mutation])
    assert judged.result == Noticed(by=("can_have_a_grandchild", "leave"))
