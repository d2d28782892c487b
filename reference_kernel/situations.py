"""What seldom comes about, and the calls that something depends on then.

Much of what a call can meet others have to set up: objects that died while somebody named them,
queues in which somebody stands, pools and memories that those who wait rely on. While there is such
a thing, a program often makes a call about it.
"""

from collections.abc import Callable
from functools import cache, reduce
from operator import or_
from typing import NamedTuple

from reference_kernel.boot import FIRST_GROUP
from reference_kernel.choosing import BOOT_OBJECTS, View
from reference_kernel.memory_arguments import is_shared, limits, reaches_shared, stubborn
from reference_kernel.message_arguments import told_pools
from reference_kernel.parties import ListeningPool
from reference_kernel.records import WRITE, MemoryRecord, PoolRecord
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    Channel,
    EventPool,
    Reply,
    Thread,
    ThreadGroup,
)
from spec.ids import ObjectType, is_weak, type_of
from spec.rights import Right
from spec.syscalls import BY_NAME, CALLS


class Situation(NamedTuple):
    """Capabilities of the caller to what seldom comes about, and the calls to make about one.

    `NOTHING` instead of a capability means a call about whatever it is. What is harder to come to
    is there more than once.
    """

    words: Callable[[View], list[int]]
    calls: tuple[str, ...]


def _of(kind: ObjectType, is_so: Callable[[View, int], bool]) -> Callable[[View], list[int]]:
    """The capabilities of that type of which it is true."""
    return lambda view: [each for each in view.by_type.get(kind, ()) if is_so(view, each)]


def _uses(kind: ObjectType) -> tuple[str, ...]:
    """The calls that are about an object of that type, and the one that is about any."""
    about = (call.name for call in CALLS if any(each.type == kind for each in call.arguments))
    return (*about, "cap_clone")


def _dead(kind: ObjectType) -> Situation:
    return Situation(_of(kind, View.is_dead), _uses(kind))


def _unnamed(*kinds: ObjectType) -> Callable[[View], list[int]]:
    """The capabilities to what a program made and no weak capability of the caller names."""

    def words(view: View) -> list[int]:
        entries = view.own.entries
        named = {entries[word] for word in view.words if is_weak(word)} | BOOT_OBJECTS
        return [
            word for word in view.words if entries[word] not in named and type_of(word) in kinds
        ]

    return words


def _unmapped(view: View) -> list[int]:
    """The capabilities to memories that the program made and that are mapped nowhere."""
    return [each for each in view.made(ObjectType.MEMORY) if not view.is_mapped(each)]


def _unreached(view: View) -> list[int]:
    """The capabilities to memories that share pages, and that the caller cannot write to so far."""
    if not view.state.frames.sharers:
        return []
    runs = view.state.body(view.state.current)
    space = view.state.body(runs.address_space) if isinstance(runs, Thread) else None
    records = space.records if isinstance(space, AddressSpace) else ()
    written = {
        each.memory
        for each in records
        if isinstance(each, MemoryRecord) and each.location.access & WRITE
    }
    return [
        word
        for word in view.by_type.get(ObjectType.MEMORY, ())
        if word & Right.WRITE and is_shared(view, word) and view.own.entries[word] not in written
    ]


def _reached(view: View) -> list[int]:
    """Something, if the caller can write to a page that is shared."""
    runs = view.state.body(view.state.current)
    assert isinstance(runs, Thread)
    return [NOTHING] if reaches_shared(view.state, runs) else []


def _to_hold(view: View, word: int) -> bool:
    """Whether the capability is a weak one to a thread of a group that is not the first."""
    thread = view.body(word)
    return is_weak(word) and isinstance(thread, Thread) and thread.group != FIRST_GROUP


def _relied_on(kind: ObjectType) -> Callable[[View], list[int]]:
    """The capabilities of that type to what those who wait need."""
    return _of(kind, lambda view, word: view.own.entries[word] in view.needed())


def _itself(view: View) -> list[int]:
    """Something, if those who wait need the caller's space, or wait for its end."""
    return [NOTHING] if view.is_needed() else []


def _holds_needed(view: View, word: int) -> bool:
    """Whether the thread, or the address space, keeps alive what those who wait need."""
    made = view.own.entries[word] not in BOOT_OBJECTS
    return made and not view.needed().isdisjoint(_held(view, word))


