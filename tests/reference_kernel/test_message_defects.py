"""The known defects of messages, replies and waits as built, found by breadth first search."""

from dataclasses import replace

import pytest

from reference_kernel.boot import boot
from reference_kernel.events import CallReturns, Event, TimeoutFires, TimerTick, UserWrites
from reference_kernel.state import State
from spec.design import (
    AutoRequeue,
    DeliveryFault,
    DyingObjects,
    KilledWaits,
    LateListeners,
    ListenerFailure,
    MessageCopy,
    PartialSend,
    PoolUnmap,
    ReplyClaim,
    ResumeScope,
    WakeProtocol,
)
from spec.designs import AS_BUILT
from spec.ids import ObjectType, pack
from spec.rights import Right
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    GROUP,
    MEMORY,
    OWN_SPACE,
    OWN_THREAD,
)
from tests.reference_kernel.test_memory_defects import AT, Defect, Made, call, shortest

CHANNEL = pack(ObjectType.CHANNEL, ALL, weak=False, serial=0)
POOL = pack(ObjectType.EVENT_POOL, ALL, weak=False, serial=0)
REPLY = pack(ObjectType.REPLY, int(Right.WRITE), weak=False, serial=0)
OTHER_MEMORY = 0x8AF


def tick(_: State) -> Event:
    """The slice of whoever runs is over."""
    return TimerTick()


def returns(state: State) -> Event:
    """The running thread's call ends."""
    return CallReturns(state.current)


def time_is_up(_: State) -> Event:
    """The time has come that the first thread gave."""
    return TimeoutFires(FIRST_THREAD)


def writes(word: int, value: int) -> Made:
    """The running thread writes a word of the memory that is sent."""
    return lambda state: UserWrites(state.current, SENT_AT + 8 * word, value)


FIRST_THREAD = boot(AS_BUILT).current
SENT_AT = 0x26_2000
CHECK = pack(ObjectType.DROP_CHECK, ALL, weak=False, serial=0)
RECEIVER = pack(ObjectType.DROP_CHECK_RECIEVER, ALL, weak=False, serial=0)
TIMEOUT = 1
A_CHANNEL = call("channel_new", ALLOCATOR, options=ALL)
A_POOL = call("event_pool_new", ALLOCATOR, 1)
NO_POOL = call("event_pool_new", ALLOCATOR, 0)
A_THREAD = call("thread_new", ALLOCATOR, GROUP, ADDRESS_SPACE, OWN_SPACE, options=2)
SENDS = call("channel_try_send", CHANNEL, MEMORY, 0, 8)
WAITS_TO_SEND = call("channel_sync_send", CHANNEL, OTHER_MEMORY, 0, 8)
RESUMES = call("thread_resume", OWN_THREAD)
DESTROYS = call("thread_destroy", OWN_THREAD, options=1)
CALLS_BY_POOL = call("channel_async_call", CHANNEL, MEMORY, 0, 8, POOL, 1)
SENDS_BY_POOL = call("channel_async_send", CHANNEL, MEMORY, 0, 8, POOL, 1)
ANSWERS = call("reply_reply", REPLY, MEMORY, 0, 8)


A_CHECK = call("drop_check_new", ALLOCATOR, 5)
RECEIVES_ALWAYS = call("channel_async_recv", CHANNEL, POOL, 1, options=1)
SECOND_POOL = pack(ObjectType.EVENT_POOL, ALL, weak=False, serial=1)


def destroys(word: int) -> Made:
    """The capability is destroyed."""
    return call("cap_destroy", 0, word, options=1)


def receives(memory: int, size: int) -> Made:
    """A message that waits is received."""
    return call("channel_try_recv", CHANNEL, memory, 0, size)


def waits_to_receive(size: int) -> Made:
    """The running thread sleeps till a message comes."""
    return call("channel_sync_recv", CHANNEL, OTHER_MEMORY, 0, size)


