"""Logs that the real kernel printed, against the kernel as it was built."""

from functools import cache

import pytest

from assay.engines.conform import Answer, LogResult
from spec.designs import PROPOSED
from tests.reference_kernel.log.checking import checked, real, share

RAW = (
    "t_caps_raw_smp1",
    "t_cspace_raw_smp1",
    "t_mem_raw_smp1",
    "t_overlap_raw_smp1",
    "t_update_raw_smp1",
    "t_mmio_raw_smp1",
    "t_leak_8192_400_raw_smp1",
    "t_chan_raw_smp1",
    "t_event_raw_smp1",
    "t_rpc_raw_smp1",
    "t_misc_raw_smp1",
    "t_pool_1_600_raw_smp1",
)
AUTO_DESTROY = "weak auto destroy bit"
PLAIN = {
    "t_caps_smp1": {AUTO_DESTROY},
    "t_cspace_smp1": {AUTO_DESTROY},
    "t_mem_smp1": set(),
    "t_overlap_smp1": set(),
    "t_update_smp1": {"access of the update"},
    "t_mmio_smp1": {AUTO_DESTROY},
}
"""Logs of one thread, and the hidden inputs that decide some of their lines."""
LEAST = {
    "t_capsend_raw_smp1": (0.81, 0.94),
    "t_deepgroup_40_raw_smp1": (1.0, 1.0),
    "t_drop_smp1": (0.96, 0.94),
    "t_event_smp1": (0.95, 0.93),
    "t_exitevent_smp1": (0.91, 0.84),
    "t_group_smp1": (0.94, 0.84),
    "t_oom_1_2_raw_smp1": (0.97, 1.0),
    "t_random_2_600_smp1": (0.98, 0.87),
    "t_rpc_smp1": (1.0, 0.9),
    "t_smp_2_150_smp2": (0.99, 0.88),
    "t_stale_smp1": (0.8, 0.65),
    "t_teardown_21_250_raw_wild_smp1": (1.0, 1.0),
    "t_thread_smp1": (0.96, 0.94),
    "t_thread_smp2_yieldpanic": (0.95, 0.92),
    "t_twoproc_3_700_smp1": (0.94, 0.87),
    "t_twoproc_4_700_raw_smp2": (0.97, 0.98),
    "t_twospace_smp1": (0.82, 0.7),
}
"""Logs of several threads, or at the edge of memory: at least so much of their lines is predicted,
and so much accepts one result."""
LEAST_UNTOLD = 0.65
ENDINGS_OF_SEVERAL = {
    "t_oom_1_2_raw_smp1": "src/syscall/strace.rs:188",
    "t_teardown_21_250_raw_wild_smp1": "src/syscall/channel.rs:133",
    "t_thread_smp2_yieldpanic": "src/syscall/thread.rs:134",
}
ENDINGS = {
    "t_panic_clone_null_smp1": "src/cap/capability_space.rs:423",
    "t_overlap_panic_smp1": "src/mem/addr.rs:101",
    "t_panic_resize_unmapped_smp1": "src/cap/memory/mod.rs:179",
    "t_panic_cutid_ipcrandom_4_600_raw_smp1": "src/cap/capability_space.rs:423",
    "t_panic_pool_page_smp1": "src/event/event_pool.rs:457",
    "t_panic_resume_recv_smp1": "src/syscall/channel.rs:219",
}
CAUSES = {
    "t_overlap_panic_smp1": "memory_map(",
    "t_panic_resize_unmapped_smp1": "address_space_unmap(",
    "t_panic_pool_page_smp1": "channel_async_recv(",
    "t_panic_resume_recv_smp1": "thread_resume(",
}
"""What the lines print without which the kernel would not have panicked."""


@cache
def answered(name: str) -> LogResult:
    """What the kernel as built says of a log."""
    return checked(real(name))


@pytest.mark.parametrize("name", [*RAW, *PLAIN, *LEAST])
def test_every_line_is_read_and_none_contradicted(name: str) -> None:
    result = answered(name)
    assert result.first is None
    assert not result.answers[Answer.CONTRADICTED]
    assert not result.answers[Answer.UNREAD]
    assert result.cut == 0
    assert sum(result.answers.values()) == result.calls > 25
    assert name in ENDINGS_OF_SEVERAL or result.ending == ("done", "", "none")
    assert result.words_wrong == 0


