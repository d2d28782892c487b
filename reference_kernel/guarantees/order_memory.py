"""What the calls about memory refuse, as questions about the state before the call."""

from collections.abc import Mapping

from reference_kernel.guarantees.asking import Asked, Question, overflows
from reference_kernel.machine import Machine
from reference_kernel.pages import resident_within
from reference_kernel.records import ACCESS, READ, Location, MemoryRecord, PoolRecord, Record
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    CapabilitySpace,
    EventPool,
    Memory,
    PhysMem,
)
from spec.design import (
    Design,
    MapOffset,
    MappingUpdate,
    OptionBits,
    Overflow,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
)
from spec.ids import ObjectType, is_weak, rights_of, type_of
from spec.options import (
    MemoryMap,
    MemoryNew,
    MemoryResize,
    MemoryUpdateMapping,
    UpdateMappingApart,
)
from spec.rights import Right
from spec.sizes import KERNEL_START, PAGE_BYTES, mapped_pages, virtual_address

_KERNEL_PAGE = KERNEL_START // PAGE_BYTES
_PAGES_OF_A_WORD = 1 << 52


def _misaligned(at: int) -> Question:
    return lambda asked: asked.word(at) % PAGE_BYTES != 0


def _not_canonical(at: int) -> Question:
    return lambda asked: virtual_address(asked.word(at)) is None


def _lacks_read(asked: Asked) -> bool:
    """Everything that is mapped can be read."""
    return bool(asked.call.options & ACCESS) and not rights_of(asked.word(1)) & Right.READ


def _lacks_upgrade(at: int) -> Question:
    def lacks_upgrade(asked: Asked) -> bool:
        word = asked.word(at)
        return is_weak(word) and not rights_of(word) & Right.UPGRADE

    return lacks_upgrade


def _page(asked: Asked, at: int) -> int:
    address = virtual_address(asked.word(at))
    assert address is not None, asked
    return address // PAGE_BYTES


def _length(design: Design, record: Record) -> int:
    by_offset = design.range_rule is RangeRule.OFFSET_AS_LENGTH
    if by_offset and isinstance(record, MemoryRecord):
        return record.location.offset
    return record.pages


def _taken(asked: Asked, space: AddressSpace, new: Record, *, besides: int | None = None) -> bool:
    """Whether the pages of the record are not free, as the design counts pages."""
    design = asked.design
    end = new.start + _length(design, new)
    if end >= _PAGES_OF_A_WORD and design.size_types is SizeTypes.PLAIN:
        if asked.state.machine.overflow is Overflow.PANICS:
            return False  # the sum panics before it is compared
        end -= _PAGES_OF_A_WORD
    if end > _KERNEL_PAGE:
        return True
    for record in space.records:
        if record.start == besides:
            continue
        if record.start == new.start or new.start < record.start < end:
            return True
        if record.start < new.start < record.start + _length(design, record):
            return True
    return False


def _resident(memory: Memory, first: int, pages: int) -> bool:
    return any(True for _ in resident_within(memory.pages, first, first + pages))


def _exceeds_the_machine(machine: Machine, pages: int, options: int) -> bool:
    """As pages, or as records of pages that are allocated later."""
    lazy = options & MemoryNew.LAZY_ALLOC
    return pages * (8 if lazy else PAGE_BYTES) >= machine.frames * PAGE_BYTES


def _no_room(asked: Asked) -> bool:
    return _exceeds_the_machine(asked.state.machine, asked.word(1), asked.call.options)


def _offset(asked: Asked) -> int:
    return 0 if asked.design.map_offset is MapOffset.ZERO_ONLY else asked.word(4)


def _asked_pages(asked: Asked) -> int | None:
    limited = asked.call.options & MemoryMap.MAX_SIZE
    limit = asked.word(3) if limited else None
    return mapped_pages(asked.memory(1).size_pages, _offset(asked), limit)


def _new_record(asked: Asked) -> MemoryRecord:
    pages = _asked_pages(asked)
    assert pages is not None, asked
    location = Location(_page(asked, 2), pages, _offset(asked), asked.call.options, 0)
    return MemoryRecord(location, NOTHING)


