"""The faults that are kept here as patches: what each says, and what finds it.

Run as a module it tries all of them and writes the table of README.md; names of faults as
arguments try only those, and the other lines of the table stay.
"""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import reference_kernel

HERE = Path(__file__).parent
ROOT = Path(reference_kernel.__path__[0])
PLACE = HERE.parents[1]
README = HERE / "README.md"
AREAS = ("lifetimes", "teardown", "copy_on_write")
SECONDS = float(os.environ.get("FAULT_SECONDS", "150"))
"""So long each fault is looked for, about."""
NOTHING = "**nothing**"
_TABLE = "<!-- table -->\n"
_BORDERS = 4


@dataclass(frozen=True, slots=True)
class Patch:
    """A fault: a file, of which the first line says the mistake, and the rest is a diff."""

    path: Path

    @property
    def name(self) -> str:
        """The mistake in short."""
        return self.path.stem.partition("-")[2]

    @property
    def area(self) -> str:
        """What it is about."""
        return self.path.stem.partition("-")[0]

    @property
    def says(self) -> str:
        """The mistake in a sentence."""
        return self.path.read_text("utf-8").partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Finding:
    """What found a fault, in what words, and after how many seconds; "" where nothing did."""

    by: str
    wrong: str
    seconds: float


def patches() -> list[Patch]:
    """All, by area and then by name."""
    found = [Patch(path) for path in sorted(HERE.glob("*.patch"))]
    return sorted(found, key=lambda each: (AREAS.index(each.area), each.name))


def git(*words: str | Path, folder: Path) -> "subprocess.CompletedProcess[str]":
    """What git says in the folder, which it takes for no part of a repository."""
    return subprocess.run(
        ["git", "apply", *words],
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )


def find(patch: Patch | None, seconds: float = SECONDS) -> Finding:
    """What finds the fault first in a copy of the kernel, or without a fault."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT, place / ROOT.name, ignore=ignored)
        if patch is not None:
            applied = git(patch.path, folder=place)
            assert applied.returncode == 0, applied.stderr
        ran = subprocess.run(
            [sys.executable, "-m", "tests.faults.finding", str(seconds)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join((folder, str(PLACE)))},
            capture_output=True,
            text=True,
            check=False,
            cwd=place,
        )
    assert ran.returncode == 0, ran.stderr
    return Finding(**json.loads(ran.stdout))


def line(patch: Patch, finding: Finding) -> str:
    """The fault as a line of the table."""
    by, wrong = finding.by or NOTHING, finding.wrong.replace("|", "\\|").strip()
    return f"| {patch.area} | {patch.says} | {by} | {wrong} | {finding.seconds:.1f} |"


def lines() -> dict[str, str]:
    """The lines of the table as they are, by what the fault says."""
    written = README.read_text("utf-8").partition(_TABLE)[2].splitlines()
    return {each.split(" | ")[1]: each for each in written if each.count(" | ") >= _BORDERS}


def write(rows: Mapping[str, str]) -> None:
    """The table of these lines, and how many faults each way finds, instead of the old table."""
    known = [rows[each.says] for each in patches() if each.says in rows]
    counted = Counter(each.split(" | ")[2] for each in known)
    ways = ", ".join(f"{name} {number}" for name, number in counted.most_common())
    head = ["| about | fault | found by | as | s |", "|---|---|---|---|---|"]
    text = "\n".join([f"{len(known)} faults: {ways}.\n", *head, *known, ""])
    kept = README.read_text("utf-8").partition(_TABLE)[0]
    README.write_text(kept + _TABLE + text, "utf-8")


def main(asked: Sequence[str]) -> int:
    """Tries the faults; 1 when nothing finds one."""
    tried = [each for each in patches() if not asked or each.name in asked]
    rows, missed = lines(), 0
    for patch in tried:
        finding = find(patch)
        missed += not finding.by
        rows[patch.says] = line(patch, finding)
        sys.stdout.write(rows[patch.says] + "\n")
        sys.stdout.flush()
        write(rows)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
