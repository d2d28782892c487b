"""The calls that a design question is about: those that another choice lets behave differently.

A question without calls is about what happens below the calls, or about a call that is yet to be
written.
"""

from collections.abc import Mapping

from spec.call import Call, Word
from spec.syscalls import CALLS


def _called(*parts: str) -> tuple[str, ...]:
    return tuple(call.name for call in CALLS if any(part in call.name for part in parts))


def _with(argument: str) -> tuple[str, ...]:
    return tuple(call.name for call in CALLS if argument in [each.name for each in call.arguments])


def _looks_up(call: Call) -> bool:
    return any(each.word is Word.CAPABILITY for each in call.arguments)


_LOOKING_UP = tuple(call.name for call in CALLS if _looks_up(call))
_CREATING = (*_called("_new"), "mmio_allocator_alloc")
_TRANSFERS = _called("_send", "_recv", "_call", "reply_")
_SENDS = _called("_send", "_call")
_WAITS = (*_with("timeout"), "thread_resume")
_LISTENING = _called("_handle_")
_ONE_TIME = _called("thread_exit_", "cap_drop_")
_ENDING = ("thread_group_exit", "thread_destroy", "cap_destroy")
_MAPPING = ("memory_map", "event_pool_map", "phys_mem_map")
_UPDATING = ("memory_update_mapping", "memory_update")
_RESIZING = ("memory_resize", "memory_update")
_SHRINKING = ("address_space_unmap", "memory_update_mapping", *_RESIZING)
_PAGES = ("memory_new", *_RESIZING)

AFFECTED: Mapping[str, tuple[str, ...]] = {
    "weak_auto_destroy": _LOOKING_UP,
    "weak_capabilities": ("cap_clone", "thread_new"),
    "upgrade_right": ("cap_clone", "thread_new", "memory_map", "event_pool_map"),
    "user_handles": (),
    "created_rights": _CREATING,
    "move": ("cap_clone",),
    "invisible_entries": ("cap_destroy",),
    "enum_decode": ("cap_clone", "cap_destroy", *_TRANSFERS),
    "option_bits": ("memory_update_mapping",),
    "group_drop": ("cap_destroy",),
    "group_drop_current": ("cap_destroy",),
    "group_admission": ("thread_group_new", "thread_new"),
    "teardown_walk": ("thread_group_exit", "cap_destroy"),
    "thread_end": ("thread_destroy", "thread_group_exit", *_called("thread_exit_")),
    "killed_waits": ("thread_group_exit", "thread_destroy"),
    "resume_scope": ("thread_resume",),
    "preemption": ("thread_group_exit",),
    "ready_queue": ("thread_new", "thread_resume", "thread_yield"),
    "wake_protocol": _WAITS,
    "idle_threads": ("thread_yield",),
    "exit_interrupt": ("thread_group_exit",),
    "timer_interrupt": (),
    "interrupt_manager": ("interrupt_new",),
    "translation_flush": _SHRINKING,
    "atomic_orderings": (),
    "stack_guard": (),
    "code_model": (),
    "heap_allocator": (),
    "dying_objects": (
        *_called("channel_sync_", "channel_async_"),
        "event_pool_await",
        "cap_destroy",
    ),
    "delivery_fault": _TRANSFERS,
    "partial_send": _TRANSFERS,
    "message_time": _SENDS,
    "waiter_failure": (*_ENDING, *_TRANSFERS),
    "listener_removal": (*_LISTENING, *_called("_remove_listener")),
    "page_send": _TRANSFERS,
    "page_event_pool": _with("event_pool"),
    "late_listeners": _ONE_TIME,
    "listener_failure": _ENDING,
    "pool_unmap": ("address_space_unmap", "event_pool_map"),
    "pool_growth": (*_ENDING, *_TRANSFERS),
    "pool_swap": (*_ENDING, *_TRANSFERS, "event_pool_await"),
    "message_copy": _TRANSFERS,
    "auto_requeue": ("channel_async_recv",),
    "reply_buffer_right": ("reply_reply",),
    "reply_claim": ("reply_reply",),
    "map_offset": ("memory_map",),
    "mapping_update": _UPDATING,
    "mapping_authority": (
        "memory_map",
        "memory_update_mapping",
        *_RESIZING,
        "phys_mem_map",
    ),
    "mapping_calls": ("memory_update_mapping", *_RESIZING),
    "mapping_count": ("address_space_unmap", *_RESIZING),
    "resize_in_place": _RESIZING,
    "range_rule": (*_MAPPING, "memory_update_mapping", *_RESIZING),
    "page_unit": _PAGES,
    "fresh_pages": _PAGES,
    "update_steps": ("memory_update_mapping", *_RESIZING),
    "empty_access": ("memory_map", "memory_update_mapping", *_RESIZING, "phys_mem_map"),
    "size_types": _with("pages"),
    "copy_on_write": ("memory_clone",),
    "copy_failure": ("memory_clone",),
    "user_faults": (),
    "dirty_tracking": (),
    "paging": (),
    "lazy_pages": _PAGES,
}