def _map_without_access(asked: Asked) -> bool:
    pages = _asked_pages(asked)
    assert pages is not None, asked
    no_access = not asked.call.options & ACCESS
    return no_access and _resident(asked.memory(1), _offset(asked), pages)


def _record(asked: Asked, space_at: int, address_at: int) -> Record | None:
    start = _page(asked, address_at)
    records = asked.address_space(space_at).records
    return next((each for each in records if each.start == start), None)


def _bits(design: Design) -> type[UpdateMappingApart] | type[MemoryUpdateMapping]:
    apart = design.option_bits is OptionBits.DISJOINT
    return UpdateMappingApart if apart else MemoryUpdateMapping


def _update(asked: Asked, name: str) -> bool:
    """Whether the option word has that bit, as the design numbers it."""
    return bool(asked.call.options & _bits(asked.design)[name])


def _moves(asked: Asked) -> bool:
    may = asked.design.mapping_update is MappingUpdate.SIZE_FLAGS_BASE
    return may and _update(asked, "UPDATE_BASE")


def _changes_access(asked: Asked) -> bool:
    may = asked.design.mapping_update is not MappingUpdate.SIZE_ONLY
    return may and _update(asked, "UPDATE_FLAGS")


def _updated(asked: Asked) -> tuple[Memory, Location]:
    """The memory of the mapping that is to be updated, and where that is."""
    record = _record(asked, 0, 1)
    assert isinstance(record, MemoryRecord), asked
    memory = asked.state.body(record.memory)
    assert isinstance(memory, Memory), asked
    return memory, record.location


def _updated_pages(asked: Asked) -> int | None:
    memory, old = _updated(asked)
    if not _update(asked, "UPDATE_SIZE"):
        return old.pages
    exact = asked.word(2) if _update(asked, "EXACT_SIZE") else None
    return mapped_pages(memory.size_pages, old.offset, exact)


def _exact_overflows(asked: Asked) -> bool:
    exact = _update(asked, "UPDATE_SIZE") and _update(asked, "EXACT_SIZE")
    return exact and asked.word(2) >= _PAGES_OF_A_WORD


def _exceeds(asked: Asked) -> bool:
    _, old = _updated(asked)
    access = asked.call.options & ACCESS
    return _changes_access(asked) and bool(access and (access | READ) & ~old.granted)


def _new_location(asked: Asked) -> tuple[Memory, Location, Location]:
    """The memory, and where the mapping is before and after, if nothing is refused."""
    memory, old = _updated(asked)
    pages = _updated_pages(asked)
    assert pages is not None, asked
    start = _page(asked, 3) if _moves(asked) else old.start
    access = asked.call.options if _changes_access(asked) else old.access
    return memory, old, Location(start, pages, old.offset, access, old.granted)


def _at_once(asked: Asked) -> bool:
    return asked.design.update_steps is UpdateSteps.ALL_OR_NOTHING


def _new_zone_taken(asked: Asked) -> bool:
    _, old, new = _new_location(asked)
    if new.start == old.start:
        return False
    moved = new if _at_once(asked) else old._replace(start=new.start)
    space = asked.address_space(0)
    return _taken(asked, space, MemoryRecord(moved, NOTHING), besides=old.start)


def _grown_zone_taken(asked: Asked) -> bool:
    _, old, new = _new_location(asked)
    if new.pages <= old.pages or (_at_once(asked) and new.start != old.start):
        return False
    space = asked.address_space(0)
    return _taken(asked, space, MemoryRecord(new, NOTHING), besides=old.start)


def _grows_without_access(asked: Asked) -> bool:
    memory, old, new = _new_location(asked)
    if _at_once(asked):
        same = new.access & 31 == old.access
        denied = not new.access & ACCESS and _resident(memory, new.offset, new.pages)
        return same and denied
    tail = old.offset + old.pages, new.pages - old.pages
    return new.pages > old.pages and not old.access & ACCESS and _resident(memory, *tail)


