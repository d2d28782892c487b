"""What the calls about channels do: whom they serve, what arrives, and who is told."""

from dataclasses import replace

import pytest

from reference_kernel.machine import MACHINE
from reference_kernel.outcomes import Blocked, Deadlock, Ok, Panic, Refused
from reference_kernel.pages import page_at
from reference_kernel.state import Channel, ThreadState
from spec.design import (
    AutoRequeue,
    Design,
    DyingObjects,
    EnumDecode,
    KilledWaits,
    MessageCopy,
    Overflow,
    WakeProtocol,
)
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.ids import ObjectType, pack
from spec.panics import BUFFER_OVERFLOWS, CLONE_UNTABLED, COPY_RUNS_ON
from spec.sizes import PAGE_BYTES, WORD_LIMIT
from tests.reference_kernel.mail import WORD, Mail
from tests.reference_kernel.message_attempts import by_another
from tests.reference_kernel.program import ALLOCATOR, LAZY, OWN_THREAD, RIGHTS_ASKED, WEAK, ZEROED

EXACT = replace(AS_BUILT, message_copy=MessageCopy.EXACT)
BOTH = pytest.mark.parametrize("design", [AS_BUILT, EXACT], ids=["as built", "exact"])
TIMEOUT = 1


@BOTH
def test_a_message_arrives_as_it_was_written_and_its_sender_is_told(design: Design) -> None:
    mail = Mail(design)
    mail.put(0, 11, 22)
    mail.sends(24)
    assert mail.receives() == (24, 0)
    assert mail.got(4) == [0, 11, 22, 0]
    assert mail.awaits()[1] == 24
    assert mail.events(3) == [0, 9, 24]


@BOTH
def test_messages_are_taken_in_the_order_in_which_they_were_sent(design: Design) -> None:
    mail = Mail(design)
    for size in (8, 16, 24):
        mail.sends(size)
    assert [mail.receives()[0] for _ in range(3)] == [8, 16, 24]
    assert mail.refusal("channel_try_recv", mail.channel, mail.target, 0, 8) == "nobody_waits"


@BOTH
def test_the_bytes_are_those_of_the_delivery(design: Design) -> None:
    mail = Mail(design)
    mail.put(0, 1)
    mail.sends(16)
    mail.put(0, 2)
    mail.receives()
    assert mail.got(2) == [0, 2]


@BOTH
def test_capabilities_are_cloned_and_unknown_ids_are_zero(design: Design) -> None:
    mail = Mail(design)
    key = mail.key()
    weak = mail.clone(key, WEAK)
    missing = pack(ObjectType.KEY, 3, weak=False, serial=77)
    mail.put(4, key, missing, weak, 31 << 5, 55)
    mail.sends(48)
    assert mail.receives() == (48, 0)
    count, first, second, third, fourth, data = mail.got(6)
    assert (count, second, fourth, data) == (4, 0, 0, 55)
    assert first is not None
    assert third is not None
    assert mail.named(first) == mail.named(third) == mail.named(key)
    assert third & 16


def test_as_built_a_count_tells_how_many_ids_were_read_not_how_many_fit() -> None:
    """K4: what does not fit is cloned all the same."""
    mail = Mail(AS_BUILT)
    mail.put(3, mail.key(), mail.key(), mail.key())
    before = len(mail.entries())
    mail.sends(32)
    assert mail.receives(16) == (16, 0)
    assert mail.got(1) == [3]
    assert len(mail.entries()) == before + 3


def test_exactly_what_fits_is_cloned_and_counted() -> None:
    mail = Mail(EXACT)
    mail.put(3, mail.key(), mail.key(), mail.key())
    before = len(mail.entries())
    mail.sends(32)
    assert mail.receives(16) == (16, 0)
    assert mail.got(1) == [1]
    assert len(mail.entries()) == before + 1


