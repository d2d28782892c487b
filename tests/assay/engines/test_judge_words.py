"""Statements over words give a verdict on each guarantee, the worst first."""

from assay.engines.judge import Settings
from assay.engines.judge_words import judge_words
from assay.lang import Word, free, statement
from assay.traces import Replayed, Verdict


class Byte(Word, width=8):
    """Eight bits."""


WORD = free(Byte, "word")
TRUE = statement("true", "WORD-1", {"it": WORD >= 0})
EMPTY = statement("empty", "WORD-1", {"it": WORD == WORD}, given=[WORD < 0])
SMALL = statement("small", "WORD-1", {"it": WORD < 128})
EVEN = statement("even", "WORD-1", {"it": WORD & 1 == 0})
OTHER = statement("other", "WORD-2", {"it": WORD << 1 >= 0})


def test_a_guarantee_is_proved_when_each_of_its_statements_is() -> None:
    first, second = judge_words("words", [TRUE, OTHER, TRUE], Settings())
    assert (first.guarantee, first.verdict, first.obligations) == ("WORD-1", Verdict.PROVED, 2)
    assert (second.guarantee, second.verdict, second.obligations) == ("WORD-2", Verdict.PROVED, 1)
    assert (first.subject, first.engine, first.solvers) == ("words", "prove", ("cvc5", "z3"))


def test_each_broken_statement_is_told_with_its_words() -> None:
    judged = judge_words("words", [TRUE, SMALL, EMPTY, EVEN], Settings())
    assert [(each.verdict, each.reason) for each in judged] == [
        (Verdict.BROKEN, "small: it: word = 0x80 (bit 7)"),
        (Verdict.BROKEN, "even: it: word = 0x1 (bit 0)"),
    ]
    assert {each.replayed for each in judged} == {Replayed.NOT_APPLICABLE}


def test_what_is_empty_is_no_proof() -> None:
    judged = judge_words("words", [TRUE, EMPTY], Settings())
    assert [(each.verdict, each.reason) for each in judged] == [
        (Verdict.VACUOUS, "empty: no words meet a premise")
    ]
