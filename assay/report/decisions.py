"""A question and its choices: what was judged of each, as facts and as tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assay.report.facts import CellFacts, ChoiceFacts, CostFacts, DecisionFacts, VerdictFacts
from assay.report.verdicts import STYLES, evidence
from assay.traces import Judgement, Verdict
from assay.traces.text import in_short

_SILENCE = "no model, statement or check of the kernel speaks of it"
_NOTHING_TO_SAY = "under this choice there is nothing that it could be broken by"
_WORST_FIRST = ("BROKEN", "UNKNOWN", "VACUOUS", "SURVIVED", "EXHAUSTED", "PROVED")

Row = tuple[VerdictFacts, Judgement]
"""A verdict as it is shown, and the judgement behind it."""


def cells_of(rows: Iterable[Row], guarantees: Iterable[str]) -> list[CellFacts]:
    """A cell for each guarantee and who speaks of it; one that says so where nobody does."""
    known = list(rows)
    return [cell for each in guarantees for cell in _cells(known, each)]


def silent(guarantee: str, model: str) -> CellFacts:
    """A cell of a model that promises the guarantee under other choices, and not under this one."""
    return _bare(guarantee, model, Verdict.VACUOUS, _NOTHING_TO_SAY)


def _bare(guarantee: str, subject: str, verdict: Verdict, evidence: str) -> CellFacts:
    return CellFacts(
        guarantee=guarantee,
        subject=subject,
        verdict=verdict.value,
        evidence=evidence,
        why="",
        ways=0,
        steps=[],
    )


def broken_besides(rows: Sequence[Row], known: Iterable[str]) -> list[CellFacts]:
    """What is broken that is not `known`, each in its order."""
    left = dict.fromkeys(r["guarantee"] for r, _ in rows if r["verdict"] == Verdict.BROKEN.value)
    found = cells_of(rows, [each for each in left if each not in frozenset(known)])
    return [each for each in found if each["verdict"] == Verdict.BROKEN.value]


def _cells(rows: Sequence[Row], guarantee: str) -> list[CellFacts]:
    by_subject: dict[str, list[Row]] = {}
    for row in rows:
        if row[0]["guarantee"] == guarantee:
            by_subject.setdefault(row[0]["subject"], []).append(row)
    cells = [_cell(each) for each in by_subject.values()]
    nobody = _bare(guarantee, "nobody", Verdict.UNKNOWN, _SILENCE)
    return sorted(cells, key=lambda each: _WORST_FIRST.index(each["verdict"])) or [nobody]


def _cell(rows: Sequence[Row]) -> CellFacts:
    """The worst that one subject says of one guarantee, by the shortest trace of all."""
    worst = min((row["verdict"] for row, _ in rows), key=_WORST_FIRST.index)
    said = [each for each in rows if each[0]["verdict"] == worst]
    row, judgement = min(said, key=lambda each: each[0]["trace_steps"] or 0)
    trace = judgement.trace
    return CellFacts(
        guarantee=row["guarantee"],
        subject=row["subject"],
        verdict=worst,
        evidence=evidence(row),
        why=_why(row),
        ways=len(said) if worst == Verdict.BROKEN.value else 0,
        steps=[] if trace is None else in_short(trace),
    )


def _why(row: VerdictFacts) -> str:
    if row["verdict"] != Verdict.BROKEN.value:
        return ""
    claim, _, _ = row["conjunct"].rpartition(" (")
    return claim or row["reason"]


def costs_of(
    choices: Mapping[str, Mapping[str, Mapping[str, int]]], about: Mapping[str, str]
) -> tuple[list[CostFacts], list[str]]:
    """What differs between choices, by workload; and the workloads in which nothing does."""
    costs, same = [], []
    for workload, text in about.items():
        by_choice = {choice: counts[workload] for choice, counts in choices.items()}
        names = dict.fromkeys(name for counts in by_choice.values() for name in counts)
        differ = [
            name for name in names if len({each.get(name, 0) for each in by_choice.values()}) > 1
        ]
        if differ:
            counts = {c: {name: n.get(name, 0) for name in differ} for c, n in by_choice.items()}
            costs.append(CostFacts(workload=workload, about=text, counts=counts))
        else:
            same.append(workload)
    return costs, same


def print_decision(facts: DecisionFacts, console: Console) -> None:
    """The matrix, what is broken besides, and what differs in cost."""
    console.print(f"{facts['question']}: {facts['asks']}", markup=False)
    table = Table("guarantee", *(_head(facts, each) for each in facts["choices"]), show_lines=True)
    for guarantee, name in facts["guarantees"].items():
        cells = [_shown(each, guarantee) for each in facts["choices"]]
        table.add_row(Text(f"{guarantee}\n{name}"), *cells)
    console.print(table)
    for line in (*_besides(facts), *_abilities(facts), *_costs(facts)):
        console.print(line, markup=False, soft_wrap=True)


def _head(facts: DecisionFacts, choice: ChoiceFacts) -> str:
    return f"{choice['choice']} *" if choice["choice"] == facts["answer"] else choice["choice"]


def _shown(choice: ChoiceFacts, guarantee: str) -> Text:
    if choice["not_built"]:
        return Text(f"not built: {choice['not_built']}", style="yellow")
    lines = Text()
    for cell in choice["cells"]:
        if cell["guarantee"] == guarantee:
            lines.append("\n" if lines else "")
            lines.append(cell["verdict"], style=STYLES[cell["verdict"]])
            lines.append(f" {cell['subject']}: {cell['evidence']}")
    return lines


def _besides(facts: DecisionFacts) -> Iterator[str]:
    for choice in facts["choices"]:
        for cell in choice["besides"]:
            told = f"{cell['guarantee']} {cell['subject']}: {cell['evidence']}"
            yield f"{choice['choice']} breaks besides: {told}"


def _abilities(facts: DecisionFacts) -> Iterator[str]:
    for what, some in facts["abilities"].items():
        yield f"only under {', '.join(some)}: {what}"


def _costs(facts: DecisionFacts) -> Iterator[str]:
    for cost in facts["costs"]:
        yield f"{cost['workload']}: {cost['about']}"
        for choice, counts in cost["counts"].items():
            yield f"    {choice}: {', '.join(f'{name} {n:,}' for name, n in counts.items())}"
    if facts["same"]:
        yield f"the same under every choice: {', '.join(facts['same'])}"
