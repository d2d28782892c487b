"""drop_check_new.

Source: syscall/drop_check.rs, cap/drop_check.rs.
"""

from spec.ids import ObjectType

from reference_kernel.creation import find_allocator, give
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.state import DropCheck, DropCheckReceiver


def drop_check_new(draft: Draft, call: CallMade) -> Outcome:
    """A drop check and its receiver; the check holds the receiver."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    receiver = draft.create(ObjectType.DROP_CHECK_RECIEVER, DropCheckReceiver(call.arguments[1]))
    check = draft.create(ObjectType.DROP_CHECK, DropCheck(receiver))
    draft.hold(receiver)
    return Ok((give(draft, call, check), give(draft, call, receiver)))
