"""Searches of schedules in words: a line for each scenario, what is broken, how runs end."""

from rich.console import Console
from rich.table import Table

from assay.report.facts import BrokenSchedule, ScheduleFacts, SchedulesFacts

_TOLD_OF_ENDS = {"waits": "WAITS", "stuck": "STUCK"}
"""How runs end that a reader should know of; panics and deadlocks break a guarantee."""


def print_schedules(facts: SchedulesFacts, console: Console) -> None:
    """The whole answer of `assay schedules`."""
    console.print(f"schedules under {facts['design']}", style="bold", markup=False)
    table = Table("scenario", "states", "steps", "depth", "verdict", box=None, pad_edge=False)
    for each in facts["scenarios"]:
        states = f"{each['runs']:,} runs" if each["runs"] else f"{each['states']:,}"
        table.add_row(
            each["scenario"], states, f"{each['steps']:,}", str(each["depth"]), _verdict(each)
        )
    console.print(table)
    for each in facts["scenarios"]:
        for line in _lines(each):
            console.print(line, markup=False, soft_wrap=True)
    if facts["interrupted"]:
        console.print("interrupted: what was not looked at is unknown")


def _verdict(each: ScheduleFacts) -> str:
    if each["lacks"]:
        return f"n/a: the design has no {each['lacks']}"
    claims = sorted({broken["guarantee"] for broken in each["broken"]})
    told = f"{each['verdict']} {', '.join(claims)}".strip()
    if each["verdict"] == "EXHAUSTED":
        sizes = ", ".join(f"{name}={size}" for name, size in each["bounds"].items())
        told = f"{told} with {sizes}"
    if each["preemptions"] is not None:
        told = f"{told}, at most {each['preemptions']} preemptions"
    return f"{told}: {each['reason']}" if each["reason"] else told


def _lines(each: ScheduleFacts) -> list[str]:
    name = each["scenario"]
    lines = [
        f"BROKEN   {broken['guarantee']} in {name} after {_steps(broken)}: {broken['why']}: "
        f"assay replay {broken['trace']}"
        for broken in each["broken"]
    ]
    lines += [
        f"{_TOLD_OF_ENDS[end['standing']]:9}{name}: {end['words']}: assay replay {end['trace']}"
        for end in each["ends"]
        if end["standing"] in _TOLD_OF_ENDS
    ]
    if each["endless"]:
        lines.append(f"ENDLESS  {name}: nothing can end any more: assay replay {each['endless']}")
    return lines


def _steps(broken: BrokenSchedule) -> str:
    """How many steps after those that came before the programs."""
    steps = broken["trace_steps"] - broken["prepared"]
    return f"{steps} step{'' if steps == 1 else 's'}"
