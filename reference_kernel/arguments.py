"""What a thread might give a call: good arguments mostly, and every kind of bad one.

Which calls and arguments, and how often, decides how soon a walk has seen every refusal.
"""

from collections.abc import Callable

from reference_kernel import memory_arguments as memory
from reference_kernel import message_arguments as messages
from reference_kernel.boot import FIRST_GROUP
from reference_kernel.choosing import BOOT_IDS, BOOT_OBJECTS, View
from reference_kernel.parties import listener_name
from reference_kernel.state import Channel
from spec.ids import ObjectType, is_weak, pack
from spec.rights import Right

_Argument = Callable[[View], int]

_SMALL_MEMORY = 0xAF
"""A memory of the image: of a large one only a part would be seen where mappings overlap."""
_FAR_SERIAL = 1000
_UNDEFINED_TYPE = 31
_PAST_NS = 1
_TOO_MANY_PAGES = 1 << 60
_MOST = int(Right.READ | Right.PROD | Right.WRITE)
"""The rights that calls ask for."""


def _of(kind: ObjectType) -> _Argument:
    """An id of that type, or once in a while something else."""

    def argument(view: View) -> int:
        good = view.by_type.get(kind)
        if not good or not view.chooser.below(12):
            return _wrong(view, kind)
        return _able(view, good)

    return argument


def _able(view: View, words: list[int]) -> int:
    """One of them, mostly one with the rights that calls ask for."""
    able = [each for each in words if each & _MOST == _MOST] if view.chooser.below(4) else ()
    return view.chooser.pick(able or words)


def _wrong(view: View, kind: ObjectType) -> int:
    match view.chooser.below(12):
        case 0:
            return 0
        case 1:
            return _UNDEFINED_TYPE << 5
        case 3 | 4 | 5 | 6:
            dead = [each for each in view.by_type.get(kind, []) if view.is_dead(each)]
            return view.chooser.pick(dead) if dead else 0
        case 2:
            return pack(kind, view.chooser.below(16), weak=False, serial=_FAR_SERIAL)
        case _:
            return view.chooser.pick(view.words) if view.words else 0


def _any_capability(view: View) -> int:
    """An id of any type; seldom one without a table, which ends an as-built run."""
    odd = view.chooser.below(256)
    if odd == 0:
        return pack(view.chooser.pick(_TABLELESS), 0, weak=False, serial=0)
    if odd < 16 or not view.words:
        return _wrong_capability(view)
    if odd < 32:
        dead = [each for each in view.words if view.is_dead(each)]
        if dead:
            return view.chooser.pick(dead)
    kinds = [kind for kind in _OFTEN_CLONED if kind in view.by_type]
    if kinds and view.chooser.below(4):
        known = view.by_type[view.chooser.pick(kinds)]
        return view.chooser.pick(known) if view.chooser.below(2) else known[-1]
    return view.chooser.pick(view.words)


def _cloned(view: View) -> int:
    """Any capability; often a dead one, or of a group that no weak one here names yet.

    Or of a thread, an address space or a memory that the program made.
    """
    if view.chooser.below(4) == 0:
        dead = [each for each in view.words if view.is_dead(each)]
        if dead:
            return view.chooser.pick(dead)
    special = view.chooser.below(12)
    if special < len(_OFTEN_WEAKENED):
        made = [each for each in view.made(_OFTEN_WEAKENED[special]) if not view.is_dead(each)]
        made = [each for each in made if not view.is_stopped(each)] or made
        if made:
            return view.chooser.pick(made)
    if special < 6:
        groups = view.by_type.get(ObjectType.THREAD_GROUP, [])
        named = {view.own.entries[word] for word in groups if is_weak(word)} | BOOT_OBJECTS
        fresh = [word for word in groups if view.own.entries[word] not in named]
        if fresh:
            return view.chooser.pick(fresh)
    return _any_capability(view)


def _destroyed(view: View) -> int:
    """Any capability; often the one that keeps an object alive which weak ones name, or a thread.

    Seldom one of those without which the program gets nowhere.
    """
    if view.chooser.below(2):
        checks = view.by_type.get(ObjectType.DROP_CHECK, [])
        watched = [each for each in checks if view.is_awaited(each)]
        watched = watched or view.last() or view.held_threads()
        if view.chooser.below(2) or view.state.frames.sharers:
            made = view.made(ObjectType.MEMORY)
            watched = [each for each in made if memory.is_shared(view, each)] or made
        if watched:
            return view.chooser.pick(watched)
    word = _any_capability(view)
    if word in BOOT_IDS and view.chooser.below(96):
        later = [each for each in view.words if each not in BOOT_IDS]
        return view.chooser.pick(later) if later else word
    return word


