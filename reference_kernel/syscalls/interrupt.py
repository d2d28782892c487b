"""The calls about interrupts. As built the interrupt manager is never made: no interrupt exists.

Source: syscall/interrupt.rs, int/userspace_interrupt.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.creation import find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Panic, Refused
from spec.design import InterruptManager
from spec.errors import Error
from spec.ids import ObjectType
from spec.panics import NO_INTERRUPTS
from spec.rights import Right

_NO_VECTORS = Refused(Error.INVL_ARGS, "no_such_vectors")
_NO_MANAGER = Panic(NO_INTERRUPTS.place, NO_INTERRUPTS.why)


def interrupt_new(draft: Draft, call: CallMade) -> Outcome:
    """No interrupt is given: as built the kernel panics, once the allocators are found."""
    kind = ObjectType.INT_ALLOCATOR
    source = find(draft, call, 0, kind=kind, needed=Right.PROD, name="int_allocator")
    if not isinstance(source, int):
        return source
    allocator = find_allocator(draft, call, 1)
    if not isinstance(allocator, int):
        return allocator
    gives_none = draft.design.interrupt_manager is InterruptManager.GIVES_NONE
    return _NO_VECTORS if gives_none else _NO_MANAGER


def interrupt_id(draft: Draft, call: CallMade) -> Outcome:
    """There is no interrupt that could be asked."""
    return _find_interrupt(draft, call, Right.READ)


def interrupt_handle_interrupt_trigger_sync(draft: Draft, call: CallMade) -> Outcome:
    """There is no interrupt to wait for."""
    return _find_interrupt(draft, call, Right.PROD)


def interrupt_handle_interrupt_trigger_async(draft: Draft, call: CallMade) -> Outcome:
    """There is no interrupt of which a pool could be told."""
    return _find_interrupt(draft, call, Right.PROD)


def _find_interrupt(draft: Draft, call: CallMade, needed: int) -> Outcome:
    kind = ObjectType.INTERRUPT
    found = find(draft, call, 0, kind=kind, needed=needed, name="interrupt")
    return _NO_MANAGER if isinstance(found, int) else found
