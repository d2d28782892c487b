"""What the choices about faults, sizes, time, removal and lost waiters change: all of each."""

from dataclasses import replace

import pytest

from reference_kernel.events import TimeoutFires
from reference_kernel.outcomes import Blocked, Ok, Outcome, Refused
from reference_kernel.pools import EVENTS_MISSED, MESSAGE_FAILED, MESSAGE_SENT
from reference_kernel.state import CapabilitySpace, Channel, Thread, ThreadState
from reference_kernel.syscalls import channel
from spec.design import (
    DeliveryFault,
    Design,
    DyingObjects,
    InvisibleEntries,
    ListenerRemoval,
    MessageCopy,
    MessageTime,
    PartialSend,
    WaiterFailure,
    WakeProtocol,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from tests.reference_kernel.mail import POOL_AT, TARGET_AT, Mail
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    OWN_SPACE,
    OWN_THREAD,
    RIGHTS_ASKED,
)

_SERIAL_AT = 10
"""Where the number of an id begins."""
BLAMES = replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE)
REPORTS = replace(BLAMES, delivery_fault=DeliveryFault.REPORT_TO_OWNER)


def queues(mail: Mail) -> tuple[int, int]:
    """How many wait to send, and how many to receive."""
    body = mail.state.body(mail.named(mail.channel))
    assert isinstance(body, Channel)
    return len(body.senders), len(body.receivers)


def waits_to_receive(mail: Mail, size: int) -> int:
    """Another thread waits to receive into that many bytes; its id."""
    thread = mail.thread()
    mail.run(thread)
    words = (mail.channel, mail.target, 0, size, 1)
    assert isinstance(mail.call("channel_sync_recv", *words, options=1), Blocked)
    mail.run(OWN_THREAD)
    return thread


def end_of_wait(mail: Mail, thread: int) -> Outcome:
    """What the wait of the thread, which was woken, gives to it."""
    body = mail.thread_body(thread)
    assert body.state is ThreadState.READY
    while mail.state.current != mail.named(thread):
        mail.tick()
    return mail.returns()


def mail_of(design: Design) -> Mail:
    """With three words in the source."""
    mail = Mail(design)
    mail.put(0, 7, 8)
    return mail


@pytest.mark.parametrize("design", [BLAMES, REPORTS], ids=["blames", "reports"])
def test_a_receiver_without_a_range_is_told_so_or_nothing(design: Design) -> None:
    mail = mail_of(design)
    thread = waits_to_receive(mail, 0)
    mail.sends(24)
    assert queues(mail) == (1, 0)
    if design is BLAMES:
        assert mail.thread_body(thread).state is ThreadState.SUSPENDED
    else:
        assert end_of_wait(mail, thread) == Refused(Error.INVL_MEM_ZONE, "caller_buffer")


@pytest.mark.parametrize("design", [BLAMES, REPORTS], ids=["blames", "reports"])
def test_who_receives_nowhere_throws_out_a_sender_or_is_refused(design: Design) -> None:
    mail = mail_of(design)
    mail.sends(24)
    if design is BLAMES:
        words = (mail.channel, mail.target, 0, 0)
        assert mail.refusal("channel_try_recv", *words) == "nobody_waits"
        assert queues(mail) == (0, 0)
    else:
        words = (mail.channel, mail.target, 0, 0)
        assert mail.refusal("channel_try_recv", *words) == "caller_buffer"
        assert queues(mail) == (1, 0)
        assert "CAP-10" not in mail.broken


def test_a_try_that_reaches_nobody_leaves_everybody_where_he_is() -> None:
    mail = mail_of(REPORTS)
    waits_to_receive(mail, 0)
    words = (mail.channel, mail.source, 0, 24)
    assert mail.refusal("channel_try_send", *words) == "nobody_waits"
    assert queues(mail) == (0, 1)
    assert "CAP-10" not in mail.broken


@pytest.mark.parametrize("reports", [False, True])
def test_a_sender_whose_memory_died_is_told_so_or_nothing(reports: bool) -> None:
    mail = mail_of(REPORTS if reports else BLAMES)
    dying = mail.ok("memory_new", ALLOCATOR, 1)[0]
    mail.ok("channel_async_send", mail.channel, dying, 0, 8, mail.pool, 9)
    mail.destroy(dying)
    words = (mail.channel, mail.target, 0, 24)
    assert isinstance(mail.call("channel_sync_recv", *words, 1, options=1), Blocked | Ok)
    told = mail.pool_body().written_bytes
    assert told == (24 if reports else 0)


