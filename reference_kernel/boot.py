"""The state in which the first program starts.

By the boot protocol it has capabilities to its own thread and spaces, its group, the allocators and
the memories of its image. Source: start_userspace.rs.
"""

from immutables import Map

from reference_kernel.capability_space import insert
from reference_kernel.draft import Draft
from reference_kernel.groups import join
from reference_kernel.state import (
    NO_SERIALS,
    NOTHING,
    AddressSpace,
    CapabilitySpace,
    Memory,
    Opaque,
    Processor,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.design import Design
from spec.ids import ObjectType
from spec.rights import ALL_RIGHTS, Right

_MEMORY_PAGES = (4, 94, 2, 1, 16, 1, 1)
"""The segments of the program's image, its stack and two pages of its start; all are mapped.

The size of the second one, its code, differs from program to program.
"""

FIRST_GROUP = 1
"""The group of the first thread."""

ROOT_ALLOCATOR = 12
"""The object that the kernel itself holds: everything is paid by the root allocator."""


def boot(design: Design) -> State:
    """The first thread runs, the idle thread is ready, and nothing else exists."""
    empty = State(Map(), (Processor(NOTHING),), (NOTHING,), next_object=NOTHING + 1)
    draft = Draft(design, empty)
    group = draft.create(ObjectType.THREAD_GROUP, ThreadGroup(parent=NOTHING))
    memories = tuple(draft.create(ObjectType.MEMORY, Memory(pages)) for pages in _MEMORY_PAGES)
    address_space = draft.create(ObjectType.ADDRESS_SPACE, AddressSpace(memories))
    space = draft.create(ObjectType.CAPABILITY_SPACE, CapabilitySpace(Map(), NO_SERIALS))
    first = Thread(group, address_space, space, state=ThreadState.RUNNING)
    thread = draft.create(ObjectType.THREAD, first)
    for held in (*memories, address_space, space, thread):
        draft.hold(held)
    draft.watch(group)
    join(draft, group, thread)
    draft.current = thread
    for own in (group, address_space, *memories):
        insert(draft, space, own, rights=int(ALL_RIGHTS), weak=False)
    for own in (space, thread):
        insert(draft, space, own, rights=int(ALL_RIGHTS & ~Right.UPGRADE), weak=True)
    for kind in (ObjectType.ALLOCATOR, ObjectType.MMIO_ALLOCATOR, ObjectType.INT_ALLOCATOR):
        allocator = draft.create(kind, Opaque())
        if kind is ObjectType.ALLOCATOR:
            draft.hold(allocator)  # by the kernel: everything is paid by the root allocator
        insert(draft, space, allocator, rights=int(ALL_RIGHTS), weak=False)
    return draft.finish()
