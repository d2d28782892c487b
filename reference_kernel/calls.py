"""The calls of this kernel, and what ends those that wait, by number."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import Thread
from reference_kernel.syscalls import (
    address_space,
    cap,
    channel,
    debug,
    drop_check,
    event_pool,
    interrupt,
    key,
    memory,
    memory_update,
    phys_mem,
    reply,
    thread,
    thread_group,
)
from spec.syscalls import BY_NAME

_Call = Callable[[Draft, CallMade], Outcome]
_Return = Callable[[Draft, Thread], Outcome]


def _yield_returns(_draft: Draft, _woken: Thread) -> Outcome:
    return Ok()


def _by_number(calls: tuple[_Call, ...]) -> Mapping[int, _Call]:
    return MappingProxyType({BY_NAME[call.__name__].number: call for call in calls})


CALLS: Mapping[int, _Call] = _by_number(
    (
        thread_group.thread_group_new,
        thread_group.thread_group_exit,
        thread.thread_new,
        thread.thread_yield,
        thread.thread_destroy,
        thread.thread_suspend,
        thread.thread_resume,
        thread.thread_set_property,
        thread.thread_handle_thread_exit_sync,
        thread.thread_handle_thread_exit_async,
        thread.thread_remove_listener,
        cap.cap_clone,
        cap.cap_destroy,
        address_space.address_space_new,
        address_space.address_space_unmap,
        memory.memory_map,
        memory.memory_update_mapping,
        memory.memory_new,
        memory.memory_get_size,
        memory.memory_resize,
        memory.memory_clone,
        memory_update.memory_update,
        event_pool.event_pool_new,
        event_pool.event_pool_map,
        event_pool.event_pool_await,
        channel.channel_new,
        channel.channel_try_send,
        channel.channel_sync_send,
        channel.channel_async_send,
        channel.channel_try_recv,
        channel.channel_sync_recv,
        channel.channel_async_recv,
        channel.channel_sync_call,
        channel.channel_async_call,
        channel.channel_remove_listener,
        reply.reply_reply,
        key.key_new,
        key.key_id,
        drop_check.drop_check_new,
        drop_check.drop_check_reciever_handle_cap_drop_sync,
        drop_check.drop_check_reciever_handle_cap_drop_async,
        drop_check.drop_check_reciever_remove_listener,
        phys_mem.mmio_allocator_alloc,
        phys_mem.phys_mem_map,
        phys_mem.phys_mem_get_size,
        interrupt.interrupt_new,
        interrupt.interrupt_id,
        interrupt.interrupt_handle_interrupt_trigger_sync,
        interrupt.interrupt_handle_interrupt_trigger_async,
        debug.print_debug,
    )
)
"""The calls of this kernel, by number."""

RETURNS: Mapping[int, _Return] = MappingProxyType(
    {
        BY_NAME["thread_yield"].number: _yield_returns,
        BY_NAME["thread_suspend"].number: thread.thread_suspend_returns,
        BY_NAME["thread_handle_thread_exit_sync"].number: (
            thread.thread_handle_thread_exit_sync_returns
        ),
        BY_NAME["event_pool_await"].number: event_pool.event_pool_await_returns,
        BY_NAME["channel_sync_send"].number: channel.channel_sync_send_returns,
        BY_NAME["channel_sync_recv"].number: channel.channel_sync_recv_returns,
        BY_NAME["channel_sync_call"].number: channel.channel_sync_call_returns,
        BY_NAME["drop_check_reciever_handle_cap_drop_sync"].number: (
            drop_check.drop_check_reciever_handle_cap_drop_sync_returns
        ),
    }
)
"""What ends a call that waited, by number."""
