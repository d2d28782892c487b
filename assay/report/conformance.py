"""Logs of the real kernel in words: a row for each, then what contradicts the specification."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from assay.report.facts import ConformFacts, LogFacts

_COUNTS = ("calls", "predicted", "explained", "contradicted", "unread", "cut")


def print_conformance(facts: ConformFacts, console: Console) -> None:
    """The whole answer of `assay conform`."""
    table = Table("log", *_COUNTS, "accepted", "ending", box=None, pad_edge=False)
    for log in facts["logs"]:
        counts = (log["calls"], log["predicted"], log["explained"])
        others = (log["contradicted"], log["unread"], log["cut"])
        accepted = f"{log['accepted']['median']:g}, at most {log['accepted']['max']}"
        ending = f"{log['ending']['kind']} {log['ending']['verdict']}"
        table.add_row(log["log"], *(f"{n:,}" for n in (*counts, *others)), accepted, ending)
    console.print(table)
    for log in facts["logs"]:
        for line in _remarks(log):
            console.print(line, markup=False, soft_wrap=True)


def _remarks(log: LogFacts) -> Iterator[str]:
    if log["choices"]:
        chosen = ", ".join(f"{kind} {count:,}" for kind, count in log["choices"].items())
        yield f"{log['log']}: chosen to explain it: {chosen}"
    if log["data_words"]["wrong"]:
        words = log["data_words"]
        yield f"{log['log']}: {words['wrong']:,} of {words['compared']:,} words of memory are wrong"
    if log["ending"]["place"]:
        yield f"{log['log']}: it ends at {log['ending']['place']}"
    contradiction = log["first_contradiction"]
    if contradiction is not None:
        yield (
            f"CONTRADICTED  {log['log']}:{contradiction['line']}: {contradiction['call']} gave "
            f"{contradiction['got']}: {contradiction['why']}"
        )
        yield from (f"    expected {each}" for each in contradiction["expected"])
