"""An exploration in words: the counts first, then what never happens, then what is broken."""

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.table import Table

from assay.report.facts import ComparisonFacts, ExplorationFacts, ProgressFacts, RungFacts


def print_exploration(facts: ExplorationFacts, console: Console) -> None:
    """The whole answer of `assay explore`."""
    for rung in facts["rungs"] or ():
        for line in _rung(rung):
            console.print(line)
    sizes = _sizes(facts["bounds"])
    console.print(f"{facts['model']} under {facts['design']} with {sizes}", style="bold")
    console.print(summary(facts))
    console.print(_actions(facts))
    for line in _remarks(facts):
        console.print(line)


def _sizes(bounds: Mapping[str, int]) -> str:
    return ", ".join(f"{kind}={count}" for kind, count in bounds.items())


def _rung(facts: RungFacts) -> Iterator[str]:
    extent = "" if facts["complete"] else f", incomplete: {facts['reason']}"
    counts = f"{facts['states']:,} states, depth {facts['depth']}{extent}"
    yield f"{_sizes(facts['bounds'])}: {counts}{'' if facts['new'] else '; nothing new'}"
    yield from (f"    {new}" for new in facts["new"])


def summary(facts: ExplorationFacts) -> str:
    """The counts in one line that is the same in every run, up to the time it took."""
    extent = "complete" if facts["complete"] else f"incomplete: {facts['reason']}"
    return (
        f"{facts['states']:,} states, {facts['transitions']:,} transitions, "
        f"depth {facts['depth']}, {extent} ({facts['seconds']:.1f} s)"
    )


def _actions(facts: ExplorationFacts) -> Table:
    table = Table("action", "taken", "refused by", box=None, pad_edge=False)
    for action, taken in facts["enabled"].items():
        refusals = facts["refused"].get(action, {})
        shown = ", ".join(f"{check} {count:,}" for check, count in refusals.items())
        table.add_row(action, f"{taken:,}", shown)
    return table


def _remarks(facts: ExplorationFacts) -> Iterator[str]:
    if facts["symmetry"]:
        yield f"states that differ by the places of {', '.join(facts['symmetry'])} count as one"
        if facts["no_symmetry"]:
            yield f"symmetry could do more: {facts['no_symmetry']}"
        if facts["progress"]:
            yield "progress is judged over all states, since a run must come back to the very same"
    elif facts["symmetry"] is not None:
        yield f"symmetry is off: {facts['no_symmetry']}"
    for action, taken in facts["enabled"].items():
        if taken == 0:
            yield f"VACUOUS  {action} never happens"
    for claim, depth in facts["can"].items():
        yield f"VACUOUS  {claim} never holds" if depth is None else f"{claim} after {depth} steps"
    for claim in facts["never_true"]:
        yield f"VACUOUS  a premise of {claim} is never true"
    for broken in facts["broken"]:
        yield (
            f"BROKEN   {broken['guarantee']} {broken['claim']} after {broken['depth']} steps: "
            f"assay replay {broken['trace']}"
        )
        yield from (f"         another way: assay replay {trace}" for trace in broken["others"])
        if broken["no_more"]:
            yield f"         no more ways: {broken['no_more']}"
    for judged in facts["progress"]:
        yield _progress(judged)
    if facts["deadlocks"]:
        yield f"{facts['deadlocks']:,} states in which nothing can happen"
    if facts["compared"] is not None:
        yield from _compared(facts["compared"])


def _progress(facts: ProgressFacts) -> str:
    if facts["holds"] is None:
        return f"UNKNOWN  {facts['claim']}: {facts['reason']}"
    if facts["holds"]:
        vacuous = f"VACUOUS  a premise of {facts['claim']} is never true"
        return f"{facts['claim']} in every fair run" if facts["premise_seen"] else vacuous
    given = f" for {facts['arguments']}" if facts["arguments"] else ""
    return (
        f"BROKEN   {facts['guarantee']} {facts['claim']} by an endless run{given}: "
        f"assay replay {facts['trace']}"
    )


def _compared(facts: ComparisonFacts) -> Iterator[str]:
    took = f"{facts['seconds']:.1f} s after {facts['prepared_s']:.1f} s of preparation"
    remark = f", {facts['remark']}" if facts["remark"] else ""
    counts = f"{facts['states']:,} states, {facts['transitions']:,} transitions{remark} ({took})"
    yield f"{'DIFFERS' if facts['differs'] else 'AGREES':<8} {facts['checker']}: {counts}"
    for difference in facts["differs"]:
        yield f"         {difference}"
