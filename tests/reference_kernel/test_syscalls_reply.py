"""What replies do, and what the waits that they end return."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ok, Panic, Refused
from reference_kernel.state import Reply, ThreadState
from spec.design import DyingObjects, ReplyBufferRight, ReplyClaim, ResumeScope, WakeProtocol
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.panics import STALE_AWAIT, STALE_RECEIVE, STALE_SEND
from spec.rights import Right
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.message_attempts import by_another, reply_to_thread
from tests.reference_kernel.program import ADDRESS_SPACE, ALLOCATOR, RIGHTS_ASKED, Program


def runs(program: Program, word: int) -> None:
    """Ticks until the thread runs; it is still in its call."""
    while program.state.current != program.named(word):
        program.tick()


def test_a_call_is_answered_and_the_reply_is_gone() -> None:
    mail = Mail(AS_BUILT)
    words = (mail.channel, mail.source, 0, 24, mail.target, 0, 64)
    caller = by_another(mail, lambda: mail.call("channel_sync_call", *words))
    other = mail.ok("memory_new", ALLOCATOR, 1, options=2)[0]
    size, reply = mail.ok("channel_try_recv", mail.channel, other, 0, 64)
    assert size == 24
    assert mail.thread_body(caller).state is ThreadState.SUSPENDED
    mail.put(0, 77)
    assert mail.ok("reply_reply", reply, mail.source, 0, 16) == (16,)
    assert mail.got(2) == [0, 77]
    assert reply not in mail.entries()
    runs(mail, caller)
    assert mail.returns() == Ok((16,))


def test_the_answer_to_a_pool_is_an_event_without_a_reply() -> None:
    mail = Mail(AS_BUILT)
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, mail.pool, 6)
    reply = mail.receives()[1]
    mail.put(0, 5)
    assert mail.ok("reply_reply", reply, mail.source, 0, 16) == (48,)
    assert mail.awaits()[1] == 48
    assert mail.events(6) == [4, 6, 0, 16, 0, 5]


@pytest.mark.parametrize("choice", list(DyingObjects))
def test_as_built_a_reply_that_is_thrown_away_strands_its_caller(choice: DyingObjects) -> None:
    """K11."""
    mail = Mail(replace(AS_BUILT, dying_objects=choice))
    reply, caller = reply_to_thread(mail)
    mail.destroy(reply)
    told = choice is DyingObjects.WAKE_WITH_ERROR
    expected = ThreadState.READY if told else ThreadState.SUSPENDED
    assert mail.thread_body(caller).state is expected
    if told:
        runs(mail, caller)
        assert mail.returns() == Refused(Error.INVL_WEAK, "waits_for_the_dead")


def test_a_call_that_nobody_could_take_goes_on_waiting() -> None:
    mail = Mail(replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR))
    full = mail.ok("event_pool_new", ALLOCATOR, 0, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_recv", mail.channel, full, 1)
    words = (mail.channel, mail.source, 0, 8, mail.target, 0, 64)
    caller = by_another(mail, lambda: mail.call("channel_sync_call", *words))
    assert mail.thread_body(caller).state is ThreadState.SUSPENDED


@pytest.mark.parametrize("choice", list(ReplyClaim))
def test_as_built_a_failed_reply_is_used_up(choice: ReplyClaim) -> None:
    """K14."""
    mail = Mail(replace(AS_BUILT, reply_claim=choice))
    small = mail.ok("event_pool_new", ALLOCATOR, 0, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, small, 6)
    reply = mail.receives()[1]
    assert mail.refusal("reply_reply", reply, mail.source, 0, 8) == "pool_full"
    early = choice is ReplyClaim.AT_START
    again = mail.refusal("reply_reply", reply, mail.source, 0, 8)
    assert again == ("reply_used" if early else "pool_full")
    assert ("CAP-10" in mail.broken) is early


@pytest.mark.parametrize("choice", list(ReplyBufferRight))
def test_as_built_replying_asks_write_of_the_memory_that_it_reads(
    choice: ReplyBufferRight,
) -> None:
    """K5."""
    mail = Mail(replace(AS_BUILT, reply_buffer_right=choice))
    reads = mail.clone(mail.source, rights=int(Right.READ))
    writes = mail.clone(mail.source, rights=int(Right.WRITE))
    right, wrong = (writes, reads) if choice is ReplyBufferRight.WRITE else (reads, writes)
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, mail.pool, 6)
    reply = mail.receives()[1]
    assert mail.refusal("reply_reply", reply, wrong, 0, 8) == "memory_lacks_right"
    assert mail.ok("reply_reply", reply, right, 0, 8) == (40,)
    assert "CAP-9" not in mail.broken


@pytest.mark.parametrize(
    ("call", "place"),
    [
        ("channel_sync_send", STALE_SEND),
        ("channel_sync_recv", STALE_RECEIVE),
        ("event_pool_await", STALE_AWAIT),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_as_built_a_resumed_wait_finds_no_reason_of_its_own(call: str, place: object) -> None:
    """K15."""
    mail = Mail(AS_BUILT)
    words = (mail.pool,) if call == "event_pool_await" else (mail.channel, mail.source, 0, 16)
    waiter = by_another(mail, lambda: mail.call(call, *words))
    mail.ok("thread_resume", waiter)
    runs(mail, waiter)
    outcome = mail.returns()
    assert isinstance(outcome, Panic)
    assert outcome.place == getattr(place, "place", "")
    scoped = Mail(replace(AS_BUILT, resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL))
    words = (scoped.pool,) if call == "event_pool_await" else (scoped.channel, scoped.source, 0, 16)
    waiter = by_another(scoped, lambda: scoped.call(call, *words))
    assert scoped.refusal("thread_resume", waiter) == "thread_waits"


def test_as_built_a_resumed_receive_returns_what_the_one_before_it_did() -> None:
    mail = Mail(AS_BUILT)
    words = (mail.channel, mail.target, 0, 64)
    receiver = by_another(mail, lambda: mail.call("channel_sync_recv", *words))
    mail.ok("channel_try_send", mail.channel, mail.source, 0, 16)
    runs(mail, receiver)
    mail.returns()
    mail.call("channel_sync_recv", *words)
    mail.run(0x37)
    mail.ok("thread_resume", receiver)
    runs(mail, receiver)
    assert mail.returns() == Ok((16, 0))


def test_a_reply_to_a_pool_whose_waiter_cannot_be_shown_it_is_refused_after_it_was_given() -> None:
    mail = Mail(AS_BUILT)
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 8, mail.pool, 6)
    reply = mail.receives()[1]
    by_another(mail, lambda: mail.call("event_pool_await", mail.pool))
    mail.ok("address_space_unmap", ADDRESS_SPACE, 0x61_0000_0000)
    assert mail.refusal("reply_reply", reply, mail.source, 0, 8) == "pool_not_mapped"
    assert mail.pool_body().written_bytes == 40
    assert mail.pool_body().waiter is None
    assert "CAP-9" not in mail.broken


def test_with_a_handshake_a_reply_whose_caller_gave_up_finds_nobody() -> None:
    mail = Mail(replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE))
    reply, caller = reply_to_thread(mail)
    mail.ok("thread_resume", caller)
    assert isinstance(mail.state.body(mail.named(reply)), Reply)
    assert mail.refusal("reply_reply", reply, mail.source, 0, 8) == "caller_waits_no_more"
