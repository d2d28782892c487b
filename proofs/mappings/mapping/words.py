"""What the words of a call about memory mean."""

from assay.engines.kernel import ModelStep
from proofs.mappings.mapping.sections import found
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.state import NOTHING, AddressSpace, CapabilitySpace, State, Thread
from spec.sizes import PAGE_BYTES, virtual_address

Steps = tuple[ModelStep, ...]

NO_TABLES = "no_memory_for_tables"
"""The refusal of a call that found no memory for page tables: as built it has had effects."""


def own_space(state: State, call: CallMade) -> CapabilitySpace:
    """The capability space of the caller."""
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space


def target(state: State, call: CallMade, at: int) -> int:
    """The object, dead or alive, that the caller's capability names, or named when looked up."""
    known = found(state, call, at)
    if known is not None:
        return known
    return own_space(state, call).entries.get(call.arguments[at], NOTHING)


def address_space(state: State, name: int) -> AddressSpace:
    """The body of a living address space."""
    body = state.body(name)
    assert isinstance(body, AddressSpace), name
    return body


def page(call: CallMade, at: int) -> int:
    """The page whose address the argument is."""
    address = virtual_address(call.arguments[at])
    assert address is not None, call
    return address // PAGE_BYTES


def refusal(outcome: Outcome) -> str | None:
    """The name of the refusal, if it is one."""
    return outcome.refusal if isinstance(outcome, Refused) else None