def _left_without_access(asked: Asked) -> bool:
    memory, _, new = _new_location(asked)
    changes = _changes_access(asked) and not new.access & ACCESS
    return changes and _resident(memory, new.offset, new.pages)


def _mapped(asked: Asked) -> bool:
    return not asked.call.options & MemoryResize.IN_PLACE and asked.memory(0).counted > 0


def _resized_mappings(asked: Asked) -> list[tuple[int, Location, Location]]:
    """The mappings that a resize in place changes: address space, before, after."""
    memory, size = asked.memory(0), asked.word(1)
    options = asked.call.options
    if not options & MemoryResize.IN_PLACE or size == memory.size_pages:
        return []
    found = []
    for space, old in memory.mappings:
        rest = size - old.offset
        grows = size > memory.size_pages and options & MemoryResize.GROW_MAPPING
        shrinks = size < memory.size_pages and old.offset + old.pages > size
        if (shrinks or (grows and rest != old.pages)) and asked.state.body(space) is not None:
            found.append((space, old, old._replace(pages=rest)))
    return found


def _mapped_twice(asked: Asked) -> bool:
    memory = asked.memory(0)
    one = asked.design.resize_in_place is ResizeInPlace.ONE_MAPPING
    in_place = asked.call.options & MemoryResize.IN_PLACE and asked.word(1) != memory.size_pages
    return bool(in_place) and one and memory.counted > 1


def _mapping_of_others(asked: Asked) -> bool:
    own = asked.state.body(asked.caller().capability_space)
    assert isinstance(own, CapabilitySpace), asked
    writable = {
        target
        for word, target in own.entries.items()
        if type_of(word) == ObjectType.ADDRESS_SPACE and rights_of(word) & Right.WRITE
    }
    return any(space not in writable for space, _, _ in _resized_mappings(asked))


def _resized_over_another(asked: Asked) -> bool:
    for name, old, new in _resized_mappings(asked):
        space = asked.state.body(name)
        assert isinstance(space, AddressSpace), asked
        record = MemoryRecord(new, NOTHING)
        if new.pages > old.pages and _taken(asked, space, record, besides=old.start):
            return True
    return False


def _resized_without_access(asked: Asked) -> bool:
    memory, options = asked.memory(0), asked.call.options
    fresh = not options & MemoryResize.LAZY_ALLOC
    for _, old, new in _resized_mappings(asked):
        if new.pages > old.pages and not old.access & ACCESS:
            tail = old.offset + old.pages
            grown = fresh and tail + new.pages - old.pages > memory.size_pages
            if grown or _resident(memory, tail, new.pages - old.pages):
                return True
    return False


def _pool_taken(asked: Asked) -> bool:
    pool = asked.body(1)
    assert isinstance(pool, EventPool), asked
    return _taken(
        asked, asked.address_space(0), PoolRecord(_page(asked, 2), pool.max_pages, NOTHING)
    )


def _pool_mapped(asked: Asked) -> bool:
    pool = asked.body(1)
    return isinstance(pool, EventPool) and pool.mapped_in != NOTHING


def _pool_not_mapped(asked: Asked) -> bool:
    record = _record(asked, 0, 1)
    if not isinstance(record, PoolRecord):
        return False
    pool = asked.state.body(record.pool)
    return isinstance(pool, EventPool) and asked.state.body(pool.mapped_in) is None


def _phys(asked: Asked) -> PhysMem:
    body = asked.body(1)
    assert isinstance(body, PhysMem), asked
    return body


def _phys_taken(asked: Asked) -> bool:
    record = PoolRecord(_page(asked, 2), _phys(asked).pages, NOTHING)
    return _taken(asked, asked.address_space(0), record)


def _device_too_large(asked: Asked) -> bool:
    """Where sizes have a type, the range must end at an address too."""
    typed = asked.design.size_types is SizeTypes.PAGE_SIZE_TYPE
    end = asked.word(2) // PAGE_BYTES + asked.word(3)
    return asked.word(3) >= _PAGES_OF_A_WORD or (typed and end >= _PAGES_OF_A_WORD)


