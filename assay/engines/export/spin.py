"""SPIN: the instance in Promela, translated to C, compiled and searched."""

import re
from enum import Enum
from pathlib import Path
from time import monotonic

from assay.engines.export.counted import Counted, ToolFailed
from assay.engines.export.programs import last, needed, output_of
from assay.engines.export.promela import Promela

_DEEPEST = 1_000_000
"""Steps that a depth-first search may go down; one that has to go further is not complete."""
_ROOM = 64
"""Bytes of a state that SPIN adds of its own, generously."""
_STATES = re.compile(r"^ *(\d+) states, stored", re.MULTILINE)
_TRANSITIONS = re.compile(r"^ *(\d+) transitions", re.MULTILINE)
_DEPTH = re.compile(r"depth reached (\d+), errors: (\d+)")
_MEMORY = re.compile(r"^ *([\d.]+)\s+total actual memory usage", re.MULTILINE)
_NOTED = re.compile(r"^noted (\d+)$", re.MULTILINE)
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

    No reduction and no lossy compression: each state is stored as it is. Errors: ToolMissing
    without spin or gcc; ToolFailed when one of them fails, or the search is not complete.
    """
    spin_is_there()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.pml").write_text(model.text, "utf-8")
    began = monotonic()
    output_of(["spin", "-a", "model.pml"], folder)
    output_of(["gcc", *_options(model, search), "-o", "pan", "pan.c"], folder)
    compiled = monotonic()
    depth = [f"-m{_DEEPEST}"] if search is Search.DEPTH else []
    output = output_of(["./pan", *depth], folder)
    seconds = monotonic() - compiled
    return _counted(model, output, search, seconds=seconds, prepared=compiled - began)


def _options(model: Promela, search: Search) -> list[str]:
    breadth = ["-DBFS"] if search is Search.BREADTH else []
    return ["-O2", "-w", "-DSAFETY", "-DNOREDUCE", f"-DVECTORSZ={model.size + _ROOM}", *breadth]


def _counted(
    model: Promela, output: str, search: Search, *, seconds: float, prepared: float
) -> Counted:
    states, transitions = _STATES.search(output), _TRANSITIONS.search(output)
    depth, memory = _DEPTH.search(output), _MEMORY.search(output)
    if states is None or transitions is None or depth is None or depth[2] != "0":
        raise ToolFailed(f"pan found no counts: {last(output)}")
    if "too small" in output or "out of memory" in output or "not completed" in output:
        raise ToolFailed(f"pan did not search all: {last(output)}")
    noted = [int(number) for number in _NOTED.findall(output)]
    notes = sum(number < model.over_states for number in noted)
    return Counted(
        tool=f"SPIN, {search.value}",
        states=int(states[1]) - 1,
        transitions=int(transitions[1]) - 1 - model.starts - notes,
        depth=int(depth[1]) - 1 if search is Search.BREADTH else None,
        noted=frozenset(model.claims[number] for number in noted),
        seconds=seconds,
        prepared=prepared,
        peak_mib=round(float(memory[1])) if memory else None,
        remark=_REMARK,
    )
