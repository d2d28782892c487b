"""The main job on this project: what the kernel as built breaks, and what is proved instead."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.assay.cli.conftest import TOOL
from tests.tidy.tree import ROOT

DEFECTS = {
    "a weak capability is made strong without UPGRADE": "CAP-3",
    "a space holds itself": "CAP-8",
    "an id without a table panics": "ROB-1",
    "exited groups admit threads": "GRP-2",
    "a thread that ends itself is never announced": "GRP-6",
    "dropped groups stay in their parent's list": "GRP-3",
    "ranges are tested with the offset as length": "MEM-1",
    "a mapping that lies over another takes its pages away": "MEM-2",
    "an update adds what the capability did not allow": "MEM-4",
    "the count of mappings never goes down": "MEM-5",
    "a resize changes mappings in the spaces of others": "MEM-6",
    "a pool that wants every message takes one and waits": "IPC-1",
    "a send whose time has come is delivered": "IPC-3",
    "waiters of a dying channel sleep for ever": "IPC-4",
    "a failed copy loses the thread": "IPC-5",
    "a reply that was thrown away strands its caller": "IPC-7",
}
PROMISED = {
    *(f"CAP-{number}" for number in (1, 2, 3, 4, 5, 6, 8)),
    *(f"COW-{number}" for number in (1, 2, 3, 4)),
    *(f"GRP-{number}" for number in (1, 2, 3, 4, 6, 7, 8)),
    *(f"IPC-{number}" for number in (1, 3, 4, 5, 7)),
    *(f"MEM-{number}" for number in (1, 2, 3, 4, 5, 6, 7)),
    *(f"SCH-{number}" for number in range(1, 8)),
    "ROB-2",
}


def assay(*words: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The tool, run in the project."""
    return subprocess.run(
        [TOOL, *words], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )


@pytest.fixture(scope="module")
def verdicts() -> dict[str, list[dict[str, object]]]:
    """The rows of `assay check`, by design."""
    ran = assay("check", "--json")
    assert ran.returncode == 1, ran.stderr
    return {each["design"]: each["verdicts"] for each in json.loads(ran.stdout)["designs"]}


@pytest.mark.parametrize("defect", DEFECTS)
def test_the_kernel_as_built_is_found_broken_from_boot(
    verdicts: dict[str, list[dict[str, object]]], defect: str
) -> None:
    broken = [
        row
        for row in verdicts["as-built"]
        if row["guarantee"] == DEFECTS[defect] and row["verdict"] == "BROKEN"
    ]
    assert broken
    for row in broken:
        assert row["replayed"] == "yes"
        again = assay("replay", str(row["trace"]))
        assert again.returncode == 0, again.stdout + again.stderr


def test_of_the_kernel_as_built_nothing_is_unknown_and_all_that_can_be_is_shown(
    verdicts: dict[str, list[dict[str, object]]],
) -> None:
    rows = verdicts["as-built"]
    assert {row["verdict"] for row in rows} <= {"BROKEN", "PROVED", "SURVIVED", "EXHAUSTED"}
    untied = {"user_handles"}
    searched = [row for row in rows if row["engine"] == "explore" and row["verdict"] == "BROKEN"]
    assert {row["subject"] for row in searched if row["replayed"] != "yes"} <= untied


def test_the_proposed_design_is_proved_and_breaks_nothing(
    verdicts: dict[str, list[dict[str, object]]],
) -> None:
    rows = verdicts["proposed"]
    proved = [row for row in rows if row["verdict"] == "PROVED"]
    assert {row["guarantee"] for row in proved} >= PROMISED
    assert all(row["solvers"] == ["cvc5", "z3"] for row in proved)
    assert {row["verdict"] for row in rows} == {"PROVED", "SURVIVED"}


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ('group_admission = "CLOSED_AFTER_EXT"', "did you mean `CLOSED_AFTER_EXIT`?"),
        ('group_admision = "OPEN"', "did you mean `group_admission`?"),
        ('paging = "PAGER_EVENTS"', "no code reads `paging` yet"),
    ],
)
def test_a_design_that_cannot_be_judged_is_refused_with_its_line(
    tmp_path: Path, choice: str, message: str
) -> None:
    design = tmp_path / "mine.toml"
    design.write_text(
        f'[design]\nname = "mine"\nsummary = "mine"\nbase = "as-built"\n\n[choices]\n{choice}\n'
    )
    ran = assay("check", design)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(f"assay: {design}:7:")
    assert message in ran.stderr