def _ordinary(asked: Asked) -> bool:
    first = asked.word(2) // PAGE_BYTES
    pages = range(first, first + asked.word(3))
    zones = asked.state.machine.zones
    low = bool(pages) and first < zones[0].first
    return low or any(max(pages.start, zone.first) < min(pages.stop, zone.end) for zone in zones)


def _cloned_outside(asked: Asked) -> bool:
    return asked.word(2) + asked.word(3) > asked.memory(1).size_pages


MEMORY_CALLS: Mapping[str, dict[str, Question]] = {
    "address_space_unmap": {
        "address_misaligned": _misaligned(1),
        "address_not_canonical": _not_canonical(1),
        "no_mapping_there": lambda asked: _record(asked, 0, 1) is None,
        "pool_not_mapped": _pool_not_mapped,
    },
    "memory_map": {
        "address_misaligned": _misaligned(2),
        "address_not_canonical": _not_canonical(2),
        "too_many_pages": overflows(3),
        "offset_too_large": lambda asked: _offset(asked) >= _PAGES_OF_A_WORD,
        "memory_lacks_read": _lacks_read,
        "memory_lacks_upgrade": _lacks_upgrade(1),
        "outside_the_memory": lambda asked: _asked_pages(asked) is None,
        "zone_taken": lambda asked: _taken(asked, asked.address_space(0), _new_record(asked)),
        "no_access": _map_without_access,
    },
    "memory_update_mapping": {
        "address_misaligned": _misaligned(1),
        "address_not_canonical": _not_canonical(1),
        "new_address_misaligned": lambda asked: _moves(asked) and _misaligned(3)(asked),
        "new_address_not_canonical": lambda asked: _moves(asked) and _not_canonical(3)(asked),
        "too_many_pages": _exact_overflows,
        "no_mapping_there": lambda asked: _record(asked, 0, 1) is None,
        "maps_no_memory": lambda asked: not isinstance(_record(asked, 0, 1), MemoryRecord),
        "exceeds_the_capability": _exceeds,
        "outside_the_memory": lambda asked: _updated_pages(asked) is None,
        "new_zone_taken": _new_zone_taken,
        "zone_taken": _grown_zone_taken,
        "grows_without_access": _grows_without_access,
        "no_access": _left_without_access,
    },
    "memory_new": {
        "no_pages": lambda asked: asked.word(1) == 0,
        "too_many_pages": overflows(1),
        "no_memory_for_memory": _no_room,
    },
    "memory_resize": {
        "too_many_pages": overflows(1),
        "mapped": _mapped,
        "no_pages": lambda asked: asked.word(1) == 0,
        "mapped_twice": _mapped_twice,
        "mapping_of_others": _mapping_of_others,
        "zone_taken": _resized_over_another,
        "grows_without_access": _resized_without_access,
    },
    "memory_clone": {
        "offset_too_large": overflows(2),
        "too_many_pages": overflows(3),
        "no_pages": lambda asked: asked.word(3) == 0,
        "outside_the_memory": _cloned_outside,
    },
    "event_pool_map": {
        "address_misaligned": _misaligned(2),
        "address_not_canonical": _not_canonical(2),
        "event_pool_lacks_upgrade": _lacks_upgrade(1),
        "pool_mapped": _pool_mapped,
        "zone_taken": _pool_taken,
    },
    "mmio_allocator_alloc": {
        "no_physical_address": lambda asked: asked.word(2) >= 1 << 48,
        "too_many_pages": _device_too_large,
        "address_misaligned": _misaligned(2),
        "ordinary_memory": _ordinary,
    },
    "phys_mem_map": {
        "address_misaligned": _misaligned(2),
        "address_not_canonical": _not_canonical(2),
        "phys_mem_lacks_read": _lacks_read,
        "zone_taken": _phys_taken,
        "no_access": lambda asked: not asked.call.options & ACCESS and _phys(asked).pages > 0,
    },
}
"""What the calls about memory refuse besides the look-up of their arguments."""
