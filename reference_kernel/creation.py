"""What the calls that make an object have in common."""

from reference_kernel.capability_space import find
from reference_kernel.draft import Draft
from reference_kernel.entries import insert
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Stopped
from reference_kernel.state import Body
from spec.design import CreatedRights, Design, WeakCapabilities
from spec.ids import ObjectType
from spec.options import created_rights
from spec.rights import ALL_RIGHTS, Right


def find_allocator(draft: Draft, call: CallMade, at: int) -> int | Stopped:
    """The allocator that pays; which one is not kept, the root allocator lives for ever."""
    return find(draft, call, at, kind=ObjectType.ALLOCATOR, needed=Right.PROD, name="allocator")


def create_asked(draft: Draft, call: CallMade, kind: ObjectType, body: Body) -> int:
    """A new object, with a strong capability for the caller with the rights of bits 0 to 3."""
    return _give(draft, call, draft.create(kind, body), call.options & int(ALL_RIGHTS))


def create(draft: Draft, call: CallMade, kind: ObjectType, body: Body) -> int:
    """A new object, with a strong capability for the caller with the rights the design gives."""
    return give(draft, call, draft.create(kind, body))


def give(draft: Draft, call: CallMade, target: int) -> int:
    """A strong capability to the new object, with the rights that the design gives."""
    return _give(draft, call, target, rights_given(draft, call, fixed=int(ALL_RIGHTS)))


def rights_given(draft: Draft, call: CallMade, *, fixed: int) -> int:
    """The rights of a new capability: all that it ever has, or those of them that were asked."""
    if draft.design.created_rights is CreatedRights.FIXED_ALL:
        return fixed
    return fixed & created_rights(call.options)


def keeps_weak(design: Design) -> bool:
    """Whether there are weak capabilities; else threads and their spaces are held strongly."""
    return design.weak_capabilities is WeakCapabilities.KEPT


def _give(draft: Draft, call: CallMade, target: int, rights: int) -> int:
    space = draft.thread(call.thread).capability_space
    return insert(draft, space, target, rights=rights, weak=False)