@pytest.mark.parametrize("name", LEAST)
def test_most_lines_of_several_threads_are_predicted(name: str) -> None:
    result, (predicted, one) = answered(name), LEAST[name]
    assert share(result, Answer.PREDICTED) >= predicted
    assert result.accepted[1] >= one * result.calls


@pytest.mark.parametrize("name", RAW)
def test_with_the_true_words_every_line_is_predicted(name: str) -> None:
    result = answered(name)
    assert share(result, Answer.PREDICTED) >= 0.99
    assert result.accepted[1] >= 0.95 * result.calls


def test_capabilities_that_came_in_messages_nobody_read_explain_the_rest() -> None:
    result = checked(real("t_capsend_raw_smp1"))
    assert result.first is None
    assert "memory words" in result.choices
    assert share(result, Answer.PREDICTED) >= 0.8


def test_without_a_message_no_capability_comes_from_nowhere() -> None:
    lines = real("t_capsend_raw_smp1").split("\n")
    sends = ("channel_", "#raw 27", "#raw 28", "#raw 30", "#raw 31", "#raw 33")
    left = [line for line in lines if not any(each in line for each in sends)]
    result = checked("\n".join(left))
    assert result.first is not None
    assert result.first.call == "key_id"


@pytest.mark.parametrize(
    ("name", "known"), [("t_pool_1_600_raw_smp1", 2000), ("t_twoproc_3_700_smp1", 400)]
)
def test_words_of_memory_are_right_where_they_are_known(name: str, known: int) -> None:
    result = answered(name)
    assert result.words_compared > known
    assert result.words_wrong == 0


@pytest.mark.parametrize("name", PLAIN)
def test_without_them_what_is_hidden_explains_the_rest(name: str) -> None:
    result = answered(name)
    explained = result.answers[Answer.EXPLAINED]
    assert result.answers[Answer.PREDICTED] + explained == result.calls
    assert set(result.choices) == PLAIN[name]
    assert share(result, Answer.PREDICTED) >= 0.78


@pytest.mark.parametrize("name", RAW)
def test_ignoring_the_true_words_makes_no_line_more_certain(name: str) -> None:
    told, untold = answered(name), checked(real(name), ignore_raw=True)
    assert untold.first is None
    assert untold.answers[Answer.PREDICTED] <= told.answers[Answer.PREDICTED]
    assert sum(untold.accepted.elements()) >= sum(told.accepted.elements())


@pytest.mark.thorough
def test_without_them_two_processes_on_two_processors_are_explained_too() -> None:
    untold = checked(real("t_twoproc_4_700_raw_smp2"), ignore_raw=True)
    assert untold.first is None
    assert untold.words_wrong == 0
    assert share(untold, Answer.PREDICTED) >= LEAST_UNTOLD


@pytest.mark.parametrize(("name", "place"), [*ENDINGS.items(), *ENDINGS_OF_SEVERAL.items()])
def test_the_panic_at_the_end_is_explained(name: str, place: str) -> None:
    assert answered(name).ending == ("kernel_panic", place, "explained")


@pytest.mark.parametrize("name", ENDINGS)
def test_a_kernel_that_cannot_panic_contradicts_it(name: str) -> None:
    assert checked(real(name), PROPOSED).ending[2] == "contradicted"


@pytest.mark.parametrize("name", CAUSES)
def test_without_the_lines_that_cause_it_the_panic_is_contradicted(name: str) -> None:
    lines = real(name).split("\n")
    left = "\n".join(line for line in lines if CAUSES[name] not in line)
    assert checked(left).ending[2] == "contradicted"


def test_a_panic_at_a_place_that_nobody_knows_is_not_explained() -> None:
    text = real("t_panic_clone_null_smp1").replace("capability_space.rs:423", "cap_space.rs:7")
    assert checked(text).ending[2] == "unknown_place"


def test_a_completed_call_that_must_panic_is_contradicted() -> None:
    line = "sys cap_destroy(CSPACE_SELF, <null cap id>, <null cap id>) -> Ok()"
    result = checked(f"TRACE (kernel::syscall:316) {line}\n{real('t_cspace_smp1')}")
    assert result.first is not None
    assert result.first.line == 1
    assert "panic" in result.first.why


@pytest.mark.parametrize("name", ["t_caps_smp1", "t_cspace_smp1", "t_overlap_smp1"])
def test_another_design_is_told_apart(name: str) -> None:
    assert checked(real(name), PROPOSED).first is not None
