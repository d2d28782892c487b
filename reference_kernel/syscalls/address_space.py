"""address_space_new.

Source: syscall/address_space.rs.
"""

from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import AddressSpace
from spec.ids import ObjectType


def address_space_new(draft: Draft, call: CallMade) -> Outcome:
    """An empty address space."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    return Ok((create(draft, call, ObjectType.ADDRESS_SPACE, AddressSpace()),))
