"""Calls about event pools."""

from spec.call import (
    Call,
    Refusal,
    Return,
    Word,
    address,
    lacks_upgrade,
    lookup,
    no_entry,
    number,
    out_of_memory,
    timed_out,
)
from spec.errors import Error
from spec.options import Wait
from spec.panics import EVENT, MAPPING, STALE_AWAIT
from spec.syscalls.address_space import MISALIGNED, NOT_CANONICAL
from spec.syscalls.common import ADDRESS_SPACE, ALLOCATOR, DIED, EVENT_POOL, TIMEOUT

EVENT_POOL_NEW = Call(
    number=24,
    name="event_pool_new",
    log_name="event_pool_new",
    meaning="Make a pool that holds at most so many pages of events; none is allowed.",
    arguments=(ALLOCATOR, number("max_pages")),
    refusals=(
        Refusal("too_many_pages", Error.OVERFLOW, "so many pages are no number of bytes"),
        *lookup(ALLOCATOR),
        out_of_memory("event_pool"),
        no_entry("event_pool"),
    ),
    returns=(Return("event_pool", Word.CAPABILITY),),
    source="syscall/event_pool.rs, event/event_pool.rs",
)

EVENT_POOL_MAP = Call(
    number=25,
    name="event_pool_map",
    log_name="event_pool_map",
    meaning="Reserve the pool's largest size at an address; its events will be mapped there.",
    arguments=(ADDRESS_SPACE, EVENT_POOL, address("address")),
    refusals=(
        MISALIGNED,
        NOT_CANONICAL,
        *lookup(ADDRESS_SPACE, EVENT_POOL),
        lacks_upgrade(EVENT_POOL),
        Refusal("pool_mapped", Error.INVL_OP, "the pool is mapped already"),
        Refusal("zone_taken", Error.INVL_MEM_ZONE, "it overlaps a mapping or the kernel"),
        out_of_memory("record"),
    ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/event_pool.rs, event/event_pool.rs",
    panics=MAPPING,
)

EVENT_POOL_AWAIT = Call(
    number=26,
    name="event_pool_await",
    log_name="event_pool_await",
    meaning="Map the events written so far and tell where, or sleep until there are any.",
    arguments=(EVENT_POOL, TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(EVENT_POOL),
        Refusal("pool_awaited", Error.INVL_OP, "somebody waits for the pool, or did"),
        Refusal("pool_not_mapped", Error.INVL_OP, "the pool is not mapped"),
        Refusal("address_space_dead", Error.INVL_OP, "the pool's address space is dead"),
        out_of_memory("tables", after="the events read before are unmapped"),
        timed_out(after="the pool still takes the caller for its waiter"),
        Refusal(
            "waits_for_the_dead",
            Error.INVL_WEAK,
            "the pool died before an event came",
            choice=DIED,
        ),
    ),
    returns=(Return("address", Word.ADDRESS), Return("size", Word.NUMBER)),
    source="syscall/event_pool.rs, event/event_pool.rs",
    panics=(STALE_AWAIT, *EVENT),
)

CALLS = (EVENT_POOL_NEW, EVENT_POOL_MAP, EVENT_POOL_AWAIT)