def _is_shown_elsewhere(view: View, word: int) -> bool:
    """Whether the pool is mapped in an address space that a program made."""
    pool = view.body(word)
    return (
        isinstance(pool, EventPool)
        and pool.mapped_in not in BOOT_OBJECTS
        and pool.mapped_in != NOTHING
    )


def _held(view: View, word: int) -> tuple[int, ...]:
    """What the thread, or the address space, holds."""
    match view.body(word):
        case Thread(capability_space=space):
            return (space,)
        case AddressSpace(records=records):
            memories = (each.memory for each in records if isinstance(each, MemoryRecord))
            pools = (each.pool for each in records if isinstance(each, PoolRecord))
            return (*memories, *pools)
        case _:
            return ()


def _listens(view: View, word: int) -> bool:
    """Whether the pool waits in a queue."""
    return view.own.entries[word] in view.needed()


def _is_told_too(view: View, word: int) -> bool:
    """Whether a thread waits for the end of the thread, and a pool is to be told of it as well."""
    return view.is_waited_for(word) and view.is_told_to_pools(word)


def _is_later(view: View, word: int) -> bool:
    """Whether it is not the first group, whose end ends the run."""
    return view.own.entries[word] != FIRST_GROUP


def _has_special_members(view: View, word: int) -> bool:
    return _is_later(view, word) and view.has_special_members(word)


def _has_ready_members(view: View, word: int) -> bool:
    """Whether threads of the group, which is not the first, stand in the ready queue."""
    group, ready = view.body(word), view.state.ready
    if not isinstance(group, ThreadGroup) or not _is_later(view, word):
        return False
    return any(each in ready for each in group.members)


def _has_exited(view: View, word: int) -> bool:
    group = view.body(word)
    return isinstance(group, ThreadGroup) and group.exited


def _has_senders(view: View, word: int) -> bool:
    channel = view.body(word)
    return isinstance(channel, Channel) and bool(channel.senders)


def _tells_pools(view: View, word: int) -> bool:
    """Whether a pool waits for messages of the channel."""
    channel = view.body(word)
    parties = channel.receivers if isinstance(channel, Channel) else ()
    return any(isinstance(each.listener, ListeningPool) for each in parties)


def _has_receivers(view: View, word: int) -> bool:
    channel = view.body(word)
    return isinstance(channel, Channel) and bool(channel.receivers)


def _is_awaited(view: View, word: int) -> bool:
    """Whether a thread waits for the events of the pool."""
    pool = view.body(word)
    return isinstance(pool, EventPool) and pool.waiter is not None


def _is_open(view: View, word: int) -> bool:
    """Whether nobody answered so far."""
    reply = view.body(word)
    return isinstance(reply, Reply) and not reply.used


def _is_used(view: View, word: int) -> bool:
    reply = view.body(word)
    return isinstance(reply, Reply) and reply.used


@cache
def rights(call: str, kind: int) -> int:
    """What the call needs a capability of that type for; of several the rights for each."""
    return reduce(or_, (each.rights for each in BY_NAME[call].arguments if each.type == kind), 0)


_SEND = (
    "channel_try_send",
    "channel_sync_send",
    "channel_async_send",
    *2 * ("channel_sync_call",),
    "channel_async_call",
)
_TOLD = ("thread_remove_listener", "thread_destroy")
_WAITED_FOR = (*5 * ("thread_handle_thread_exit_async",), "thread_destroy")
_ANSWER = (*2 * ("reply_reply",), "cap_destroy", *2 * ("cap_clone",))
_RECEIVE = ("channel_try_recv", "channel_sync_recv", *3 * ("channel_async_recv",))


def _often(*situations: tuple[int, Situation]) -> tuple[Situation, ...]:
    """Each of them so many times: what takes more steps to come about, the more often."""
    return tuple(each for times, each in situations for _ in range(times))


