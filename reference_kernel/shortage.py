"""What calls do while the kernel's heap has no room.

A call that would need more room refuses, and nothing of it has happened; what a call only frees or
changes needs none. Source: the refusals of each call for want of memory.
"""

from collections.abc import Callable

from immutables import Map

from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Cut, Outcome, Panic, Refused
from reference_kernel.sections import Section
from reference_kernel.state import (
    AddressSpace,
    Body,
    CapabilitySpace,
    Channel,
    DropCheckReceiver,
    Memory,
    Object,
    Thread,
    ThreadGroup,
)
from spec.errors import Error
from spec.syscalls import BY_NUMBER


def refused_for_want(
    draft: Draft, call: CallMade, perform: Callable[[Draft, CallMade], Outcome]
) -> Outcome:
    """What the call gives; the first refusal for want of memory of its page, if it takes room.

    A call whose page has none takes what it needs.
    """
    fine = draft.fine
    assert fine is not None
    mark, held, ids, locks = draft.mark(), list(fine.held), list(fine.ids), list(fine.locks)
    outcome = perform(draft, call)
    is_look_up = isinstance(outcome, Cut) and outcome.rest.section is Section.BEGINS
    if is_look_up or isinstance(outcome, Refused | Panic) or not _takes_room(draft, mark.objects):
        return outcome
    refusal = _refusal(call)
    if refusal is None:
        return outcome
    draft.back_to(mark)
    draft.fault, fine.held, fine.ids, fine.locks = None, held, ids, locks
    return refusal


def _refusal(call: CallMade) -> Refused | None:
    for each in BY_NUMBER[call.number].refusals:
        if each.error is Error.OUT_OF_MEM:
            return Refused(each.error, each.name)
    return None


def _takes_room(draft: Draft, before: Map[int, Object]) -> bool:
    """Whether an object is new, or has more in one of its lists than it had."""
    for name, known in draft.objects.items():
        old = before.get(name)
        if old is known or known.body is None:
            continue
        if old is None or _entries(known.body) > _entries(old.body):
            return True
    return False


def _entries(body: Body | None) -> int:
    """How many entries the lists of the object have."""
    match body:
        case CapabilitySpace(holdings=holdings):
            return len(holdings)
        case ThreadGroup(members=members):
            return len(members)
        case AddressSpace(records=records):
            return len(records)
        case Memory(mappings=mappings):
            return len(mappings)
        case Channel(senders=senders, receivers=receivers):
            return len(senders) + len(receivers)
        case Thread(exit_event=emitter) | DropCheckReceiver(cap_drop=emitter):
            return len(emitter.once) + len(emitter.always)
        case _:
            return 0
