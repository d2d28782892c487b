"""mmio_allocator_alloc, phys_mem_map and phys_mem_get_size.

Source: syscall/mmio.rs, cap/mmio.rs.
"""

from reference_kernel.address_spaces import go_back, insert_record, map_spans, refuse_zone
from reference_kernel.capability_space import find
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.records import ACCESS, CACHE, EXEC, READ, WRITE, PhysRecord, access_given
from reference_kernel.spans import Span
from reference_kernel.state import PhysMem
from reference_kernel.syscalls.address_space import find_address_space, page_named
from spec.design import EmptyAccess, MappingAuthority, Overflow, SizeTypes
from spec.errors import Error
from spec.ids import ObjectType, rights_of
from spec.panics import SIZE_SUM
from spec.rights import Right, covers
from spec.sizes import PAGE_BYTES, WORD_LIMIT, bytes_of, page_aligned

_PHYSICAL_LIMIT = 1 << 48
"""No physical address has more bits; the logs show only that bit 50 is too much."""


def mmio_allocator_alloc(draft: Draft, call: CallMade) -> Outcome:
    """A range of physical addresses, whoever may have it already."""
    address, pages = call.arguments[2:4]
    if address >= _PHYSICAL_LIMIT:
        return Refused(Error.INVL_PHYS_ADDR, "no_physical_address")
    typed = draft.design.size_types is SizeTypes.PAGE_SIZE_TYPE
    ends = address + pages * PAGE_BYTES < WORD_LIMIT
    if bytes_of(pages) is None or (typed and not ends):
        return Refused(Error.OVERFLOW, "too_many_pages")
    if not page_aligned(address):
        return Refused(Error.INVL_ALIGN, "address_misaligned")
    mmio = find(
        draft, call, 0, kind=ObjectType.MMIO_ALLOCATOR, needed=Right.PROD, name="mmio_allocator"
    )
    if not isinstance(mmio, int):
        return mmio
    allocator = find_allocator(draft, call, 1)
    if not isinstance(allocator, int):
        return allocator
    if not ends and draft.machine.overflow is Overflow.PANICS:
        return Panic(SIZE_SUM.place, SIZE_SUM.why)
    frame = address // PAGE_BYTES
    if draft.machine.touches_ordinary_memory(frame, frame + pages):
        return Refused(Error.INVL_MEM_ZONE, "ordinary_memory")
    return Ok((create(draft, call, ObjectType.PHYS_MEM, PhysMem(frame, pages)),))


def access_rights(options: int) -> int:
    """The rights that a mapping with these options asks of what it maps."""
    reading = Right.READ if options & (READ | EXEC) else 0
    return int(reading) | int(Right.WRITE if options & WRITE else 0)


def lacks_read(draft: Draft, call: CallMade, access: int) -> bool:
    """Whether what is mapped could be read, as every mapping can, without the right to.

    Source: mem/virt_addr_space.rs: page tables cannot forbid to read. As built nobody asks.
    """
    asks = draft.design.mapping_authority is MappingAuthority.ALSO_MEMORY_RIGHTS
    given = access_rights(access_given(access))
    return asks and not covers(rights_of(call.arguments[1]), given)


def phys_mem_map(draft: Draft, call: CallMade) -> Outcome:
    """Physical memory is mapped from the address on; gives how many pages."""
    page = page_named(call, 2)
    if not isinstance(page, int):
        return page
    space = find_address_space(draft, call, 0)
    if not isinstance(space, int):
        return space
    access = call.options & (ACCESS | CACHE)
    needed = access_rights(access)
    name = find(draft, call, 1, kind=ObjectType.PHYS_MEM, needed=needed, name="phys_mem")
    if not isinstance(name, int):
        return name
    if lacks_read(draft, call, access):
        return Refused(Error.INVL_PERM, "phys_mem_lacks_read")
    body = draft.body(name)
    assert isinstance(body, PhysMem)
    record = PhysRecord(page, body.pages, body.frame, access)
    refused = refuse_zone(draft, space, record)
    if refused is not None:
        return refused
    some = body.pages or draft.design.empty_access is EmptyAccess.REFUSED
    if not access & ACCESS and some:
        return Refused(Error.INVL_ARGS, "no_access")
    return _map(draft, space, record)


def _map(draft: Draft, space: int, record: PhysRecord) -> Ok | Refused | Panic:
    before = draft.mark()
    insert_record(draft, space, record)
    span = Span(record.start, record.start + record.pages, record.frame, record.access)
    mapped = map_spans(draft, space, [span] if record.pages else [])
    if isinstance(mapped, Panic):
        return mapped
    if mapped:
        return Ok((record.pages,))
    return Refused(Error.OUT_OF_MEM, "no_memory_for_tables", after=go_back(draft, before, space))


def phys_mem_get_size(draft: Draft, call: CallMade) -> Outcome:
    """The size of physical memory in pages."""
    name = find(draft, call, 0, kind=ObjectType.PHYS_MEM, needed=Right.READ, name="phys_mem")
    if not isinstance(name, int):
        return name
    body = draft.body(name)
    assert isinstance(body, PhysMem)
    return Ok((body.pages,))
