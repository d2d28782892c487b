"""memory_new and memory_get_size.

Not modelled: contents, mappings, and allocators that run out of pages.
Source: syscall/memory.rs.
"""

from spec.errors import Error
from spec.ids import ObjectType
from spec.rights import Right
from spec.sizes import PAGE_BYTES

from reference_kernel.capability_space import find
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import Memory


def memory_new(draft: Draft, call: CallMade) -> Outcome:
    """A memory of so many pages; gives its id and that number."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    pages = call.arguments[1]
    if pages == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    if pages * PAGE_BYTES >= 1 << 64:
        return Refused(Error.OVERFLOW, "too_many_pages")
    return Ok((create(draft, call, ObjectType.MEMORY, Memory(pages)), pages))


def memory_get_size(draft: Draft, call: CallMade) -> Outcome:
    """The memory's size in pages."""
    memory = find(draft, call, 0, kind=ObjectType.MEMORY, needed=Right.READ, name="memory")
    if isinstance(memory, Refused):
        return memory
    body = draft.body(memory)
    assert isinstance(body, Memory)
    return Ok((body.pages,))