_AGAIN = Situation(View.last, ("cap_destroy",))
OF_MEMORY = _often(
    (1, _AGAIN),
    (1, Situation(_unmapped, ("cap_destroy", "memory_map", "memory_new"))),
    (1, Situation(_of(ObjectType.MEMORY, View.is_mapped), ("memory_resize", "memory_map"))),
    (2, _dead(ObjectType.ADDRESS_SPACE)),
    (2, _dead(ObjectType.MEMORY)),
    (2, _dead(ObjectType.PHYS_MEM)),
    (4, Situation(_of(ObjectType.ADDRESS_SPACE, limits), ("memory_update_mapping",))),
    (4, Situation(stubborn, ("memory_resize", "memory_update_mapping"))),
    (4, Situation(_of(ObjectType.MEMORY, is_shared), ("memory_map", "cap_destroy", "memory_new"))),
    (4, Situation(_unreached, ("memory_map",))),
    (4, Situation(_reached, ("memory_new",))),
)
OF_THREADS = _often(
    (1, _AGAIN),
    (1, Situation(_unnamed(*ObjectType), ("cap_clone",))),
    (1, Situation(_unnamed(ObjectType.THREAD_GROUP), ("cap_clone",))),
    (1, Situation(View.held_threads, ("cap_destroy", "thread_destroy"))),
    (1, Situation(_of(ObjectType.THREAD_GROUP, _has_exited), ("thread_new", "thread_group_new"))),
    (2, Situation(_of(ObjectType.THREAD, _to_hold), ("cap_clone",))),
    (2, _dead(ObjectType.CAPABILITY_SPACE)),
    (2, _dead(ObjectType.DROP_CHECK_RECIEVER)),
    (2, _dead(ObjectType.KEY)),
    (2, Situation(_of(ObjectType.THREAD_GROUP, _has_ready_members), ("thread_group_exit",))),
    (2, Situation(_of(ObjectType.THREAD, View.is_told_to_pools), _TOLD)),
    (2, Situation(_of(ObjectType.DROP_CHECK, View.is_awaited), ("cap_destroy",))),
    (4, _dead(ObjectType.THREAD)),
    (6, Situation(_itself, ("thread_destroy",))),
    (8, _dead(ObjectType.THREAD_GROUP)),
    (8, Situation(_of(ObjectType.THREAD_GROUP, _has_special_members), ("thread_group_exit",))),
    (10, Situation(_of(ObjectType.THREAD, View.is_waited_for), _WAITED_FOR)),
    (12, Situation(_of(ObjectType.THREAD, _is_told_too), ("thread_destroy",))),
)
OF_MESSAGES = _often(
    (1, Situation(_of(ObjectType.CHANNEL, _has_senders), ("cap_destroy",))),
    (1, Situation(_of(ObjectType.CHANNEL, _has_receivers), ("cap_destroy",))),
    (2, _AGAIN),
    (2, Situation(_unnamed(ObjectType.CHANNEL), ("cap_clone",))),
    (2, Situation(_of(ObjectType.THREAD, View.waits), ("thread_destroy",))),
    (2, _dead(ObjectType.EVENT_POOL)),
    (2, _dead(ObjectType.REPLY)),
    (2, Situation(_of(ObjectType.EVENT_POOL, _is_awaited), ("event_pool_await",))),
    (2, Situation(_of(ObjectType.EVENT_POOL, _listens), ("event_pool_await", "event_pool_map"))),
    (2, Situation(told_pools, ("event_pool_await",))),
    (4, Situation(_of(ObjectType.EVENT_POOL, _is_shown_elsewhere), ("event_pool_await",))),
    (4, Situation(_of(ObjectType.CHANNEL, _tells_pools), ("channel_remove_listener",))),
    (4, Situation(_relied_on(ObjectType.EVENT_POOL), ("cap_destroy",))),
    (4, Situation(_relied_on(ObjectType.CAPABILITY_SPACE), ("cap_destroy",))),
    (4, Situation(_of(ObjectType.THREAD, _holds_needed), ("thread_destroy",))),
    (6, Situation(_itself, ("thread_destroy",))),
    (6, Situation(_of(ObjectType.EVENT_POOL, _is_awaited), ("cap_destroy",))),
    (6, Situation(_of(ObjectType.ADDRESS_SPACE, _holds_needed), ("cap_destroy",))),
    (8, _dead(ObjectType.CHANNEL)),
    (8, Situation(_of(ObjectType.REPLY, _is_used), ("reply_reply",))),
    (8, Situation(_of(ObjectType.REPLY, _is_open), _ANSWER)),
    (8, Situation(_relied_on(ObjectType.MEMORY), ("cap_destroy",))),
    (10, Situation(_of(ObjectType.CHANNEL, _has_senders), _RECEIVE)),
    (10, Situation(_of(ObjectType.CHANNEL, _has_receivers), _SEND)),
)
ALL = (
    *OF_MEMORY,
    *OF_THREADS,
    *OF_MESSAGES,
    Situation(_of(ObjectType.THREAD, View.waits), ("thread_resume",)),
)
"""As built the kernel panics when a thread goes on that was to wait: that is tried seldom."""
