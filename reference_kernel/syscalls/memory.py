"""memory_new and memory_get_size.

Not modelled: contents, mappings, and how much of the machine's memory is in use; only what no
machine of that size can hold is refused.
Source: syscall/memory.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import Memory
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryNew
from spec.rights import Right
from spec.sizes import PAGE_BYTES, bytes_of

MACHINE_BYTES = 1 << 30
"""The memory of the machines whose logs the kernel is compared with."""

_LEAST_RECORD_BYTES = 8


def fits_the_machine(pages: int, options: int) -> bool:
    """Whether a machine that is used for nothing else could hold the memory.

    Lazy pages take only a record each.
    """
    each_bytes = _LEAST_RECORD_BYTES if options & MemoryNew.LAZY_ALLOC else PAGE_BYTES
    return pages * each_bytes < MACHINE_BYTES


def memory_new(draft: Draft, call: CallMade) -> Outcome:
    """A memory of so many pages; gives its id and that number."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    pages = call.arguments[1]
    if pages == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    if bytes_of(pages) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    if not fits_the_machine(pages, call.options):
        return Refused(Error.OUT_OF_MEM, "no_memory_for_memory")
    return Ok((create(draft, call, ObjectType.MEMORY, Memory(pages)), pages))


def memory_get_size(draft: Draft, call: CallMade) -> Outcome:
    """The memory's size in pages."""
    memory = find(draft, call, 0, kind=ObjectType.MEMORY, needed=Right.READ, name="memory")
    if isinstance(memory, Refused):
        return memory
    body = draft.body(memory)
    assert isinstance(body, Memory)
    return Ok((body.pages,))
