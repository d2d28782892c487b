"""What event pools do: how they grow, what is shown, and who is woken."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Blocked, Ok, Panic, Refused
from reference_kernel.pages import PageState, Run
from reference_kernel.state import ThreadState
from spec.design import (
    Design,
    DyingObjects,
    ListenerFailure,
    MessageCopy,
    PoolGrowth,
    PoolSwap,
    PoolUnmap,
    WakeProtocol,
)
from spec.designs import AS_BUILT
from spec.errors import Error
from spec.panics import HEAP_LIST, NO_ROOM_FOR_HEADER, UNMAPS_TOO_MUCH
from spec.sizes import PAGE_BYTES, WORD_LIMIT
from tests.reference_kernel.mail import Mail
from tests.reference_kernel.message_attempts import POOL_AT, a_mapped_pool, by_another
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    OWN_THREAD,
    RIGHTS_ASKED,
)

SOUND = replace(
    AS_BUILT,
    message_copy=MessageCopy.EXACT,
    pool_growth=PoolGrowth.TESTS_TOTAL,
    pool_swap=PoolSwap.UNMAPS_MAPPED,
)
HEADER = 32


def drop(mail: Mail, pool: int, *, data: int = 7, event_id: int = 5) -> None:
    """A drop check whose drop the pool is told."""
    check, receiver = mail.ok("drop_check_new", ALLOCATOR, data, options=RIGHTS_ASKED)
    mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, pool, event_id)
    mail.destroy(check)


def receiving(design: Design, pages: int) -> Mail:
    """A pool of so many pages that receives from the channel, again and again."""
    mail = Mail(design)
    mail.destroy(mail.pool)
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    mail.pool = a_mapped_pool(mail, pages, at=POOL_AT + 64 * PAGE_BYTES)
    mail.ok("channel_async_recv", mail.channel, mail.pool, 1, options=1)
    return mail


def send(mail: Mail, size: int) -> int:
    """How many bytes the pool says that it took."""
    return mail.ok("channel_try_send", mail.channel, mail.source, 0, size)[0]


def test_events_are_shown_in_order_and_once() -> None:
    mail = Mail(AS_BUILT)
    drop(mail, mail.pool, data=7, event_id=5)
    drop(mail, mail.pool, data=8, event_id=6)
    assert mail.awaits() == (POOL_AT, 48)
    assert mail.events(6) == [2, 5, 7, 2, 6, 8]
    drop(mail, mail.pool, data=9, event_id=5)
    assert mail.awaits() == (POOL_AT, 24)
    assert mail.events(3) == [2, 5, 9]


def test_the_end_of_a_thread_is_an_event_of_two_words() -> None:
    mail = Mail(AS_BUILT)
    thread = mail.thread(starts=False)
    mail.ok("thread_handle_thread_exit_async", thread, mail.pool, 3)
    mail.ok("thread_destroy", thread, options=1)
    assert mail.awaits() == (POOL_AT, 16)
    assert mail.events(2) == [1, 3]


def test_who_waits_is_woken_with_the_events() -> None:
    mail = Mail(AS_BUILT)
    waiter = by_another(mail, lambda: mail.call("event_pool_await", mail.pool))
    assert mail.refusal("event_pool_await", mail.pool) == "pool_awaited"
    drop(mail, mail.pool)
    while mail.state.current != mail.named(waiter):
        mail.tick()
    assert mail.returns() == Ok((POOL_AT, 24))
    assert mail.pool_body().waiter is None


@pytest.mark.parametrize("protocol", list(WakeProtocol))
def test_as_built_a_waiter_that_timed_out_blocks_the_pool_and_takes_the_next_event(
    protocol: WakeProtocol,
) -> None:
    """K16."""
    mail = Mail(replace(AS_BUILT, wake_protocol=protocol))
    assert mail.call("event_pool_await", mail.pool, 1, options=1) == Blocked()
    mail.time_is_up(mail.named(OWN_THREAD))
    while mail.state.current != mail.named(OWN_THREAD):
        mail.tick()
    assert mail.returns() == Refused(Error.OK_TIMEOUT, "timed_out")
    if protocol is WakeProtocol.HANDSHAKE:
        assert mail.pool_body().waiter is None
        return
    assert mail.refusal("event_pool_await", mail.pool) == "pool_awaited"
    drop(mail, mail.pool)
    assert mail.pool_body().written_bytes == 0
    assert mail.pool_body().reads.written_bytes == 24


def test_a_pool_takes_no_more_than_its_pages() -> None:
    mail = receiving(AS_BUILT, 1)
    assert send(mail, PAGE_BYTES - HEADER) == PAGE_BYTES
    refusal = mail.refusal("channel_try_send", mail.channel, mail.source, 0, 8)
    assert refusal == "nobody_waits"


def test_as_built_a_pool_does_not_grow_for_what_is_in_it() -> None:
    mail = receiving(AS_BUILT, 2)
    assert send(mail, 3000) == 3032
    assert send(mail, 2000) == PAGE_BYTES - 3032
    assert len(mail.pool_body().writes.frames) == 1
    sound = receiving(SOUND, 2)
    assert send(sound, 3000) == 3032
    assert send(sound, 2000) == 2032
    assert len(sound.pool_body().writes.frames) == 2


def test_as_built_a_header_without_room_panics() -> None:
    mail = receiving(AS_BUILT, 2)
    send(mail, PAGE_BYTES - HEADER - 8)
    outcome = mail.call("channel_try_send", mail.channel, mail.source, 0, 8)
    assert outcome == Panic(NO_ROOM_FOR_HEADER.place, NO_ROOM_FOR_HEADER.why)
    sound = receiving(SOUND, 2)
    send(sound, PAGE_BYTES - HEADER - 8)
    assert send(sound, 8) == 40


def test_as_built_an_event_without_room_is_lost_and_nobody_is_told() -> None:
    mail = receiving(AS_BUILT, 2)
    send(mail, PAGE_BYTES - HEADER)
    drop(mail, mail.pool)
    assert mail.pool_body().written_bytes == PAGE_BYTES


def test_as_built_a_message_over_a_page_border_fills_the_pool() -> None:
    mail = receiving(AS_BUILT, 2)
    mail.put(0)
    assert send(mail, PAGE_BYTES + 8) == 2 * PAGE_BYTES
    sound = receiving(SOUND, 2)
    assert send(sound, PAGE_BYTES + 8) == PAGE_BYTES + 8 + HEADER


def test_as_built_a_swap_unmaps_pages_that_it_never_mapped() -> None:
    for design in (AS_BUILT, SOUND):
        mail = receiving(design, 4)
        send(mail, 2 * PAGE_BYTES)
        for size in (8, 8, 8):
            mail.awaits()
            send(mail, size)
        outcome = mail.call("event_pool_await", mail.pool)
        if design is SOUND:
            assert isinstance(outcome, Ok)
        else:
            assert outcome == Panic(UNMAPS_TOO_MUCH.place, UNMAPS_TOO_MUCH.why)


def not_to_be_swapped(design: Design) -> Mail:
    """A pool that is told of what happens, and whose pages as built cannot be unmapped."""
    mail = receiving(design, 4)
    send(mail, 2 * PAGE_BYTES)
    for size in (8, 8):
        mail.awaits()
        send(mail, size)
    mail.awaits()
    return mail


@pytest.mark.parametrize("what", ["a check is dropped", "a channel dies"])
def test_as_built_so_does_one_for_whoever_waits_when_an_end_is_told(what: str) -> None:
    mail = not_to_be_swapped(replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR))
    ends, receiver = mail.ok("drop_check_new", ALLOCATOR, 7, options=RIGHTS_ASKED)
    if what == "a channel dies":
        (ends,) = mail.ok("channel_new", ALLOCATOR, options=15)
        mail.ok("channel_async_recv", ends, mail.pool, 1)
    else:
        mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, mail.pool, 1)
    by_another(mail, lambda: mail.call("event_pool_await", mail.pool))
    assert mail.destroy(ends) == Panic(UNMAPS_TOO_MUCH.place, UNMAPS_TOO_MUCH.why)


@pytest.mark.parametrize("choice", list(PoolUnmap))
def test_as_built_an_unmapped_pool_keeps_its_place(choice: PoolUnmap) -> None:
    """K20."""
    mail = Mail(replace(AS_BUILT, pool_unmap=choice))
    drop(mail, mail.pool)
    mail.awaits()
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    assert mail.pool_body().reads.written_bytes == 0
    assert mail.refusal("event_pool_await", mail.pool) == "pool_not_mapped"
    outcome = mail.call("event_pool_map", ADDRESS_SPACE, mail.pool, POOL_AT)
    assert isinstance(outcome, Ok) is (choice is PoolUnmap.REMOVES_RECORD)
    assert ("MEM-5" in mail.broken) is (choice is PoolUnmap.LEAVES_RECORD)


@pytest.mark.parametrize("choice", list(ListenerFailure))
def test_as_built_one_dead_listener_silences_the_rest(choice: ListenerFailure) -> None:
    """K18: the pool that was asked last is dead; the thread before it is never told."""
    mail = Mail(replace(AS_BUILT, listener_failure=choice))
    check, receiver = mail.ok("drop_check_new", ALLOCATOR, 7, options=RIGHTS_ASKED)
    name = "drop_check_reciever_handle_cap_drop_sync"
    waiter = by_another(mail, lambda: mail.call(name, receiver))
    dead = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("drop_check_reciever_handle_cap_drop_async", receiver, dead, 1)
    mail.destroy(dead)
    mail.destroy(check)
    told = choice is ListenerFailure.CONTINUES
    expected = ThreadState.READY if told else ThreadState.SUSPENDED
    assert mail.thread_body(waiter).state is expected


@pytest.mark.parametrize("choice", list(DyingObjects))
def test_as_built_who_waits_for_a_pool_that_dies_is_not_told(choice: DyingObjects) -> None:
    mail = Mail(replace(AS_BUILT, dying_objects=choice, pool_unmap=PoolUnmap.REMOVES_RECORD))
    waiter = by_another(mail, lambda: mail.call("event_pool_await", mail.pool))
    mail.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    mail.destroy(mail.pool)
    told = choice is DyingObjects.WAKE_WITH_ERROR
    expected = ThreadState.READY if told else ThreadState.SUSPENDED
    assert mail.thread_body(waiter).state is expected


def test_a_pool_that_dies_gives_its_frames_back() -> None:
    mail = Mail(AS_BUILT)
    pool = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    drop(mail, pool)
    mail.destroy(pool)
    assert not mail.broken & {"CAP-1", "MEM-3", "MEM-7"}


def test_what_a_pool_shows_is_its_own_pages() -> None:
    mail = Mail(AS_BUILT)
    drop(mail, mail.pool)
    mail.awaits()
    frames = mail.pool_body().reads.frames
    runs = [run for run in mail.memory_body(mail.source).pages if run.state is PageState.OWNED]
    assert not any(_has(run, frame) for run in runs for frame in frames)
    assert not mail.broken & {"MEM-3", "MEM-7"}


def _has(run: Run, frame: int) -> bool:
    return run.frame <= frame < run.frame + run.length


@pytest.mark.parametrize("waits", [True, False], ids=["by who tells it", "by who awaits it"])
def test_a_pool_at_the_kernels_addresses_damages_its_heap_when_it_is_shown(*, waits: bool) -> None:
    mail = Mail(AS_BUILT)
    pool = mail.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    mail.ok("event_pool_map", ADDRESS_SPACE, pool, WORD_LIMIT - PAGE_BYTES)
    mail.ok("channel_async_recv", mail.channel, pool, 1)
    if waits:
        by_another(mail, lambda: mail.call("event_pool_await", pool))
        outcome = mail.call("channel_try_send", mail.channel, mail.source, 0, 8)
    else:
        mail.ok("channel_try_send", mail.channel, mail.source, 0, 8)
        outcome = mail.call("event_pool_await", pool)
    assert outcome == Panic(HEAP_LIST.place, HEAP_LIST.why)