DEFECTS = (
    Defect(
        "K12",
        "SCH-1",
        5,
        (A_CHANNEL, A_THREAD, waits_to_receive(0), tick, SENDS),
        replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE),
        depth=5,
    ),
    Defect(
        "K14",
        "CAP-10",
        5,
        (A_CHANNEL, NO_POOL, CALLS_BY_POOL, receives(OTHER_MEMORY, 64), ANSWERS),
        replace(AS_BUILT, reply_claim=ReplyClaim.ON_SUCCESS),
        depth=5,
    ),
    Defect(
        "K15",
        "ROB-1",
        8,
        (A_CHANNEL, A_THREAD, waits_to_receive(8), tick, RESUMES, returns),
        replace(AS_BUILT, resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL),
        depth=8,
    ),
    Defect(
        "K20",
        "MEM-5",
        3,
        (
            A_POOL,
            call("event_pool_map", ADDRESS_SPACE, POOL, AT),
            call("address_space_unmap", ADDRESS_SPACE, AT),
        ),
        replace(AS_BUILT, pool_unmap=PoolUnmap.REMOVES_RECORD),
    ),
    Defect(
        "K43",
        "GRP-4",
        5,
        (A_CHANNEL, A_THREAD, WAITS_TO_SEND, tick, DESTROYS),
        replace(AS_BUILT, killed_waits=KilledWaits.RELEASED),
        depth=5,
    ),
    Defect(
        "K4",
        "CAP-7",
        6,
        (
            A_CHANNEL,
            A_POOL,
            writes(0, 1),
            writes(1, MEMORY),
            call("channel_async_send", CHANNEL, OTHER_MEMORY, 0, 16, POOL, 1),
            receives(0xCAF, 8),
        ),
        replace(AS_BUILT, partial_send=PartialSend.REPORT_SIZES),
        depth=6,
    ),
    Defect(
        "K10",
        "IPC-4",
        5,
        (A_CHANNEL, A_THREAD, waits_to_receive(8), tick, destroys(CHANNEL)),
        replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR),
        depth=5,
    ),
    Defect(
        "K10 sleeps for ever",
        "SCH-3",
        5,
        (A_CHANNEL, A_THREAD, waits_to_receive(8), tick, destroys(CHANNEL)),
        replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR),
        depth=5,
    ),
    Defect(
        "K11",
        "IPC-7",
        5,
        (A_CHANNEL, A_POOL, CALLS_BY_POOL, receives(OTHER_MEMORY, 64), destroys(REPLY)),
        replace(AS_BUILT, dying_objects=DyingObjects.WAKE_WITH_ERROR),
        depth=5,
    ),
    Defect(
        "K12 is told nothing",
        "IPC-5",
        5,
        (A_CHANNEL, A_THREAD, waits_to_receive(0), tick, SENDS),
        replace(
            AS_BUILT,
            wake_protocol=WakeProtocol.HANDSHAKE,
            delivery_fault=DeliveryFault.REPORT_TO_OWNER,
        ),
        depth=5,
    ),
    Defect(
        "K13",
        "IPC-3",
        6,
        (
            A_CHANNEL,
            call("channel_sync_send", CHANNEL, MEMORY, 0, 8, 1, options=TIMEOUT),
            time_is_up,
            tick,
            returns,
            receives(OTHER_MEMORY, 64),
        ),
        replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE),
        depth=6,
    ),
    Defect(
        "K14 is used up",
        "IPC-7",
        5,
        (A_CHANNEL, NO_POOL, CALLS_BY_POOL, receives(OTHER_MEMORY, 64), ANSWERS),
        replace(AS_BUILT, reply_claim=ReplyClaim.ON_SUCCESS),
        depth=5,
    ),
    Defect(
        "K15 returns for no reason",
        "SCH-4",
        8,
        (A_CHANNEL, A_THREAD, waits_to_receive(8), tick, RESUMES, returns),
        replace(AS_BUILT, resume_scope=ResumeScope.ONLY_SUSPENDED_BY_CALL),
        depth=8,
    ),
    Defect(
        "K16",
        "EVT-1",
        9,
        (
            A_POOL,
            call("event_pool_map", ADDRESS_SPACE, POOL, AT),
            call("event_pool_await", POOL, 1, options=TIMEOUT),
            time_is_up,
            tick,
            returns,
            A_CHECK,
            call("drop_check_reciever_handle_cap_drop_async", RECEIVER, POOL, 1),
            destroys(CHECK),
        ),
        replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE),
        depth=9,
    ),
    Defect(
        "K17",
        "IPC-1",
        5,
        (A_CHANNEL, A_POOL, CALLS_BY_POOL, RECEIVES_ALWAYS),
        replace(AS_BUILT, auto_requeue=AutoRequeue.DRAINS_QUEUE),
        depth=5,
    ),
    Defect(
        "K17 overtakes",
        "IPC-2",
        6,
        (A_CHANNEL, A_POOL, CALLS_BY_POOL, RECEIVES_ALWAYS),
        replace(AS_BUILT, auto_requeue=AutoRequeue.DRAINS_QUEUE),
        depth=6,
    ),
    Defect(
        "K18",
        "EVT-2",
        6,
        (
            A_CHECK,
            A_POOL,
            NO_POOL,
            call("drop_check_reciever_handle_cap_drop_async", RECEIVER, POOL, 1),
            call("drop_check_reciever_handle_cap_drop_async", RECEIVER, SECOND_POOL, 1),
            destroys(CHECK),
        ),
        replace(AS_BUILT, listener_failure=ListenerFailure.CONTINUES),
        depth=6,
    ),
    Defect(
        "K19",
        "EVT-3",
        3,
        (
            A_CHECK,
            destroys(CHECK),
            call("drop_check_reciever_handle_cap_drop_sync", RECEIVER, 1, options=TIMEOUT),
        ),
        replace(AS_BUILT, late_listeners=LateListeners.TOLD_AT_ONCE),
        depth=3,
    ),
    Defect(
        "K16 stays registered",
        "SCH-5",
        2,
        (call("thread_handle_thread_exit_sync", OWN_THREAD, 1, options=TIMEOUT), time_is_up),
        replace(AS_BUILT, wake_protocol=WakeProtocol.HANDSHAKE),
    ),
    Defect(
        "a message over the border of two pages",
        "IPC-6",
        6,
        (
            A_CHANNEL,
            A_POOL,
            writes(511, 0),
            writes(512, 7),
            call("channel_async_send", CHANNEL, OTHER_MEMORY, 4088, 24, POOL, 1),
            receives(0xCAF, 64),
        ),
        replace(AS_BUILT, message_copy=MessageCopy.EXACT),
        depth=6,
    ),
    Defect(
        "a message from a memory to itself",
        "ROB-1",
        4,
        (A_CHANNEL, A_POOL, SENDS_BY_POOL, receives(MEMORY, 64)),
        replace(AS_BUILT, message_copy=MessageCopy.EXACT),
    ),
)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_search_from_boot_finds_the_defect(defect: Defect) -> None:
    steps = shortest(defect, defect.design)
    assert steps is not None
    assert steps <= defect.steps


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_the_answer_to_the_defect_survives_the_search(defect: Defect) -> None:
    assert shortest(defect, defect.answer) is None
