"""The designs that ship answer every question; a file that is no design is told each mistake."""

from collections.abc import Callable
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import get_type_hints

import pytest

from spec import designs
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED, SEED, DesignError, load_design, named, names
from spec.questions import BY_FIELD, NOT_YET_READ, QUESTIONS

Write = Callable[[str], Path]
HEAD = '[design]\nname = "mine"\nsummary = "A try"\nbase = "as-built"\n'


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a design file and gives its path."""

    def file(text: str) -> Path:
        path = tmp_path / "mine.toml"
        path.write_text(text, "utf-8")
        return path

    return file


def told(path: Path) -> list[str]:
    """The messages about a file, without the folder."""
    with pytest.raises(DesignError) as caught:
        load_design(path)
    assert all(each.startswith(f"{path}:") for each in caught.value.problems)
    return [each.replace(str(path), path.name) for each in caught.value.problems]


def test_a_design_has_one_field_for_each_question_with_its_choices() -> None:
    answers = [each.name for each in fields(Design)][2:]
    assert sorted(answers) == sorted(BY_FIELD)
    hints = get_type_hints(Design)
    assert all(hints[each.field] is each.choices for each in QUESTIONS)


def test_the_designs_that_ship_are_the_named_ones() -> None:
    assert [each.name for each in (AS_BUILT, PROPOSED, SEED)] == list(names())
    assert [named(name) for name in names()] == [AS_BUILT, PROPOSED, SEED]


def test_as_built_is_the_first_choice_of_every_question() -> None:
    assert {each.field: each.as_built for each in QUESTIONS} == {
        each.field: getattr(AS_BUILT, each.field) for each in QUESTIONS
    }


def test_proposed_takes_the_starred_choice_and_else_stays_as_built() -> None:
    for each in QUESTIONS:
        assert getattr(PROPOSED, each.field) is (each.star or each.as_built), each.field


def test_seed_differs_where_the_list_of_open_work_was_written_before_the_kernel() -> None:
    differs = {each: getattr(SEED, each).name for each in BY_FIELD if seed_differs(each)}
    assert differs == {"map_offset": "ZERO_ONLY", "mapping_update": "SIZE_ONLY"}


def seed_differs(field: str) -> bool:
    """Whether the seed and the kernel as built differ there."""
    choice: Enum = getattr(SEED, field)
    return choice is not getattr(AS_BUILT, field)


def test_a_design_is_its_base_but_for_what_it_chooses(write: Write) -> None:
    mine = load_design(write(HEAD + '[choices]\nmove = "ATOMIC"\n'))
    assert mine.move.name == "ATOMIC"
    assert all(
        getattr(mine, each) is getattr(AS_BUILT, each) for each in BY_FIELD if each != "move"
    )


def test_a_design_needs_no_base_when_it_answers_everything(write: Write) -> None:
    tables: dict[str, list[str]] = {"choices": [], "planned": []}
    for each in QUESTIONS:
        table = "planned" if each.field in NOT_YET_READ else "choices"
        tables[table].append(f'{each.field} = "{list(each.choices)[-1].name}"')
    text = "\n".join(f"[{name}]\n" + "\n".join(lines) for name, lines in tables.items())
    mine = load_design(write(HEAD.replace('base = "as-built"\n', "") + text))
    assert all(getattr(mine, each.field) is list(each.choices)[-1] for each in QUESTIONS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            '[choices]\nmove = "ATOMC"',
            "mine.toml:6:1: unknown choice `ATOMC` of `move`; did you mean `ATOMIC`?",
        ),
        (
            '[choices]\nmoves = "ATOMIC"',
            "mine.toml:6:1: unknown question `moves`; did you mean `move`?",
        ),
        (
            "[choices]\nmove = 3",
            "mine.toml:6:1: unknown choice `3` of `move`; "
            "expected one of INSERT_THEN_REMOVE, ATOMIC",
        ),
        (
            'choices.move = "ATOMC"',
            "mine.toml:5:1: unknown entry `choices` of [design]; "
            "expected one of name, summary, base",
        ),
        ('[choice]\nmove = "ATOMIC"', "mine.toml:5:2: unknown table `choice`; did you mean"),
        (
            '[choices]\npaging = "PAGER_EVENTS"',
            "mine.toml:6:1: no code reads `paging` yet; note its choice under [planned]",
        ),
        (
            '[planned]\nmove = "ATOMIC"',
            "mine.toml:6:1: `move` is read by code; write its choice under [choices]",
        ),
        (
            '[choices]\n# move = "ATOMC"\n  "move" = "ATOMC"',
            "mine.toml:7:4: unknown choice `ATOMC` of `move`",
        ),
        ("[[choices]]\n", "mine.toml:5:3: `choices` must be a table: [choices]"),
        ('[choices]\nmove = "ATOMIC', "mine.toml:6:"),
        ('[choices]\nmove = "ATOMIC"\nmove = "ATOMIC"', "mine.toml:7:"),
    ],
)
def test_a_mistake_in_the_choices_is_told_with_its_place(
    write: Write, text: str, message: str
) -> None:
    (problem,) = told(write(HEAD + text))
    assert problem.startswith(message)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("as-built", "as-bilt", "4:1: unknown base `as-bilt`; did you mean `as-built`?"),
        ('"as-built"', "3", "4:1: unknown base `3`; expected one of as-built, proposed, seed"),
        ('name = "mine"\n', "", "1:2: [design] needs `name`, a text"),
        ('"mine"', "3", "2:1: [design] needs `name`, a text"),
        ('"mine"', '"../mine"', "2:1: `../mine` is no name: letters, digits and any of _ . - are"),
        ("summary", "sumary", "1:2: [design] needs `summary`, a text"),
        ("[design]", "[desing]", "1:2: unknown table `desing`; did you mean `design`?"),
        ('base = "as-built"\n', "", "1:2: no answer to `weak_auto_destroy`, and no base"),
    ],
)
def test_a_mistake_in_the_head_is_told_with_its_place(
    write: Write, old: str, new: str, message: str
) -> None:
    assert old in HEAD
    problems = told(write(HEAD.replace(old, new)))
    assert any(each.startswith(f"mine.toml:{message}") for each in problems), problems


def test_all_mistakes_are_told_in_one_run_in_the_order_of_the_file(write: Write) -> None:
    text = '[planned]\npaging = "NOE"\n[choices]\nmoev = "ATOMIC"\nenum_decode = "TOTL"\n'
    assert told(write(HEAD.replace("as-built", "seeds") + text)) == [
        "mine.toml:4:1: unknown base `seeds`; did you mean `seed`?",
        "mine.toml:6:1: unknown choice `NOE` of `paging`; did you mean `NONE`?",
        "mine.toml:8:1: unknown question `moev`; did you mean `move`?",
        "mine.toml:9:1: unknown choice `TOTL` of `enum_decode`; did you mean `TOTAL`?",
    ]


def test_what_is_no_file_or_no_text_is_told(tmp_path: Path) -> None:
    (missing,) = told(tmp_path / "mine.toml")
    assert missing == "mine.toml: cannot be read: No such file or directory"
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    assert told(tmp_path / "mine.toml") == ["mine.toml: cannot be read: it is no UTF-8 text"]


def test_a_base_that_leads_back_is_told(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(HEAD.replace("as-built", "mine"))
    monkeypatch.setattr(designs, "_FOLDER", path.parent)
    (problem,) = told(path)
    assert problem == "mine.toml:4:1: base `mine` leads back to this design"


def test_a_longer_way_back_is_told_too(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(HEAD.replace("as-built", "other"))
    path.with_name("other.toml").write_text(HEAD.replace("as-built", "mine"))
    monkeypatch.setattr(designs, "_FOLDER", path.parent)
    with pytest.raises(DesignError, match=r"other\.toml:4:1: base `mine` leads back"):
        load_design(path)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(DesignError, match="there is no design `propsed`; did you mean `proposed`"):
        named("propsed")
