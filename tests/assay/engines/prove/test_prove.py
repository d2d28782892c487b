"""What is proved, what is not, and what is asked about it."""

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from assay.engines.executor import Here, executor
from assay.engines.interpret import Taken, attempt, holds
from assay.engines.prove import Cache, assumptions_satisfiable, prove, solve
from assay.engines.prove.obligations import obligations, refuted
from assay.lang.recorded import Recorded, Role
from assay.traces import Verdict
from tests.assay.toys import Toy, all_toys

FAIL = {
    "families": {
        ("bear", "parents_are_above"),
        ("bear", "no_birth_into_a_closed_family"),
        ("close", "closed_families_stay_closed"),
        ("forget", "parents_are_above"),
    },
    "letters": {("forbid", "some_marks_are_allowed")},
    "locks": {("die", "owners_live")},
    "meters": {("enter", "each_has_one_place")},
    "shelves": {("lift", "boxes_are_below_the_shelf")},
}
LIMIT_S = 1.0
TOYS = pytest.mark.parametrize("toy", all_toys().values(), ids=all_toys().keys())


def locks() -> Recorded:
    return all_toys()["locks"].recorded


@TOYS
def test_every_step_is_proved_but_those_that_fail(toy: Toy) -> None:
    results = prove(toy.recorded, executor=Here())
    failed = {(each.action, each.claim) for each in results if each.verdict is not Verdict.PROVED}
    assert failed == FAIL[toy.recorded.name]
    assert all(set(each.answers) == {"z3", "cvc5"} for each in results)


@TOYS
def test_each_obligation_has_a_name_of_its_own(toy: Toy) -> None:
    named = [(each.action, each.claim) for each in prove(toy.recorded, executor=Here())]
    assert len(set(named)) == len(named)
    claims = {each.name for each in toy.recorded.claims if each.role is not Role.CAN}
    assert {(a.name, c) for a in toy.recorded.actions for c in claims} <= set(named)


@TOYS
def test_a_question_is_a_state_that_all_claims_allow_and_a_step_that_breaks_one(toy: Toy) -> None:
    model = toy.recorded
    for result in prove(model, executor=Here()):
        asked = result.question
        assert (asked is None) is (result.verdict is Verdict.PROVED)
        if asked is None:
            continue
        sizes = dict(asked.sizes)
        for claim in model.claims:
            if claim.role is not Role.CAN and not claim.over_steps:
                assert holds(model, sizes, claim, asked.before)
        taken = attempt(model, sizes, asked.before, asked.step.action, asked.step.arguments)
        assert taken == Taken(asked.after)
        claim = model.claim(result.claim)
        before = asked.before if claim.over_steps else asked.after
        assert not holds(model, sizes, claim, before, asked.after, asked.step)
        assert asked.conjunct


def test_a_question_has_as_few_elements_as_can_be() -> None:
    asked = next(
        each.question for each in prove(locks(), executor=Here()) if each.question is not None
    )
    assert dict(asked.sizes) == {"Lock": 1, "Thread": 1}
    assert asked.before == {"owner": {(0,): 0}, "wants": {}, "life": {}}
    assert "Life.GONE" in asked.conjunct
    assert "locks.py" in asked.place


def test_what_an_action_does_not_touch_is_not_asked() -> None:
    results = {(each.action, each.claim): each for each in prove(locks(), executor=Here())}
    assert set(results["take", "waits_for_one"].answers.values()) == {"unchanged"}
    assert results["take", "waits_for_one"].verdict is Verdict.PROVED
    assert set(results["take", "owners_live"].answers.values()) == {"unsat"}


def test_worker_processes_give_the_same_results() -> None:
    with executor(jobs=2) as pool:
        there = prove(locks(), executor=pool)
    here = prove(locks(), executor=Here())
    assert [(e.claim, e.answers, e.question) for e in there] == [
        (e.claim, e.answers, e.question) for e in here
    ]


def test_a_second_run_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path / "proofs")
    first = prove(locks(), executor=Here(), cache=cache)
    for asked in ("z3_answer", "z3_answers"):
        monkeypatch.setattr(solve, asked, _never)
    second = prove(locks(), executor=Here(), cache=cache)
    assert [each.verdict for each in first] == [each.verdict for each in second]
    assert all(each.cached for each in second if "unchanged" not in each.answers.values())


def test_a_damaged_answer_is_asked_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    first = prove(locks(), executor=Here(), cache=cache)
    for path in tmp_path.iterdir():
        path.write_text("{")
    second = prove(locks(), executor=Here(), cache=cache)
    assert [each.verdict for each in first] == [each.verdict for each in second]
    assert not any(each.cached for each in second)


def test_answers_of_other_versions_are_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path)
    prove(locks(), executor=Here(), cache=cache)
    other = {"z3": "0", "cvc5": "0"}
    monkeypatch.setattr("assay.engines.prove.cache.versions", lambda: other)
    assert not any(each.cached for each in prove(locks(), executor=Here(), cache=cache))


def test_solvers_that_disagree_prove_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _cvc5_says("sat", monkeypatch)
    result = prove(locks(), executor=Here())[0]
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "the solvers disagree"


def test_a_solver_that_cannot_tell_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _cvc5_says("unknown", monkeypatch)
    result = prove(locks(), executor=Here())[0]
    assert result.verdict is Verdict.UNKNOWN
    assert result.reason == "cvc5 cannot tell in time"


def test_a_worker_that_dies_leaves_its_obligations_unknown() -> None:
    asked = [each for each in prove(locks(), executor=Dying()) if "lost" in each.answers.values()]
    assert asked
    assert {each.reason for each in asked} == {"a worker process died"}


@TOYS
def test_what_proofs_assume_can_be_true(toy: Toy) -> None:
    assert all(assumptions_satisfiable(toy.recorded, toy.sizes).values())


def _cvc5_says(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solve, "cvc5_answer", lambda *_: said)
    monkeypatch.setattr(solve, "cvc5_answers", lambda _, goals, __: [(said, 0.0) for _ in goals])


@TOYS
def test_a_goal_on_its_own_has_the_answers_that_it_has_among_others(toy: Toy) -> None:
    asked = [each for each in obligations(toy.recorded) if each.goal is not None]
    for name, same in groupby(asked, key=lambda each: each.action):
        together = list(same)
        goals = [refuted(str(each.goal)) for each in together]
        for solver in ("z3", "cvc5"):
            many = getattr(solve, f"{solver}_answers")(together[0].given, goals, LIMIT_S)
            alone = [getattr(solve, f"{solver}_answer")(each.text, LIMIT_S) for each in together]
            refutes = [said == "unsat" for said in alone]
            assert [said == "unsat" for said, _ in many] == refutes, (name, solver)


def _never(*_: object) -> str:
    raise AssertionError("a solver was asked")


class Dying(Executor):
    """Loses every task."""

    def submit(self, fn: Callable[..., Any], /, *_: Any, **__: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("gone"))
        return future
