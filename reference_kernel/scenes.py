"""Small worlds for exhaustive searches: a few objects, and what a few calls can do with them.

A search begins where the first events of a scene have happened, and tries every order of the
others; of two orders as long as each other the one is kept that does first what stands first: what
happens by itself stands before calls. Each scene is about the ways that objects of a few types can
meet; all designs get the same.
"""

from collections.abc import Callable
from typing import NamedTuple

from reference_kernel.boot import first_segments
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserWrites,
)
from reference_kernel.interleaved import seen_by
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


def _call(name: str, *words: int, options: int = 0) -> Made:
    padded = (*words, *(0 for _ in range(8 - len(words))))
    number = BY_NAME[name].number
    return lambda state: CallMade(state.current, number, options, padded)


def _writes(word: int, value: int) -> Made:
    """The running thread writes a word of the memory that is sent."""
    return lambda state: UserWrites(state.current, _SENT_AT + 8 * word, value)


def _tick(_: State) -> Event:
    return TimerTick()


def _returns(state: State) -> Event:
    return CallReturns(state.current)


def _time_is_up(state: State) -> Event:
    """The time of the first thread that sleeps has come."""
    for name in sorted(state.objects):
        body = state.body(name)
        if isinstance(body, Thread) and body.state is ThreadState.SUSPENDED:
            return TimeoutFires(name)
    return TimeoutFires(NOTHING)


def _id(kind: ObjectType, serial: int = 0, *, rights: int = int(ALL_RIGHTS)) -> int:
    return pack(kind, rights, weak=False, serial=serial)


_ALL = int(ALL_RIGHTS)
_BOTH_SELF, _MOVE, _WEAK, _STRONG = 0x180, 0x40, 0x30, 0x10
_USED = int(ALL_RIGHTS & ~Right.UPGRADE)
_TIMEOUT = _AGAIN = _OTHER = _SELF = 1
_GROUP, _ADDRESS_SPACE = _id(ObjectType.THREAD_GROUP), _id(ObjectType.ADDRESS_SPACE)
_ALLOCATOR = _id(ObjectType.ALLOCATOR)
_OWN_SPACE = pack(ObjectType.CAPABILITY_SPACE, _USED, weak=True, serial=0)
_OWN_THREAD = pack(ObjectType.THREAD, _USED, weak=True, serial=0)
_MEMORY, _SENT, _TARGET = (_id(ObjectType.MEMORY, serial) for serial in (0, 2, 3))
_SENT_AT = first_segments(MACHINE)[2].start * PAGE_BYTES
_CHANNEL, _KEY = _id(ObjectType.CHANNEL), _id(ObjectType.KEY)
_POOL, _SECOND_POOL = _id(ObjectType.EVENT_POOL), _id(ObjectType.EVENT_POOL, 1)
_REPLY = _id(ObjectType.REPLY, rights=int(Right.WRITE))
_CHECK, _RECEIVER = _id(ObjectType.DROP_CHECK), _id(ObjectType.DROP_CHECK_RECIEVER)
_WRITE_ONLY = _id(ObjectType.MEMORY, 7, rights=int(Right.WRITE))
_AT, _IMAGE_AT = 0x50_0000_0000, first_segments(MACHINE)[0].start * PAGE_BYTES
_IN_PLACE, _GROW_MAPPING, _UPDATE_FLAGS, _MAX_SIZE = 4, 8, 32, 32
_KERNEL_AT, _LAST_PAGE_AT, _MANY_PAGES = 0xFFFF_FF80_0000_0000, 0xFFFF_FFFF_FFFF_F000, (1 << 52) - 1
_READ, _WRITE = 1, 2

