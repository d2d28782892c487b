"""The pages about questions say what the tool says, and each holds an argument.

A model, or a mode of the kernel, that came after a page adds to it and contradicts nothing.
"""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assay.commands.dossiers import argument_of, pages, stored_decisions
from assay.loading import otherwise
from assay.project import nearest_project
from assay.report.decisions import costs_of
from assay.report.facts import DecisionFacts
from reference_kernel.costs import measured
from spec.designs import PROPOSED
from spec.questions import BY_FIELD, NOT_YET_READ
from tests.assay.cli.conftest import TOOL
from tests.tidy.tree import ROOT

FOLDER = ROOT / "docs" / "questions"
ASKED = (
    "weak_auto_destroy",
    "weak_capabilities",
    "upgrade_right",
    "user_handles",
    "group_drop",
    "group_drop_current",
    "group_admission",
    "teardown_walk",
    "thread_end",
    "move",
    "preemption",
    "exit_interrupt",
    "ready_queue",
    "wake_protocol",
    "idle_threads",
    "dying_objects",
    "translation_flush",
    "page_unit",
    "copy_on_write",
    "copy_failure",
)
"""The questions about lifetimes, teardown and copy on write: each has a page."""
QUICK, SLOW = ("exit_interrupt",), ("group_admission", "idle_threads", "upgrade_right")
FEWEST_WORDS = 60

DECIDED = {each["question"]: each for each in stored_decisions(FOLDER)}
JUDGED = [each for each in DECIDED if each not in NOT_YET_READ]

each_page = pytest.mark.parametrize("question", DECIDED)


def verdicts(facts: Any) -> set[tuple[str, str, str, str]]:
    """Choice, guarantee, subject and verdict of each cell in which somebody speaks."""
    return {
        (choice["choice"], cell["guarantee"], cell["subject"], cell["verdict"])
        for choice in facts["choices"]
        for cell in choice["cells"]
        if cell["subject"] != "nobody"
    }


def decided(question: str, steps: int) -> DecisionFacts:
    """What the tool says of the question."""
    words = ["decide", question, "--json", "--steps", str(steps), "--jobs", "1"]
    ran = subprocess.run([TOOL, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode in (0, 1, 3), ran.stderr
    facts: DecisionFacts
    (facts,) = json.loads(ran.stdout)["questions"]
    return facts


def test_every_question_has_a_page() -> None:
    assert DECIDED.keys() == set(ASKED)


def test_the_pages_are_made_of_the_results_and_the_arguments() -> None:
    made = pages(FOLDER, list(DECIDED.values()))
    assert made == {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}


@pytest.mark.parametrize("question", ASKED)
def test_an_argument_is_more_than_a_remark(question: str) -> None:
    assert len(argument_of(FOLDER, question).split()) >= FEWEST_WORDS


@each_page
def test_a_page_speaks_of_the_question_as_it_is(question: str) -> None:
    facts = DECIDED[question]
    assert list(facts["guarantees"]) == list(BY_FIELD[question].guarantees)
    assert [each["choice"] for each in facts["choices"]] == list(
        BY_FIELD[question].choices.__members__
    )
    assert facts["answer"] == getattr(PROPOSED, question).name
    unbuilt = any(each["not_built"] for each in facts["choices"])
    assert unbuilt is (question in NOT_YET_READ)


@pytest.mark.parametrize("question", JUDGED)
def test_the_costs_are_those_that_are_counted(question: str) -> None:
    project = nearest_project(Path(ROOT))
    names = BY_FIELD[question].choices.__members__
    designs: dict[str, Any] = {name: otherwise(project, PROPOSED, question, name) for name in names}
    by_choice = {name: {m.name: m for m in measured(each)} for name, each in designs.items()}
    about = {m.name: m.about for found in by_choice.values() for m in found.values()}
    counts = {
        choice: {name: m.counts for name, m in found.items()} for choice, found in by_choice.items()
    }
    costs, same = costs_of(counts, about)
    assert (DECIDED[question]["costs"], DECIDED[question]["same"]) == (costs, same)


@pytest.mark.thorough
@pytest.mark.parametrize("question", QUICK)
def test_a_matrix_is_what_the_tool_says(question: str) -> None:
    assert verdicts(DECIDED[question]) <= verdicts(decided(question, steps=200))


@pytest.mark.thorough
@pytest.mark.parametrize("question", SLOW)
def test_a_larger_matrix_is_what_the_tool_says(question: str) -> None:
    facts = DECIDED[question]
    assert verdicts(facts) <= verdicts(decided(question, facts["steps"]))
