"""SPIN: the instance in Promela, translated to C, compiled and searched."""

import re
from dataclasses import replace
from enum import Enum
from pathlib import Path

from assay.engines.export.counted import Counted, ToolFailed
from assay.engines.export.programs import last, needed, ran
from assay.engines.export.promela import Promela

_DEEPEST = 1_000_000
"""Steps that a depth-first search may go down; one that has to go further is not complete."""
_ROOM = 64
"""Bytes of a state that SPIN adds of its own, generously."""
_COUNTS = {
    "states": re.compile(r"^ *(\d+) states, stored", re.MULTILINE),
    "transitions": re.compile(r"^ *(\d+) transitions", re.MULTILINE),
    "depth": re.compile(r"depth reached (\d+), errors: (\d+)"),
    "elapsed": re.compile(r"elapsed time ([\d.]+) seconds"),
}
_NOTED = re.compile(r"^noted (\d+)$", re.MULTILINE)
_INCOMPLETE = ("too small", "out of memory", "not completed")
_REMARK = "without SPIN's state from before the start"


class Search(Enum):
    """In which order SPIN searches; the first finds depths, the second is its fastest."""

    BREADTH = "breadth first"
    DEPTH = "depth first"


def spin_is_there() -> None:
    """Errors: ToolMissing without spin or gcc."""
    needed("spin", "gcc")


def run_spin(model: Promela, folder: Path, *, search: Search = Search.BREADTH) -> Counted:
    """Search the whole instance; the Promela text is kept as model.pml in the folder.

    A verifier that is to run once is compiled quickly. Errors: as `compile_spin` and `search_spin`.
    """
    prepared_s = compile_spin(model, folder, search, optimisation=1)
    return replace(search_spin(model, folder, search), prepared_s=prepared_s)


def compile_spin(model: Promela, folder: Path, search: Search, *, optimisation: int = 2) -> float:
    """Make the verifier, `pan` in the folder; gives the seconds that it took.

    `optimisation` is the level that gcc is asked for. No reduction and no lossy compression: each
    state is stored as it is. Errors: ToolMissing without spin or gcc; ToolFailed when one of them
    fails.
    """
    spin_is_there()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pml").write_text(model.text, "utf-8")
    breadth = ["-DBFS"] if search is Search.BREADTH else []
    vector = f"-DVECTORSZ={model.size + _ROOM}"
    options = [f"-O{optimisation}", "-w", "-DSAFETY", "-DNOREDUCE", vector, *breadth]
    translated = ran(["spin", "-a", "model.pml"], folder)
    compiled = ran(["gcc", *options, "-o", "pan", "pan.c"], folder)
    return translated.seconds + compiled.seconds


def search_spin(
    model: Promela, folder: Path, search: Search, *, table_bits: int | None = None
) -> Counted:
    """Run the verifier that was made in the folder; `table_bits` is the size of its table to start.

    Errors: ToolFailed when it fails, or does not search all.
    """
    depth = [f"-m{_DEEPEST}"] if search is Search.DEPTH else []
    table = [] if table_bits is None else [f"-w{table_bits}"]
    pan = ran(["./pan", *depth, *table], folder)
    found = {name: pattern.search(pan.output) for name, pattern in _COUNTS.items()}
    states, transitions, reached = found["states"], found["transitions"], found["depth"]
    if states is None or transitions is None or reached is None or reached[2] != "0":
        raise ToolFailed(f"pan found no counts: {last(pan.output)}")
    if any(sign in pan.output for sign in _INCOMPLETE):
        raise ToolFailed(f"pan did not search all: {last(pan.output)}")
    noted = [int(number) for number in _NOTED.findall(pan.output)]
    notes = sum(number < model.over_states for number in noted)
    elapsed = found["elapsed"]
    return Counted(
        tool=f"SPIN, {search.value}",
        states=int(states[1]) - 1,
        transitions=int(transitions[1]) - 1 - model.starts - notes,
        depth=int(reached[1]) - 1 if search is Search.BREADTH else None,
        noted=frozenset(model.claims[number] for number in noted),
        seconds=pan.seconds if elapsed is None else float(elapsed[1]),
        process_s=pan.seconds,
        cpu_s=pan.cpu_s,
        peak_mib=pan.peak_mib,
        prepared_s=0.0,
        remark=_REMARK,
    )
