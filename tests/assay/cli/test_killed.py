"""A search whose process is killed goes on from its checkpoint, and tells all that it found."""

import json
import subprocess
import sys
from pathlib import Path
from signal import SIGINT, SIGKILL
from typing import Any

import pytest

CHILD = """
import os, sys
from assay.engines.explore.compiled import build, checkpoint, search
build._MOST_BLOCK, search._BLOCKS, search._BLOCKS_ALONE = 16, 1, 2
place, number, signal = sys.argv[1], *map(int, sys.argv[2:4])
left = number
checkpoint._SECONDS_BETWEEN = 0.0 if left else 60.0
def dying(right):
    def run(*arguments):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal)
        return right(*arguments)
    return run
if place == "between":
    checkpoint.Checkpoint.write = dying(checkpoint.Checkpoint.write)
elif place == "writing":
    os.fsync = dying(os.fsync)
from assay.cli import run
sys.exit(run(sys.argv[4:]))
"""
"""Writes a checkpoint after a few states each, and dies when it has done so some times."""
SAME = ("states", "transitions", "depth", "complete", "enabled", "refused", "can", "deadlocks")
WORDS = ("explore", "latch", "--bounds", "Door=6", "--engine", "compiled", "--json")


def searched(project: Path, *words: str, place: str = "", number: int = 0, signal: int = 0) -> Any:
    """How the search ended, and its answer if it gave one."""
    child = [sys.executable, "-c", CHILD, place, str(number), str(signal)]
    done = subprocess.run(
        [*child, *WORDS, *words], cwd=project, capture_output=True, timeout=120, check=False
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else None


def found(answer: Any) -> object:
    """What is found, with the traces of what is broken as they stand in their files."""
    return [answer[name] for name in SAME], answer["broken"]


@pytest.mark.parametrize("threads", [1, 2])
def test_a_search_that_is_killed_twice_finds_all(project: Path, threads: int) -> None:
    words = ("--threads", str(threads), "--checkpoint", "search")
    _, expected = searched(project, *words[:2])
    assert expected["broken"]
    for place, number in (("between", 20), ("writing", 30)):
        status, answer = searched(project, *words, place=place, number=number, signal=SIGKILL)
        assert (status, answer) == (-SIGKILL, None)
        assert (project / "search").exists()
    status, answer = searched(project, *words)
    assert status == 1
    assert found(answer) == found(expected)
    assert not (project / "search").exists()


def test_a_search_that_is_interrupted_says_what_it_knows_and_finds_the_rest_later(
    project: Path,
) -> None:
    words = ("--checkpoint", "search")
    _, expected = searched(project)
    status, answer = searched(project, *words, place="writing", number=25, signal=SIGINT)
    assert (status, answer["reason"]) == (1, "interrupted")
    assert 0 < answer["states"] < expected["states"]
    assert answer["broken"] == expected["broken"]
    _, answer = searched(project, *words)
    assert found(answer) == found(expected)
