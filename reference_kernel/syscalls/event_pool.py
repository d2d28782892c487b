"""The calls about event pools.

Source: syscall/event_pool.rs, event/event_pool.rs.
"""

from reference_kernel.address_spaces import insert_record, refuse_zone
from reference_kernel.capability_space import find, may_hold
from reference_kernel.changing import replace
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.listening import wait_result
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.pools import await_by, swap
from reference_kernel.processors import block, next_wait
from reference_kernel.records import PoolRecord
from reference_kernel.state import NOTHING, EventPool, Thread, ThreadState, Woke
from reference_kernel.syscalls.address_space import find_address_space, page_named
from spec.errors import Error
from spec.ids import ObjectType
from spec.panics import STALE_AWAIT
from spec.rights import Right
from spec.sizes import bytes_of


def event_pool_new(draft: Draft, call: CallMade) -> Outcome:
    """An empty event pool, not mapped, that may grow to so many pages."""
    pages = call.arguments[1]
    if bytes_of(pages) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    return Ok((create(draft, call, ObjectType.EVENT_POOL, EventPool(pages)),))


def event_pool_map(draft: Draft, call: CallMade) -> Outcome:
    """The pages in which the pool's events will be mapped are kept for it; gives how many."""
    page = page_named(call, 2)
    if not isinstance(page, int):
        return page
    space = find_address_space(draft, call, 0)
    if not isinstance(space, int):
        return space
    pool = find(draft, call, 1, kind=ObjectType.EVENT_POOL, needed=Right.WRITE, name="event_pool")
    if not isinstance(pool, int):
        return pool
    if not may_hold(draft, call, 1, pool):
        return Refused(Error.INVL_PERM, "event_pool_lacks_upgrade")
    body = draft.pool(pool)
    if body.mapped_in != NOTHING:
        return Refused(Error.INVL_OP, "pool_mapped")
    record = PoolRecord(page, body.max_pages, pool)
    refused = refuse_zone(draft, space, record)
    if refused is not None:
        return refused
    insert_record(draft, space, record)
    draft.put(pool, replace(body, mapped_in=space, mapped_at=page))
    draft.watch(space)
    return Ok((body.max_pages,))


def event_pool_await(draft: Draft, call: CallMade) -> Outcome:
    """Where the events are that came so far and how many bytes, or the caller sleeps.

    It sleeps till one comes or, with TIMEOUT, its time has come.
    """
    pool = find(draft, call, 0, kind=ObjectType.EVENT_POOL, needed=Right.WRITE, name="event_pool")
    if not isinstance(pool, int):
        return pool
    body = draft.pool(pool)
    if body.waiter is not None:
        return Refused(Error.INVL_OP, "pool_awaited")
    if body.mapped_in == NOTHING:
        return Refused(Error.INVL_OP, "pool_not_mapped")
    if body.written_bytes:
        with draft.lock(LockKind.POOL, pool):
            shown = swap(draft, pool)
        return Ok(shown) if isinstance(shown, tuple) else shown
    await_by(draft, pool, next_wait(draft))
    return block(draft, call, ThreadState.SUSPENDED, on=pool)


def event_pool_await_returns(_draft: Draft, woken: Thread) -> Outcome:
    """Where the events are and how many bytes, or OkTimeout; any other wake reason panics."""
    return wait_result(woken, Woke.EVENTS, place=STALE_AWAIT.place)
