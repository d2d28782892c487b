"""How a mapping of a memory goes, on both sides and in the page tables.

Source: cap/memory/mod.rs.
"""

from reference_kernel.address_spaces import remove_record, unmap_pages
from reference_kernel.draft import Draft
from reference_kernel.memories import remove_mapping
from reference_kernel.outcomes import Panic
from reference_kernel.records import MemoryRecord


def unmap_memory(draft: Draft, space: int, record: MemoryRecord) -> Panic | None:
    """The mapping goes; each resident page of it has to be in the page tables."""
    draft.hold(record.memory)  # by the kernel's stack, for as long as the pages are looked at
    remove_record(draft, space, record.start)
    remove_mapping(draft, record.memory, space, record.start)
    pages = draft.memory(record.memory).pages
    panic = unmap_pages(draft, space, pages, record.location)
    draft.release(record.memory)
    return panic