def test_a_pool_learns_of_a_failed_delivery_by_an_event() -> None:
    mail = mail_of(REPORTS)
    dying = mail.ok("memory_new", ALLOCATOR, 1)[0]
    mail.ok("channel_async_send", mail.channel, dying, 0, 8, mail.pool, 9)
    mail.sends(24)
    mail.destroy(dying)
    assert mail.receives() == (24, 0)
    assert mail.awaits() == (POOL_AT, 48)
    assert mail.events(6) == [
        *(MESSAGE_FAILED, 9, Error.INVL_WEAK),
        *(MESSAGE_SENT, 9, 24),
    ]


def test_a_full_pool_learns_how_much_it_missed() -> None:
    mail = mail_of(REPORTS)
    small = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("event_pool_map", ADDRESS_SPACE, small, POOL_AT + 0x10_0000)
    other = mail.ok("channel_new", ALLOCATOR, options=15)[0]
    mail.ok("channel_async_recv", other, small, 1)
    mail.ok("channel_try_send", other, mail.source, 0, 4056)
    mail.ok("channel_async_send", mail.channel, mail.source, 0, 8, small, 9)
    mail.receives()
    assert mail.ok("event_pool_await", small) == (POOL_AT + 0x10_0000, 4088)
    assert mail.ok("event_pool_await", small) == (POOL_AT + 0x10_0000, 24)
    seen = [mail.reads(POOL_AT + 0x10_0000 + 8 * number) for number in range(3)]
    assert seen == [EVENTS_MISSED, 0, 1]


def test_a_pool_too_small_for_a_message_keeps_its_place() -> None:
    mail = mail_of(REPORTS)
    small = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_recv", mail.channel, small, 1)
    words = (mail.channel, mail.source, 0, 2 * 4096)
    assert mail.refusal("channel_try_send", *words) == "pool_too_small"
    assert queues(mail) == (0, 1)
    assert mail.ok("channel_try_send", mail.channel, mail.source, 0, 24)
    assert queues(mail) == (0, 0)


PARTS = {
    PartialSend.TRUNCATE_SILENTLY: Ok((16, 0)),
    PartialSend.REFUSE: "message_too_long",
    PartialSend.REPORT_SIZES: Ok((16, 0, 24)),
}


@pytest.mark.parametrize("choice", PARTS, ids=lambda each: each.name)
def test_a_message_that_does_not_fit(choice: PartialSend) -> None:
    mail = mail_of(replace(REPORTS, partial_send=choice, message_copy=MessageCopy.EXACT))
    mail.sends(24)
    words = (mail.channel, mail.target, 0, 16)
    outcome = mail.call("channel_try_recv", *words)
    gave = outcome.refusal if isinstance(outcome, Refused) else outcome
    assert gave == PARTS[choice]
    assert queues(mail) == ((1, 0) if choice is PartialSend.REFUSE else (0, 0))


@pytest.mark.parametrize("choice", PARTS, ids=lambda each: each.name)
def test_capabilities_whose_ids_do_not_fit_are_left_behind_or_not_cloned(
    choice: PartialSend,
) -> None:
    """K4."""
    mail = Mail(replace(BLAMES, partial_send=choice))
    mail.put(2, mail.key(), mail.key())
    mail.sends(24)
    known = len(mail.entries())
    mail.call("channel_try_recv", mail.channel, mail.target, 0, 16)
    cloned = {PartialSend.TRUNCATE_SILENTLY: 2, PartialSend.REFUSE: 0, PartialSend.REPORT_SIZES: 1}
    assert len(mail.entries()) - known == cloned[choice]


def test_a_caller_learns_how_long_the_answer_was() -> None:
    mail = mail_of(PROPOSED)
    thread = mail.thread()
    mail.run(thread)
    words = (mail.channel, mail.source, 0, 24, mail.target, 0, 16, 1)
    assert isinstance(mail.call("channel_sync_call", *words, options=1), Blocked)
    mail.run(OWN_THREAD)
    reply = mail.receives()[1]
    assert mail.ok("reply_reply", reply, mail.source, 0, 24) == (16,)
    assert end_of_wait(mail, thread) == Ok((16, 24))


