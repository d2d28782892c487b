"""Statements over machine words: proved, broken by words that show it, or not known."""

from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.engines.executor import Here
from assay.engines.prove import Cache, StatementResult, encode, prove_statements, solve
from assay.lang import Statement, Truth, Word, free, statement
from assay.lang.tree import Operator
from assay.traces import Verdict


class Byte(Word, width=8):
    """Eight bits."""


ONE, OTHER = free(Byte, "one"), free(Byte, "other")
SUMS = statement("sums", "WORD-1", {"order": ONE + OTHER == OTHER + ONE})


def said(*parts: Truth, given: tuple[Truth, ...] = ()) -> Statement:
    """A statement with these parts, by number."""
    return statement("it", "WORD-1", {str(at): each for at, each in enumerate(parts)}, given=given)


def result(of: Statement, cache: Cache | None = None) -> StatementResult:
    return next(prove_statements([of], executor=Here(), cache=cache))


def test_what_holds_of_every_word_is_proved_by_both_solvers() -> None:
    found = result(SUMS)
    assert (found.verdict, found.reason, found.witnesses) == (Verdict.PROVED, "", ())
    assert found.answers == {"z3": "unsat", "cvc5": "unsat"}


def test_each_false_part_is_shown_with_as_few_bits_as_can_be() -> None:
    found = result(said(ONE & 0b11000 == 0, ONE | 1 == ONE + 0, (ONE << 1) >> 1 == ONE))
    assert found.verdict is Verdict.BROKEN
    assert list(map(str, found.witnesses)) == [
        "0: one = 0x8 (bit 3)",
        "1: one = 0x0",
        "2: one = 0x80 (bit 7)",
    ]
    assert found.reason == "0: one = 0x8 (bit 3); 1: one = 0x0; 2: one = 0x80 (bit 7)"


def test_only_the_words_that_a_part_speaks_of_are_shown() -> None:
    found = result(said(ONE == ONE, OTHER < 0x60, given=(ONE > 3,)))
    assert [(each.part, each.words) for each in found.witnesses] == [("1", (("other", 0x60),))]


def test_premises_limit_the_words() -> None:
    assert result(said(ONE + 1 > ONE)).verdict is Verdict.BROKEN
    assert result(said(ONE + 1 > ONE, given=(ONE < 255,))).verdict is Verdict.PROVED


@pytest.mark.parametrize(
    "empty",
    [
        said(ONE == ONE, given=(ONE < 4, ONE > 4)),
        said((ONE < 0).implies(ONE == OTHER)),
        said(ONE == ONE, (OTHER > 9).implies((ONE < 3).implies(ONE < 4)), given=(OTHER < 9,)),
    ],
)
def test_what_no_words_can_meet_is_vacuous(empty: Statement) -> None:
    found = result(empty)
    assert (found.verdict, found.reason) == (Verdict.VACUOUS, "no words meet a premise")


@pytest.mark.parametrize(
    ("solver", "answer", "reason"),
    [
        ("cvc5_answer", "unknown", "cvc5 cannot tell in time"),
        ("cvc5_answer", "sat", "the solvers disagree"),
        ("z3_answer", "unknown", "z3 cannot tell in time"),
    ],
)
def test_a_solver_that_does_not_refute_proves_nothing(
    monkeypatch: pytest.MonkeyPatch, solver: str, answer: str, reason: str
) -> None:
    monkeypatch.setattr(solve, solver, lambda *_: answer)
    found = result(SUMS)
    assert (found.verdict, found.reason) == (Verdict.UNKNOWN, reason)


def test_a_counterexample_that_the_interpreter_does_not_see_breaks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(solve, "z3_answer", lambda *_: "sat")
    monkeypatch.setattr("assay.engines.prove.statements.z3_model", lambda *_: {})
    found = result(SUMS)
    assert found.verdict is Verdict.UNKNOWN
    assert found.reason == "no words were found that the interpreter sees break it"


def test_a_worker_that_dies_leaves_its_statement_unknown() -> None:
    found = list(prove_statements([SUMS], executor=Dying()))
    assert [(each.verdict, each.reason) for each in found] == [
        (Verdict.UNKNOWN, "a worker process died")
    ]


def test_a_second_run_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    first = result(SUMS, cache)
    monkeypatch.setattr(solve, "z3_answer", _never)
    second = result(SUMS, cache)
    assert (first.cached, second.cached) == (False, True)
    assert first.verdict is second.verdict is Verdict.PROVED


@settings(max_examples=60, deadline=None)
@given(mask=st.integers(0, 255), places=st.integers(0, 7), limit=st.integers(0, 255))
def test_a_verdict_is_what_trying_every_word_gives(mask: int, places: int, limit: int) -> None:
    found = result(said((ONE & mask) << places <= limit, (ONE >> places) + mask >= limit))
    wrong = (
        [word for word in range(256) if (word & mask) << places & 255 > limit],
        [word for word in range(256) if (word >> places) + mask & 255 < limit],
    )
    assert (found.verdict is Verdict.PROVED) is not any(wrong)
    shown = {each.part: dict(each.words)["one"] for each in found.witnesses}
    assert shown.keys() == {str(at) for at, words in enumerate(wrong) if words}
    assert all(word in wrong[int(part)] for part, word in shown.items())


@pytest.mark.parametrize(
    ("operator", "wrong"),
    [
        (Operator.SHIFT_RIGHT, "bvashr"),
        (Operator.SHIFT_LEFT, "bvlshr"),
        (Operator.LESS, "bvslt"),
        (Operator.UNION, "bvand"),
    ],
)
def test_a_wrong_operator_of_the_solvers_is_noticed(
    monkeypatch: pytest.MonkeyPatch, operator: Operator, wrong: str
) -> None:
    true = said((ONE >> 7) < 2, ONE << 1 == ONE + ONE, (ONE | 1) & 1 == 1, (ONE < 128) | ~(ONE < 1))
    assert result(true).verdict is Verdict.PROVED
    monkeypatch.setattr(encode, "_BINARY", {**encode._BINARY, operator: ("", wrong)})
    assert result(true).verdict is Verdict.UNKNOWN


def _never(*_: object) -> str:
    raise AssertionError("a solver was asked")


class Dying(Executor):
    """Loses every task."""

    def submit(self, *_: Any, **__: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("gone"))
        return future
