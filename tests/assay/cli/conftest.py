"""A small project to run the tool on, and the tool as its users start it."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

LATCHES = Path(__file__).with_name("latches")
TOOL = Path(sys.executable).with_name("assay")


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it printed."""

    status: int
    out: str
    err: str


Assay = Callable[..., Ran]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project of latches, to be changed at will."""
    ignored = shutil.ignore_patterns("__pycache__", "out", ".assay")
    return Path(shutil.copytree(LATCHES, tmp_path / "project", ignore=ignored))


@pytest.fixture
def assay(project: Path) -> Assay:
    """Runs the tool in the project, as a process of its own with its output piped."""

    def run(*words: str) -> Ran:
        done = subprocess.run(
            [TOOL, *words], cwd=project, capture_output=True, text=True, timeout=120, check=False
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run