@pytest.mark.parametrize("choice", MessageTime, ids=lambda each: each.name)
def test_a_message_is_read_when_it_is_sent_or_delivered(choice: MessageTime) -> None:
    """K13: what is written meanwhile."""
    mail = mail_of(replace(AS_BUILT, message_time=choice))
    mail.sends(24)
    mail.put(0, 70, 80)
    mail.receives()
    at_send = choice is MessageTime.AT_SEND
    assert mail.got(3) == ([0, 7, 8] if at_send else [0, 70, 80])


def test_a_message_that_was_taken_needs_no_memory_any_more() -> None:
    mail = mail_of(PROPOSED)
    made = mail.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("channel_async_send", mail.channel, made, 0, 24, mail.pool, 9)
    mail.destroy(made)
    assert mail.receives() == (24, 0, 24)
    assert mail.got(3) == [0, 0, 0]


@pytest.mark.parametrize("offset", [4, 4092])
def test_a_taken_message_is_the_one_that_was_sent_wherever_it_begins(offset: int) -> None:
    mail = mail_of(PROPOSED)
    mail.put(0, 5 << 32, at=offset + 4 & ~7)
    mail.sends(20, offset)
    mail.receives()
    later = mail_of(replace(PROPOSED, message_time=MessageTime.AT_DELIVERY))
    later.put(0, 5 << 32, at=offset + 4 & ~7)
    later.sends(20, offset)
    later.receives()
    assert mail.got(3) == later.got(3)


@pytest.mark.parametrize("choice", MessageTime, ids=lambda each: each.name)
def test_an_id_names_what_it_did_when_it_was_sent_or_is_looked_up_late(
    choice: MessageTime,
) -> None:
    """One capability is destroyed meanwhile; of the other only the id was known."""
    mail = Mail(replace(PROPOSED, message_time=choice))
    key = mail.key()
    coming = key + (1 << _SERIAL_AT)
    mail.put(2, key, coming)
    mail.sends(24)
    mail.destroy(key)
    assert (mail.key() == coming) is (choice is MessageTime.AT_DELIVERY)
    mail.receives()
    count, first, second = mail.got(3)
    assert count == 2
    if choice is MessageTime.AT_SEND:
        assert first in mail.entries()
        assert second == 0
    else:
        assert first == 0
        assert second in mail.entries()
    assert not mail.broken


def transit(mail: Mail) -> list[int]:
    """The ids of the entries that hold what waiting messages name."""
    body = mail.state.body(mail.named(OWN_SPACE))
    assert isinstance(body, CapabilitySpace)
    return sorted(body.in_transit)


def test_what_a_message_names_lives_as_long_as_it_waits_and_no_longer() -> None:
    mail = Mail(PROPOSED)
    key = mail.key()
    name = mail.named(key)
    mail.put(1, key)
    for leaves in (lambda: mail.receives(8), lambda: mail.destroy(mail.channel)):
        mail.put(1, mail.clone(key))
        mail.sends(16)
        assert len(transit(mail)) == 1
        leaves()
        assert not transit(mail)
    mail.destroy(key)
    for word in [each for each in mail.entries() if mail.named(each) == name]:
        mail.destroy(word)
    assert not mail.is_alive(name)
    assert not mail.broken


def test_a_send_that_ends_by_its_time_lets_go_of_what_it_named() -> None:
    mail = Mail(PROPOSED)
    key = mail.key()
    name = mail.named(key)
    mail.put(1, key)
    thread = mail.thread()
    mail.run(thread)
    words = (mail.channel, mail.source, 0, 16, 1)
    assert isinstance(mail.call("channel_sync_send", *words, options=1), Blocked)
    mail.run(OWN_THREAD)
    mail.destroy(key)
    assert mail.is_alive(name)
    mail.happens(TimeoutFires(mail.named(thread)))
    assert not mail.is_alive(name)
    assert not mail.broken


@pytest.mark.parametrize("choice", InvisibleEntries, ids=lambda each: each.name)
def test_an_entry_that_is_not_announced_can_be_removed_or_is_not_there(
    choice: InvisibleEntries,
) -> None:
    mail = Mail(replace(PROPOSED, invisible_entries=choice))
    mail.put(1, mail.key())
    mail.sends(16)
    (held,) = transit(mail)
    assert mail.refusal("key_id", held) == "key_unknown"
    removable = choice is InvisibleEntries.REMOVABLE
    if removable:
        mail.destroy(held)
    else:
        assert mail.refusal("cap_destroy", 0, held, options=1) == "cap_unknown"
    assert mail.receives() == (16, 0, 16)
    assert (mail.got(2)[1] == 0) is removable
    assert mail.broken == ({"IPC-6"} if removable else set())


