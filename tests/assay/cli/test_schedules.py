"""`assay schedules`, on doors that two people use at once."""

import json
import subprocess
from pathlib import Path
from signal import SIG_DFL, SIGINT, signal
from time import sleep

import pytest

from tests.assay.cli.conftest import TOOL, Assay
from tests.assay.cli.test_output import busy_s

MODULE = '''"""What people do to doors, each in an order of their own."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from latches.kernel import Doors, Event


class ScenarioError(Exception):
    """A file is wrong."""

    def __init__(self, *problems):
        self.problems = problems


@dataclass(frozen=True)
class Move:
    actor: int
    event: Event
    asked: bool = True
    goes_on: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Play:
    people: tuple
    before = ()
    state = Doors()

    @property
    def place(self):
        return (0,) * len(self.people)

    def moves(self, state, place):
        return [
            Move(actor, Event(*self.people[actor][at].split()))
            for actor, at in enumerate(place)
            if at < len(self.people[actor])
        ]

    def after(self, state, place, move, outcome):
        at = place[move.actor] + (outcome != "OPEN" or "stay" not in self.people[move.actor])
        return (*place[: move.actor], at, *place[move.actor + 1 :])

    def standing(self, state, place):
        return "finished", "all is done"


@dataclass(frozen=True)
class Scenario:
    name: str
    about: str
    people: tuple
    needs: str
    mode = "whole"
    modes = ("whole",)
    bounds = (("people", 2),)

    def at(self, mode):
        return self

    def lacks(self, design):
        return "" if self.needs in ("", design.name) else self.needs

    def begin(self, design):
        return Play(self.people)


def load_scenario(path):
    try:
        told = tomllib.loads(Path(path).read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ScenarioError(f"{path}:1:1: no scenario: {error}") from error
    people = tuple(tuple(told[each]) for each in ("one", "other"))
    return Scenario(Path(path).stem, told["about"], people, told.get("needs", ""))
'''
PULL_AND_LOCK = 'about = "Two at one door."\none = ["pull front"]\nother = ["lock front"]\n'
TRACE = "out/as-built/kernel/pull_and_lock-1-DOOR-1.itf.json"
PUSH = 'about = "Nobody minds."\none = ["push front"]\nother = ["push back"]\n'


@pytest.fixture(autouse=True)
def scenarios(project: Path) -> Path:
    """The project of latches, with scenarios; gives their folder."""
    settings = project / "pyproject.toml"
    named = '[tool.assay]\nscenarios = "latches.scenarios"'
    settings.write_text(settings.read_text().replace("[tool.assay]", named, 1))
    folder = project / "latches/scenarios"
    folder.mkdir()
    (folder / "__init__.py").write_text(MODULE)
    (folder / "pull_and_lock.toml").write_text(PULL_AND_LOCK)
    (folder / "push.toml").write_text(PUSH)
    return folder


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_every_scenario_is_told_with_what_it_breaks(assay: Assay, jobs: str) -> None:
    ran = assay("schedules", "--jobs", jobs)
    assert ran.status == 1
    assert [line.rstrip() for line in ran.out.splitlines()] == [
        "schedules under as-built",
        "scenario       states  steps  depth  verdict",
        "pull_and_lock  5       4      2      BROKEN DOOR-1",
        "push           4       4      2      EXHAUSTED with people=2",
        "BROKEN   DOOR-1 in pull_and_lock after 2 steps: front is open and locked: "
        f"assay replay {TRACE}",
    ]
    again = assay("replay", TRACE)
    assert again.status == 0
    assert "in the kernel: holds" in again.out


def test_nothing_broken_is_fine_and_a_limit_is_not(assay: Assay) -> None:
    ran = assay("schedules", "--design", "proposed", "--json")
    facts = json.loads(ran.out)
    assert ran.status == 0
    assert [each["verdict"] for each in facts["scenarios"]] == ["EXHAUSTED"] * 2
    assert facts["scenarios"][0]["ends"][0]["standing"] == "finished"
    ran = assay("schedules", "push", "--states", "1")
    assert ran.status == 3
    assert "UNKNOWN: the limit of 1 states" in ran.out


