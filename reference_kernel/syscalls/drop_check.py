"""drop_check_new, and waiting for the drop.

Source: syscall/drop_check.rs, cap/drop_check.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.creation import find_allocator, give
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.listening import (
    UNKNOWN_NUMBER,
    listen_async,
    listen_sync,
    remove_listener,
    removes_listeners,
    wait_result,
)
from reference_kernel.outcomes import Ok, Outcome, Stopped
from reference_kernel.state import DropCheck, DropCheckReceiver, Thread, Woke
from spec.ids import ObjectType
from spec.rights import Right


def drop_check_new(draft: Draft, call: CallMade) -> Outcome:
    """A drop check and its receiver; the check holds the receiver."""
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    listened = DropCheckReceiver(call.arguments[1])
    receiver = draft.create(ObjectType.DROP_CHECK_RECIEVER, listened)
    check = draft.create(ObjectType.DROP_CHECK, DropCheck(receiver))
    draft.hold(receiver)
    return Ok((give(draft, call, check), give(draft, call, receiver)))


def drop_check_reciever_handle_cap_drop_sync(draft: Draft, call: CallMade) -> Outcome:
    """The caller sleeps till the check is dropped or, with TIMEOUT, its time has come."""
    receiver = _find_receiver(draft, call)
    if not isinstance(receiver, int):
        return receiver
    return listen_sync(draft, call, receiver)


def drop_check_reciever_handle_cap_drop_sync_returns(_draft: Draft, woken: Thread) -> Outcome:
    """The check's word, or OkTimeout; any other wake reason panics."""
    return wait_result(woken, Woke.CAP_DROP, place="src/syscall/drop_check.rs")


def drop_check_reciever_handle_cap_drop_async(draft: Draft, call: CallMade) -> Outcome:
    """The pool is told when the check is dropped."""
    receiver = _find_receiver(draft, call)
    if not isinstance(receiver, int):
        return receiver
    return listen_async(draft, call, receiver)


def drop_check_reciever_remove_listener(draft: Draft, call: CallMade) -> Outcome:
    """The pool is told no more when the check is dropped."""
    if not removes_listeners(draft):
        return UNKNOWN_NUMBER
    receiver = _find_receiver(draft, call)
    return remove_listener(draft, call, receiver) if isinstance(receiver, int) else receiver


def _find_receiver(draft: Draft, call: CallMade) -> int | Stopped:
    return find(
        draft,
        call,
        0,
        kind=ObjectType.DROP_CHECK_RECIEVER,
        needed=Right.PROD,
        name="drop_check_reciever",
    )