_A_KEY = _call("key_new", _ALLOCATOR, options=_ALL)
_A_CHANNEL = _call("channel_new", _ALLOCATOR, options=_ALL | CREATED_RIGHTS)
_A_POOL = _call("event_pool_new", _ALLOCATOR, 1, options=CREATED_RIGHTS)
_NO_POOL = _call("event_pool_new", _ALLOCATOR, 0, options=CREATED_RIGHTS)
_MAP_POOL = _call("event_pool_map", _ADDRESS_SPACE, _POOL, _AT)
_FILLED_POOL = _call("event_pool_new", _ALLOCATOR, 3, options=CREATED_RIGHTS)
_A_SPACE = _call("address_space_new", _ALLOCATOR, options=CREATED_RIGHTS)
_NEW_SPACE, _FRESH = _id(ObjectType.ADDRESS_SPACE, 1), _id(ObjectType.MEMORY, 7)
_A_CHECK = _call("drop_check_new", _ALLOCATOR, 5, options=CREATED_RIGHTS)
_SPACES, _STARTED = (_ADDRESS_SPACE, _OWN_SPACE), 2 | CREATED_RIGHTS
_A_THREAD = _call("thread_new", _ALLOCATOR, _GROUP, *_SPACES, options=_STARTED)
_A_GROUP = _call("thread_group_new", _GROUP, _ALLOCATOR, options=CREATED_RIGHTS)
_MADE_SPACE = pack(ObjectType.CAPABILITY_SPACE, _USED, weak=True, serial=1)
_WEAK_MEMORY = pack(ObjectType.MEMORY, _USED, weak=True, serial=7)
_SRC_SELF = 0x80
_NEW_GROUP = _id(ObjectType.THREAD_GROUP, 1)
_NEW_THREAD_WORD = pack(ObjectType.THREAD, _USED, weak=True, serial=1)


def _destroys(word: int) -> Made:
    return _call("cap_destroy", 0, word, options=_SELF)


def _clones(word: int, options: int) -> Made:
    return _call("cap_clone", 0, 0, word, options=options | _BOTH_SELF)


def _receives(memory: int, size: int, offset: int = 0) -> Made:
    return _call("channel_try_recv", _CHANNEL, memory, offset, size)


def _sends_now(offset: int, size: int) -> Made:
    return _call("channel_try_send", _CHANNEL, _MEMORY, offset, size)


def _sends_later(size: int, offset: int = 0) -> Made:
    return _call("channel_async_send", _CHANNEL, _SENT, offset, size, _POOL, 1)


def _calls(pool: int) -> Made:
    return _call("channel_async_call", _CHANNEL, _SENT, 0, 8, pool, 1)


def _answers(memory: int) -> Made:
    return _call("reply_reply", _REPLY, memory, 0, 8)


def _listens(pool: int) -> Made:
    return _call("drop_check_reciever_handle_cap_drop_async", _RECEIVER, pool, 1)


def _maps(address: int, options: int = _READ, *, memory: int = _MEMORY, pages: int = 0) -> Made:
    some = _MAX_SIZE if pages else 0
    words = (_ADDRESS_SPACE, memory, address, pages, 1 if pages else 0)
    return _call("memory_map", *words, options=options | some)


def _resizes(memory: int, pages: int, options: int) -> Made:
    return _call("memory_resize", memory, pages, options=options)


def _hears_of_end(thread: int, pool: int) -> Made:
    return _call("thread_handle_thread_exit_async", thread, pool, 1)


def _touches(address: int) -> Made:
    return lambda state: UserWrites(state.current, address, 7)


_RECEIVES_ALWAYS = _call("channel_async_recv", _CHANNEL, _POOL, 1, options=_AGAIN)
_LISTENS_SYNC = _call("drop_check_reciever_handle_cap_drop_sync", _RECEIVER, 1, options=_TIMEOUT)

