"""Ours beside SPIN, TLC and minicheck on the same instances: counts that must agree, and the cost.

Each checker is a fresh process, and they take turns: in a round each of them runs once, and a ratio
is the median of the ratios of the rounds. A checker that is missing is named and left out.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import log2
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table

from assay import loading
from assay.bounds import bounds
from assay.engines.export import (
    Counted,
    Promela,
    Search,
    ToolFailed,
    ToolMissing,
    compile_spin,
    promela,
    run_tlc,
    search_spin,
    tla,
    tlc_is_there,
)
from assay.engines.export.programs import ran
from assay.lang import Recorded
from assay.project import nearest_project
from benchmarks.promises import Measured, promises

PROJECT = nearest_project(Path(__file__).parent)
DESIGN = "proposed"
DEFAULT = (
    "two_phase_commit:small",
    "two_phase_commit:large",
    "threads_groups_capabilities:medium",
    "threads_groups_capabilities:big",
    "threads_groups_capabilities:huge",
)
ONCE = {"TLC": 100_000, "minicheck": 100_000}
"""Checkers that run once where there are more states: they would take an hour for some rounds."""
SPINS = ("SPIN, depth first", "SPIN, breadth first")
NEVER = {"TLC": 10_000_000, "minicheck": 3_000_000, **dict.fromkeys(SPINS, 10_000_000)}
"""Checkers that do not run where there are more states: for time, or for memory."""
_START = "import sys; from assay.cli import run; sys.exit(run(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A checker that is ready to run; `keeps_all` when it is to count every state and step."""

    name: str
    run: Callable[[], Counted]
    keeps_all: bool = True
    results: list[Counted] = field(default_factory=list)


def given(sizes: dict[str, int]) -> str:
    """The sizes on a command line."""
    return ",".join(f"{kind}={size}" for kind, size in sizes.items())


def ours(model: str, sizes: dict[str, int], *options: str) -> Counted:
    """`assay explore` as its users start it; as SPIN's, the time to compile is none of the search.

    What the plain engine does until then counts as that too.
    """
    words = ["explore", model, "--design", DESIGN, "--bounds", given(sizes), "--json", *options]
    done = ran([sys.executable, "-c", _START, *words], PROJECT.root)
    facts = json.loads(done.output[done.output.index("{") :])
    return Counted(
        tool="assay",
        states=facts["states"],
        transitions=facts["transitions"],
        depth=facts["depth"],
        noted=frozenset(),
        seconds=facts["seconds"] - facts["prepared_seconds"],
        process_s=done.seconds,
        cpu_s=done.cpu_s,
        peak_mib=done.peak_mib,
        prepared_s=facts["prepared_seconds"],
        remark="",
    )


def minicheck(model: str, sizes: dict[str, int]) -> Counted:
    """The Python package minicheck, on the successor function of our plain engine."""
    words = [sys.executable, "-m", "benchmarks.by_minicheck", model, given(sizes)]
    done = ran(words, PROJECT.root)
    facts = json.loads(done.output[done.output.index("{") :])
    return Counted(
        tool="minicheck",
        states=facts["states"],
        transitions=facts["transitions"],
        depth=None,
        noted=frozenset(),
        seconds=facts["seconds"],
        process_s=done.seconds,
        cpu_s=done.cpu_s,
        peak_mib=done.peak_mib,
        prepared_s=0.0,
        remark="without the state from before the start",
    )


def minicheck_is_there() -> None:
    """Errors: ToolMissing without the package."""
    if find_spec("minicheck") is None:
        raise ToolMissing("the Python package minicheck is not installed; `make bench` installs it")


@dataclass(frozen=True, slots=True)
class Field:
    """Who takes part in one instance, and why others do not."""

    entrants: list[Entrant]
    absent: list[str]


def all_entrants(recorded: Recorded, sizes: dict[str, int], folder: Path) -> Field:
    """Every checker that is there; ours is first, and counts once to size SPIN's table well."""
    name = recorded.name
    there = [
        Entrant("assay", lambda: ours(name, sizes)),
        Entrant("assay, 2 threads", lambda: ours(name, sizes, "--threads", "2")),
        Entrant("assay, symmetry", lambda: ours(name, sizes, "--symmetry"), keeps_all=False),
    ]
    absent: list[str] = []
    states = ours(name, sizes).states
    others: dict[tuple[str, ...], Callable[[], list[Entrant]]] = {
        SPINS: lambda: _spins(recorded, sizes, folder, states),
        ("TLC",): lambda: _tlc(recorded, sizes, folder),
        ("minicheck",): lambda: _minicheck(name, sizes),
    }
    for names, ready in others.items():
        if states > NEVER[names[0]]:
            absent += [f"{each}: more than {NEVER[each]:,} states" for each in names]
            continue
        try:
            there += ready()
        except ToolMissing as missing:
            absent.append(f"{' and '.join(names)}: {missing}")
    return Field(there, absent)


