"""The findings that the documents tell can be shown as they say."""

import re
from pathlib import Path

import pytest

from assay.engines.executor import Here
from assay.engines.schedules import Limits, search_schedules
from assay.engines.walk import Subject, walk
from reference_kernel.interface import KERNEL, SECTIONS
from reference_kernel.scenarios import named as scenario_named
from spec.designs import AS_BUILT, PROPOSED, load_design
from spec.guarantees import BY_ID
from spec.questions import QUESTIONS
from tests.reference_kernel.test_scenes import KNOWN, Known, calls_of, searched

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "findings.md").read_text("utf-8")
DESIGNS = sorted((ROOT / "docs" / "findings").glob("*.toml"))
ROWS = re.findall(r"^\| F(\d+) \| ([\w -]+) \|.*\| `([^`]+)` \|$", TEXT, re.MULTILINE)
SEARCHED = re.findall(
    r"^\| (F\d+) \| ([\w -]+) \|.*\| (\d+) \| `check: ([^`]+)` \|$", TEXT, re.MULTILINE
)
SCHEDULED = re.findall(
    r"^\| (F\d+) \| ([\w-]+) \|.*\| (\d+) \| `schedules: (\w+): ([^`]+)` \|$", TEXT, re.MULTILINE
)
STEPS, MOST_STEPS = 15_000, 600_000


def told_of(design: Path) -> set[str]:
    """The guarantees that the text says a walk of the design breaks."""
    return {each for _, broken, by in ROWS if by == design.name for each in broken.split()}


def test_the_findings_are_numbered_and_break_what_is_promised() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, len(ROWS) + 1))
    assert {each for _, broken, _ in ROWS for each in broken.split()} <= set(BY_ID)


def test_what_shows_a_finding_is_there() -> None:
    designs = {design.name for design in DESIGNS}
    assert designs == {by for _, _, by in ROWS if by.endswith(".toml")}
    tests = "".join(path.read_text() for path in (ROOT / "tests/reference_kernel").glob("test_*"))
    for _, _, by in ROWS:
        if "-k" in by:
            name = by.split("-k")[1].strip().strip('"')
            assert name in tests or name.replace(" ", "_") in tests, by


@pytest.mark.parametrize(("number", "guarantee", "events", "words"), SEARCHED)
def test_a_search_shows_the_finding(number: str, guarantee: str, events: str, words: str) -> None:
    found = [each for each in searched(AS_BUILT).found(guarantee) if words in each.why]
    assert found, number
    assert found[0].trace.steps == int(events)


@pytest.mark.parametrize(("number", "guarantee", "steps", "scenario", "words"), SCHEDULED)
def test_schedules_show_the_finding(
    number: str, guarantee: str, steps: str, scenario: str, words: str
) -> None:
    chosen = scenario_named(scenario).at(SECTIONS.mode)
    found = search_schedules(Subject(SECTIONS, AS_BUILT), chosen, Limits(states=4_000))
    shown = [each for each in found.broken if each.claim == guarantee and words in each.why]
    assert shown, number
    assert min(each.trace.steps - each.trace.prepared for each in shown) == int(steps)


@pytest.mark.parametrize("known", KNOWN, ids=lambda each: each.name)
def test_the_table_of_known_defects_tells_what_a_search_shows(known: Known) -> None:
    (row,) = re.findall(rf"^\| {known.name.split()[0]} \|(.*)\|[^|]*\|$", TEXT, re.MULTILINE)
    guarantees, *shown = row.split("|")
    assert known.guarantee in guarantees
    told = set(re.findall(r"\d+", " ".join(shown)))
    (shown_by,) = [
        each for each in searched(AS_BUILT).found(known.guarantee) if known.words in each.why
    ]
    assert {str(shown_by.trace.steps), str(calls_of(shown_by.trace))} <= told


def test_every_finding_of_a_search_is_looked_for() -> None:
    assert len(SEARCHED) == sum(by.startswith("check: ") for _, _, by in ROWS) > 20
    assert len(SCHEDULED) == sum(by.startswith("schedules: ") for _, _, by in ROWS) > 6


@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.stem)
def test_the_design_differs_in_one_question(design: Path) -> None:
    chosen = load_design(design)
    differ = [q for q in QUESTIONS if getattr(chosen, q.field) != getattr(PROPOSED, q.field)]
    assert [each.field for each in differ] == [design.stem]
    assert getattr(chosen, design.stem) is differ[0].as_built


@pytest.mark.slow
@pytest.mark.parametrize("design", DESIGNS, ids=lambda each: each.stem)
def test_a_walk_shows_the_findings(design: Path) -> None:
    subject = Subject(KERNEL, load_design(design), ())
    kept = {check.guarantee for check in KERNEL.checks} - told_of(design)
    found: set[str] = set()
    for seed in range(0, MOST_STEPS // STEPS * 3, 3):
        walked = walk(subject, executor=Here(), steps=STEPS, seed=seed, ignored=frozenset(kept))
        found |= walked.broken.keys()
        if found == told_of(design):
            break
    assert found == told_of(design)
