"""Runs of a kernel become traces that are cut to what they need, and replay."""

import pytest
from latches.design import Design, Locking
from latches.kernel import KERNEL, Event

from assay.engines.kernel_traces import KernelReplayer, run, shrunk
from assay.traces import TraceError, replay

FREE = Design("free", "", Locking.FREE)
SHUT_ONLY = Design("shut-only", "", Locking.SHUT_ONLY)
LONG = [
    Event(name, door)
    for name, door in (
        ("push", "back"),
        ("pull", "front"),
        ("lock", "back"),
        ("pull", "back"),
        ("lock", "front"),
        ("push", "front"),
    )
]


def test_a_run_ends_with_the_step_that_breaks_the_claim() -> None:
    trace, why = run(KernelReplayer(KERNEL, FREE), LONG, claim="DOOR-1")
    assert why == "front is open and locked"
    assert trace.steps == 5
    assert trace.decisions[3].gave == "LOCKED"
    assert trace.decisions[-1].changed == (("locked[front]", "False -> True"),)


def test_the_step_that_breaks_the_claim_prepares_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(KERNEL), "prepares", lambda *_: True)
    replayer = KernelReplayer(KERNEL, FREE)
    trace, _ = run(replayer, LONG, claim="DOOR-1")
    assert (trace.prepared, trace.steps) == (4, 5)
    whole, _ = run(replayer, LONG)
    assert whole.prepared == whole.steps


def test_a_shrunk_run_needs_each_of_its_steps_and_replays() -> None:
    replayer = KernelReplayer(KERNEL, FREE)
    trace = shrunk(replayer, LONG, "DOOR-1")
    assert [str(decision) for decision in trace.decisions] == [
        "pull(door=front)",
        "lock(door=front)",
    ]
    assert trace.minimal == "locally minimal"
    assert replay(trace, replayer).holds


def test_a_trace_under_one_design_is_no_trace_under_another() -> None:
    trace = shrunk(KernelReplayer(KERNEL, FREE), LONG, "DOOR-1")
    with pytest.raises(TraceError, match="another version of kernel under free"):
        replay(trace, KernelReplayer(KERNEL, SHUT_ONLY))


def test_a_run_that_breaks_nothing_is_not_shrunk() -> None:
    with pytest.raises(ValueError, match="does not fail"):
        shrunk(KernelReplayer(KERNEL, SHUT_ONLY), LONG, "DOOR-1")
