"""Calls about memories.

Source: syscall/memory.rs, cap/memory/mod.rs. Not modelled: what the kernel's heap has to hold.
"""

from reference_kernel.address_spaces import record_at
from reference_kernel.capability_space import find, may_hold
from reference_kernel.creation import create, find_allocator
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.locks import LockKind
from reference_kernel.mappings import map_memory, pages_to_map
from reference_kernel.memories import create_pages, resize
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.records import ACCESS, CACHE, EXEC, READ, WRITE, Location, MemoryRecord
from reference_kernel.resizing import resize_in_place
from reference_kernel.sections import Rest, Section
from reference_kernel.sharing import clone_pages
from reference_kernel.state import Memory
from reference_kernel.syscalls.address_space import find_address_space, page_named
from reference_kernel.syscalls.phys_mem import access_rights, lacks_read
from reference_kernel.updating import asked_update, update_mapping
from spec.design import CopyOnWrite, MapOffset, MappingCalls
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryMap, MemoryResize
from spec.rights import Right, covers
from spec.sizes import bytes_of


def memory_new(draft: Draft, call: CallMade) -> Outcome:
    """A memory of so many pages; gives its id and that number."""
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    count = call.arguments[1]
    if count == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    if bytes_of(count) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    pages = create_pages(draft, count, call.options)
    if pages is None:
        return Refused(Error.OUT_OF_MEM, "no_memory_for_memory")
    return Ok((create(draft, call, ObjectType.MEMORY, Memory(count, pages)), count))


def memory_get_size(draft: Draft, call: CallMade) -> Outcome:
    """The memory's size in pages."""
    memory = find(draft, call, 0, kind=ObjectType.MEMORY, needed=Right.READ, name="memory")
    if not isinstance(memory, int):
        return memory
    return Ok((draft.memory(memory).size_pages,))


def memory_map(draft: Draft, call: CallMade) -> Outcome:
    """Pages of a memory are mapped from the address on; gives how many."""
    page = page_named(call, 2)
    if not isinstance(page, int):
        return page
    largest, offset = call.arguments[3:5]
    if bytes_of(largest) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    if draft.design.map_offset is MapOffset.ZERO_ONLY:
        offset = 0
    if bytes_of(offset) is None:
        return Refused(Error.OVERFLOW, "offset_too_large")
    space = find_address_space(draft, call, 0)
    if not isinstance(space, int):
        return space
    access = call.options & (ACCESS | CACHE)
    needed = access_rights(access)
    memory = find(draft, call, 1, kind=ObjectType.MEMORY, needed=needed, name="memory")
    if not isinstance(memory, int):
        return memory
    if lacks_read(draft, call, access):
        return Refused(Error.INVL_PERM, "memory_lacks_read")
    if not may_hold(draft, call, 1, memory):
        return Refused(Error.INVL_PERM, "memory_lacks_upgrade")
    asked = largest if call.options & MemoryMap.MAX_SIZE else None
    pages = pages_to_map(draft, draft.memory(memory), offset=offset, asked=asked)
    if isinstance(pages, Refused | Panic):
        return pages
    granted = granted_access(call.arguments[1])
    location = Location(page, pages, offset, access, granted)
    with (
        draft.lock(LockKind.MEMORY, memory),
        draft.lock(LockKind.ADDRESS_SPACE, space),
    ):
        return map_memory(draft, space, memory, location) or Ok((pages,))


def granted_access(word: int) -> int:
    """The access that a capability to a memory allows: its rights, as `access_rights` asks them."""
    return sum(each for each in (READ, WRITE, EXEC) if covers(word & 15, access_rights(each)))


def memory_update_mapping(draft: Draft, call: CallMade) -> Outcome:
    """The mapping that starts there has another size, access or base; gives its size in pages."""
    if draft.design.mapping_calls is MappingCalls.MERGED:
        return Refused(Error.INVL_SYSCALL, "unknown_number")
    page = page_named(call, 1)
    if not isinstance(page, int):
        return page
    update = asked_update(draft.design, call)
    if isinstance(update, Refused):
        return update
    space = find_address_space(draft, call, 0)
    if not isinstance(space, int):
        return space
    record = record_at(draft.address_space(space), page)
    if record is None:
        return Refused(Error.INVL_VIRT_ADDR, "no_mapping_there")
    if not isinstance(record, MemoryRecord):
        return Refused(Error.INVL_OP, "maps_no_memory")
    if draft.fine is None:
        return update_mapping(draft, space, record, update)
    draft.hold(record.memory)
    return draft.cut(Section.UPDATES, call, space, page, record.memory, holds=record.memory)


def updates(draft: Draft, rest: Rest) -> Outcome:
    """The mapping that was seen is changed, if it is there still when both sides are locked."""
    space, page, memory = rest.words
    assert isinstance(rest.event, CallMade), rest
    update = asked_update(draft.design, rest.event)
    assert not isinstance(update, Refused), rest
    with (
        draft.lock(LockKind.MEMORY, memory),
        draft.lock(LockKind.ADDRESS_SPACE, space),
    ):
        record = record_at(draft.address_space(space), page)
        if not isinstance(record, MemoryRecord) or record.memory != memory:
            return Refused(Error.INVL_VIRT_ADDR, "no_mapping_there")
        return update_mapping(draft, space, record, update)


def memory_resize(draft: Draft, call: CallMade) -> Outcome:
    """The memory has so many pages; gives that number."""
    if draft.design.mapping_calls is MappingCalls.MERGED:
        return Refused(Error.INVL_SYSCALL, "unknown_number")
    count = call.arguments[1]
    if bytes_of(count) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    memory = find(draft, call, 0, kind=ObjectType.MEMORY, needed=Right.PROD, name="memory")
    if not isinstance(memory, int):
        return memory
    in_place = call.options & MemoryResize.IN_PLACE
    body = draft.memory(memory)
    if not in_place and body.counted:
        return Refused(Error.INVL_OP, "mapped")
    if count == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    with draft.lock(LockKind.MEMORY, memory):
        if not in_place:
            refused = resize(draft, memory, count, call.options)
        elif count == body.size_pages:
            refused = None
        else:
            refused = resize_in_place(draft, call.thread, memory, count, call.options)
    return refused or Ok((count,))


def memory_clone(draft: Draft, call: CallMade) -> Outcome:
    """A new memory with what some pages of another one hold now; gives its id.

    Neither sees what is written to the other later: what is resident is shared till then.
    """
    if draft.design.copy_on_write is not CopyOnWrite.SHARE_ON_CLONE:
        return Refused(Error.INVL_SYSCALL, "unknown_number")
    offset, count = call.arguments[2:4]
    if bytes_of(offset) is None:
        return Refused(Error.OVERFLOW, "offset_too_large")
    if bytes_of(count) is None:
        return Refused(Error.OVERFLOW, "too_many_pages")
    allocator = find_allocator(draft, call, 0)
    if not isinstance(allocator, int):
        return allocator
    memory = find(draft, call, 1, kind=ObjectType.MEMORY, needed=Right.READ, name="memory")
    if not isinstance(memory, int):
        return memory
    if count == 0:
        return Refused(Error.INVL_ARGS, "no_pages")
    if offset + count > draft.memory(memory).size_pages:
        return Refused(Error.INVL_ARGS, "outside_the_memory")
    with draft.lock(LockKind.MEMORY, memory):
        pages = clone_pages(draft, memory, offset, offset + count)
    if isinstance(pages, Refused | Panic):
        return pages
    return Ok((create(draft, call, ObjectType.MEMORY, Memory(count, pages)),))
