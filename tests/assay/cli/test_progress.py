"""Claims on progress on the command line: judged, shown as an endless run, and run again."""

import json
from pathlib import Path

import pytest

from assay.traces import read_trace
from tests.assay.cli.conftest import Assay

TRACE = "out/proposed/latch/doors_are_shut_in_the_end.itf.json"
CLAIM = """
from assay.lang import leads_to, weakly
from assay.lang.progress import LeadsTo


@model.eventually("DOOR-1", weakly(push{each}))
def doors_are_shut_in_the_end(now: Doors, door: Door) -> LeadsTo:
    return leads_to({premise}, ~now.open[door])
"""


@pytest.fixture
def state(project: Path) -> Path:
    """The model of latches, which claims nothing on progress yet."""
    return project / "latches/latch/model.py"


def claim(model: Path, *, each: str = "", premise: str = "now.open[door]") -> None:
    """Add the claim that open doors are shut, under weak fairness of some push or of each."""
    text = CLAIM.format(each=each, premise=premise)
    model.write_text(model.read_text("utf-8") + text, "utf-8")


def test_a_claim_that_holds_is_said_to_hold_in_every_fair_run(assay: Assay, state: Path) -> None:
    claim(state, each=', "door"')
    ran = assay("explore", "latch", "--design", "proposed")
    assert ran.status == 0
    assert ran.out.splitlines()[-1] == "doors_are_shut_in_the_end in every fair run"


def test_a_claim_that_is_broken_is_shown_by_a_run_without_end(
    assay: Assay, state: Path, project: Path
) -> None:
    claim(state)
    ran = assay("explore", "latch", "--design", "proposed")
    assert ran.status == 1
    assert ran.out.splitlines()[-1].startswith(
        "BROKEN   DOOR-1 doors_are_shut_in_the_end by an endless run for door="
    )
    trace = read_trace(project / TRACE)
    assert trace.loop is not None
    assert {each.name for each in trace.decisions[trace.loop :]} == {"pull", "push"}
    again = assay("replay", TRACE)
    assert again.status == 0
    assert "again and again:" in again.out
    assert "in the model: holds" in again.out


def test_symmetry_is_no_part_of_the_judging_and_this_is_said(assay: Assay, state: Path) -> None:
    claim(state)
    search = ("explore", "latch", "--design", "proposed", "--symmetry")
    said = "progress is judged over all states, since a run must come back to the very same"
    for engine, uses in (("plain", True), ("compiled", True), ("any", False)):
        ran = assay(*search, "--engine", engine)
        assert ran.status == 1
        assert ran.out.splitlines()[-1].startswith("BROKEN   DOOR-1 doors_are_shut_in_the_end")
        assert (said in ran.out.splitlines()) == uses


def test_a_run_that_ends_elsewhere_shows_nothing(assay: Assay, state: Path, project: Path) -> None:
    claim(state)
    assay("explore", "latch", "--design", "proposed")
    stored = json.loads((project / TRACE).read_text("utf-8"))
    stored["loop"] = len(stored["states"]) - 1
    (project / TRACE).write_text(json.dumps(stored), "utf-8")
    ran = assay("replay", TRACE)
    assert ran.status == 1
    assert "doors_are_shut_in_the_end is not broken by going on like this" in ran.out


def test_a_premise_that_is_never_true_is_told(assay: Assay, state: Path) -> None:
    claim(state, premise="now.open[door] & now.locked[door]")
    ran = assay("explore", "latch", "--design", "proposed")
    assert ran.status == 3
    assert "VACUOUS  a premise of doors_are_shut_in_the_end is never true" in ran.out


def test_an_incomplete_search_says_nothing_of_progress(assay: Assay, state: Path) -> None:
    claim(state)
    ran = assay("explore", "latch", "--design", "proposed", "--states", "3")
    assert ran.status == 3
    assert "UNKNOWN  doors_are_shut_in_the_end: the search is not complete" in ran.out


def test_check_judges_it_beside_what_holds_always(assay: Assay, state: Path) -> None:
    claim(state)
    ran = assay("check", "proposed", "--model", "latch", "--json")
    (design,) = json.loads(ran.out)["designs"]
    found = {each["engine"]: each["verdict"] for each in design["verdicts"]}
    assert found == {"prove": "PROVED", "progress": "BROKEN"}
    assay("check", "proposed", "--model", "latch", "--pin", "pins.json")
    assert assay("check", "proposed", "--model", "latch", "--expect", "pins.json").status == 0
