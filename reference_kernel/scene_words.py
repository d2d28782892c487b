"""The words in which scenes are told: ids as the first program gets them, and calls with them."""

from collections.abc import Callable
from typing import NamedTuple

from reference_kernel.boot import first_segments
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    TimeoutFires,
    TimerTick,
    UserWrites,
)
from reference_kernel.machine import MACHINE
from reference_kernel.state import NOTHING, State, Thread, ThreadState
from spec.ids import ObjectType, pack
from spec.options import CREATED_RIGHTS
from spec.rights import ALL_RIGHTS, Right
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

Made = Callable[[State], Event]
"""An event of whichever thread runs."""


class Scene(NamedTuple):
    """What has happened before the search begins, and what may happen then, in any order."""

    name: str
    before: tuple[Made, ...]
    events: tuple[Made, ...]


def call(name: str, *words: int, options: int = 0) -> Made:
    """The call of the running thread with these words, which zeros fill up."""
    padded = (*words, *(0 for _ in range(8 - len(words))))
    number = BY_NAME[name].number
    return lambda state: CallMade(state.current, number, options, padded)


def writes(word: int, value: int) -> Made:
    """The running thread writes a word of the memory that is sent."""
    return lambda state: UserWrites(state.current, SENT_AT + 8 * word, value)


def tick(_: State) -> Event:
    """The slice of the first processor is over."""
    return TimerTick()


def returns(state: State) -> Event:
    """The call ends that the running thread waited in."""
    return CallReturns(state.current)


def time_is_up(state: State) -> Event:
    """The time of the first thread that sleeps has come."""
    for name in sorted(state.objects):
        body = state.body(name)
        if isinstance(body, Thread) and body.state is ThreadState.SUSPENDED:
            return TimeoutFires(name)
    return TimeoutFires(NOTHING)


def named(kind: ObjectType, serial: int = 0, *, rights: int = int(ALL_RIGHTS)) -> int:
    """The id of the first program's capability of that type and serial."""
    return pack(kind, rights, weak=False, serial=serial)


ALL = int(ALL_RIGHTS)
BOTH_SELF, MOVE, WEAK, STRONG = 0x180, 0x40, 0x30, 0x10
USED = int(ALL_RIGHTS & ~Right.UPGRADE)
TIMEOUT = AGAIN = OTHER = SELF = 1
GROUP, ADDRESS_SPACE = named(ObjectType.THREAD_GROUP), named(ObjectType.ADDRESS_SPACE)
ALLOCATOR = named(ObjectType.ALLOCATOR)
OWN_SPACE = pack(ObjectType.CAPABILITY_SPACE, USED, weak=True, serial=0)
OWN_THREAD = pack(ObjectType.THREAD, USED, weak=True, serial=0)
MEMORY, SENT, TARGET = (named(ObjectType.MEMORY, serial) for serial in (0, 2, 3))
SENT_AT = first_segments(MACHINE)[2].start * PAGE_BYTES
CHANNEL, KEY = named(ObjectType.CHANNEL), named(ObjectType.KEY)
POOL, SECOND_POOL = named(ObjectType.EVENT_POOL), named(ObjectType.EVENT_POOL, 1)
REPLY = named(ObjectType.REPLY, rights=int(Right.WRITE))
CHECK, RECEIVER = named(ObjectType.DROP_CHECK), named(ObjectType.DROP_CHECK_RECIEVER)
WRITE_ONLY = named(ObjectType.MEMORY, 7, rights=int(Right.WRITE))
AT, IMAGE_AT = 0x50_0000_0000, first_segments(MACHINE)[0].start * PAGE_BYTES
IN_PLACE, GROW_MAPPING, UPDATE_FLAGS, MAX_SIZE = 4, 8, 32, 32
KERNEL_AT, LAST_PAGE_AT, MANY_PAGES = 0xFFFF_FF80_0000_0000, 0xFFFF_FFFF_FFFF_F000, (1 << 52) - 1
READ, WRITE = 1, 2