def _wrong_capability(view: View) -> int:
    if view.chooser.below(2):
        return _UNDEFINED_TYPE << 5
    return pack(ObjectType.KEY, view.chooser.below(16), weak=False, serial=_FAR_SERIAL)


_TABLELESS = (
    ObjectType.NULL,
    ObjectType.LOCK,
    ObjectType.MESSAGE_CAPACITY,
    ObjectType.ROOT_OOM,
)
_OFTEN_WEAKENED = (ObjectType.THREAD, ObjectType.ADDRESS_SPACE, ObjectType.MEMORY)
_OFTEN_CLONED = (
    ObjectType.MEMORY,
    ObjectType.ADDRESS_SPACE,
    ObjectType.KEY,
    ObjectType.THREAD_GROUP,
    ObjectType.THREAD_GROUP,
    ObjectType.CAPABILITY_SPACE,
    ObjectType.DROP_CHECK,
    ObjectType.THREAD,
)


def _number(*among: int) -> _Argument:
    return lambda view: view.chooser.pick(among)


_TIME = _number(0, _PAST_NS)
_ALLOCATOR = _of(ObjectType.ALLOCATOR)
_GROUP = _of(ObjectType.THREAD_GROUP)
_THREAD = _of(ObjectType.THREAD)
_SPACE = _of(ObjectType.CAPABILITY_SPACE)
_ADDRESS_SPACE = _of(ObjectType.ADDRESS_SPACE)
_RECEIVER = _of(ObjectType.DROP_CHECK_RECIEVER)
_POOL = _of(ObjectType.EVENT_POOL)
_ANY_MEMORY = _of(ObjectType.MEMORY)
_PHYS_MEM = _of(ObjectType.PHYS_MEM)
_REPLY = _of(ObjectType.REPLY)
_INTERRUPT = _of(ObjectType.INTERRUPT)
_SENT_TO = messages.sent_to(_of(ObjectType.CHANNEL))
_RECEIVED_FROM = messages.received_from(_of(ObjectType.CHANNEL))
_SENT = (messages.half(_ANY_MEMORY, Right.READ, odd=False), messages.offset, messages.size_sent)
_RECEIVED = (
    messages.half(_ANY_MEMORY, Right.WRITE, odd=True),
    messages.offset,
    messages.size_received,
)
_TOLD = (messages.pool(_POOL), _number(7))


def _pool_pages(view: View) -> int:
    """Often none: a pool of no pages has no room for any event.

    Where the allocator is wrong, often too many: which of the two is looked at first?
    """
    if view.given[0] not in view.by_type.get(ObjectType.ALLOCATOR, ()) and view.chooser.below(2):
        return _TOO_MANY_PAGES
    return memory.pages(view) if view.chooser.below(2) else 0


def _awaited_thread(view: View) -> int:
    """A thread, often one for whose end somebody waits."""
    awaited = [each for each in view.by_type.get(ObjectType.THREAD, []) if view.is_awaited(each)]
    return view.chooser.pick(awaited) if awaited and view.chooser.below(2) else _THREAD(view)


def _reached_space(view: View) -> int:
    """An address space; often the first, whose mappings the program reads and writes."""
    made = view.made(ObjectType.ADDRESS_SPACE)
    known = view.by_type.get(ObjectType.ADDRESS_SPACE, [])
    first = [each for each in known if each not in made] if view.chooser.below(2) else []
    return _able(view, first) if first else _ADDRESS_SPACE(view)


def _showing_space(view: View) -> int:
    """An address space; often one that the program made, and that can die."""
    made = view.made(ObjectType.ADDRESS_SPACE)
    return _able(view, made) if made and view.chooser.below(3) else _ADDRESS_SPACE(view)


def _memory(view: View) -> int:
    """A memory, mostly one that the program made."""
    made = view.made(ObjectType.MEMORY)
    return _able(view, made) if made and view.chooser.below(6) else _ANY_MEMORY(view)


def _shared_memory(view: View) -> int:
    """A memory to clone; often one that is mapped."""
    made = view.made(ObjectType.MEMORY)
    mapped = [each for each in made if view.is_mapped(each)]
    return _able(view, mapped) if mapped and view.chooser.below(2) else _memory(view)


def _mapped_memory(view: View) -> int:
    """A memory; often one that can only be read, or that shares pages with another one."""
    made, special = view.made(ObjectType.MEMORY), view.chooser.below(5) // 2
    found: list[int] = []
    if special == 0:
        found = [each for each in made if each & (Right.READ | Right.WRITE) == Right.READ]
    elif special == 1:
        found = [each for each in made if memory.is_shared(view, each)]
    word = view.chooser.pick(found) if found else _memory(view)
    return _SMALL_MEMORY if memory.is_large(view, word) else word


