"""The table of every call, by number and by name; one file for each kind of object."""

from collections.abc import Mapping
from types import MappingProxyType

from spec.call import Call
from spec.syscalls import (
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

CALLS: tuple[Call, ...] = tuple(
    sorted(
        (
            *debug.CALLS,
            *thread_group.CALLS,
            *thread.CALLS,
            *cap.CALLS,
            *address_space.CALLS,
            *memory.CALLS,
            *memory_update.CALLS,
            *event_pool.CALLS,
            *channel.CALLS,
            *reply.CALLS,
            *key.CALLS,
            *drop_check.CALLS,
            *phys_mem.CALLS,
            *interrupt.CALLS,
        ),
        key=lambda call: call.number,
    )
)

BY_NUMBER: Mapping[int, Call] = MappingProxyType({call.number: call for call in CALLS})
BY_NAME: Mapping[str, Call] = MappingProxyType({call.name: call for call in CALLS})