def test_as_built_an_id_without_a_table_in_a_message_panics() -> None:
    mail = Mail(AS_BUILT)
    mail.put(1, 0)
    mail.sends(16)
    outcome = mail.call("channel_try_recv", mail.channel, mail.target, 0, 64)
    assert outcome == Panic(CLONE_UNTABLED.place, CLONE_UNTABLED.why)
    total = Mail(replace(AS_BUILT, enum_decode=EnumDecode.TOTAL))
    total.put(1, 0)
    total.sends(16)
    assert total.receives() == (16, 0)


@pytest.mark.parametrize(("offset", "size"), [(3 * PAGE_BYTES, 8), (0, 0), (0, 7), (8, WORD_LIMIT)])
def test_a_message_of_no_bytes_is_empty(offset: int, size: int) -> None:
    mail = Mail(AS_BUILT)
    mail.sends(size % WORD_LIMIT, offset)
    assert mail.receives() == (0, 0)


@pytest.mark.parametrize("more", [0, 1])
@pytest.mark.parametrize("offset", [0, PAGE_BYTES])
def test_a_message_may_end_with_its_memory(offset: int, more: int) -> None:
    mail = Mail(EXACT)
    size = 3 * PAGE_BYTES - offset
    mail.sends(size + more, offset)
    assert mail.receives(3 * PAGE_BYTES) == (0 if more else size, 0)


@BOTH
@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("less", [16, 8])
def test_a_sum_that_overflows_panics_a_build_that_traps_as_built(
    less: int, overflow: Overflow, design: Design
) -> None:
    mail = Mail(design, replace(MACHINE, overflow=overflow))
    mail.sends(WORD_LIMIT - less, 16)
    outcome = mail.call("channel_try_recv", mail.channel, mail.target, 0, 64)
    if overflow is Overflow.PANICS and design is AS_BUILT:
        assert outcome == Panic(BUFFER_OVERFLOWS.place, BUFFER_OVERFLOWS.why)
    else:
        assert outcome == Ok((0, 0))


def test_a_receiver_without_room_loses_the_message_of_who_waits() -> None:
    mail = Mail(AS_BUILT)
    mail.sends(8)
    assert mail.refusal("channel_try_recv", mail.channel, mail.target, 0, 0) == "nobody_waits"
    assert mail.refusal("channel_try_recv", mail.channel, mail.target, 0, 64) == "nobody_waits"


def test_as_built_a_message_over_a_page_border_is_read_on_from_the_first_page() -> None:
    mail = Mail(AS_BUILT)
    mail.put(7, 8)
    mail.put(0, 33, at=PAGE_BYTES - 16)
    mail.put(99, at=PAGE_BYTES)
    mail.sends(32, PAGE_BYTES - 16)
    assert mail.receives() == (32, 0)
    assert mail.got(4) == [0, 33, 7, 8]


def test_exactly_copied_it_goes_on_in_the_next_page() -> None:
    mail = Mail(EXACT)
    mail.put(0, 33, at=PAGE_BYTES - 16)
    mail.put(99, 98, at=PAGE_BYTES)
    mail.sends(32, PAGE_BYTES - 16)
    assert mail.receives(64, PAGE_BYTES - 8) == (32, 0)
    assert mail.got(4, PAGE_BYTES - 8) == [0, 33, 99, 98]


@pytest.mark.parametrize("behind", [4, 12, 20])
def test_exactly_copied_a_word_may_lie_on_both_sides_of_a_page_border(behind: int) -> None:
    mail = Mail(EXACT)
    message = b"".join(each.to_bytes(WORD, "little") for each in (1, mail.key(), 7))
    around = bytes(4) + message + bytes(4)
    words = [int.from_bytes(around[at : at + WORD], "little") for at in range(0, 32, WORD)]
    mail.put(*words, at=PAGE_BYTES - behind - 4)
    before = mail.entries()
    mail.sends(24, PAGE_BYTES - behind)
    assert mail.receives() == (24, 0)
    (clone,) = set(mail.entries()) - set(before)
    assert mail.got(3) == [1, clone, 7]