def _spins(recorded: Recorded, sizes: dict[str, int], folder: Path, states: int) -> list[Entrant]:
    text, found = promela(recorded, sizes), list[Entrant]()
    bits = max(16, round(log2(states)) + 3)
    for name, search in zip(SPINS, (Search.DEPTH, Search.BREADTH), strict=True):
        compile_spin(text, folder / search.name, search)
        found.append(Entrant(name, _spin(text, folder / search.name, search, bits)))
    return found


def _spin(text: Promela, folder: Path, search: Search, bits: int) -> Callable[[], Counted]:
    return lambda: search_spin(text, folder, search, table_bits=bits)


def _tlc(recorded: Recorded, sizes: dict[str, int], folder: Path) -> list[Entrant]:
    tlc_is_there()
    return [Entrant("TLC", lambda: run_tlc(tla(recorded, sizes), folder / "tlc"))]


def _minicheck(model: str, sizes: dict[str, int]) -> list[Entrant]:
    minicheck_is_there()
    return [Entrant("minicheck", lambda: minicheck(model, sizes))]


def measure(found: Field, rounds: int) -> None:
    """Run every checker in turn; one that fails is left out from then on.

    Errors: ToolFailed where ours fails; AssertionError where one counts otherwise than ours.
    """
    first, *_ = found.entrants
    for _ in range(rounds):
        for each in list(found.entrants):
            most = ONCE.get(each.name)
            if each.results and most is not None and first.results[0].states > most:
                continue
            try:
                each.results.append(each.run())
            except ToolFailed as failed:
                if each is first:
                    raise
                found.entrants.remove(each)
                found.absent.append(f"{each.name}: {failed}")
                continue
            if each.keeps_all:
                counts = [
                    (one.states, one.transitions) for one in (each.results[-1], first.results[0])
                ]
                assert counts[0] == counts[1], (each.name, counts)


TIMES: tuple[tuple[str, Callable[[Counted], float]], ...] = (
    ("search", lambda counted: counted.seconds),
    ("process", lambda counted: counted.process_s),
    ("CPU", lambda counted: counted.cpu_s),
    ("MiB", lambda counted: counted.peak_mib),
)
"""What is compared: seconds of the search, of the process, of its processors; and its memory."""


def table(title: str, found: Field) -> Table:
    """Medians; then how many times less ours takes, on one thread; and who is left out."""
    names = [name for name, _ in TIMES]
    left_out = "; ".join(found.absent)
    caption = f"left out: {left_out}" if left_out else None
    columns = ("checker", "states", *names, *(f"{name} x" for name in names))
    made = Table(*columns, title=title, caption=caption)
    base = found.entrants[0].results
    for each in found.entrants:
        taken = [median(value(one) for one in each.results) for _, value in TIMES]
        ratios = [f"{ratio(each.results, base, value):.2f}" for _, value in TIMES]
        shown = [*(f"{one:.2f}" for one in taken[:-1]), f"{taken[-1]:.0f}"]
        made.add_row(each.name, f"{each.results[0].states:,}", *shown, *ratios)
    return made


def ratio(results: list[Counted], base: list[Counted], value: Callable[[Counted], float]) -> float:
    """The median of the ratios of the rounds in which both ran."""
    pairs = zip(results, base, strict=False)
    return median(value(one) / max(value(our), 1e-3) for one, our in pairs)


def main() -> None:
    """Measure what the command line names, print a table for each instance, then what was asked."""
    parser = ArgumentParser(prog="python -m benchmarks.checkers", description=__doc__)
    parser.add_argument("instances", nargs="*", default=DEFAULT, metavar="MODEL:SIZE")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    measured: Measured = {}
    for instance in asked.instances:
        model, _, size = instance.partition(":")
        recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, DESIGN))
        sizes = bounds(PROJECT, model)[size or "small"].sizes
        with TemporaryDirectory() as folder:
            found = all_entrants(recorded, sizes, Path(folder))
            measure(found, asked.rounds)
        measured[f"{model}:{size or 'small'}"] = {e.name: e.results for e in found.entrants}
        console.print(table(f"{model}, {size or 'small'}", found))
    console.print(promises(measured))


if __name__ == "__main__":
    main()
