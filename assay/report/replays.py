"""A replayed trace in words."""

from rich.console import Console

from assay.report.facts import ReplayFacts
from assay.traces import Trace, to_text


def print_replay(facts: ReplayFacts, trace: Trace, console: Console) -> None:
    """The trace as it went now, and whether it still shows what it claims."""
    console.print(to_text(trace), markup=False, soft_wrap=True, end="")
    for subject in ("model", "kernel"):
        console.print(f"in the {subject}: {facts[subject]}", markup=False, soft_wrap=True)
    shown = "it still shows what it claims" if facts["holds"] else "it no longer shows its claim"
    console.print(shown, style="bold")
