"""decide: every choice of a question judged in one design, and the pages that are made of it."""

import json
import re
from pathlib import Path

import pytest

from tests.assay.cli.conftest import Assay

UNREAD = 'NOT_YET_READ = frozenset({"locking"})\n'
COSTS = '''"""What pushing costs."""

from dataclasses import dataclass

from latches.design import Design, Locking


@dataclass(frozen=True)
class Measured:
    """What one workload costs."""

    name: str
    about: str
    counts: dict[str, int]


def measured(design: Design) -> tuple[Measured, ...]:
    """One workload whose cost depends on the design, and one whose cost does not."""
    pushes = 2 if design.locking is Locking.FREE else 1
    return Measured("doors", "Doors are shut.", {"pushes": pushes, "pulls": 3}), Measured(
        "idle", "Nothing happens.", {"pushes": 0}
    )
'''


@pytest.fixture
def pages(project: Path) -> Path:
    """A folder for pages, with the argument for the only question."""
    folder = project / "pages"
    (folder / "arguments").mkdir(parents=True)
    (folder / "arguments/locking.md").write_text("Because doors are to be shut.\n")
    return folder


def anchors(page: str) -> set[str]:
    """Where links of the page may lead: to its headings."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in headings}


def test_each_choice_is_judged_with_all_else_as_in_the_base(assay: Assay) -> None:
    ran = assay("decide", "locking")
    assert ran.status == 1
    assert "BROKEN latch: 2 steps, replayed in the kernel" in ran.out
    assert "PROVED latch: 4 obligations by cvc5 and z3" in ran.out
    assert "SURVIVED kernel: 2,000 random steps" in ran.out
    assert "SHUT_ONLY *" in ran.out


def test_machines_get_the_same_with_the_steps_of_what_breaks(assay: Assay) -> None:
    ran = assay("decide", "locking", "--json", "--steps", "50")
    (question,) = json.loads(ran.out)["questions"]
    free, shut = question["choices"]
    assert (question["answer"], question["base"]) == ("SHUT_ONLY", "proposed")
    assert (free["design"], shut["design"]) == ("proposed+locking=FREE", "proposed")
    assert [len(cell["steps"]) for cell in free["cells"]] == [2]
    assert {cell["verdict"] for cell in shut["cells"]} == {"PROVED", "SURVIVED"}


def test_what_is_told_of_a_choice_is_what_check_says_of_that_design(assay: Assay) -> None:
    decided = json.loads(assay("decide", "locking", "--json", "--steps", "50").out)
    for choice in decided["questions"][0]["choices"]:
        checked = assay("check", choice["design"], "--json", "--steps", "50")
        rows = json.loads(checked.out)["designs"][0]["verdicts"]
        told = {(cell["subject"], cell["verdict"]) for cell in choice["cells"]}
        assert told == {(row["subject"], row["verdict"]) for row in rows}


def test_a_second_run_judges_nothing_anew(assay: Assay, project: Path) -> None:
    first = assay("decide", "locking")
    kept = sorted((project / ".assay/judged").glob("*.pickle"))
    assert kept
    assert assay("decide", "locking").out == first.out
    assert sorted((project / ".assay/judged").glob("*.pickle")) == kept


def test_pages_link_what_breaks_to_how_and_hold_the_argument(assay: Assay, pages: Path) -> None:
    assert assay("decide", "locking", "--write", "pages").status == 1
    page = (pages / "locking.md").read_text()
    links = re.findall(r"\]\(#([^)]+)\)", page)
    assert links
    assert set(links) <= anchors(page)
    assert "1. push(" in page or "1. pull(" in page or "1. lock(" in page
    assert page.endswith("## Argument\nBecause doors are to be shut.\n")
    assert "[locking](locking.md)" in (pages / "README.md").read_text()


def test_pages_are_made_again_without_judging(assay: Assay, pages: Path) -> None:
    assay("decide", "locking", "--write", "pages")
    (pages / "arguments/locking.md").write_text("For another reason.\n")
    assert assay("decide", "--write", "pages").status == 0
    assert "For another reason." in (pages / "locking.md").read_text()


def test_costs_are_shown_where_choices_differ(assay: Assay, project: Path) -> None:
    (project / "latches/costs.py").write_text(COSTS)
    settings = project / "pyproject.toml"
    settings.write_text(
        settings.read_text().replace("[tool.assay]", '[tool.assay]\ncosts = "latches.costs"')
    )
    (question,) = json.loads(assay("decide", "locking", "--json", "--steps", "50").out)["questions"]
    (cost,) = question["costs"]
    assert cost["counts"] == {"FREE": {"pushes": 2}, "SHUT_ONLY": {"pushes": 1}}
    assert question["same"] == ["idle"]


def test_a_choice_that_no_code_reads_is_not_judged(assay: Assay, project: Path) -> None:
    questions = project / "latches/questions.py"
    questions.write_text(questions.read_text() + UNREAD)
    ran = assay("decide", "locking")
    assert ran.status == 3
    assert "not built: no code reads this choice yet" in " ".join(ran.out.split())
    assert "PROVED" not in ran.out
    ran = assay("check", "proposed+locking=FREE")
    assert (ran.status, "no code reads" in ran.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["decide", "lockin"], "there is no question `lockin`; did you mean `locking`?"),
        (["decide"], "expected a question"),
        (["decide", "locking", "--steps", "0"], "at least one step"),
        (["decide", "locking", "--write", "nowhere"], "there is no such folder"),
        (["decide", "locking", "--base", "propose"], "did you mean `proposed`?"),
        (["check", "proposed+locking=FRE"], "there is no choice of locking `FRE`"),
        (["check", "proposed+lokking=FREE"], "there is no question `lokking`"),
    ],
)
def test_what_is_wrong_with_the_words_is_told(assay: Assay, words: list[str], told: str) -> None:
    ran = assay(*words)
    assert ran.status == 2
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_results_of_another_form_are_told_with_their_file(assay: Assay, pages: Path) -> None:
    (pages / "results").mkdir()
    (pages / "results/locking.json").write_text("{}")
    ran = assay("decide", "--write", "pages")
    assert ran.status == 2
    assert "locking.json: it is no result of `assay decide`" in ran.err


DOOR_2 = 'Guarantee("DOOR-2", "doors_are_doors", "Doors are doors."), '
OTHER = """

