"""channel_new.

Source: syscall/channel.rs.
"""

from reference_kernel.creation import create_asked, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import Opaque
from spec.ids import ObjectType


def channel_new(draft: Draft, call: CallMade) -> Outcome:
    """A channel on which nobody waits."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    return Ok((create_asked(draft, call, ObjectType.CHANNEL, Opaque()),))