SCENES = (
    Scene(
        "ids",
        (_A_KEY,),
        (
            *(_destroys(word) for word in (0, _KEY)),
            *(_clones(word, _ALL) for word in (0, _KEY)),
            _clones(_KEY, _WEAK | _ALL),
            _call("key_id", pack(ObjectType.KEY, _ALL, weak=True, serial=1)),
            _clones(_OWN_SPACE, _STRONG | _ALL),
        ),
    ),
    Scene(
        "messages with ids",
        (_A_CHANNEL, _A_POOL, _writes(0, 1)),
        (_writes(1, 0), _writes(1, _CHANNEL), _sends_later(16), _receives(_TARGET, 8)),
    ),
    Scene(
        "messages over borders",
        (_A_CHANNEL, _A_POOL, _writes(512, 7)),
        (
            *(_sends_later(size, offset) for size, offset in ((24, 4088), (20, 0), (12, 4))),
            *(_receives(memory, 64) for memory in (_TARGET, _SENT)),
            _receives(_TARGET, 64, 4),
            _receives(_TARGET, 0),
        ),
    ),
    Scene(
        "calls and answers",
        (_A_CHANNEL, _A_POOL, _NO_POOL, _clones(_SENT, _WRITE << 1)),
        (
            *(_calls(pool) for pool in (_POOL, _SECOND_POOL)),
            _receives(_TARGET, 64),
            *(_answers(memory) for memory in (_SENT, _WRITE_ONLY)),
            *(_destroys(word) for word in (_REPLY, _CHANNEL)),
        ),
    ),
    Scene(
        "a queue and a pool that receives",
        (_A_CHANNEL, _A_POOL),
        (
            _calls(_POOL),
            _sends_later(8),
            _RECEIVES_ALWAYS,
            _call("channel_try_send", _CHANNEL, _SENT, 0, 8),
            _receives(_TARGET, 64),
        ),
    ),
    Scene(
        "two threads and a channel",
        (_A_CHANNEL, _A_THREAD),
        (
            _tick,
            _returns,
            *(_call("channel_sync_recv", _CHANNEL, _TARGET, 0, size) for size in (0, 8)),
            _call("channel_try_send", _CHANNEL, _SENT, 0, 8),
            _call("thread_resume", _OWN_THREAD),
            _call("thread_destroy", _OWN_THREAD, options=_OTHER),
            _destroys(_CHANNEL),
        ),
    ),
    Scene(
        "a thread that waits to send",
        (_A_CHANNEL, _A_THREAD),
        (
            _time_is_up,
            _tick,
            _returns,
            _call("channel_sync_send", _CHANNEL, _SENT, 0, 8, 1, options=_TIMEOUT),
            _receives(_TARGET, 64),
            _call("thread_destroy", _OWN_THREAD, options=_OTHER),
            _destroys(_GROUP),
        ),
    ),
    Scene(
        "threads and their groups",
        (),
        (
            _tick,
            _A_GROUP,
            *(_destroys(word) for word in (_NEW_GROUP, _NEW_THREAD_WORD)),
            *(_call("thread_group_exit", group) for group in (_GROUP, _NEW_GROUP)),
            _call("thread_new", _ALLOCATOR, _NEW_GROUP, *_SPACES, options=_STARTED),
            _call("thread_destroy", 0),
        ),
    ),
    Scene(
        "threads that wait for each other's end",
        (_A_THREAD, _NO_POOL),
        (
            _time_is_up,
            _tick,
            _returns,
            _call("thread_handle_thread_exit_sync", _OWN_THREAD, 1, options=_TIMEOUT),
            _call("thread_handle_thread_exit_sync", _NEW_THREAD_WORD),
            _call("thread_destroy", 0),
            _hears_of_end(_OWN_THREAD, _POOL),
            _call("thread_resume", _OWN_THREAD),
        ),
    ),
    Scene(
        "a pool and who waits for it",
        (_A_POOL, _MAP_POOL, _A_CHECK, _listens(_POOL)),
        (
            _time_is_up,
            _tick,
            _returns,
            _call("event_pool_await", _POOL, 1, options=_TIMEOUT),
            _destroys(_CHECK),
            _call("address_space_unmap", _ADDRESS_SPACE, _AT),
            _MAP_POOL,
        ),
    ),
    Scene(
        "a drop check and its listeners",
        (_A_CHECK, _A_POOL, _NO_POOL),
        (
            _time_is_up,
            *(_listens(pool) for pool in (_POOL, _SECOND_POOL)),
            _LISTENS_SYNC,
            *(_destroys(word) for word in (_CHECK, _SECOND_POOL)),
        ),
    ),
    Scene(
        "a memory and its mappings",
        (),
        (
            *(_maps(address) for address in (_AT, _AT + PAGE_BYTES)),
            *(_call("address_space_unmap", _ADDRESS_SPACE, at) for at in (_AT, _IMAGE_AT)),
            *(_call("memory_resize", _MEMORY, size, options=_IN_PLACE) for size in (1, 5)),
            _call("memory_update_mapping", _ADDRESS_SPACE, _AT, options=_UPDATE_FLAGS | _WRITE),
        ),
    ),
    Scene(
        "calls at the edge",
        (_FILLED_POOL,),
        (
            _maps(_KERNEL_AT),
            _maps(_AT, pages=_MANY_PAGES),
            _maps(_AT, 0),
            _touches(_AT),
            _call("interrupt_new", _id(ObjectType.INT_ALLOCATOR), _ALLOCATOR, 1, 1),
            _call("event_pool_map", _ADDRESS_SPACE, _POOL, _LAST_PAGE_AT),
        ),
    ),
    Scene(
        "memories that change their size",
        (),
        (
            *(_call("memory_new", _ALLOCATOR, pages, options=CREATED_RIGHTS) for pages in (2, 4)),
            *(_resizes(_FRESH, pages, _GROW_MAPPING) for pages in (1, 5, 6)),
            _resizes(_FRESH, 5, _IN_PLACE | _GROW_MAPPING),
            *(_maps(_AT, access, memory=_FRESH) for access in (0, _READ | _WRITE)),
            _touches(_AT),
            _call("address_space_unmap", _ADDRESS_SPACE, _AT),
            _destroys(_FRESH),
        ),
    ),
    Scene(
        "an address space that goes",
        (_A_SPACE, _A_POOL),
        (
            _call("memory_map", _NEW_SPACE, _MEMORY, _AT, options=_READ),
            _call("event_pool_map", _NEW_SPACE, _POOL, _AT + 16 * PAGE_BYTES),
            _destroys(_NEW_SPACE),
            _resizes(_MEMORY, 1, _IN_PLACE),
        ),
    ),
    Scene(
        "a pool that fills",
        (_A_CHANNEL, _FILLED_POOL, _MAP_POOL, _RECEIVES_ALWAYS),
        (_sends_now(0, 24), _sends_now(8, PAGE_BYTES)),
    ),
    Scene(
        "a pool that shows much and little",
        (_A_CHANNEL, _FILLED_POOL, _MAP_POOL, _RECEIVES_ALWAYS),
        (
            *(_sends_now(0, size) for size in (24, 2 * PAGE_BYTES)),
            _call("event_pool_await", _POOL, 1, options=_TIMEOUT),
        ),
    ),
    Scene(
        "memory that dies while it is waited for",
        (_A_CHANNEL, _A_THREAD, _call("memory_new", _ALLOCATOR, 1, options=CREATED_RIGHTS)),
        (
            _tick,
            _call("channel_sync_recv", _CHANNEL, _FRESH, 0, 8),
            _call("channel_sync_call", _CHANNEL, _SENT, 0, 8, _FRESH, 0, 8),
            _receives(_TARGET, 64),
            _destroys(_FRESH),
        ),
    ),
    Scene(
        "threads in spaces that are held weakly",
        (),
        (
            _call("thread_new", _ALLOCATOR, _GROUP, _ADDRESS_SPACE, options=1 | CREATED_RIGHTS),
            _call("thread_new", _ALLOCATOR, _GROUP, _ADDRESS_SPACE, _MADE_SPACE, options=_STARTED),
            _call("cap_clone", _MADE_SPACE, 0, _MADE_SPACE, options=_STRONG | _ALL | _SRC_SELF),
            _call("thread_destroy", _NEW_THREAD_WORD, options=_OTHER),
            _clones(_MEMORY, _WEAK | _USED),
            _call("memory_map", _ADDRESS_SPACE, _WEAK_MEMORY, _AT, options=_READ),
        ),
    ),
)
"""Every scene; the names tell what it is about, and nothing else."""


