"""Statements over machine words are recorded as they are written, and mistakes are told."""

import pytest

from assay.lang import ModelError, Statement, Word, free, statement
from assay.lang.sorts import WordSort


class Byte(Word, width=8):
    """Eight bits."""


class Pair(Word, width=2):
    """Two bits."""


def test_a_statement_speaks_of_the_words_of_its_premises_and_parts() -> None:
    low, high = free(Byte, "low"), free(Byte, "high")
    made = statement("order", "WORD-1", {"part": low <= high}, given=[high < 9])
    assert isinstance(made, Statement)
    assert [(each.name, each.sort) for each in made.words] == [
        ("high", WordSort(8)),
        ("low", WordSort(8)),
    ]
    assert [part.name for part in made.parts] == ["part"]
    assert len(made.premises) == 1


def test_a_statement_without_parts_is_a_mistake() -> None:
    with pytest.raises(ModelError, match="the statement `empty` says nothing"):
        statement("empty", "WORD-1", {})


def test_two_words_of_one_name_are_a_mistake() -> None:
    parts = {"part": (free(Byte, "word") == 0) | (free(Pair, "word") == 0)}
    with pytest.raises(ModelError, match="`twice` speaks of two sorts of `word`"):
        statement("twice", "WORD-1", parts)


@pytest.mark.parametrize("places", [-1, 8])
def test_a_shift_beyond_the_word_is_a_mistake(places: int) -> None:
    with pytest.raises(ModelError, match=f"a word of 8 bits is shifted by {places}"):
        free(Byte, "word") << places
    with pytest.raises(ModelError, match="shift by a number from 0 to 7"):
        free(Byte, "word") >> places
