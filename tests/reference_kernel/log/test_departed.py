"""Messages of threads that were destroyed while they waited in a call that no line prints."""

import pytest

from spec.designs import PROPOSED
from tests.reference_kernel.log.checking import checked

FRAME = "TRACE (kernel::syscall:316) sys "
CHANNEL = f"""{FRAME}channel_new(, 18f(Allocator:RPWU)) -> Ok(10f(Channel:RPWU))
{FRAME}memory_new(, 18f(Allocator:RPWU), 1) -> Ok(1caf(Memory:RPWU), 1)
"""
THREAD = (
    f"{FRAME}thread_new(THREAD_AUTOSTART, 18f(Allocator:RPWU), 4f(ThreadGroup:RPWU), "
    "6f(AddressSpace:RPWU), 97(CapabilitySpace:RPW-), 0x1000, 0x2000) -> "
    "Ok(437(Thread:RPW-), 97(CapabilitySpace:RPW-))\n"
)
DESTROYED = f"{FRAME}thread_destroy(DESTROY_OTHER, 437(Thread:RPW-)) -> Ok()\n"
RECEIVED = f"{FRAME}channel_try_recv(, 10f(Channel:RPWU), 1caf(Memory:RPWU), 0, 64) -> "
CALL, MESSAGE = "Ok(24, 124(Reply:--W-))\n", "Ok(24, <null cap id>)\n"
ANSWERED = f"{FRAME}reply_reply(, 124(Reply:--W-), 1caf(Memory:RPWU), 0, 16) -> "


@pytest.mark.parametrize("got", [CALL, MESSAGE])
def test_a_message_of_a_thread_that_was_destroyed_is_received(got: str) -> None:
    result = checked(CHANNEL + THREAD + DESTROYED + RECEIVED + got)
    assert result.first is None
    assert "call of another thread" in {each.kind for each in result.assumed}


@pytest.mark.parametrize("error", ["OkUnreach", "InvlWeak"])
def test_who_answers_its_call_finds_nobody(error: str) -> None:
    log = CHANNEL + THREAD + DESTROYED + RECEIVED + CALL + ANSWERED
    assert checked(f"{log}Err(SysErr::{error})\n").first is None
    result = checked(f"{log}Ok(16)\n")
    assert result.first is not None
    assert result.first.line == len(log.split("\n"))


def test_a_thread_that_was_destroyed_sent_one_message_at_most() -> None:
    result = checked(CHANNEL + THREAD + DESTROYED + 2 * (RECEIVED + MESSAGE))
    assert result.first is not None
    assert result.first.line == 6


def test_without_such_a_thread_no_message_comes_from_nowhere() -> None:
    result = checked(CHANNEL + RECEIVED + CALL)
    assert result.first is not None
    assert result.first.line == 3


def test_where_a_wait_that_ends_leaves_its_queue_there_is_no_such_message() -> None:
    log = CHANNEL + THREAD + DESTROYED + RECEIVED
    assert checked(f"{log}Err(SysErr::OkUnreach)\n", PROPOSED).first is None
    assert checked(log + MESSAGE, PROPOSED).first is not None


LISTENED = "channel_try_send(, 10f(Channel:RPWU), 1caf(Memory:RPWU), 0, 24) -> "


def test_who_sends_may_find_a_thread_that_waits_in_a_call_without_a_line() -> None:
    assert checked(f"{CHANNEL}{THREAD}{FRAME}{LISTENED}Ok(24)\n").first is None
    result = checked(f"{CHANNEL}{FRAME}{LISTENED}Ok(24)\n")
    assert result.first is not None
    assert result.first.line == 3


POOL = f"""{FRAME}event_pool_new(, 18f(Allocator:RPWU), 1) -> Ok(ef(EventPool:RPWU))
{FRAME}event_pool_map(, 6f(AddressSpace:RPWU), ef(EventPool:RPWU), 0x5000000000) -> Ok(1)
"""
AWAITED = f"{FRAME}event_pool_await(TIMEOUT, ef(EventPool:RPWU), 1) -> Err(SysErr::InvlOp)\n"


def test_who_awaits_may_find_that_another_thread_does_in_a_call_without_a_line() -> None:
    assert checked(POOL + THREAD + AWAITED).first is None
    result = checked(POOL + AWAITED)
    assert result.first is not None
    assert result.first.line == 3
