"""Random runs in words: what happened how often, then what broke."""

from rich.console import Console
from rich.table import Table

from assay.report.facts import WalkFacts


def print_walk(facts: WalkFacts, console: Console) -> None:
    """The whole answer of `assay walk`."""
    console.print(f"the kernel under {facts['design']}", style="bold", markup=False)
    rate = f"{facts['steps_per_second']:,}/s"
    console.print(f"{facts['steps']:,} steps in {facts['seconds']:.1f} s, {rate}")
    console.print(_table("call", facts["calls"]))
    for model, seen in facts["models"].items():
        console.print(_table(f"action of {model}", {name: {"": n} for name, n in seen.items()}))
    for broken in facts["broken"]:
        console.print(
            f"BROKEN   {broken['guarantee']} after {broken['trace_steps']} steps: {broken['why']}: "
            f"assay replay {broken['trace']}",
            markup=False,
            soft_wrap=True,
        )
    if not facts["broken"]:
        console.print("SURVIVED: no step broke a guarantee or left a model")


def _table(title: str, counts: dict[str, dict[str, int]]) -> Table:
    table = Table(title, "seen", box=None, pad_edge=False)
    for name, outcomes in counts.items():
        seen = ", ".join(f"{what} {count:,}".strip() for what, count in outcomes.items())
        table.add_row(name, seen)
    return table
