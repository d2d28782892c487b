"""The scenarios that ship: every schedule of each, under what is built and what is proposed."""

from typing import Any

import pytest

from assay.engines.kernel_traces import KernelReplayer
from assay.engines.schedules import Limits, Schedules, sample_schedules, search_schedules
from assay.engines.walk import Subject
from assay.traces import replay
from reference_kernel.scenarios import ScenarioError, named, names
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED

WAITS = {"wake_and_suspend", "reply_and_drop"}
"""Where a program may sleep for ever, for nobody wakes it."""
MOST_STEPS = 20

BROKEN_AS_BUILT: dict[str, set[str]] = {
    "await_and_event": {"EVT-1", "ROB-1", "SCH-2", "SCH-5"},
    "both_sleep": {"ROB-1", "SCH-6"},
    "capability_sent_to_who_ends": {"CAP-10", "SCH-2", "SCH-5", "SCH-7"},
    "channel_dies_under_who_waits": {"IPC-3", "IPC-4", "ROB-1", "ROB-3", "SCH-2", "SCH-5"},
    "creation_without_memory": {"SCH-5"},
    "drop_of_a_group_and_creation": {"GRP-3", "ROB-3", "SCH-7"},
    "drop_of_a_parent_and_exit": {"GRP-2", "GRP-3", "ROB-3", "SCH-7"},
    "end_and_drop_of_the_group": {"GRP-3", "ROB-3", "SCH-7"},
    "end_and_who_waits_for_it": {"GRP-6", "SCH-5"},
    "ended_and_destroyed_as_it_sleeps": {"ROB-3", "SCH-7"},
    "ended_when_popped": {"CAP-10", "SCH-5", "SCH-7"},
    "events_taken_amid_a_delivery": {"SCH-2", "SCH-5"},
    "exit_and_create": {"GRP-2", "ROB-3"},
    "exit_from_both_ends": {"GRP-3", "ROB-3", "SCH-7"},
    "exit_of_each_other": {"ROB-1", "SCH-6", "SCH-7"},
    "group_ends_itself": {"GRP-3", "ROB-3", "SCH-7"},
    "group_in_a_message_whose_time_is_over": {"GRP-3", "ROB-1", "ROB-3", "SCH-5", "SCH-6", "SCH-7"},
    "killed_in_await": {"EVT-1", "SCH-5", "SCH-7"},
    "killed_in_cap_drop": {"EVT-3", "SCH-5", "SCH-7"},
    "killed_in_suspend": {"ROB-3", "SCH-7"},
    "killed_in_sync_call": {"CAP-10", "IPC-3", "SCH-5", "SCH-7"},
    "killed_in_sync_recv": {"CAP-10", "SCH-5", "SCH-7"},
    "killed_in_sync_send": {"CAP-1", "GRP-4", "IPC-3", "SCH-5", "SCH-7"},
    "killed_in_thread_exit": {"ROB-3", "SCH-5", "SCH-7"},
    "killed_in_yield": {"SCH-7"},
    "last_frame_and_no_table": {"MEM-8", "ROB-1"},
    "last_frame_was_written": {"MEM-3", "MEM-5", "MEM-8", "SCH-2"},
    "message_of_a_space_that_dies": {"CAP-10", "IPC-3", "IPC-5"},
    "move_and_drop": set(),
    "move_and_move": set(),
    "picked_and_ended": {"ROB-3", "SCH-5", "SCH-7"},
    "receiver_nobody_else_holds": set(),
    "reply_and_drop": {"IPC-7", "ROB-1", "SCH-2", "SCH-3", "SCH-5"},
    "reply_and_death": {"CAP-10", "IPC-3", "ROB-1", "SCH-2", "SCH-5", "SCH-7"},
    "reply_destroyed_amid_a_delivery": {"IPC-7"},
    "resize_and_fault": {"MEM-3", "MEM-7", "MEM-8", "ROB-1"},
    "rights_taken_and_write": {"ROB-1"},
    "resume_and_timeout": {"ROB-1", "SCH-2", "SCH-4"},
    "send_and_receive_for_a_time": {"IPC-3", "ROB-1", "SCH-2", "SCH-5"},
    "send_of_what_is_dropped": {"IPC-3", "ROB-1", "SCH-2", "SCH-5"},
    "slices_end": set(),
    "space_in_itself": {"CAP-3", "CAP-8", "SCH-7"},
    "space_and_its_memory_die": {"MEM-5", "MEM-8"},
    "threads_destroy_each_other": {"ROB-3"},
    "two_senders_and_one_receiver": set(),
    "unmap_after_an_exit": {"MEM-5", "MEM-8", "ROB-1", "SCH-7"},
    "unmap_and_unmap": {"MEM-5", "MEM-8", "ROB-1"},
    "unmap_and_write": {"MEM-3", "MEM-5", "MEM-8", "ROB-1"},
    "unmap_by_each_other": {"MEM-3", "MEM-5", "MEM-8", "ROB-1"},
    "unmap_of_a_pool_and_event": {"MEM-5", "SCH-5"},
    "upgrade_and_last_drop": {"ROB-3"},
    "upgrade_from_another_space": {"ROB-3"},
    "wake_and_suspend": {"SCH-2"},
    "wake_without_memory": {"ROB-1", "SCH-2"},
}
"""What the kernel as it is built breaks in each scenario that it has the calls for."""


