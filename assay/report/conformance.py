"""Logs of the real kernel in words: a row for each, then what contradicts the specification."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from rich.console import Console
from rich.table import Table

from assay.report.facts import ConformFacts, LogFacts

_COUNTS = ("calls", "predicted", "explained", "contradicted", "unread", "cut")


class Possible(Protocol):
    """One result that was possible at a line."""

    @property
    def gave(self) -> str:
        """The result."""
        ...

    @property
    def refusal(self) -> str:
        """Its name in the call's table."""
        ...

    @property
    def chosen(self) -> tuple[str, ...]:
        """The hidden inputs that give it."""
        ...

    @property
    def survives(self) -> bool:
        """Whether the log printed it."""
        ...


def print_conformance(
    facts: ConformFacts, console: Console, possible: Iterable[Possible] = ()
) -> None:
    """The whole answer of `assay conform`, with what was possible at the line asked for."""
    table = Table("log", *_COUNTS, "accepted", "ending", box=None, pad_edge=False)
    for log in facts["logs"]:
        counts = (log["calls"], log["predicted"], log["explained"])
        others = (log["contradicted"], log["unread"], log["cut"])
        known = log["accepted"]
        accepted = f"{known['median']:g}, at most {known['max']}; 1 on {known['one']:,}"
        ending = f"{log['ending']['kind']} {log['ending']['verdict']}"
        table.add_row(log["log"], *(f"{n:,}" for n in (*counts, *others)), accepted, ending)
    console.print(table)
    for log in facts["logs"]:
        for line in _remarks(log):
            console.print(line, markup=False, soft_wrap=True)
    for each in possible:
        mark = "*" if each.survives else " "
        why = "; ".join(each.chosen) or "nothing hidden"
        line = f"{mark} {each.gave}  ({each.refusal}): {why}"
        console.print(line, markup=False, soft_wrap=True)


def print_coverage(facts: ConformFacts, console: Console, *, listed: bool) -> None:
    """How much of the specification the logs show; listed, which outcomes of which calls."""
    seen, never = facts["coverage"], facts["never_seen"]
    known = [call for call in never if call in seen]
    refused = sum(len(set(seen[call]) - {"ok"}) for call in known)
    every = refused + sum(len(names) for names in never.values())
    hint = "" if listed else "; --coverage lists them"
    console.print(
        f"shown by these logs: {len(known)} of {len(never)} calls, "
        f"{refused} of their {every} refusals{hint}",
        soft_wrap=True,
    )
    for call, names in never.items() if listed else ():
        counts = seen.get(call, {})
        shown = ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "nothing"
        rest = f"; never: {', '.join(names)}" if names else ""
        console.print(f"{call}: {shown}{rest}", markup=False, soft_wrap=True)


def _remarks(log: LogFacts) -> Iterator[str]:
    if log["choices"]:
        chosen = ", ".join(f"{kind} {count:,}" for kind, count in log["choices"].items())
        yield f"{log['log']}: chosen to explain it: {chosen}"
    if log["data_words"]["wrong"]:
        words = log["data_words"]
        yield f"{log['log']}: {words['wrong']:,} of {words['compared']:,} words of memory are wrong"
    if log["ending"]["place"]:
        yield f"{log['log']}: it ends at {log['ending']['place']}"
    yield from (f"{log['log']}:{remark}" for remark in log["remarks"])
    contradiction = log["first_contradiction"]
    if contradiction is not None:
        got = contradiction["got"]
        done = f"gave {got}" if got else "is to be made"
        where = f"{log['log']}:{contradiction['line']}: {contradiction['call']}"
        yield f"CONTRADICTED  {where} {done}: {contradiction['why']}"
        yield from (f"    expected {each}" for each in contradiction["expected"])
