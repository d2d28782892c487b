"""What the commands print: text for people, JSON for machines, and progress apart from both."""

import json
import subprocess
import sys
from os import sysconf
from pathlib import Path
from signal import SIG_DFL, SIGINT, signal
from time import sleep

import pytest

from tests.assay.cli.conftest import TOOL, Assay

TRACE = "out/as-built/latch/locked_doors_are_shut.itf.json"


def test_explore_says_what_happens_what_cannot_and_what_is_broken(assay: Assay) -> None:
    ran = assay("explore", "latch")
    assert ran.status == 1
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[0] == "latch under as-built with Door=2"
    assert lines[1].startswith("16 states, 80 transitions, depth 4, complete (")
    assert lines[2:] == [
        "action  taken  refused by",
        "pull    16     locked 16",
        "push    32",
        "lock    32",
        "two_doors_can_be_open after 2 steps",
        f"BROKEN   DOOR-1 locked_doors_are_shut after 2 steps: assay replay {TRACE}",
    ]


def test_a_ladder_says_what_each_rung_adds(assay: Assay) -> None:
    ran = assay("explore", "latch", "--ladder", "3")
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert lines[:9] == [
        "Door=1: 4 states, depth 2",
        "    pull happens",
        "    pull is refused by locked",
        "    push happens",
        "    lock happens",
        "    two_doors_can_be_open holds",
        "    locked_doors_are_shut is broken",
        "Door=2: 16 states, depth 4; nothing new",
        "Door=3: 64 states, depth 6; nothing new",
    ]
    assert lines[9] == "latch under as-built with Door=3"


def test_a_search_by_symmetry_says_what_it_did(assay: Assay) -> None:
    ran = assay("explore", "latch", "--symmetry")
    assert "symmetry is off: the search was over before it could pay" in ran.out.splitlines()
    ran = assay("explore", "latch", "--symmetry", "--engine", "compiled", "--json")
    facts = json.loads(ran.out)
    assert (facts["states"], facts["symmetry"], facts["no_symmetry"]) == (10, ["Door"], "")


KICK = """

@model.action()
def kick(act: Act[Design], old: Doors, new: Doors, door: Door) -> None:
    \"\"\"Open a door by force.\"\"\"
    new.open[door] = True
"""


def test_several_traces_are_shown_of_what_is_broken_in_several_ways(
    assay: Assay, project: Path
) -> None:
    model = project / "latches/latch/model.py"
    model.write_text(model.read_text("utf-8") + KICK, "utf-8")
    ran = assay("explore", "latch", "--traces", "5")
    other = TRACE.replace(".itf", "-2.itf")
    assert [line.rstrip() for line in ran.out.splitlines()][-3:] == [
        f"BROKEN   DOOR-1 locked_doors_are_shut after 2 steps: assay replay {TRACE}",
        f"         another way: assay replay {other}",
        "         no more ways: there is no other way",
    ]
    for trace, action in ((TRACE, "pull"), (other, "kick")):
        again = assay("replay", trace).out
        assert f"{action}(door=" in again
        assert "in the model: holds" in again


def test_a_trace_replays_in_the_model_and_in_the_kernel(assay: Assay) -> None:
    assay("explore", "latch")
    ran = assay("replay", TRACE)
    assert ran.status == 0
    assert ran.out.splitlines()[-3:] == [
        "in the model: holds",
        "in the kernel: holds",
        "it still shows what it claims",
    ]


def test_json_has_the_facts_and_what_made_them(assay: Assay) -> None:
    ran = assay("explore", "latch", "--design", "proposed", "--json", "--seed", "7")
    facts = json.loads(ran.out)
    assert ran.status == 0
    assert ran.err == ""
    assert (facts["states"], facts["complete"], facts["broken"]) == (9, True, [])
    assert set(facts["versions"]) == {"assay", "python", "z3", "cvc5"}
    assert facts["seeds"] == [7]
    assert len(facts["hashes"]["designs"]["proposed"]) == 16
    assert len(facts["hashes"]["models"]["latch"]["proposed"]) == 16