def _resized_memory(view: View) -> int:
    """A memory; often one whose mappings do not all allow what is asked."""
    if view.chooser.below(2):
        special = memory.stubborn(view)
        if special:
            return view.chooser.pick(special)
    return _memory(view)


def _thread_group(view: View) -> int:
    """A group; often not the first, so that its end can be seen."""
    made = view.made(ObjectType.THREAD_GROUP)
    return _able(view, made) if made and view.chooser.below(3) else _GROUP(view)


def _stopped_thread(view: View) -> int:
    """A thread; often one that is suspended, most of all one for whose end somebody waits."""
    if view.chooser.below(3):
        threads = [each for each in view.by_type.get(ObjectType.THREAD, []) if each & Right.WRITE]
        stopped = [each for each in threads if view.is_stopped(each)]
        awaited = [each for each in stopped if view.is_awaited(each)]
        awaited = [each for each in awaited if view.is_waited_for(each)] or awaited
        if stopped:
            return view.chooser.pick(awaited or stopped)
    return _awaited_thread(view)


def _startable_thread(view: View) -> int:
    """A thread; mostly one that only waits to be resumed, seldom one that waits for something.

    As built the kernel panics when that runs.
    """
    threads = view.by_type.get(ObjectType.THREAD, [])
    if not threads or not view.chooser.below(12):
        return _THREAD(view)
    stopped = [each for each in threads if view.can_start(each)] if view.chooser.below(4) else []
    return view.chooser.pick(
        stopped or [each for each in threads if not view.waits(each)] or threads
    )


def _waited_thread(view: View) -> int:
    """A thread; mostly not the caller, and often one that is suspended: it cannot end by itself."""
    threads = [each for each in view.by_type.get(ObjectType.THREAD, []) if each & Right.PROD]
    others = [each for each in threads if view.own.entries[each] != view.state.current]
    if not others or not view.chooser.below(12):
        return _THREAD(view)
    stopped = [each for each in others if view.can_start(each)] if view.chooser.below(3) else []
    return view.chooser.pick(stopped or others)


def _told_of_thread(view: View) -> int:
    """A thread of whose end a pool is told; often one that another thread waits for."""
    threads = view.by_type.get(ObjectType.THREAD, [])
    waited = [each for each in threads if each & Right.PROD and view.is_waited_for(each)]
    return view.chooser.pick(waited) if waited and view.chooser.below(4) else _THREAD(view)


def _told_thread(view: View) -> int:
    """A thread; often one of whose end a pool is to be told."""
    threads = view.by_type.get(ObjectType.THREAD, [])
    told = [each for each in threads if view.is_told_to_pools(each)]
    return view.chooser.pick(told) if told and view.chooser.below(4) else _THREAD(view)


def _listening_pool(view: View) -> int:
    """A pool; mostly one that is to be told of the end of the thread."""
    pools = view.by_type.get(ObjectType.EVENT_POOL, [])
    listening = [each for each in pools if view.listens(each, view.given[0])]
    return view.chooser.pick(listening) if listening else _POOL(view)


def _receiving_pool(view: View) -> int:
    """A pool; mostly one that receives from the channel."""
    channel, pools = view.body(view.given[0]), view.by_type.get(ObjectType.EVENT_POOL, [])
    parties = channel.receivers if isinstance(channel, Channel) else ()
    told = {listener_name(each.listener) for each in parties if each.listener is not None}
    receiving = [each for each in pools if view.own.entries[each] in told]
    return view.chooser.pick(receiving) if receiving else _POOL(view)


def _told_pool(view: View) -> int:
    """A pool; often one without room, which cannot be told, or one that the caller may not tell."""
    pools = view.by_type.get(ObjectType.EVENT_POOL, [])
    barred = [each for each in pools if not each & Right.WRITE]
    if barred and view.chooser.below(8) == 0:
        return view.chooser.pick(barred)
    full = [each for each in pools if each & Right.WRITE and view.is_without_room(each)]
    return view.chooser.pick(full) if full and view.chooser.below(4) else _POOL(view)


def _ended_group(view: View) -> int:
    """A group, seldom the first, whose end ends the run; often one that has members."""
    word = _GROUP(view)
    named = view.own.entries.get(word)
    if named is None or view.state.body(named) is None:
        return word
    groups = view.by_type.get(ObjectType.THREAD_GROUP, [])
    later = [each for each in groups if view.own.entries[each] != FIRST_GROUP]
    full = [each for each in later if view.has_members(each)]
    if not view.chooser.below(48):
        return word
    held = [each for each in full if view.has_special_members(each)]
    return view.chooser.pick(held or full or later) if later else _UNDEFINED_TYPE << 5


