"""The state in which the first program starts.

By the boot protocol it has capabilities to its own thread and spaces, its group, the allocators and
the memories of its image. Source: start_userspace.rs.
"""

from immutables import Map

from reference_kernel.address_spaces import insert_record, map_pages
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.creation import keeps_weak
from reference_kernel.draft import Draft
from reference_kernel.entries import insert
from reference_kernel.frames import frames_of
from reference_kernel.groups import join
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.memories import add_mapping, create_pages
from reference_kernel.page_tables import new_tables
from reference_kernel.processors import keeps_idle_threads
from reference_kernel.records import (
    ACCESS,
    EXEC,
    READ,
    WRITE,
    Location,
    Mapping,
    MemoryRecord,
    PageTables,
)
from reference_kernel.state import (
    NO_SERIALS,
    NOTHING,
    AddressSpace,
    Allocator,
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
from spec.options import MemoryNew
from spec.rights import ALL_RIGHTS, Right

_READ, _WRITE, _EXEC = READ, READ | WRITE, READ | EXEC
_IMAGE = ((4, _READ), (None, _EXEC), (2, _WRITE), (1, _WRITE))
"""Pages and access of the image's segments; the size of the code differs between programs."""
_GIVEN = int(ALL_RIGHTS & ~Right.UPGRADE)
_IMAGE_AT = 0x200
_STACK_AT = 0x10_0000
_REST = ((16, _WRITE), (1, _READ), (1, _READ))
"""The stack and two pages of its start, which follow it here; where they are no log has shown."""

FIRST_GROUP = 1
"""The group of the first thread."""


def boot(design: Design, machine: Machine = MACHINE) -> State:
    """The first processor runs the first thread, the others idle, and nothing else exists.

    The idle thread of the first processor is ready, unless each processor keeps its own.
    """
    empty = State(
        Map(),
        tuple(Processor(NOTHING) for _ in range(machine.processors)),
        () if keeps_idle_threads(design) else (NOTHING,),
        next_object=NOTHING + 1,
        machine=machine,
        frames=frames_of(machine),
    )
    draft = Draft(design, empty)
    group = draft.create(ObjectType.THREAD_GROUP, ThreadGroup(parent=NOTHING))
    segments = first_segments(machine)
    memories = tuple(
        draft.create(ObjectType.MEMORY, Memory(each.pages, pages=())) for each in segments
    )
    address_space = draft.create(ObjectType.ADDRESS_SPACE, AddressSpace(PageTables(top=0)))
    space = draft.create(ObjectType.CAPABILITY_SPACE, CapabilitySpace(Map(), NO_SERIALS))
    first = Thread(group, address_space, space, state=ThreadState.RUNNING)
    thread = draft.create(ObjectType.THREAD, first)
    allocators = tuple(draft.create(kind, _allocator(machine, kind)) for kind in _ALLOCATORS)
    for held in (address_space, space, thread, ROOT_ALLOCATOR):
        draft.hold(held)
    _map_image(draft, address_space, memories, segments)
    draft.watch(group)
    join(draft, group, thread)
    draft.current = thread
    for own in (group, address_space, *memories):
        insert(draft, space, own, rights=int(ALL_RIGHTS), weak=False)
    for own in (space, thread):
        insert(draft, space, own, rights=_GIVEN, weak=keeps_weak(design))
    for allocator in allocators:
        insert(draft, space, allocator, rights=int(ALL_RIGHTS), weak=False)
    return draft.finish()


_ALLOCATORS = (ObjectType.ALLOCATOR, ObjectType.MMIO_ALLOCATOR, ObjectType.INT_ALLOCATOR)


def _allocator(machine: Machine, kind: ObjectType) -> Allocator | Opaque:
    return Allocator(machine.frames) if kind is ObjectType.ALLOCATOR else Opaque()


def first_segments(machine: Machine) -> tuple[Location, ...]:
    """Where the memories of the first program lie, each mapped from its first page on."""
    segments = []
    for start, sizes in ((_IMAGE_AT, _IMAGE), (_STACK_AT, _REST)):
        for pages, access in sizes:
            count = machine.code_pages if pages is None else pages
            segments.append(Location(start, count, 0, access, granted=ACCESS))
            start += count
    return tuple(segments)


def _map_image(
    draft: Draft, space: int, memories: tuple[int, ...], segments: tuple[Location, ...]
) -> None:
    """What the kernel does for the first program: the machine has to have room for that.

    The first zones give what they can: the logs show that little of the large ones is in use.
    """
    tables = new_tables(draft)
    assert tables is not None, draft.machine
    draft.put(space, AddressSpace(tables))
    for memory, location in zip(memories, segments, strict=True):
        pages = create_pages(draft, location.pages, MemoryNew.ZEROED)
        assert pages is not None, draft.machine
        draft.put(memory, Memory(location.pages, pages))
        insert_record(draft, space, MemoryRecord(location, memory))
        add_mapping(draft, memory, Mapping(space, location))
        _begin_with_first_zone(draft)
        assert map_pages(draft, space, pages, location) is True, location
        _begin_with_first_zone(draft)


def _begin_with_first_zone(draft: Draft) -> None:
    draft.frames = draft.frames.with_tree(draft.frames.tree, next_zone=0)