@BOTH
def test_a_message_is_read_no_further_than_it_fits(design: Design) -> None:
    mail = Mail(design)
    lazy = mail.ok("memory_new", ALLOCATOR, 2, options=LAZY | ZEROED | RIGHTS_ASKED)[0]
    mail.ok("channel_async_send", mail.channel, lazy, 0, 2 * PAGE_BYTES, mail.pool, 9)
    assert mail.receives(PAGE_BYTES) == (PAGE_BYTES, 0)
    pages = mail.memory_body(lazy).pages
    assert [page_at(pages, number).resident for number in (0, 1)] == [True, False]


@pytest.mark.parametrize(
    ("design", "pages", "first"), [(AS_BUILT, 1, 0), (AS_BUILT, 1, 1), (EXACT, 1, 1), (EXACT, 2, 0)]
)
def test_a_write_goes_on_in_the_next_page_of_the_target(
    design: Design, pages: int, first: int
) -> None:
    """It begins two words before the end of a page."""
    mail = Mail(design)
    words = [0, *range(1, pages * PAGE_BYTES // WORD)]
    some = [1, 2, 3, 4, PAGE_BYTES // WORD - 1, *range(len(words) - 4, len(words))]
    for word in some:
        mail.put(words[word], at=word * WORD)
    mail.sends(pages * PAGE_BYTES)
    begin = (first + 1) * PAGE_BYTES - 2 * WORD
    assert mail.receives((2 - first) * PAGE_BYTES, begin) == (pages * PAGE_BYTES, 0)
    assert [mail.got(1, begin + word * WORD) for word in some] == [[words[each]] for each in some]
    assert mail.got(1, begin + pages * PAGE_BYTES) == [0]


@BOTH
def test_a_lazy_page_of_the_message_gets_its_frame_when_it_is_read(design: Design) -> None:
    mail = Mail(design)
    lazy = mail.ok("memory_new", ALLOCATOR, 1, options=LAZY | ZEROED | RIGHTS_ASKED)[0]
    assert mail.ok("channel_async_send", mail.channel, lazy, 8, 16, mail.pool, 9) == ()
    assert mail.receives() == (16, 0)
    assert mail.got(2) == [0, 0]
    assert page_at(mail.memory_body(lazy).pages, 0).resident


@BOTH
@pytest.mark.parametrize("offset", [0, 64, PAGE_BYTES + 8])
def test_ids_are_written_where_the_message_goes(offset: int, design: Design) -> None:
    mail = Mail(design)
    before = {*mail.entries()}
    mail.put(2, mail.key(), mail.key(), 44)
    mail.sends(32)
    assert mail.receives(64, offset) == (32, 0)
    count, first, second, last = mail.got(4, offset)
    new = {*mail.entries()} - before
    assert (count, last) == (2, 44)
    assert first in new
    assert second in new
    assert mail.named(first) != mail.named(second)


def test_as_built_a_write_that_ends_a_page_of_the_target_begins_it_again() -> None:
    mail = Mail(AS_BUILT)
    mail.put(1, mail.key(), 44)
    mail.sends(24)
    assert mail.receives(64, PAGE_BYTES - 16) == (24, 0)
    assert mail.got(1) == [44]
    assert mail.got(1, PAGE_BYTES) == [0]


def test_as_built_an_odd_offset_makes_the_copy_run_on_till_the_target_is_full() -> None:
    mail = Mail(AS_BUILT)
    mail.put(0, 1, 2, 3, 4, 5, 6)
    mail.sends(16)
    assert mail.receives(40, 4) == (40, 0)
    assert mail.got(5) == [0, 0, 1, 3 << 32, 4 << 32]


def test_exactly_copied_an_odd_offset_is_kept() -> None:
    mail = Mail(EXACT)
    mail.put(0, 1 << 32 | 2)
    mail.sends(16)
    assert mail.receives(40, 4) == (16, 0)
    assert mail.got(3) == [0, 2 << 32, 1]


def test_as_built_a_cut_id_is_read_twice_and_the_copy_runs_on() -> None:
    mail = Mail(AS_BUILT)
    mail.put(1, 0x3E0 << 32 | 0x3E0, 5, 6)
    mail.sends(12)
    assert mail.receives(32) == (32, 0)
    assert mail.got(2) == [1, 0]
    trapping = Mail(AS_BUILT, replace(MACHINE, overflow=Overflow.PANICS))
    trapping.put(1, 0x3E0 << 32 | 0x3E0)
    trapping.sends(12)
    outcome = trapping.call("channel_try_recv", trapping.channel, trapping.target, 0, 32)
    assert outcome == Panic(COPY_RUNS_ON.place, COPY_RUNS_ON.why)


def test_as_built_a_message_to_the_memory_that_holds_it_hangs_the_kernel() -> None:
    mail = Mail(AS_BUILT)
    mail.sends(16)
    outcome = mail.call("channel_try_recv", mail.channel, mail.source, 0, 64)
    assert isinstance(outcome, Deadlock)
    assert "ROB-1" in mail.broken
    exact = Mail(EXACT)
    exact.put(0, 5)
    exact.sends(16)
    assert exact.ok("channel_try_recv", exact.channel, exact.source, 64, 64) == (16, 0)


@BOTH
def test_a_lazy_page_gets_its_frame_from_the_copy(design: Design) -> None:
    mail = Mail(design)
    lazy = mail.ok("memory_new", ALLOCATOR, 1, options=3)[0]
    mail.put(0, 5)
    mail.sends(16)
    assert mail.ok("channel_try_recv", mail.channel, lazy, 0, 64) == (16, 0)
    assert mail.memory_body(lazy).pages[0].resident


def test_a_sender_sleeps_till_it_is_taken() -> None:
    mail = Mail(AS_BUILT)
    words = (mail.channel, mail.source, 0, 24)
    sender = by_another(mail, lambda: mail.call("channel_sync_send", *words))
    assert mail.thread_body(sender).state is ThreadState.SUSPENDED
    assert mail.receives() == (24, 0)
    assert mail.thread_body(sender).state is ThreadState.READY
    for _ in range(4):
        if mail.state.current == mail.named(sender):
            break
        mail.tick()
    assert mail.returns() == Ok((24,))


def test_a_receiver_sleeps_till_a_message_comes() -> None:
    mail = Mail(AS_BUILT)
    words = (mail.channel, mail.target, 0, 64)
    receiver = by_another(mail, lambda: mail.call("channel_sync_recv", *words))
    mail.put(0, 3)
    assert mail.ok("channel_try_send", mail.channel, mail.source, 0, 16) == (16,)
    assert mail.got(2) == [0, 3]
    while mail.state.current != mail.named(receiver):
        mail.tick()
    assert mail.returns() == Ok((16, 0))


@pytest.mark.parametrize("call", ["channel_sync_send", "channel_sync_recv"])
def test_as_built_a_wait_that_timed_out_stays_in_the_queue(call: str) -> None:
    """K13 and its mirror: the message is still taken, the receiver is nobody."""
    mail = Mail(AS_BUILT)
    words = (mail.channel, mail.source, 0, 16, 1)
    assert mail.call(call, *words, options=TIMEOUT) == Blocked()
    mail.time_is_up(mail.named(OWN_THREAD))
    while mail.state.current != mail.named(OWN_THREAD):
        mail.tick()
    outcome = mail.returns()
    assert isinstance(outcome, Refused)
    assert outcome.error is Error.OK_TIMEOUT
    body = mail.state.body(mail.named(mail.channel))
    assert isinstance(body, Channel)
    assert len(body.senders) + len(body.receivers) == 1
    if call == "channel_sync_send":
        mail.put(0, 99)
        assert mail.receives() == (16, 0)
        assert mail.got(2) == [0, 99]


def test_with_a_handshake_an_ended_wait_leaves_the_queue() -> None:
    mail = Mail(replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE))
    mail.call("channel_sync_send", mail.channel, mail.source, 0, 16, 1, options=TIMEOUT)
    mail.time_is_up(mail.named(OWN_THREAD))
    assert mail.state.body(mail.named(mail.channel)) == Channel()
    assert "CAP-1" not in mail.broken


@pytest.mark.parametrize("wake", list(WakeProtocol))
def test_as_built_a_copy_that_fails_loses_the_thread_that_waits(wake: WakeProtocol) -> None:
    """K12: it is ready, and in no queue."""
    mail = Mail(replace(AS_BUILT, wake_protocol=wake))
    words = (mail.channel, mail.target, 0, 0)
    receiver = by_another(mail, lambda: mail.call("channel_sync_recv", *words))
    refusal = mail.refusal("channel_try_send", mail.channel, mail.source, 0, 16)
    assert refusal == "nobody_waits"
    lost = wake is WakeProtocol.AS_IS
    expected = ThreadState.READY if lost else ThreadState.SUSPENDED
    assert mail.thread_body(receiver).state is expected
    assert ("SCH-1" in mail.broken) is lost


@pytest.mark.parametrize("choice", list(AutoRequeue))
def test_as_built_an_automatic_receiver_takes_one_of_two_and_waits(choice: AutoRequeue) -> None:
    """K17: then a sender and a receiver wait for each other."""
    mail = Mail(replace(AS_BUILT, auto_requeue=choice))
    mail.sends(16)
    mail.sends(24)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 3, options=1)
    body = mail.state.body(mail.named(mail.channel))
    assert isinstance(body, Channel)
    left = 1 if choice is AutoRequeue.ONE_THEN_WAITS else 0
    assert len(body.senders) == left
    assert len(body.receivers) == 1


@pytest.mark.parametrize("choice", list(KilledWaits))
def test_as_built_a_killed_sender_keeps_its_references(choice: KilledWaits) -> None:
    """K43: its memory and its space are never freed."""
    mail = Mail(replace(AS_BUILT, killed_waits=choice))
    memory = mail.ok("memory_new", ALLOCATOR, 1)[0]
    name = mail.named(memory)
    words = (mail.channel, memory, 0, 16)
    sender = by_another(mail, lambda: mail.call("channel_sync_send", *words))
    mail.destroy(memory)
    assert mail.is_alive(name)
    mail.ok("thread_destroy", sender, options=1)
    assert mail.is_alive(name) is (choice is KilledWaits.LEAKED)
    assert ("GRP-4" in mail.broken) is (choice is KilledWaits.LEAKED)


@pytest.mark.parametrize("choice", list(DyingObjects))
@pytest.mark.parametrize("call", ["channel_sync_send", "channel_sync_recv", "channel_sync_call"])
def test_as_built_the_waiters_of_a_channel_that_dies_are_not_told(
    call: str, choice: DyingObjects
) -> None:
    """K10."""
    mail = Mail(replace(AS_BUILT, dying_objects=choice, killed_waits=KilledWaits.RELEASED))
    words = (mail.channel, mail.source, 0, 64)
    more = (mail.target, 0, 64) if call == "channel_sync_call" else ()
    waiter = by_another(mail, lambda: mail.call(call, *words, *more))
    mail.destroy(mail.channel)
    told = choice is DyingObjects.WAKE_WITH_ERROR
    expected = ThreadState.READY if told else ThreadState.SUSPENDED
    assert mail.thread_body(waiter).state is expected
    if told:
        while mail.state.current != mail.named(waiter):
            mail.tick()
        assert mail.returns() == Refused(Error.INVL_WEAK, "waits_for_the_dead")
    assert not mail.broken & {"CAP-1", "GRP-4", "SCH-1"}


@BOTH
def test_a_message_into_a_pool_is_an_event_with_a_header(design: Design) -> None:
    mail = Mail(design)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 5)
    mail.put(1, mail.key(), 7)
    assert mail.ok("channel_try_send", mail.channel, mail.source, 0, 24) == (32 + 24,)
    assert mail.awaits()[1] == 56
    words = mail.events(7)
    assert words[:5] == [4, 5, 0, 24, 1]
    assert words[6] == 7
    assert words[5] in mail.entries()


def test_a_pool_that_receives_always_stays_behind_the_others() -> None:
    mail = Mail(AS_BUILT)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 1, options=1)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 2)
    for _ in range(3):
        mail.ok("channel_try_send", mail.channel, mail.source, 0, WORD)
    assert mail.awaits()[1] == 3 * 40
    assert [mail.events(15)[at] for at in (1, 6, 11)] == [1, 2, 1]
