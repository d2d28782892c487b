"""Other people's programs: whether they are there, and running them."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from tempfile import TemporaryFile
from time import monotonic

from assay.engines.export.counted import ToolFailed, ToolMissing

_LAST_LINES = 8
_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, what it wrote to both outputs, and what it took: all its threads."""

    status: int
    output: str
    seconds: float
    cpu_s: float
    peak_mib: int


def needed(*programs: str) -> None:
    """Errors: ToolMissing naming those of the programs that are not on the path."""
    missing = [program for program in programs if which(program) is None]
    if missing:
        raise ToolMissing(f"{' and '.join(missing)} not found; install it or put it on the PATH")


def ran(words: Sequence[str], folder: Path, *, fine: Sequence[int] = (0,)) -> Ran:
    """Run the program in the folder.

    Errors: ToolFailed when its exit status is not among the `fine` ones.
    """
    with TemporaryFile() as said:
        began = monotonic()
        with subprocess.Popen(words, cwd=folder, stdout=said, stderr=subprocess.STDOUT) as process:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                process.kill()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
        seconds = monotonic() - began
        said.seek(0)
        output = said.read().decode("utf-8", "replace")
    if process.returncode not in fine:
        name = Path(words[0]).name
        raise ToolFailed(f"{name} ended with {process.returncode}: {last(output)}")
    return Ran(
        process.returncode,
        output,
        seconds,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss // _BLOCK,
    )


def last(output: str) -> str:
    """The last lines of an output, in one."""
    return " / ".join(line.strip() for line in output.splitlines()[-_LAST_LINES:] if line.strip())
