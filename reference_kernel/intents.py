"""Which call a program makes next.

For a while it is mostly busy with some of the calls, then with others: programs that make some
calls often reach what programs that make all of them alike do not. What a call is about is made
first.

Source: Groce and others, Swarm testing, ISSTA 2012.
"""

from collections.abc import Callable

from reference_kernel.arguments import ARGUMENTS
from reference_kernel.choosing import View
from reference_kernel.memory_arguments import limited, stubborn
from reference_kernel.message_arguments import WAITS, has_mapped_pool, told_pools
from spec.ids import ObjectType

_OBJECTS_OF_A_PHASE = 6
_TIMES = 5
_BUSY_WITH = (
    ("",),
    ("memory_", "address_space_", "event_pool_map", "phys_mem_", "mmio_"),
    ("thread_", "drop_check_", "event_pool_new", "cap_"),
    ("channel_", "reply_", "event_pool_", "memory_map"),
)
"""How the names of the calls begin that a phase makes so many times as often as others."""


def _calls_of(beginnings: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the calls, each as often as it is made."""
    return tuple(
        name
        for name, (weight, _) in ARGUMENTS.items()
        for _ in range(weight * (_TIMES if name.startswith(beginnings) else 1))
    )


_MANY = 28
"""With more capabilities a program rids itself of some."""
_PHASES = tuple(map(_calls_of, _BUSY_WITH))
_CALLS_OF_THE_POOR = ("thread_yield", "thread_yield", "thread_suspend", "thread_destroy")
"""Who can make nothing can do little else, and should leave the processor to others."""
_Chance = tuple[Callable[[View], bool], tuple[str, ...]]


def _has_dead(kind: ObjectType) -> Callable[[View], bool]:
    return lambda view: any(map(view.is_dead, view.by_type.get(kind, ())))


def _has_waited_for(view: View) -> bool:
    return any(map(view.is_waited_for, view.by_type.get(ObjectType.THREAD, ())))


def _has_told_and_waited_for(view: View) -> bool:
    threads = view.by_type.get(ObjectType.THREAD, ())
    return any(view.is_waited_for(each) and view.is_told_to_pools(each) for each in threads)


def _has_held(view: View) -> bool:
    return bool(view.held_threads())


_CHANCES: tuple[_Chance, ...] = (
    (
        _has_dead(ObjectType.THREAD_GROUP),
        (*2 * ("thread_group_exit", "thread_new"), *3 * ("thread_group_new",), "cap_clone"),
    ),
    (
        _has_dead(ObjectType.THREAD),
        (
            "thread_destroy",
            "thread_resume",
            *3 * ("thread_handle_thread_exit_sync",),
            "thread_handle_thread_exit_async",
            "cap_clone",
        ),
    ),
    (_has_told_and_waited_for, ("thread_destroy", "thread_group_exit")),
    (_has_waited_for, (*3 * ("thread_handle_thread_exit_async",), "thread_destroy")),
    (_has_held, ("thread_group_exit",)),
    (_has_held, (*2 * ("thread_group_exit",), "cap_destroy")),
    (lambda view: bool(view.last()), ("cap_destroy",)),
    (lambda view: bool(told_pools(view)), ("event_pool_await",)),
    (limited, ("memory_update_mapping",)),
    (lambda view: bool(stubborn(view)), ("memory_resize", "memory_update_mapping")),
    (lambda view: bool(view.state.frames.sharers), ("memory_map", "cap_destroy", "memory_new")),
)
"""What seldom is as it has to be, and the calls for which it has to be so.

They look up a group, or a thread, that is dead; those more than once that seldom do. A thread is
waited for, or held; a capability is the last of what weak ones name; a pool has events; a memory is
mapped as not all that a resize changes may be, or may only be read; pages are shared.
"""


def next_call(view: View) -> str:
    """The name of the call: mostly any; often one for which there seldom is a chance."""
    chooser = view.chooser
    phase = _PHASES[view.state.next_object // _OBJECTS_OF_A_PHASE % len(_PHASES)]
    if ObjectType.ALLOCATOR not in view.by_type:
        return chooser.pick(_CALLS_OF_THE_POOR if chooser.below(4) else phase)
    if len(view.words) > _MANY and chooser.below(6) == 0:
        return "cap_destroy"
    if chooser.below(3) == 0:
        first = chooser.below(len(_CHANCES))
        for is_so, uses in (*_CHANCES[first:], *_CHANCES[:first]):
            if is_so(view):
                return _made_first(view, chooser.pick(uses))
    return _made_first(view, chooser.pick(phase))


def _made_first(view: View, name: str) -> str:
    """The call, or that which makes an object that it is about, if the caller made none; mostly.

    Who leaves the processor first starts a thread that can use it.
    """
    if not view.chooser.below(8):
        return name
    if name in _LEAVE and not any(view.state.ready):
        return view.chooser.pick(_START)
    for kind, maker in _NEEDS.get(name, ()):
        if not view.has_made(kind):
            return maker
    if name in _ABOUT_POOLS and view.chooser.below(2) and not has_mapped_pool(view):
        return "event_pool_map"
    return name


_LEAVE = (
    "thread_yield",
    "thread_suspend",
    "thread_handle_thread_exit_sync",
    "drop_check_reciever_handle_cap_drop_sync",
    *WAITS,
)
_START = ("thread_new", "thread_resume")
_CHANNEL = (ObjectType.CHANNEL, "channel_new")
_GROUP = (ObjectType.THREAD_GROUP, "thread_group_new")
_KEY = (ObjectType.KEY, "key_new")
_MEMORY = (ObjectType.MEMORY, "memory_new")
_PHYS_MEM = (ObjectType.PHYS_MEM, "mmio_allocator_alloc")
_POOL = (ObjectType.EVENT_POOL, "event_pool_new")
_RECEIVER = (ObjectType.DROP_CHECK_RECIEVER, "drop_check_new")
_REPLY = (ObjectType.REPLY, "channel_async_call")
_THREAD = (ObjectType.THREAD, "thread_new")
_NEEDS: dict[str, tuple[tuple[ObjectType, str], ...]] = {
    "thread_group_exit": (_GROUP,),
    "thread_destroy": (_THREAD,),
    "thread_resume": (_THREAD,),
    "thread_handle_thread_exit_sync": (_THREAD,),
    "thread_handle_thread_exit_async": (_POOL, _THREAD),
    "address_space_unmap": (_MEMORY,),
    "memory_map": (_MEMORY,),
    "memory_update_mapping": (_MEMORY,),
    "memory_update": (_MEMORY,),
    "memory_get_size": (_MEMORY,),
    "memory_resize": (_MEMORY,),
    "memory_clone": (_MEMORY,),
    "event_pool_map": (_POOL,),
    "event_pool_await": (_POOL,),
    "phys_mem_map": (_PHYS_MEM,),
    "phys_mem_get_size": (_PHYS_MEM,),
    "key_id": (_KEY,),
    "drop_check_reciever_handle_cap_drop_sync": (_RECEIVER,),
    "drop_check_reciever_handle_cap_drop_async": (_RECEIVER, _POOL),
    "channel_try_send": (_CHANNEL,),
    "channel_sync_send": (_CHANNEL,),
    "channel_async_send": (_CHANNEL, _POOL),
    "channel_try_recv": (_CHANNEL,),
    "channel_sync_recv": (_CHANNEL,),
    "channel_async_recv": (_CHANNEL, _POOL),
    "channel_sync_call": (_CHANNEL,),
    "channel_async_call": (_CHANNEL, _POOL),
    "reply_reply": (_CHANNEL, _REPLY),
}
"""The objects that calls are about, and the calls that make them."""
_ABOUT_POOLS = (
    "event_pool_await",
    "channel_async_send",
    "channel_async_recv",
    "channel_async_call",
)