ARGUMENTS: dict[str, tuple[int, tuple[_Argument, ...]]] = {
    "thread_group_new": (8, (_GROUP, _ALLOCATOR)),
    "thread_group_exit": (6, (_ended_group,)),
    "thread_new": (
        8,
        (_ALLOCATOR, _thread_group, _ADDRESS_SPACE, _SPACE, _number(0x1000), _number(0)),
    ),
    "thread_yield": (4, ()),
    "thread_destroy": (4, (_stopped_thread,)),
    "thread_suspend": (2, (_TIME,)),
    "thread_resume": (8, (_startable_thread,)),
    "thread_set_property": (1, (_number(0, 0, 1, (1 << 64) - 1), _number(0x1000))),
    "thread_handle_thread_exit_sync": (7, (_waited_thread, _TIME)),
    "thread_handle_thread_exit_async": (5, (_told_of_thread, _told_pool, _number(7))),
    "cap_clone": (28, (_SPACE, _SPACE, _cloned)),
    "cap_destroy": (20, (_SPACE, _destroyed)),
    "address_space_new": (5, (_ALLOCATOR,)),
    "address_space_unmap": (8, (_ADDRESS_SPACE, memory.mapped_address)),
    "memory_map": (
        12,
        (
            _reached_space,
            _mapped_memory,
            memory.address,
            memory.size_there(1),
            memory.offset_there(1),
        ),
    ),
    "memory_update_mapping": (
        12,
        (_ADDRESS_SPACE, memory.updated_address, memory.updated_pages, memory.address),
    ),
    "memory_new": (6, (_ALLOCATOR, memory.new_pages)),
    "memory_get_size": (1, (_memory,)),
    "memory_resize": (8, (_resized_memory, memory.new_size)),
    "memory_clone": (
        6,
        (_ALLOCATOR, _shared_memory, memory.offset_there(1), memory.size_there(1)),
    ),
    "memory_update": (
        2,
        (
            _shared_memory,
            memory.new_size,
            _ADDRESS_SPACE,
            memory.own_address,
            memory.updated_pages,
            memory.address,
        ),
    ),
    "event_pool_new": (4, (_ALLOCATOR, _pool_pages)),
    "event_pool_map": (6, (_showing_space, _POOL, memory.address)),
    "mmio_allocator_alloc": (
        3,
        (_of(ObjectType.MMIO_ALLOCATOR), _ALLOCATOR, memory.physical_address, memory.pages),
    ),
    "phys_mem_map": (8, (_ADDRESS_SPACE, _PHYS_MEM, memory.address)),
    "phys_mem_get_size": (1, (_PHYS_MEM,)),
    "event_pool_await": (8, (messages.awaited_pool(messages.pool(_POOL)), _TIME)),
    "channel_new": (3, (_ALLOCATOR,)),
    "channel_try_send": (4, (_SENT_TO, *_SENT)),
    "channel_sync_send": (4, (_SENT_TO, *_SENT, _TIME)),
    "channel_async_send": (4, (_SENT_TO, *_SENT, *_TOLD)),
    "channel_try_recv": (4, (_RECEIVED_FROM, *_RECEIVED)),
    "channel_sync_recv": (4, (_RECEIVED_FROM, *_RECEIVED, _TIME)),
    "channel_async_recv": (4, (_RECEIVED_FROM, *_TOLD)),
    "channel_sync_call": (4, (_SENT_TO, *_SENT, *_RECEIVED, _TIME)),
    "channel_async_call": (4, (_SENT_TO, *_SENT, *_TOLD)),
    "reply_reply": (6, (_REPLY, *_SENT)),
    "key_new": (3, (_ALLOCATOR,)),
    "key_id": (2, (_of(ObjectType.KEY),)),
    "drop_check_new": (4, (_ALLOCATOR, _number(5))),
    "drop_check_reciever_handle_cap_drop_sync": (6, (_RECEIVER, _TIME)),
    "drop_check_reciever_handle_cap_drop_async": (2, (_RECEIVER, _POOL, _number(7))),
    "thread_remove_listener": (3, (_told_thread, _listening_pool, _number(7))),
    "drop_check_reciever_remove_listener": (1, (_RECEIVER, *_TOLD)),
    "channel_remove_listener": (1, (_RECEIVED_FROM, _receiving_pool, _number(7))),
    "print_debug": (1, ()),
    "interrupt_new": (
        1,
        (messages.seldom(_of(ObjectType.INT_ALLOCATOR)), _ALLOCATOR, _number(0, 1, 2), _number(1)),
    ),
    "interrupt_id": (1, (_INTERRUPT,)),
    "interrupt_handle_interrupt_trigger_sync": (1, (_INTERRUPT, _TIME)),
    "interrupt_handle_interrupt_trigger_async": (1, (_INTERRUPT, *_TOLD)),
}
"""For each call how often it is made, and how its arguments are chosen."""