def test_a_bound_on_preemptions_is_said(assay: Assay) -> None:
    ran = assay("schedules", "push", "--preemptions", "0")
    assert ran.status == 0
    assert "EXHAUSTED with people=2, at most 0 preemptions" in ran.out


def test_runs_by_chance_survive_or_break(assay: Assay) -> None:
    ran = assay("schedules", "--random", "20", "--seed", "3")
    assert ran.status == 1
    assert "push           20 runs" in ran.out
    assert "SURVIVED" in ran.out
    assert "BROKEN DOOR-1" in ran.out


def test_what_the_design_lacks_is_said(assay: Assay, scenarios: Path) -> None:
    (scenarios / "push.toml").write_text(f'{PUSH}needs = "proposed"\n')
    ran = assay("schedules", "push")
    assert ran.status == 0
    assert "n/a: the design has no proposed" in ran.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("psh", "there is no scenario `psh`; did you mean `push`?"),
        ("gone.toml", "gone.toml:1:1: no scenario:"),
        ("--mode hole", "--mode: there is no mode `hole`; did you mean `whole`?"),
        ("--preemptions -1", "--preemptions -1: expected a number from 0"),
        ("--states 0", "--states 0: at least one state is needed"),
        ("--seconds 0", "--seconds 0: expected seconds above 0"),
        ("--random 0", "--random 0: at least one run is needed"),
        ("--random 3 --states 9", "--random makes a number of runs: leave out the limits"),
        ("push latches/scenarios/push.toml", "two scenarios with one name: push"),
    ],
)
def test_wrong_words_are_answered_with_what_was_expected(
    assay: Assay, words: str, message: str
) -> None:
    ran = assay("schedules", *words.split())
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_mistakes_in_several_files_are_told_in_one_run(assay: Assay) -> None:
    ran = assay("schedules", "one.toml", "two.toml", "pus")
    assert ran.status == 2
    assert len(ran.err.splitlines()) == 3


def test_without_scenarios_the_setting_is_asked_for(assay: Assay, project: Path) -> None:
    settings = project / "pyproject.toml"
    settings.write_text(settings.read_text().replace("scenarios =", "# scenarios ="))
    assert "[tool.assay] names no `scenarios`" in assay("schedules").err


def test_list_and_show_name_scenarios(assay: Assay) -> None:
    listed = json.loads(assay("list", "scenarios", "--json").out)
    assert listed["scenarios"][1] == {"scenario": "push", "about": "Nobody minds."}
    assert "about: Two at one door." in assay("show", "pull_and_lock").out


def searching_s(process: int, *, workers: bool) -> float:
    """The seconds that processors have spent on it, or on the busiest of its workers."""
    if not workers:
        return busy_s(process)
    children = Path(f"/proc/{process}/task/{process}/children").read_text("utf-8").split()
    return max((busy_s(int(each)) for each in children), default=0.0)


LONG = """about = "They never come to an end of it."
one = [{}]
other = [{}]
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_keeps_what_is_known(project: Path, scenarios: Path, jobs: str) -> None:
    steps = ", ".join(['"push front"', '"lock back"', '"pull front"'] * 200)
    (scenarios / "z_long.toml").write_text(LONG.format(steps, steps))
    words = [TOOL, "schedules", "--design", "proposed", "--json", "--jobs", jobs]
    with subprocess.Popen(
        words,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal(SIGINT, SIG_DFL),  # a shell's background job ignores it
    ) as started:
        while searching_s(started.pid, workers=jobs != "1") < 1.0:
            sleep(0.05)
        started.send_signal(SIGINT)
        out, err = started.communicate(timeout=60)
    facts = json.loads(out)
    assert started.returncode == 3, err
    assert facts["interrupted"]
    verdicts = {each["scenario"]: each["verdict"] for each in facts["scenarios"]}
    assert verdicts == {"pull_and_lock": "EXHAUSTED", "push": "EXHAUSTED", "z_long": "UNKNOWN"}
    assert facts["scenarios"][2]["reason"] == "interrupted"
    assert "Traceback" not in err
