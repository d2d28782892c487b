"""The main table: guarantee by design, with each verdict, what it rests on, and its trace."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assay.report.facts import DesignFacts, VerdictFacts
from assay.traces import Judgement, Trace, Verdict, count_verdicts

STYLES = {
    "PROVED": "green",
    "EXHAUSTED": "green",
    "SURVIVED": "cyan",
    "BROKEN": "bold red",
    "VACUOUS": "yellow",
    "UNKNOWN": "yellow",
}


def design_facts(
    design: str, judgements: Iterable[Judgement], store: Callable[[Trace, str], str]
) -> DesignFacts:
    """The verdicts on one design; `store` keeps a trace under a name and gives its path."""
    judged = tuple(judgements)
    counts = count_verdicts(each.verdict for each in judged)
    return DesignFacts(
        design=design,
        verdicts=[
            _facts(each, name, store) for each, name in zip(judged, _names(judged), strict=True)
        ],
        counts={verdict.value: count for verdict, count in counts.items()},
    )


def _names(judged: Iterable[Judgement]) -> Iterator[str]:
    """What each trace is kept as: the claim that it breaks, with a number from the second on."""
    kept: Counter[tuple[str, str]] = Counter()
    for each in judged:
        name = each.guarantee if each.trace is None else each.trace.claim or each.guarantee
        kept[each.subject, name] += 1
        count = kept[each.subject, name]
        yield name if count == 1 else f"{name} {count}"


def _facts(judgement: Judgement, name: str, store: Callable[[Trace, str], str]) -> VerdictFacts:
    trace = judgement.trace
    return VerdictFacts(
        guarantee=judgement.guarantee,
        subject=judgement.subject,
        engine=judgement.engine,
        verdict=judgement.verdict.value,
        seconds=round(judgement.seconds, 3),
        bounds=dict(judgement.bounds),
        states=judgement.states,
        depth=judgement.depth,
        obligations=judgement.obligations,
        solvers=list(judgement.solvers),
        trace=None if trace is None else store(trace, name),
        trace_steps=None if trace is None else trace.steps,
        trace_prepared=None if trace is None else trace.prepared,
        replayed=judgement.replayed.value,
        conjunct=judgement.conjunct,
        reason=judgement.reason,
    )


def print_designs(
    designs: Sequence[DesignFacts], names: Mapping[str, str], console: Console
) -> None:
    """The table of all designs side by side; `names` gives the sentence for a guarantee's id."""
    table = Table("guarantee", *(each["design"] for each in designs), show_lines=True)
    for guarantee in _rows(designs):
        cells = [_cell(each, guarantee) for each in designs]
        table.add_row(Text(f"{guarantee}\n{names.get(guarantee, '')}".strip()), *cells)
    console.print(table)
    for line in _traces(designs, names):
        console.print(line, soft_wrap=True, markup=False)
    for each in designs:
        console.print(_counts(each), markup=False)


def _rows(designs: Sequence[DesignFacts]) -> list[str]:
    seen = {row["guarantee"]: None for each in designs for row in each["verdicts"]}
    return list(seen)


def _cell(design: DesignFacts, guarantee: str) -> Text:
    lines = Text()
    for row in design["verdicts"]:
        if row["guarantee"] == guarantee:
            lines.append("\n" if lines else "")
            lines.append(row["verdict"], style=STYLES[row["verdict"]])
            lines.append(f" {row['subject']}: {evidence(row)}{_prepared(row)}")
    return lines


def evidence(row: VerdictFacts) -> str:
    """What a verdict rests on, in a few words."""
    match Verdict(row["verdict"]):
        case Verdict.PROVED:
            return f"{row['obligations']} obligations by {' and '.join(row['solvers'])}"
        case Verdict.EXHAUSTED:
            sizes = ", ".join(f"{kind}={count}" for kind, count in row["bounds"].items())
            return f"{row['states']:,} states with {sizes}"
        case Verdict.BROKEN:
            steps = row["trace_steps"]
            if steps is None:
                return row["reason"]
            return f"{steps} step{'' if steps == 1 else 's'}, {_replayed(row)}"
        case Verdict.SURVIVED | Verdict.VACUOUS | Verdict.UNKNOWN:
            return row["reason"]


def _prepared(row: VerdictFacts) -> str:
    """How many of the steps are there to have the objects."""
    return f"; {row['trace_prepared']} to make the objects" if row["trace_prepared"] else ""


def _replayed(row: VerdictFacts) -> str:
    match row["replayed"]:
        case "yes":
            return "replayed in the kernel"
        case "no":
            return "not seen in the kernel"
        case _:
            return f"by {row['engine']}"


def _traces(designs: Sequence[DesignFacts], names: Mapping[str, str]) -> Iterator[str]:
    for each in designs:
        for row in each["verdicts"]:
            if row["trace"] is not None:
                name = names.get(row["guarantee"], "")
                yield f"{row['guarantee']} {name}: assay replay {row['trace']}"
                part = row["conjunct"] or (
                    row["reason"] if row["subject"].startswith("kernel") else ""
                )
                if part:
                    yield f"    {part}"


def _counts(design: DesignFacts) -> str:
    shown = ", ".join(f"{count} {verdict}" for verdict, count in design["counts"].items() if count)
    return f"{design['design']}: {shown or 'nothing was judged'}"