def test_a_message_to_the_memory_that_it_is_sent_from_arrives() -> None:
    mail = mail_of(replace(AS_BUILT, message_time=MessageTime.AT_SEND))
    mail.sends(24)
    words = (mail.channel, mail.source, 4096, 24)
    assert mail.ok("channel_try_recv", *words) == (24, 0)


@pytest.mark.parametrize("choice", ListenerRemoval, ids=lambda each: each.name)
def test_a_listener_is_removed_by_a_call_or_not_at_all(choice: ListenerRemoval) -> None:
    mail = Mail(replace(PROPOSED, listener_removal=choice))
    check, receiver = mail.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)
    mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, mail.pool, 3)
    gone = (receiver, mail.pool, 3)
    if choice is ListenerRemoval.NONE:
        assert mail.refusal("drop_check_reciever_remove_listener", *gone) == "unknown_number"
    else:
        assert mail.ok("drop_check_reciever_remove_listener", *gone) == ()
        assert mail.refusal("drop_check_reciever_remove_listener", *gone) == "not_listening"
    mail.destroy(check)
    told = mail.pool_body().written_bytes
    assert told == (24 if choice is ListenerRemoval.NONE else 0)
    assert not mail.broken


def test_a_pool_that_was_removed_from_a_channel_receives_nothing() -> None:
    mail = mail_of(PROPOSED)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3, options=1)
    mail.ok("channel_remove_listener", mail.channel, mail.pool, 3)
    words = (mail.channel, mail.source, 0, 24)
    assert mail.refusal("channel_try_send", *words) == "nobody_waits"
    assert not mail.broken


def test_a_removal_that_removes_nothing_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    mail = mail_of(PROPOSED)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3, options=1)
    monkeypatch.setattr(channel, "leave_queues", lambda *_, **__: None)
    mail.ok("channel_remove_listener", mail.channel, mail.pool, 3)
    assert mail.broken == {"EVT-4"}


def test_a_pool_that_was_removed_from_a_thread_is_not_told_of_its_end() -> None:
    mail = Mail(PROPOSED)
    thread = mail.thread(starts=False)
    mail.ok("thread_handle_thread_exit_async", thread, mail.pool, 3)
    mail.ok("thread_handle_thread_exit_async", thread, mail.pool, 4)
    mail.ok("thread_remove_listener", thread, mail.pool, 3)
    mail.ok("thread_destroy", thread, options=1)
    assert mail.awaits() == (POOL_AT, 16)
    assert mail.events(2) == [1, 4]


@pytest.mark.parametrize("choice", WaiterFailure, ids=lambda each: each.name)
def test_who_waits_for_a_pool_that_is_unmapped_is_told_or_lost(choice: WaiterFailure) -> None:
    mail = mail_of(replace(REPORTS, waiter_failure=choice))
    thread = mail.thread()
    mail.run(thread)
    assert isinstance(mail.call("event_pool_await", mail.pool, 1, options=1), Blocked)
    mail.run(OWN_THREAD)
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3)
    mail.ok("channel_try_send", mail.channel, mail.source, 0, 24)
    body = mail.thread_body(thread)
    assert isinstance(body, Thread)
    if choice is WaiterFailure.LOST:
        assert body.state is ThreadState.SUSPENDED
    else:
        assert end_of_wait(mail, thread) == Refused(Error.INVL_OP, "pool_not_mapped")
    assert mail.pool_body().written_bytes


@pytest.mark.parametrize("choice", DyingObjects, ids=lambda each: each.name)
def test_a_pool_is_told_that_its_channel_died_or_its_reply(choice: DyingObjects) -> None:
    mail = mail_of(replace(AS_BUILT, dying_objects=choice, message_copy=MessageCopy.EXACT))
    mail.ok("channel_async_call", mail.channel, mail.source, 0, 24, mail.pool, 8)
    reply = mail.receives()[1]
    mail.sends(24)
    mail.destroy(mail.channel)
    mail.destroy(reply)
    told = mail.pool_body().written_bytes
    assert told == (48 if choice is DyingObjects.WAKE_WITH_ERROR else 0)


def test_the_target_is_where_the_tests_look() -> None:
    mail = mail_of(PROPOSED)
    mail.sends(24)
    mail.receives()
    assert mail.reads(TARGET_AT + 8) == 7
