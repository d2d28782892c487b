"""The tutorial works as it is written: each edit applies, each command prints what it says."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.tidy.tree import ROOT, files

PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TOOL = Path(sys.executable).with_name("assay")


def copied(folder: Path) -> Path:
    """The project's own files in another place."""
    for path in files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, folder / path)
    return folder


def edit(project: Path, block: str) -> None:
    """Replace the lines of a diff without `+` by those without `-`; they must stand there once."""
    name, *lines = block.splitlines()
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    text = (project / name).read_text()
    assert text.count(before) == 1, f"{name} has changed: the page edits\n{before}"
    (project / name).write_text(text.replace(before, after))


def command(project: Path, block: str) -> None:
    """Run what follows `$`; every line of the page must be in what it prints."""
    line, *expected = block.splitlines()
    words = line.removeprefix("$ assay ").split()
    ran = subprocess.run(
        [TOOL, *words], cwd=project, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    printed = " ".join(ran.stdout.split())
    for each in expected:
        assert " ".join(each.split()) in printed, f"{line}\n{ran.stdout}"


def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    project = copied(tmp_path)
    for kind, block in BLOCK.findall(PAGE.read_text()):
        match kind:
            case "console":
                command(project, block)
            case "diff":
                edit(project, block)
            case "toml":
                name, text = block.split("\n", 1)
                (project / name).write_text(text)
            case _:
                raise AssertionError(kind)
