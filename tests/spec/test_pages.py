"""The pages of the calls are current, lead where they say, and hold all that the table knows."""

import re
from pathlib import Path

import pytest

from spec.affected import AFFECTED
from spec.call import Call
from spec.option_meanings import MEANINGS
from spec.pages import FOLDER, INDEX, page, pages, write
from spec.questions import BY_FIELD
from spec.syscalls import BY_NAME, CALLS

LINK = re.compile(r"\]\(([\w.]+)(?:#([\w-]+))?\)")
MADE = pages()

each_call = pytest.mark.parametrize("call", CALLS, ids=[call.name for call in CALLS])


def cells(text: str, title: str) -> list[list[str]]:
    """The rows of the table below a heading."""
    below = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in below.splitlines() if line.startswith("|")]
    return rows[2:]


def test_the_pages_in_docs_are_those_that_the_table_makes() -> None:
    stored = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*")}
    assert sorted(stored) == sorted(MADE)
    stale = [name for name, text in MADE.items() if stored[name] != text]
    assert not stale, f"{stale}: write them anew with `python -m spec.pages`"


def test_a_page_of_no_call_goes_when_the_pages_are_written(tmp_path: Path) -> None:
    (tmp_path / "memory_put.md").write_text("of old")
    write(tmp_path)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == dict(MADE)


@pytest.mark.parametrize("name", MADE)
def test_every_link_leads_somewhere(name: str) -> None:
    links = LINK.findall(MADE[name])
    assert links
    for target, heading in links:
        assert target in MADE
        assert not heading or f"\n## {heading.capitalize()}\n" in MADE[target]


@pytest.mark.parametrize("name", MADE)
def test_every_row_has_a_cell_for_each_column(name: str) -> None:
    tables: list[list[str]] = [[]]
    for line in MADE[name].splitlines():
        if line.startswith("|"):
            tables[-1].append(line)
        elif tables[-1]:
            tables.append([])
    assert all(len({row.count("|") for row in table}) <= 1 for table in tables)


@each_call
def test_a_page_holds_every_refusal_at_its_place(call: Call) -> None:
    if not call.refusals:
        assert "It never refuses." in page(call)
        return
    places: dict[int, tuple[str, str]] = {}
    for number, name, errors, *_ in cells(page(call), "Refusals"):
        first, _, last = number.partition(" to ")
        for at in range(int(first), int(last or first) + 1):
            places[at] = (name.strip("`…"), errors)
    assert list(places) == list(range(1, len(call.refusals) + 1))
    for (name, errors), refusal in zip(places.values(), call.refusals, strict=True):
        assert refusal.name.startswith(name)
        assert refusal.error.printed in errors.split(", ")


@each_call
def test_a_page_holds_arguments_bits_effects_and_places(call: Call) -> None:
    text = page(call)
    if call.arguments:
        assert [row[1] for row in cells(text, "Arguments")] == [
            f"`{each.name}`" for each in call.arguments
        ]
    for flag in call.options or ():
        assert [str(flag.bit_length() - 1), f"`{flag.name}`"] in [
            row[:2] for row in cells(text, "Option bits")
        ]
    assert all(each.place in text and each.why in text for each in call.panics + call.hangs)
    assert call.drops.lower() in text.lower()


def test_a_page_says_where_designs_part_and_keeps_quiet_where_not() -> None:
    text = page(BY_NAME["memory_map"])
    assert "(`range_rule`; at stake: MEM-1)\n  - as-built, seed: its offset" in text
    assert "  - as-built, proposed: at any page\n  - seed: at its first page" in text
    assert "mapping_calls" not in page(BY_NAME["memory_resize"])


def test_every_option_bit_has_a_meaning() -> None:
    used = {flags for call in CALLS for flags in (call.options, call.options_apart)}
    assert set(MEANINGS) == used - {None}
    for flags, meanings in MEANINGS.items():
        assert list(meanings) == [flag.name for flag in flags]


def test_every_question_names_calls_that_exist_once_each() -> None:
    assert list(AFFECTED) == list(BY_FIELD)
    for calls in AFFECTED.values():
        assert set(calls) <= set(BY_NAME)
        assert len(set(calls)) == len(calls)


@each_call
def test_a_question_on_which_a_refusal_hangs_is_about_its_call(call: Call) -> None:
    fields = {each.choice[0] for each in call.refusals if each.choice is not None}
    assert all(call.name in AFFECTED[field] for field in fields)


def test_the_index_leads_to_every_call() -> None:
    assert {target for target, _ in LINK.findall(MADE[INDEX])} == set(MADE) - {INDEX}
