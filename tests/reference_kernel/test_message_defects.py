"""The known defects of messages, replies and waits as built, found by breadth first search.

Those that no guarantee of the kernel tells are shown as runs, beside the calls that they are about.
"""

from dataclasses import replace

import pytest

from reference_kernel.events import CallReturns, Event, TimerTick
from reference_kernel.state import State
from spec.design import (
    KilledWaits,
    MessageCopy,
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
