"""Ours beside SPIN and TLC on the same instances: counts that must agree, and what they cost.

Each checker is a fresh process, and they take turns: in a round each of them runs once, and a ratio
is the median of the ratios of the rounds. A checker that is missing is named and left out.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
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

PROJECT = nearest_project(Path(__file__).parent)
DESIGN = "proposed"
DEFAULT = (
    "two_phase_commit:large",
    "threads_groups_capabilities:medium",
    "threads_groups_capabilities:big",
)
SLOW = {"TLC": 1_000_000}
"""Checkers that run once where there are more states: they would take an hour for some rounds."""
_START = "import sys; from assay.cli import run; sys.exit(run(sys.argv[1:]))"


@dataclass(frozen=True, slots=True)
class Entrant:
    """A checker that is ready to run; `keeps_all` when it is to count every state and step."""

    name: str
    run: Callable[[], Counted]
    keeps_all: bool = True
    results: list[Counted] = field(default_factory=list)


def ours(model: str, sizes: dict[str, int], *options: str) -> Counted:
    """`assay explore` as its users start it."""
    given = ",".join(f"{kind}={size}" for kind, size in sizes.items())
    words = ["explore", model, "--design", DESIGN, "--bounds", given, "--json", *options]
    done = ran([sys.executable, "-c", _START, *words], PROJECT.root)
    facts = json.loads(done.output[done.output.index("{") :])
    return Counted(
        tool="assay",
        states=facts["states"],
        transitions=facts["transitions"],
        depth=facts["depth"],
        noted=frozenset(),
        seconds=facts["seconds"],
        process_s=done.seconds,
        cpu_s=done.cpu_s,
        peak_mib=done.peak_mib,
        prepared_s=0.0,
        remark="",
    )


def entrants(recorded: Recorded, sizes: dict[str, int], folder: Path) -> Iterator[Entrant]:
    """Every checker that is there; ours is first, and counts once to size SPIN's table well."""
    name = recorded.name
    yield Entrant("assay", lambda: ours(name, sizes))
    yield Entrant("assay, 2 threads", lambda: ours(name, sizes, "--threads", "2"))
    yield Entrant("assay, symmetry", lambda: ours(name, sizes, "--symmetry"), keeps_all=False)
    bits = max(16, round(log2(ours(name, sizes).states)) + 3)
    try:
        text = promela(recorded, sizes)
        for search in (Search.DEPTH, Search.BREADTH):
            compile_spin(text, folder / search.name, search)
            yield Entrant(f"SPIN, {search.value}", _spin(text, folder / search.name, search, bits))
    except ToolMissing as missing:
        print(f"SPIN is left out: {missing}")
    try:
        tlc_is_there()
        yield Entrant("TLC", lambda: run_tlc(tla(recorded, sizes), folder / "tlc"))
    except ToolMissing as missing:
        print(f"TLC is left out: {missing}")


def _spin(text: Promela, folder: Path, search: Search, bits: int) -> Callable[[], Counted]:
    return lambda: search_spin(text, folder, search, table_bits=bits)


def measured(recorded: Recorded, sizes: dict[str, int], rounds: int, folder: Path) -> list[Entrant]:
    """Run every checker in turn; AssertionError where one counts otherwise than ours."""
    found = list(entrants(recorded, sizes, folder))
    for _ in range(rounds):
        for each in found:
            first = found[0].results
            most = SLOW.get(each.name)
            if each.results and most is not None and first[0].states > most:
                continue
            each.results.append(each.run())
            if each.keeps_all:
                counts = (each.results[-1].states, each.results[-1].transitions)
                assert counts == (first[0].states, first[0].transitions), (each.name, counts)
    return found


TIMES: tuple[tuple[str, Callable[[Counted], float]], ...] = (
    ("search", lambda counted: counted.seconds),
    ("process", lambda counted: counted.process_s),
    ("CPU", lambda counted: counted.cpu_s),
    ("MiB", lambda counted: counted.peak_mib),
)
"""What is compared: seconds of the search, of the process, of its processors; and its memory."""


def table(title: str, found: list[Entrant]) -> Table:
    """Medians; then how many times less ours takes, on one thread."""
    names = [name for name, _ in TIMES]
    made = Table("checker", "states", *names, *(f"{name} x" for name in names), title=title)
    base = found[0].results
    for each in found:
        taken = [median(value(one) for one in each.results) for _, value in TIMES]
        ratios = [_ratio(each.results, base, value) for _, value in TIMES]
        shown = [*(f"{one:.2f}" for one in taken[:-1]), f"{taken[-1]:.0f}"]
        made.add_row(each.name, f"{each.results[0].states:,}", *shown, *ratios)
    return made


def _ratio(results: list[Counted], base: list[Counted], value: Callable[[Counted], float]) -> str:
    """The median of the ratios of the rounds in which both ran."""
    pairs = zip(results, base, strict=False)
    return f"{median(value(one) / max(value(our), 1e-3) for one, our in pairs):.2f}"


def main() -> None:
    """Measure what the command line names, and print a table for each instance."""
    parser = ArgumentParser(prog="python -m benchmarks.checkers", description=__doc__)
    parser.add_argument("instances", nargs="*", default=DEFAULT, metavar="MODEL:SIZE")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    console = Console(width=None if sys.stdout.isatty() else 140)
    for instance in asked.instances:
        model, _, size = instance.partition(":")
        recorded = loading.recorded(PROJECT, model, loading.design(PROJECT, DESIGN))
        sizes = bounds(PROJECT, model)[size or "small"].sizes
        with TemporaryDirectory() as folder:
            found = measured(recorded, sizes, asked.rounds, Path(folder))
        console.print(table(f"{model}, {size or 'small'}", found))


if __name__ == "__main__":
    main()
