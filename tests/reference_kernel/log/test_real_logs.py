"""Logs that the real kernel printed, against the kernel as it was built."""

import pytest

from assay.engines.conform import Answer
from spec.designs import PROPOSED
from tests.reference_kernel.log.checking import checked, real, share

RAW = ("t_caps_raw_smp1", "t_cspace_raw_smp1")
PLAIN = ("t_caps_smp1", "t_cspace_smp1")
PANIC = "t_panic_clone_null_smp1"
KINDS = {"weak auto destroy bit"}
"""The hidden inputs that the calls of these logs have."""


@pytest.mark.parametrize("name", [*RAW, *PLAIN])
def test_every_line_is_read_and_none_contradicted(name: str) -> None:
    result = checked(real(name))
    assert result.first is None
    assert not result.answers[Answer.CONTRADICTED]
    assert not result.answers[Answer.UNREAD]
    assert result.cut == 0
    assert sum(result.answers.values()) == result.calls > 40
    assert result.ending == ("done", "", "none")


@pytest.mark.parametrize("name", RAW)
def test_with_the_true_words_every_line_is_predicted(name: str) -> None:
    result = checked(real(name))
    assert share(result, Answer.PREDICTED) >= 0.99
    assert result.accepted[1] >= 0.95 * result.calls


@pytest.mark.parametrize("name", PLAIN)
def test_without_them_what_is_hidden_explains_the_rest(name: str) -> None:
    result = checked(real(name))
    assert share(result, Answer.PREDICTED) >= 0.78
    assert set(result.choices) == KINDS


@pytest.mark.parametrize("name", RAW)
def test_ignoring_the_true_words_makes_no_line_more_certain(name: str) -> None:
    told, untold = checked(real(name)), checked(real(name), ignore_raw=True)
    assert untold.first is None
    assert untold.answers[Answer.PREDICTED] < told.answers[Answer.PREDICTED]
    assert set(untold.choices) == KINDS


def test_the_panic_at_the_end_is_explained() -> None:
    place = "src/cap/capability_space.rs:423"
    assert checked(real(PANIC)).ending == ("kernel_panic", place, "explained")


def test_without_its_cause_the_panic_is_contradicted() -> None:
    assert checked(real(PANIC), PROPOSED).ending[2] == "contradicted"


def test_a_panic_at_a_place_that_nobody_knows_is_not_explained() -> None:
    text = real(PANIC).replace("capability_space.rs:423", "capability_space.rs:7")
    assert checked(text).ending[2] == "unknown_place"


def test_a_completed_call_that_must_panic_is_contradicted() -> None:
    text = real("t_cspace_smp1").replace("cap_destroy(, 497", "cap_destroy(, 0", 1)
    line = "sys cap_destroy(CSPACE_SELF, <null cap id>, <null cap id>) -> Ok()"
    result = checked(f"TRACE (kernel::syscall:316) {line}\n{text}")
    assert result.first is not None
    assert result.first.line == 1
    assert "panic" in result.first.why


@pytest.mark.parametrize("name", PLAIN)
def test_another_design_is_told_apart(name: str) -> None:
    assert checked(real(name), PROPOSED).first is not None
