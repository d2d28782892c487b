"""Statements over machine words in check and prove, and mistakes in them."""

import json
from pathlib import Path

import pytest

from tests.assay.cli.conftest import Assay

WORDS = '''"""What a key's word says."""

from assay.lang import Word, free, statement
from latches.design import Locking


class Key(Word, width=8):
    """Bits 0 to 3 are the door, from bit 4 on stands the turn."""


def statements(design):
    turn_at = 4 if design.locking is Locking.SHUT_ONLY else 3
    key = free(Key, "key")
    door, turn = key & 0b1111, (key >> turn_at) << turn_at
    return (
        statement("doors and turns", "DOOR-2", {"apart": door & turn == 0}),
        statement("doors, said again", "DOOR-2", {"all": door & 15 == door}),
    )
'''


@pytest.fixture
def keyed(project: Path) -> Path:
    """The project of latches, with keys; gives their file."""
    settings = project / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace("[tool.assay]", '[tool.assay]\nwords = "latches.keys"', 1)
    )
    promised = project / "latches/guarantees.py"
    more = '    Guarantee("DOOR-2", "keys_fit_one_door", "a key says which door"),\n)'
    promised.write_text(promised.read_text().rstrip().removesuffix(")") + more + "\n")
    file = project / "latches/keys.py"
    file.write_text(WORDS)
    return file


def test_check_gives_words_a_row_and_names_the_word_and_its_bits(assay: Assay, keyed: Path) -> None:
    assert keyed.exists()
    ran = assay("check", "--guarantee", "DOOR-2", "--steps", "200", "--json")
    first, second = json.loads(ran.out)["designs"]
    assert ran.status == 1
    (row,) = first["verdicts"]
    assert (row["guarantee"], row["subject"], row["engine"]) == ("DOOR-2", "keys", "prove")
    assert row["verdict"] == "BROKEN"
    assert row["reason"] == "doors and turns: apart: key = 0x8 (bit 3)"
    assert (row["trace"], row["solvers"]) == (None, ["cvc5", "z3"])
    assert [each["verdict"] for each in second["verdicts"]] == ["PROVED"]
    assert second["verdicts"][0]["obligations"] == 2


def test_check_shows_the_word_in_the_table(assay: Assay, keyed: Path) -> None:
    assert keyed.exists()
    ran = assay("check", "as-built", "--model", "keys")
    assert ran.status == 1
    assert "BROKEN keys: doors and turns: apart: key = 0x8 (bit 3)" in ran.out
    assert ran.out.endswith("as-built: 1 BROKEN\n")


def test_verdicts_on_words_can_be_pinned(assay: Assay, keyed: Path) -> None:
    assert assay("check", "as-built", "--model", "keys", "--pin", "pins.json").status == 1
    assert assay("check", "as-built", "--model", "keys", "--expect", "pins.json").status == 0
    keyed.write_text(WORDS.replace("else 3", "else 4"))
    changed = assay("check", "as-built", "--model", "keys", "--expect", "pins.json")
    assert changed.status == 1
    assert "as-built: DOOR-2 keys is PROVED, pinned is BROKEN" in changed.out


def test_prove_shows_each_statement(assay: Assay, keyed: Path) -> None:
    assert keyed.exists()
    ran = assay("prove", "keys")
    assert ran.status == 1
    assert ran.out.startswith("keys under as-built\n1 BROKEN, 1 PROVED")
    assert "BROKEN   DOOR-2 doors and turns: apart: key = 0x8 (bit 3) (z3 sat" in ran.out
    facts = json.loads(assay("prove", "--design", "proposed", "--json").out)
    assert [each["model"] for each in facts["models"]] == ["latch", "keys"]
    assert {each["verdict"] for each in facts["models"][1]["obligations"]} == {"PROVED"}


def test_show_names_the_words_that_speak_of_a_guarantee(assay: Assay, keyed: Path) -> None:
    assert keyed.exists()
    assert "checked_by: keys, over machine words" in assay("show", "DOOR-2").out


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("def statements", "def sayings", "latches/keys.py: expected it to export `statements`"),
        ('"DOOR-2"', '"DOR-2"', "no guarantee `DOR-2`; did you mean `DOOR-2`?"),
        (
            "doors, said again",
            "doors and turns",
            "latches/keys.py: two statements with one name: doors and turns",
        ),
        ("return (", "return (3,", "latches/keys.py: `statements` gives what is no Statement"),
        ("key >> turn_at", "key >> 8", "keys.py:14: a word of 8 bits is shifted by 8; shift by"),
        ('{"all": door & 15 == door}', "{}", "the statement `doors, said again` says nothing"),
        ("key & 0b1111", "key & 256", "keys.py:14: a Word8 is used together with a int"),
        ("turn_at = 4", "turn_at = four", "keys.py:12: NameError: name 'four' is not defined"),
    ],
)
@pytest.mark.parametrize("words", ["check --steps 100", "prove keys --design proposed"])
def test_a_mistake_in_them_is_told_with_its_file(
    assay: Assay, keyed: Path, words: str, old: str, new: str, message: str
) -> None:
    assert old in WORDS
    keyed.write_text(WORDS.replace(old, new))
    ran = assay(*words.split())
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("prove keis", "there is no model `keis`; did you mean `keys`?"),
        ("check --model keis", "there is no model `keis`; did you mean `keys`?"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    assay: Assay, keyed: Path, words: str, message: str
) -> None:
    assert keyed.exists()
    ran = assay(*words.split())
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_words_and_a_model_need_two_names(assay: Assay, keyed: Path, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace("latches.keys", "latches.latch"))
    assert keyed.exists()
    ran = assay("check")
    assert ran.status == 2
    assert "pyproject.toml: `words` has the name of the model latch" in ran.err
