"""What is left of a run that breaks something."""

from typing import Any

from assay.engines.kernel import KernelCheck
from assay.engines.schedules import Limits, search_schedules
from assay.engines.walk.finding import finding
from tests.assay.engines.schedules.cells import CellKernel, CellScenario, Event, Step, of, subject

UNITS = (0, 0, 1, 2, 2, 1)
EVENTS = [
    Event(0, "set", "a", 1),
    Event(0, "set", "b", 1),
    Event(1, "set", "c", 1),
    Event(2, "set", "d", 1),
    Event(2, "set", "e", 1),
    Event(1, "set", "c", 2),
]


def both(_: Any, _before: Any, _event: Event, _gave: int, after: Any) -> str | None:
    """One cell was written by each of two."""
    return "a and c are there" if of(after, "a") and of(after, "c") == 2 else None


def test_what_belongs_together_is_left_out_together() -> None:
    found = finding(subject(both), "CELL-1", EVENTS, full=True, units=UNITS)
    cells = [dict(each.arguments)["cell"] for each in found.trace.decisions]
    assert cells == ["a", "b", "c", "c"]
    alone = finding(subject(both), "CELL-1", EVENTS, full=True)
    assert [dict(each.arguments)["cell"] for each in alone.trace.decisions] == ["a", "c"]


def test_what_only_made_the_others_needs_is_counted_where_it_is_left() -> None:
    found = finding(subject(both), "CELL-1", EVENTS, full=True, prepared=5)
    assert found.trace.prepared == 1
    assert finding(subject(both), "CELL-1", EVENTS, full=True).trace.prepared == 0


def test_of_several_checks_of_a_guarantee_the_one_that_fails_is_cut_for() -> None:
    checks = (
        KernelCheck("CELL-1", lambda *_: None, full=True),
        KernelCheck("CELL-1", both, full=True),
    )
    chosen: Any = subject()
    kernel: CellKernel = chosen.kernel
    kernel.checks = checks
    steps: tuple[Step, ...] = (("set", "x", 1), ("set", "a", 1), ("set", "c", 2))
    (found,) = search_schedules(chosen, CellScenario((steps,)), Limits()).broken
    assert [dict(each.arguments)["cell"] for each in found.trace.decisions] == ["a", "c"]
