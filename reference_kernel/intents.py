"""Which call a program makes next.

For a while it is mostly busy with some of the calls, then with others: programs that make some
calls often reach what programs that make all of them alike do not. What a call is about is made
first.

Source: Groce and others, Swarm testing, ISSTA 2012.
"""

from typing import NamedTuple

from reference_kernel.arguments import ARGUMENTS
from reference_kernel.choosing import View
from reference_kernel.message_arguments import WAITS, has_mapped_pool
from reference_kernel.situations import ALL, OF_MEMORY, OF_MESSAGES, OF_THREADS, rights
from spec.ids import ObjectType, type_of
from spec.rights import covers

_OBJECTS_OF_A_PHASE = 5
_TIMES = 5
_MEMORY_CALLS = ("memory_", "address_space_", "event_pool_map", "phys_mem_", "mmio_")
_BUSY_WITH = (
    ("channel_", "reply_", "thread_", "cap_"),
    _MEMORY_CALLS,
    ("thread_", "drop_check_", "event_pool_new", "cap_"),
    ("channel_", "reply_", "event_pool_", "memory_map"),
    _MEMORY_CALLS,
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
_SITUATIONS = (
    (*OF_THREADS, *OF_MESSAGES),
    OF_MEMORY,
    OF_THREADS,
    OF_MESSAGES,
    OF_MEMORY,
)
"""What a phase looks for."""
_CALLS_OF_THE_POOR = ("thread_yield", "thread_yield", "thread_suspend", "thread_destroy")
"""Who can make nothing can do little else, and should leave the processor to others."""
_TRIES = 24
"""So many situations are looked for before the call is any."""


class Intent(NamedTuple):
    """The call to make, and the capability that it is about; 0 for any."""

    call: str
    about: int = 0


def next_call(view: View) -> Intent:
    """The call: mostly any; often one that is about something which seldom is so."""
    chooser = view.chooser
    number = view.state.next_object // _OBJECTS_OF_A_PHASE % len(_PHASES)
    phase = _PHASES[number]
    if ObjectType.ALLOCATOR not in view.by_type:
        return Intent(chooser.pick(_CALLS_OF_THE_POOR if chooser.below(4) else phase))
    if len(view.words) > _MANY and chooser.below(6) == 0:
        return Intent("cap_destroy")
    if not view.has_others() and chooser.below(8) == 0:
        return Intent(_start(view))
    special = _special(view, number) if chooser.below(2) else None
    if special is None:
        return Intent(_made_first(view, chooser.pick(phase)))
    call = _made_first(view, special.call)
    return special if call == special.call else Intent(call)


def _special(view: View, phase: int) -> Intent | None:
    """A call about something that seldom is so, if there soon is such a thing."""
    chooser = view.chooser
    among = _SITUATIONS[phase] if chooser.below(4) else ALL
    for left in reversed(range(_TRIES)):
        situation = chooser.pick(among if left > _TRIES // 2 else ALL)
        words = situation.words(view)
        if words:
            call = chooser.pick(situation.calls)
            able = [each for each in words if _allows(each, call)] if chooser.below(8) else []
            return Intent(call, chooser.pick(able or words))
    return None


def _allows(word: int, call: str) -> bool:
    """Whether the capability has the rights that the call asks for."""
    return covers(word, rights(call, type_of(word)))


def _made_first(view: View, name: str) -> str:
    """The call, or that which makes an object that it is about, if the caller made none; mostly.

    Who leaves the processor first starts a thread that can use it.
    """
    if not view.chooser.below(8):
        return name
    if name in _LEAVE and not view.has_others():
        return _start(view)
    for kind, maker in _NEEDS.get(name, ()):
        if not view.has_made(kind, rights(name, kind)):
            return maker
    if name in _ABOUT_POOLS and view.chooser.below(2) and not has_mapped_pool(view):
        return "event_pool_map"
    return name


def _start(view: View) -> str:
    """The call that starts a thread, or makes one to start."""
    known = view.by_type.get(ObjectType.THREAD, ())
    return "thread_resume" if any(map(view.can_start, known)) else "thread_new"


_LEAVE = (
    "thread_yield",
    "thread_suspend",
    "thread_handle_thread_exit_sync",
    "drop_check_reciever_handle_cap_drop_sync",
    *WAITS,
)
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
    "channel_sync_recv": (_CHANNEL, _MEMORY),
    "channel_async_recv": (_CHANNEL, _POOL),
    "channel_sync_call": (_CHANNEL, _MEMORY),
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
