"""What workloads cost is counted on the steps that the kernel takes, and tells choices apart."""

from dataclasses import replace
from enum import Enum
from typing import Any

import pytest

from reference_kernel.costs import WORKLOADS, measured
from reference_kernel.costs.meter import TWO_PROCESSORS, Meter
from reference_kernel.events import Event
from reference_kernel.machine import IN_SECTIONS, Machine
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.step import step
from spec.design import (
    CopyOnWrite,
    Design,
    DyingObjects,
    GroupDrop,
    KilledWaits,
    PageUnit,
    Preemption,
    ThreadEnd,
    TranslationFlush,
    UpgradeRight,
    WeakAutoDestroy,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.questions import QUESTIONS

REFUSED = {
    "dead names": {"key_dead", "key_unknown"},
    "upgrades": {"cap_lacks_upgrade"},
    "timed waits": {"timed_out"},
    "dying channels": {"waits_for_the_dead"},
}
CHECK, NEVER = Preemption.CHECK_ON_RETURN, Preemption.NON_PREEMPTIBLE
NAMES = {
    "sections",
    "sections before which interrupts are off",
    "capabilities left",
    "refused calls",
    "entries of groups left",
    "objects left",
    "interrupts sent",
    "frames taken",
    "frames left",
}


class Compared(Meter):
    """Every step is the kernel's own; refusals are remembered."""

    def __init__(self, design: Design, machine: Machine = TWO_PROCESSORS) -> None:
        super().__init__(design, machine)
        self.refused: list[str] = []

    def _steps(self, event: Event) -> Outcome:
        before = self.state
        outcome = super()._steps(event)
        assert step(self.design, before, event) == (self.state, outcome)
        if isinstance(outcome, Refused):
            self.refused.append(outcome.refusal)
        return outcome


def counts(workload: str, **choices: Enum) -> dict[str, int]:
    """What the workload costs in the proposed design, but for these choices."""
    changes: dict[str, Any] = {**choices, "name": f"with {choices}"}
    (found,) = (m for m in measured(replace(PROPOSED, **changes)) if m.name == workload)
    return {name: found.counts.get(name, 0) for name in NAMES}


@pytest.mark.parametrize("machine", [TWO_PROCESSORS, IN_SECTIONS], ids=["whole", "sections"])
@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.name)
def test_counting_changes_no_step(design: Design, machine: Machine, workload: Any) -> None:
    meter = Compared(design, machine)
    workload.work(meter)
    assert meter.counts["calls"] > 5
    assert not meter.counts["panics"]


def test_nothing_is_refused_that_is_not_meant_to_be() -> None:
    refused = {}
    for workload in WORKLOADS:
        meter = Compared(PROPOSED)
        workload.work(meter)
        if meter.refused:
            refused[workload.name] = set(meter.refused)
    assert refused == REFUSED


def test_a_step_counts_each_change_of_a_count_once() -> None:
    meter = Meter(PROPOSED)
    meter.call("key_new", 0x18F, options=15)
    assert (meter.counts["changes of strong counts"], meter.counts["changes of weak counts"]) == (
        1,
        0,
    )


@pytest.mark.parametrize(
    ("workload", "count", "choice", "less", "more"),
    [
        ("dead names", "capabilities left", WeakAutoDestroy.NEVER, 0, 8),
        ("upgrades", "refused calls", UpgradeRight.UNCHECKED, 0, 4),
        ("dropped groups", "entries of groups left", GroupDrop.LEFT_IN_PARENT, 0, 8),
        ("killed receivers", "objects left", KilledWaits.LEAKED, 1, 5),
        ("threads", "objects left", ThreadEnd.ANNOUNCED_AT_DESTRUCTION, 0, 8),
        ("dying channels", "objects left", DyingObjects.SILENT, 0, 4),
        ("mappings", "interrupts sent", TranslationFlush.LOCAL, 0, 8),
        ("copies", "frames taken", CopyOnWrite.DORMANT, 22, 36),
        ("sizes", "frames left", PageUnit.WHOLE_BLOCK, 20, 32),
    ],
)
def test_workloads_tell_choices_apart(
    workload: str, count: str, choice: Enum, less: int, more: int
) -> None:
    (field,) = (each.field for each in QUESTIONS if each.choices is type(choice))
    proposed = counts(workload)[count]
    otherwise = counts(workload, **{field: choice})[count]
    assert sorted((proposed, otherwise)) == [less, more]


def test_sections_and_locks_are_counted_where_calls_are_rows_of_sections() -> None:
    whole, fine = Meter(PROPOSED), Meter(PROPOSED, IN_SECTIONS)
    for meter in (whole, fine):
        meter.call("key_new", 0x18F, options=15)
    assert whole.counts["sections"] == 0
    assert fine.counts["sections"] == 3  # the look-up, what the call does, and the way back
    assert fine.counts["sections before which interrupts are off"] == 1
    assert fine.counts["most sections in a row with interrupts off"] == 2
    assert fine.counts["locks taken"] > 0


def test_without_preemption_no_section_lets_an_interrupt_in() -> None:
    with_, without = (counts("tree", preemption=choice) for choice in (CHECK, NEVER))
    assert with_["sections before which interrupts are off"] < with_["sections"]
    assert without["sections before which interrupts are off"] == without["sections"]


def test_the_same_design_costs_the_same() -> None:
    assert measured(PROPOSED) == measured(PROPOSED)