def _on(processor: int, made: Made) -> Made:
    """The same, by the thread of that processor."""
    return lambda state: made(seen_by(state, processor))


def _both(made: Made) -> tuple[Made, ...]:
    return tuple(_on(processor, made) for processor in (0, 1))


def _always(event: Event) -> Made:
    return lambda _: event


_TICKS = tuple(_always(TimerTick(processor)) for processor in (0, 1))
_SWITCHES = tuple(_always(SwitchEnds(processor)) for processor in (0, 1))
_SECOND_RUNS = (_A_THREAD, *(_TICKS[1], _SWITCHES[1]) * 2)
"""The second processor takes over an idle thread, then the new one."""

SWITCHING_SCENES = (
    Scene(
        "sleepers and who wakes them",
        _SECOND_RUNS,
        (
            *_both(_call("thread_suspend")),
            _call("thread_suspend", 1, options=_TIMEOUT),
            _on(1, _call("thread_resume", _OWN_THREAD)),
            *_SWITCHES,
            *_TICKS,
        ),
    ),
    Scene(
        "a group ends while another one runs",
        (*_SECOND_RUNS, _A_GROUP),
        (
            *(_call("thread_group_exit", group) for group in (_NEW_GROUP, _GROUP)),
            *(_always(ExitInterrupt(processor)) for processor in (0, 1)),
            *_SWITCHES,
            *_TICKS,
        ),
    ),
)
"""Scenes on two processors, where switches are steps of their own."""
