"""event_pool_new.

Source: syscall/event_pool.rs.
"""

from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import EventPool
from spec.errors import Error
from spec.ids import ObjectType
from spec.sizes import bytes_of


def event_pool_new(draft: Draft, call: CallMade) -> Outcome:
    """An empty event pool, not mapped, that may grow to so many pages."""
    pages = call.arguments[1]
    if bytes_of(pages) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    return Ok((create(draft, call, ObjectType.EVENT_POOL, EventPool(pages)),))