@model.guarantee("DOOR-2")
def doors_are_doors(now: Doors) -> Truth:
    \"\"\"A door is open or it is not.\"\"\"
    return forall(Door, lambda door: now.open[door] | ~now.open[door])
"""
SHUT_ONLY = "when=lambda design: design.locking is Locking.SHUT_ONLY"


def test_what_nothing_is_said_of_under_a_choice_is_no_success(assay: Assay, project: Path) -> None:
    model = project / "latches/latch/model.py"
    text = model.read_text()
    text = text.replace('@model.guarantee("DOOR-1")', f'@model.guarantee("DOOR-1", {SHUT_ONLY})')
    model.write_text(text.replace("@model.can()", f"@model.can({SHUT_ONLY})") + OTHER)
    promised = project / "latches/guarantees.py"
    promised.write_text(promised.read_text().replace("GUARANTEES = (", f"GUARANTEES = ({DOOR_2}"))
    (question,) = json.loads(assay("decide", "locking", "--json", "--steps", "50").out)["questions"]
    told = {
        (choice["choice"], cell["subject"]): cell["verdict"]
        for choice in question["choices"]
        for cell in choice["cells"]
    }
    assert told["FREE", "latch"] == "VACUOUS"
    assert told["SHUT_ONLY", "latch"] == "PROVED"
    assert question["abilities"] == {"latch: `two_doors_can_be_open` can be": ["SHUT_ONLY"]}
