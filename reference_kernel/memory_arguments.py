"""What a thread might give the calls about memory, and what it might read and write.

Addresses lie close together, so that mappings meet; sizes are small, but for those that nothing can
hold and for the one that takes all the memory that is left.
"""

from collections.abc import Iterator

from reference_kernel import spans
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.choosing import Chooser, View
from reference_kernel.events import UserReads, UserWrites
from reference_kernel.message_arguments import word_written
from reference_kernel.pages import PageState, page_at
from reference_kernel.records import ACCESS, WRITE, MemoryRecord, Record
from reference_kernel.state import AddressSpace, Allocator, Memory, State, Thread
from spec.ids import ObjectType
from spec.options import (
    CREATED_RIGHTS,
    MemoryMap,
    MemoryResize,
    MemoryUpdate,
    MemoryUpdateMapping,
    UpdateMappingApart,
)
from spec.sizes import KERNEL_START, PAGE_BYTES

_BASE = 0x50_0000_0000
_WINDOW_PAGES = 12
_ODD_ADDRESSES = (
    _BASE + 8,
    1 << 50,
    1 << 47,
    KERNEL_START - PAGE_BYTES,
    KERNEL_START,
    (1 << 64) - PAGE_BYTES,
)
_PHYSICAL_ADDRESSES = (
    0xFEE0_0000,
    0xFEE0_0000,
    0xB000_0000,
    0x20_0000,
    0xFEE0_0008,
    1 << 50,
)
_ODD_PAGES = (1 << 20, (1 << 52) - 1, 1 << 52, (1 << 64) - 1)


def address(view: View) -> int:
    """An address to map something at."""
    if view.chooser.below(12) == 0:
        return view.chooser.pick(_ODD_ADDRESSES)
    return _BASE + PAGE_BYTES * view.chooser.below(_WINDOW_PAGES)


def mapped_address(view: View) -> int:
    """An address at which a mapping starts, mostly."""
    records = _records(view) if view.chooser.below(8) else []
    limited = [each for each in records if _is_limited(each)]
    if limited and view.chooser.below(3) == 0:
        records = limited
    return view.chooser.pick(records).start * PAGE_BYTES if records else address(view)


def memory_mapped_at(view: View, address: int) -> int | None:
    """A capability to the memory that is mapped from there on; seldom none, though there is one."""
    if view.chooser.below(6) == 0:
        return None
    records = (each for each in _records(view) if each.start * PAGE_BYTES == address)
    memories = {each.memory for each in records if isinstance(each, MemoryRecord)}
    known = view.by_type.get(ObjectType.MEMORY, [])
    return next((word for word in known if view.own.entries[word] in memories), None)


def _is_limited(record: Record) -> bool:
    """Whether the capability allowed less than everything with which the mapping was made."""
    return isinstance(record, MemoryRecord) and record.location.granted != ACCESS


