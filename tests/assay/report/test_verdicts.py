"""The table of verdicts tells which steps of a trace only make what it is about."""

from io import StringIO

from rich.console import Console

from assay.report.verdicts import design_facts, print_designs
from assay.traces import Decision, Trace
from assay.traces.verdicts import Judgement, Verdict

STEPS = Decision("door_new"), Decision("open"), Decision("shut")


def shown(prepared: int) -> tuple[int | None, str]:
    """What the fact and the table say of a trace of three steps."""
    trace = Trace("kernel", "d", "v1", (), Decision("boot"), STEPS, prepared=prepared)
    broken = Judgement("DOOR-1", "kernel", "search", Verdict.BROKEN, 0.1, trace=trace)
    facts = design_facts("d", [broken], lambda _, name: name)
    out = StringIO()
    print_designs([facts], {}, Console(file=out, width=100))
    return facts["verdicts"][0]["trace_prepared"], out.getvalue()


def test_steps_that_only_make_objects_are_counted_apart() -> None:
    prepared, table = shown(2)
    assert prepared == 2
    assert "3 steps, by search; 2 to make the objects" in table


def test_nothing_is_said_of_them_where_there_are_none() -> None:
    prepared, table = shown(0)
    assert prepared == 0
    assert "3 steps, by search " in table
    assert "to make" not in table
