"""Every refusal of every call is reached; of two that apply the first of the table wins."""

from dataclasses import replace
from itertools import combinations

import pytest

from reference_kernel.outcomes import Refused
from reference_kernel.step import CALLS
from spec.design import WeakCapabilities
from spec.designs import PROPOSED
from spec.errors import Error
from spec.syscalls import BY_NAME, BY_NUMBER
from tests.reference_kernel.attempts import FAULTS, STRICT, good, strict
from tests.reference_kernel.message_attempts import CANNOT_BE_REACHED, CANNOT_SUCCEED
from tests.reference_kernel.program import ALL, BOTH_SELF, STRONG, WEAK, Program


def table(name: str) -> list[str]:
    """The refusals of the call that this kernel can give, in the order of its table."""
    return [each.name for each in BY_NAME[name].refusals if each.name in FAULTS.get(name, {})]


MODELLED = [BY_NUMBER[number].name for number in CALLS]
SINGLE = [(name, refusal) for name in MODELLED for refusal in table(name)]
PAIRS = [
    (name, first, second)
    for name in MODELLED
    for first, second in combinations(table(name), 2)
    if FAULTS[name][first].at != FAULTS[name][second].at
]
"""Two refusals of a call that are about different arguments."""


@pytest.mark.parametrize("name", [each for each in MODELLED if each not in CANNOT_SUCCEED])
def test_without_a_fault_the_call_is_not_refused(name: str) -> None:
    attempt = good(Program(strict(name)), name)
    outcome = attempt.program.call(name, *attempt.words, options=attempt.options)
    assert not isinstance(outcome, Refused)


@pytest.mark.parametrize(("name", "refusal"), SINGLE)
def test_the_refusal_is_reached(name: str, refusal: str) -> None:
    attempt = good(Program(strict(name)), name)
    FAULTS[name][refusal].put(attempt)
    program = attempt.program
    program.broken.clear()
    assert program.refusal(name, *attempt.words, options=attempt.options) == refusal
    assert not program.broken & {"CAP-9", "CAP-10"}


@pytest.mark.parametrize(("name", "first", "second"), PAIRS)
def test_of_two_refusals_the_first_of_the_table_wins(name: str, first: str, second: str) -> None:
    attempt = good(Program(strict(name)), name)
    FAULTS[name][second].put(attempt)
    FAULTS[name][first].put(attempt)
    program = attempt.program
    program.broken.clear()
    assert program.refusal(name, *attempt.words, options=attempt.options) == first
    assert not program.broken & {"CAP-9", "CAP-10"}


def test_a_dead_weak_capability_that_lacks_upgrade_is_refused_for_that() -> None:
    program = Program(STRICT)
    key = program.key()
    weak = program.clone(key, WEAK, rights=0b0111)
    program.destroy(key)
    options = ALL | STRONG | BOTH_SELF
    assert program.refusal("cap_clone", 0, 0, weak, options=options) == "cap_lacks_upgrade"


def test_where_nothing_is_weak_nothing_becomes_weak() -> None:
    program = Program(replace(PROPOSED, weak_capabilities=WeakCapabilities.REMOVED))
    key = program.key()
    options = ALL | WEAK | BOTH_SELF
    assert program.refusal("cap_clone", 0, 0, key, options=options) == "cap_would_be_weak"
    assert program.refusal("cap_clone", 0, 0, key + 1024, options=options) == "cap_unknown"
    program.clone(key)
    assert not program.broken


def test_every_refusal_of_the_table_is_tried_or_cannot_be_reached() -> None:
    """Allocations do not fail here, the root allocator does not die; a wait ends later.

    A reply to a pool whose waiter cannot be shown anything is refused after it was given.
    """
    errors = (Error.OUT_OF_MEM, Error.OK_TIMEOUT)
    left = {
        (name, refusal.name)
        for name in MODELLED
        for refusal in BY_NAME[name].refusals
        if refusal.name not in FAULTS.get(name, {}) and refusal.error not in errors
    }
    dead = {each for each in left if each[1] == "allocator_dead"}
    late = {("reply_reply", "pool_not_mapped"), ("reply_reply", "address_space_dead")}
    ends = {each for each in left if each[1] == "waits_for_the_dead"}
    ends |= left & {("channel_sync_recv", "caller_buffer_dead")}
    ends |= {("cap_clone", "cap_would_be_weak")}  # above, in a design of its own
    assert left == dead | late | ends | CANNOT_BE_REACHED