LARGE = {
    "capability_sent_to_who_ends",
    "channel_dies_under_who_waits",
    "exit_of_each_other",
    "group_ends_itself",
    "reply_and_death",
    "slices_end",
}
"""Three processors or programs: in sections too many states to be searched here."""

KNOWN_DEFECTS = [
    ("K2", "space_in_itself", "CAP-8"),
    ("K34", "unmap_and_write", "MEM-3"),
    ("K43", "killed_in_sync_send", "GRP-4"),
    ("K44", "wake_and_suspend", "SCH-2"),
    ("K45", "both_sleep", "SCH-6"),
    ("K46", "picked_and_ended", "GRP-7"),
    ("K47", "killed_in_suspend", "SCH-7"),
    ("K48", "wake_without_memory", "ROB-2"),
    ("K49", "move_and_move", "CAP-6"),
]
"""Where each of them shows, as what."""


def subject(
    scenario: str, design: Design, mode: str = "interleaved"
) -> Subject[Any, Any, Any, Any]:
    return Subject(named(scenario).at(mode).kernel, design)


def searched(scenario: str, design: Design, mode: str = "interleaved") -> Schedules:
    """All schedules; what is found is not cut, for that takes longer than to find it."""
    chosen = subject(scenario, design, mode)
    found = search_schedules(chosen, named(scenario).at(mode), Limits(cut=False))
    assert found.complete
    assert found.endless is None
    return found


def test_there_are_many_and_each_says_what_it_is_about() -> None:
    assert len(names()) >= 40
    assert len({named(name).about for name in names()}) == len(names())


@pytest.mark.parametrize("name", names())
def test_what_is_proposed_breaks_nothing(name: str) -> None:
    found = searched(name, PROPOSED)
    assert not found.claims
    standings = {each.standing for each in found.ends}
    assert "finished" in standings
    assert standings <= {"finished", "waits"} if name in WAITS else standings == {"finished"}


@pytest.mark.parametrize("name", sorted({*names()} - LARGE))
def test_in_sections_what_is_proposed_breaks_nothing(name: str) -> None:
    found = searched(name, PROPOSED, "sections")
    assert not found.claims
    standings = {each.standing for each in found.ends}
    assert standings == ({"finished", "waits"} if name in WAITS else {"finished"})


@pytest.mark.parametrize("name", sorted(LARGE))
def test_with_few_preemptions_large_scenarios_break_nothing(name: str) -> None:
    chosen = named(name).at("sections")
    found = search_schedules(subject(name, PROPOSED, "sections"), chosen, Limits(1, cut=False))
    assert found.complete
    assert not found.claims
    assert not found.stuck


@pytest.mark.parametrize(("defect", "name", "claim"), KNOWN_DEFECTS)
def test_known_defects_are_found_in_few_steps(defect: str, name: str, claim: str) -> None:
    chosen = named(name).at("sections")
    asked = subject(name, AS_BUILT, "sections")
    found = search_schedules(asked, chosen, Limits(states=4_000))
    assert not found.stuck  # a processor that spins gets the lock, or hangs: that breaks ROB-1
    shortest = min(
        (each.trace for each in found.broken if each.claim == claim),
        key=lambda trace: trace.steps - trace.prepared,
        default=None,
    )
    assert shortest is not None, defect
    assert shortest.steps - shortest.prepared <= MOST_STEPS
    assert replay(shortest, KernelReplayer(asked.kernel, AS_BUILT)).holds


@pytest.mark.parametrize("name", names())
def test_what_is_built_breaks_what_it_is_known_to_break(name: str) -> None:
    if named(name).lacks(AS_BUILT):
        assert name not in BROKEN_AS_BUILT
        return
    found = searched(name, AS_BUILT)
    assert set(found.claims) == BROKEN_AS_BUILT[name]
    assert all(each.trace.steps <= 2 * MOST_STEPS for each in found.broken)


def test_a_processor_that_takes_no_interrupt_any_more_leaves_a_thread_waiting() -> None:
    found = searched("exit_of_each_other", AS_BUILT)
    (stuck,) = found.stuck
    assert stuck.words == "first is ready in thread_yield"


@pytest.mark.parametrize("name", ["wake_and_suspend", "resume_and_timeout", "killed_in_sync_send"])
def test_what_is_found_is_short_and_replays(name: str) -> None:
    chosen = subject(name, AS_BUILT)
    for broken in search_schedules(chosen, named(name), Limits()).broken:
        assert broken.trace.steps <= MOST_STEPS
        assert replay(broken.trace, KernelReplayer(chosen.kernel, AS_BUILT)).holds


@pytest.mark.parametrize("bound", [0, 1, 2])
def test_few_preemptions_show_a_part_of_it(bound: int) -> None:
    name = "wake_and_suspend"
    found = search_schedules(subject(name, AS_BUILT), named(name), Limits(bound, cut=False))
    assert found.complete
    assert set(found.claims) == (BROKEN_AS_BUILT[name] if bound else set())


def test_chance_finds_it_too() -> None:
    name = "wake_and_suspend"
    found = sample_schedules(subject(name, AS_BUILT), named(name), runs=60, seed=1)
    assert found.claims == ("SCH-2",)
    assert not sample_schedules(subject(name, PROPOSED), named(name), runs=20).broken


def test_an_unknown_name_is_no_scenario() -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        named("gone")
