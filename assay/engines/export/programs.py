"""Other people's programs: whether they are there, and running them."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

from assay.engines.export.counted import ToolFailed, ToolMissing

_LAST_LINES = 8


def needed(*programs: str) -> None:
    """Errors: ToolMissing naming those of the programs that are not on the path."""
    missing = [program for program in programs if which(program) is None]
    if missing:
        raise ToolMissing(f"{' and '.join(missing)} not found; install it or put it on the PATH")


def output_of(words: Sequence[str], folder: Path) -> str:
    """What the program writes to both of its outputs.

    Errors: ToolFailed when its exit status is not 0.
    """
    ran = subprocess.run(
        words,
        cwd=folder,
        text=True,
        errors="replace",
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if ran.returncode:
        raise ToolFailed(f"{Path(words[0]).name} ended with {ran.returncode}: {last(ran.stdout)}")
    return ran.stdout


def last(output: str) -> str:
    """The last lines of an output, in one."""
    return " / ".join(line.strip() for line in output.splitlines()[-_LAST_LINES:] if line.strip())