def test_an_incomplete_search_is_unsettled(assay: Assay) -> None:
    ran = assay("explore", "latch", "--design", "proposed", "--states", "3")
    assert ran.status == 3
    assert "incomplete" in ran.out


@pytest.mark.parametrize("words", [["explore", "latch"], ["--help"], ["explore", "--help"]])
def test_piped_output_has_no_control_codes(assay: Assay, words: list[str]) -> None:
    ran = assay(*words)
    assert "\x1b" not in ran.out + ran.err
    assert all(line.isprintable() for line in ran.out.splitlines())


def test_help_names_every_command(assay: Assay) -> None:
    ran = assay("--help")
    assert ran.status == 0
    for command in ("check", "prove", "explore", "walk", "replay", "list", "show"):
        assert f" {command} " in ran.out


def busy_s(process: int) -> float:
    """The seconds that processors have spent on a process."""
    after_name = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / sysconf("SC_CLK_TCK")


def test_an_interrupted_search_tells_what_it_knows(project: Path) -> None:
    words = [TOOL, "explore", "latch", "--bounds", "Door=16", "--design", "proposed", "--json"]
    with subprocess.Popen(
        words,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal(SIGINT, SIG_DFL),  # a shell's background job ignores it
    ) as started:
        while busy_s(started.pid) < 1.0:  # it starts in a third of that
            sleep(0.05)
        started.send_signal(SIGINT)
        out, err = started.communicate(timeout=60)
    facts = json.loads(out)
    assert started.returncode == 3, err
    assert not facts["complete"]
    assert facts["states"] > 0
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error(project: Path) -> None:
    done = subprocess.run(
        f"{TOOL} explore latch | true",
        shell=True,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_the_command_line_starts_without_what_only_engines_need() -> None:
    heavy = ("z3", "cvc5", "hypothesis", "rich", "assay.engines")
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import assay.cli, sys; print(sorted(set({heavy}) & sys.modules.keys()))",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stdout == "[]\n"


def test_explore_runs_without_the_solvers(project: Path) -> None:
    code = (
        "import sys; sys.modules['z3'] = sys.modules['cvc5'] = None; "
        "from assay.cli import run; sys.exit(run(['explore', 'latch', '--design', 'proposed']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("what", "row"),
    [
        ("models", {"model": "latch", "about": "Doors that open, shut and are locked."}),
        ("designs", {"design": "as-built", "summary": "as the doors are"}),
        ("questions", {"question": "locking", "choices": ["FREE", "SHUT_ONLY"]}),
        ("calls", {"number": 1, "call": "pull"}),
        (
            "guarantees",
            {
                "guarantee": "DOOR-1",
                "name": "locked_doors_are_shut",
                "statement": "a door that is locked is shut as well",
            },
        ),
    ],
)
def test_list_gives_what_there_is(assay: Assay, what: str, row: dict[str, object]) -> None:
    assert json.loads(assay("list", what, "--json").out)[what][0] == row
    shown = assay("list", what)
    assert shown.status == 0
    assert str(next(iter(row.values()))) in shown.out


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("pull", "  1. locked: error LOCKED, meaning the door is locked"),
        ("1", "name: pull"),
        ("DOOR-1", "checked_by: latch: locked_doors_are_shut, the kernel, after every step"),
        ("locked_doors_are_shut", "id: DOOR-1"),
        ("locking", "  proposed: SHUT_ONLY"),
        ("proposed", "locking: SHUT_ONLY"),
        ("latch", "      3. lock: arguments door, refuses open, meaning Lock a door."),
    ],
)
def test_show_tells_all_of_one_thing(assay: Assay, name: str, line: str) -> None:
    ran = assay("show", name)
    assert ran.status == 0
    assert line in ran.out.splitlines()
    assert json.loads(assay("show", name, "--json").out)