A_KEY = call("key_new", ALLOCATOR, options=ALL)
A_CHANNEL = call("channel_new", ALLOCATOR, options=ALL | CREATED_RIGHTS)
A_POOL = call("event_pool_new", ALLOCATOR, 1, options=CREATED_RIGHTS)
NO_POOL = call("event_pool_new", ALLOCATOR, 0, options=CREATED_RIGHTS)
MAP_POOL = call("event_pool_map", ADDRESS_SPACE, POOL, AT)
FILLED_POOL = call("event_pool_new", ALLOCATOR, 3, options=CREATED_RIGHTS)
A_SPACE = call("address_space_new", ALLOCATOR, options=CREATED_RIGHTS)
NEW_SPACE, FRESH = named(ObjectType.ADDRESS_SPACE, 1), named(ObjectType.MEMORY, 7)
A_CHECK = call("drop_check_new", ALLOCATOR, 5, options=CREATED_RIGHTS)
SPACES, STARTED = (ADDRESS_SPACE, OWN_SPACE), 2 | CREATED_RIGHTS
A_THREAD = call("thread_new", ALLOCATOR, GROUP, *SPACES, options=STARTED)
A_GROUP = call("thread_group_new", GROUP, ALLOCATOR, options=CREATED_RIGHTS)
MADE_SPACE = pack(ObjectType.CAPABILITY_SPACE, USED, weak=True, serial=1)
WEAK_MEMORY = pack(ObjectType.MEMORY, USED, weak=True, serial=7)
SRC_SELF = 0x80
NEW_GROUP = named(ObjectType.THREAD_GROUP, 1)
NEW_THREAD_WORD = pack(ObjectType.THREAD, USED, weak=True, serial=1)


def destroys(word: int) -> Made:
    """The running thread destroys a capability of its own space."""
    return call("cap_destroy", 0, word, options=SELF)


def clones(word: int, options: int) -> Made:
    """The running thread clones a capability inside its own space."""
    return call("cap_clone", 0, 0, word, options=options | BOTH_SELF)


def receives(memory: int, size: int, offset: int = 0) -> Made:
    """The running thread receives into the memory, if somebody sends."""
    return call("channel_try_recv", CHANNEL, memory, offset, size)


def sends_now(offset: int, size: int) -> Made:
    """The running thread sends a part of the first memory, if somebody receives."""
    return call("channel_try_send", CHANNEL, MEMORY, offset, size)


def sends_later(size: int, offset: int = 0) -> Made:
    """The running thread leaves a message, of which the pool is told."""
    return call("channel_async_send", CHANNEL, SENT, offset, size, POOL, 1)


def calls(pool: int) -> Made:
    """The running thread leaves a call, and the pool is to have the answer."""
    return call("channel_async_call", CHANNEL, SENT, 0, 8, pool, 1)


def answers(memory: int) -> Made:
    """The running thread answers out of the memory."""
    return call("reply_reply", REPLY, memory, 0, 8)


def listens(pool: int) -> Made:
    """The pool is told of the drop."""
    return call("drop_check_reciever_handle_cap_drop_async", RECEIVER, pool, 1)


def maps(address: int, options: int = READ, *, memory: int = MEMORY, pages: int = 0) -> Made:
    """The running thread maps a memory there."""
    some = MAX_SIZE if pages else 0
    words = (ADDRESS_SPACE, memory, address, pages, 1 if pages else 0)
    return call("memory_map", *words, options=options | some)


def resizes(memory: int, pages: int, options: int) -> Made:
    """The running thread changes the size of the memory."""
    return call("memory_resize", memory, pages, options=options)


def hears_of_end(thread: int, pool: int) -> Made:
    """The pool is told of the end of the thread."""
    return call("thread_handle_thread_exit_async", thread, pool, 1)


def touches(address: int) -> Made:
    """The running thread writes a word there."""
    return lambda state: UserWrites(state.current, address, 7)


RECEIVES_ALWAYS = call("channel_async_recv", CHANNEL, POOL, 1, options=AGAIN)
LISTENS_SYNC = call("drop_check_reciever_handle_cap_drop_sync", RECEIVER, 1, options=TIMEOUT)
