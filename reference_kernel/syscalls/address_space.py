"""address_space_new and address_space_unmap.

Source: syscall/address_space.rs, cap/address_space.rs.
"""

from reference_kernel.address_spaces import (
    record_at,
    remove_record,
    unmap_all,
)
from reference_kernel.capability_space import find
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused, Stopped
from reference_kernel.page_tables import new_tables
from reference_kernel.pools import unmap
from reference_kernel.records import MemoryRecord, PhysRecord, PoolRecord, Record
from reference_kernel.sections import Rest, Section
from reference_kernel.state import AddressSpace
from reference_kernel.unmapping import unmap_memory
from spec.design import PoolUnmap
from spec.errors import Error
from spec.ids import ObjectType
from spec.rights import Right
from spec.sizes import PAGE_BYTES, page_aligned, virtual_address

_NO_MAPPING = Refused(Error.INVL_VIRT_ADDR, "no_mapping_there")


def address_space_new(draft: Draft, call: CallMade) -> Outcome:
    """An empty address space; it takes one frame."""
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    tables = new_tables(draft)
    if tables is None:
        return Refused(Error.OUT_OF_MEM, "no_memory_for_address_space")
    return Ok((create(draft, call, ObjectType.ADDRESS_SPACE, AddressSpace(tables)),))


def page_named(call: CallMade, at: int, name: str = "address") -> int | Refused:
    """The page whose address the argument is.

    Refuses, first match wins: not the first address of a page, no address at all.
    """
    if not page_aligned(call.arguments[at]):
        return Refused(Error.INVL_ALIGN, f"{name}_misaligned")
    address = virtual_address(call.arguments[at])
    if address is None:
        return Refused(Error.INVL_VIRT_ADDR, f"{name}_not_canonical")
    return address // PAGE_BYTES


def find_address_space(draft: Draft, call: CallMade, at: int) -> int | Stopped:
    """The living address space in which the caller may map and unmap."""
    kind = ObjectType.ADDRESS_SPACE
    return find(draft, call, at, kind=kind, needed=Right.WRITE, name="address_space")


def address_space_unmap(draft: Draft, call: CallMade) -> Outcome:
    """What is mapped from that address on is gone."""
    page = page_named(call, 1)
    if not isinstance(page, int):
        return page
    space = find_address_space(draft, call, 0)
    if not isinstance(space, int):
        return space
    record = record_at(draft.address_space(space), page)
    if record is None:
        return _NO_MAPPING
    if draft.fine is not None and isinstance(record, MemoryRecord):
        draft.hold(record.memory)
        return draft.cut(Section.UNMAPS, call, space, page, record.memory, holds=record.memory)
    return _unmap(draft, space, record) or Ok()


def unmaps(draft: Draft, rest: Rest) -> Outcome:
    """The mapping that was seen goes, if it is there still when both sides are locked."""
    space, page, memory = rest.words
    with (
        draft.lock(LockKind.MEMORY, memory),
        draft.lock(LockKind.ADDRESS_SPACE, space),
    ):
        record = record_at(draft.address_space(space), page)
        if not isinstance(record, MemoryRecord) or record.memory != memory:
            return _NO_MAPPING
        return _unmap(draft, space, record) or Ok()


def _unmap(draft: Draft, space: int, record: Record) -> Refused | Panic | None:
    match record:
        case MemoryRecord():
            return unmap_memory(draft, space, record)
        case PoolRecord():
            with draft.lock(LockKind.POOL, record.pool):
                return _unmap_pool(draft, space, record)
        case PhysRecord():
            with draft.lock(LockKind.ADDRESS_SPACE, space):
                remove_record(draft, space, record.start)
                return unmap_all(draft, space, [(record.start, record.start + record.pages)])


def _unmap_pool(draft: Draft, space: int, record: PoolRecord) -> Refused | Panic | None:
    """The pool is mapped no more, wherever it was; as built the record stays."""
    fault = unmap(draft, record.pool)
    if fault is not None:
        return fault
    if draft.design.pool_unmap is PoolUnmap.REMOVES_RECORD:
        remove_record(draft, space, record.start)
    return None