def _records(view: View) -> list[Record]:
    """What is mapped in the address spaces that the caller has a capability to."""
    found: list[Record] = []
    for word in view.by_type.get(ObjectType.ADDRESS_SPACE, []):
        body = view.state.body(view.own.entries[word])
        if isinstance(body, AddressSpace):
            found += [each for each in body.records if each.start >= _BASE // PAGE_BYTES]
            found += body.records[:1]
    return found


def pages(view: View) -> int:
    """A number of pages: of a memory, a mapping, an offset."""
    if view.chooser.below(12) == 0:
        return view.chooser.pick(_ODD_PAGES)
    return view.chooser.pick((0, 1, 1, 1, 2, 2, 3, 4, 5, 8))


def new_pages(view: View) -> int:
    """A number of pages for a memory; seldom all that are left, or all but one."""
    if view.chooser.below(12):
        return pages(view)
    return max(0, pages_left(view.state) - view.chooser.below(3))


def pages_left(state: State) -> int:
    """How many pages are left, as far as those can be that the kernel itself took at boot."""
    root = state.body(ROOT_ALLOCATOR)
    assert isinstance(root, Allocator)
    taken = sum(1 << order for _, order in state.machine.taken)
    return max(0, root.limit_pages - root.used_pages - taken)


def offset(view: View) -> int:
    """A page of a memory, to begin with."""
    if view.chooser.below(16) == 0:
        return view.chooser.pick(_ODD_PAGES)
    return view.chooser.pick((0, 0, 0, 0, 1, 1, 2, 3))


def physical_address(view: View) -> int:
    """An address for the mmio allocator."""
    return view.chooser.pick(_PHYSICAL_ADDRESSES)


def _access(chooser: Chooser) -> int:
    return chooser.pick((1, 1, 1, 3, 3, 3, 3, 5, 7, 2, 2, 0))


def map_options(chooser: Chooser) -> int:
    """`memory_map`."""
    options = _access(chooser)
    if chooser.below(8) == 0:
        options |= chooser.pick((8, 16, 24))
    return options | MemoryMap.MAX_SIZE * chooser.below(2)


def new_options(chooser: Chooser) -> int:
    """`memory_new`: lazy and zeroed, and all rights where the design has them asked."""
    return chooser.pick((0, 0, 0, 1, 2, 3)) | CREATED_RIGHTS * chooser.pick((0, 1, 1, 1))


def resize_options(chooser: Chooser) -> int:
    """`memory_resize`."""
    in_place = MemoryResize.IN_PLACE if chooser.below(4) else 0
    grows = MemoryResize.GROW_MAPPING if chooser.below(2) else 0
    return int(chooser.pick((0, 0, 1, 2, 3)) | in_place | grows)


def update_options(chooser: Chooser) -> int:
    """`memory_update_mapping`, in one or the other numbering of its bits."""
    bits = UpdateMappingApart if chooser.below(2) else MemoryUpdateMapping
    options = _access(chooser)
    for name in ("UPDATE_SIZE", "EXACT_SIZE", "UPDATE_FLAGS", "UPDATE_BASE"):
        options |= bits[name] * chooser.below(2)
    return int(options)


def update_both_options(chooser: Chooser) -> int:
    """`memory_update`: mostly of a memory and a mapping of it, which may be another memory's."""
    options = _access(chooser)
    names = ("UPDATE_SIZE", "EXACT_SIZE", "UPDATE_FLAGS", "UPDATE_BASE", "LAZY_ALLOC", "ZEROED")
    for name in names:
        options |= MemoryUpdate[name] * chooser.below(2)
    return int(options | (MemoryUpdate.RESIZE if chooser.below(4) else 0))


def user_access(
    state: State, caller: Thread, chooser: Chooser, *, writes: bool
) -> UserReads | UserWrites:
    """A word of its address space that the caller reads or writes, seldom one not there.

    Something that it may read, or write, is mapped there.
    """
    if chooser.below(64) == 0:
        page = _BASE // PAGE_BYTES + chooser.below(_WINDOW_PAGES)
    else:
        page = _page(state, caller, chooser, writes=writes)
    if writes:
        number, value = word_written(state, caller, chooser)
        return UserWrites(state.current, page * PAGE_BYTES + 8 * number, value)
    return UserReads(state.current, page * PAGE_BYTES + 8 * chooser.below(2))


def _page(state: State, caller: Thread, chooser: Chooser, *, writes: bool) -> int:
    """A page that the caller may read, or write; often the first of a mapping that shares it."""
    found = list(_reached(state, caller, writes=writes))
    shared = [each for each in found if writes and _begins_shared(state, each)]
    record = chooser.pick(shared if shared and chooser.below(2) else found)
    page = record.start + chooser.below(min(record.pages, 4))
    there = writes or spans.at(_space(state, caller).tables.entries, page) is not None
    return page if there else record.start


def can_access(state: State, caller: Thread, *, writes: bool) -> bool:
    """Whether something is mapped that the caller may read, or write."""
    return any(True for _ in _reached(state, caller, writes=writes))


def _reached(state: State, caller: Thread, *, writes: bool) -> Iterator[MemoryRecord]:
    """The mappings whose first page the caller may read, or write."""
    body = _space(state, caller)
    for record in body.records:
        if isinstance(record, MemoryRecord) and _can_be_reached(body, record, writes=writes):
            yield record


def _space(state: State, caller: Thread) -> AddressSpace:
    body = state.body(caller.address_space)
    assert isinstance(body, AddressSpace), caller
    return body


def _begins_shared(state: State, record: MemoryRecord) -> bool:
    """Whether a write to the first page that the record maps copies it."""
    memory = state.body(record.memory)
    if not isinstance(memory, Memory):
        return False
    return page_at(memory.pages, record.location.offset).state is PageState.SHARED


def _can_be_reached(body: AddressSpace, record: MemoryRecord, *, writes: bool) -> bool:
    """Whether the record maps pages, the first of them resident and writable, if so asked."""
    if not record.pages or (writes and not record.location.access & WRITE):
        return False
    return spans.at(body.tables.entries, record.start) is not None
