"""A chain of owners: a group has a thread, which has a space, which has the next group.

As the first group goes each goes with the last reference to it: one destructor meets the next.
"""

from proofs.amid_calls import Processors
from proofs.performing import CannotBe
from reference_kernel.events import Event
from reference_kernel.fine import DEEPEST
from spec.design import Design
from spec.ids import ObjectType
from spec.options import CapClone, CapDestroy
from spec.rights import ALL_RIGHTS

_KINDS = 3
LINKS = DEEPEST // _KINDS + 1
"""So many groups in a row are more owners than the kernel calls deep."""
_GIVES = int(ALL_RIGHTS) | CapClone.DESTROY_SRC_CAP | CapClone.SRC_CSPACE_SELF


def chain_goes(design: Design) -> tuple[Event, ...]:
    """The chain is made, and its first group dropped.

    Errors: CannotBe where a call makes nothing.
    """
    processors = Processors(design, 1)
    above, allocator = (
        processors.own(kind) for kind in (ObjectType.THREAD_GROUP, ObjectType.ALLOCATOR)
    )
    (first,) = processors.makes("thread_group_new", 0, above, allocator)
    _, _, space = processors.makes_thread_apart(first)
    for _ in range(LINKS - 1):
        (group,) = processors.makes("thread_group_new", 0, above, allocator)
        _, _, inner = processors.makes_thread_apart(group)
        if not processors.calls(0, "cap_clone", _GIVES, space, 0, group):
            raise CannotBe("a space gets no group")
        space = inner
    processors.calls(0, "cap_destroy", CapDestroy.CSPACE_SELF, 0, first)
    return tuple(processors.events)
