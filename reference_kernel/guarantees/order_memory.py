"""What the calls about memory refuse, as questions about the state before the call."""

from collections.abc import Mapping

from reference_kernel.guarantees.asking import Asked, Question, overflows
from reference_kernel.guarantees.asking_memory import (
    PAGES_OF_A_WORD,
    misaligned,
    not_canonical,
    page,
    record_there,
    resident,
    taken,
    wants_access,
    writable_spaces,
)
from reference_kernel.guarantees.order_updates import UPDATING_CALLS
from reference_kernel.machine import Machine
from reference_kernel.records import ACCESS, Location, MemoryRecord, PoolRecord
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    EventPool,
    PhysMem,
)
from spec.design import (
    MapOffset,
    ResizeInPlace,
    SizeTypes,
)
from spec.ids import is_weak, rights_of
from spec.options import (
    MemoryMap,
    MemoryNew,
    MemoryResize,
)
from spec.rights import Right
from spec.sizes import PAGE_BYTES, mapped_pages


def _lacks_read(asked: Asked) -> bool:
    """Everything that is mapped can be read."""
    return bool(asked.call.options & ACCESS) and not rights_of(asked.word(1)) & Right.READ


def _lacks_upgrade(at: int) -> Question:
    def lacks_upgrade(asked: Asked) -> bool:
        word = asked.word(at)
        return is_weak(word) and not rights_of(word) & Right.UPGRADE

    return lacks_upgrade


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
    location = Location(page(asked, 2), pages, _offset(asked), asked.call.options, 0)
    return MemoryRecord(location, NOTHING)


def _mapped_over_another(asked: Asked) -> bool:
    return taken(asked, asked.address_space(0).records, _new_record(asked))


def _map_without_access(asked: Asked) -> bool:
    pages = _asked_pages(asked)
    assert pages is not None, asked
    if asked.call.options & ACCESS:
        return False
    return wants_access(asked.design) or resident(asked.memory(1), _offset(asked), pages)


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
    writable = writable_spaces(asked)
    return any(space not in writable for space, _, _ in _resized_mappings(asked))


def _resized_over_another(asked: Asked) -> bool:
    for name, old, new in _resized_mappings(asked):
        space = asked.state.body(name)
        assert isinstance(space, AddressSpace), asked
        record = MemoryRecord(new, NOTHING)
        if new.pages > old.pages and taken(asked, space.records, record, besides=old.start):
            return True
    return False


def _resized_without_access(asked: Asked) -> bool:
    memory, options = asked.memory(0), asked.call.options
    fresh = not options & MemoryResize.LAZY_ALLOC
    for _, old, new in _resized_mappings(asked):
        if new.pages > old.pages and not old.access & ACCESS:
            tail = old.offset + old.pages
            grown = fresh and tail + new.pages - old.pages > memory.size_pages
            if grown or resident(memory, tail, new.pages - old.pages):
                return True
    return False


def _pool_taken(asked: Asked) -> bool:
    pool = asked.body(1)
    assert isinstance(pool, EventPool), asked
    record = PoolRecord(page(asked, 2), pool.max_pages, NOTHING)
    return taken(asked, asked.address_space(0).records, record)


def _pool_mapped(asked: Asked) -> bool:
    pool = asked.body(1)
    return isinstance(pool, EventPool) and pool.mapped_in != NOTHING


def _pool_not_mapped(asked: Asked) -> bool:
    record = record_there(asked, 0, 1)
    if not isinstance(record, PoolRecord):
        return False
    pool = asked.state.body(record.pool)
    return isinstance(pool, EventPool) and asked.state.body(pool.mapped_in) is None


def _phys(asked: Asked) -> PhysMem:
    body = asked.body(1)
    assert isinstance(body, PhysMem), asked
    return body


def _phys_taken(asked: Asked) -> bool:
    record = PoolRecord(page(asked, 2), _phys(asked).pages, NOTHING)
    return taken(asked, asked.address_space(0).records, record)


def _phys_without_access(asked: Asked) -> bool:
    some = wants_access(asked.design) or _phys(asked).pages > 0
    return some and not asked.call.options & ACCESS


def _device_too_large(asked: Asked) -> bool:
    """Where sizes have a type, the range must end at an address too."""
    typed = asked.design.size_types is SizeTypes.PAGE_SIZE_TYPE
    end = asked.word(2) // PAGE_BYTES + asked.word(3)
    return asked.word(3) >= PAGES_OF_A_WORD or (typed and end >= PAGES_OF_A_WORD)


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
        "address_misaligned": misaligned(1),
        "address_not_canonical": not_canonical(1),
        "no_mapping_there": lambda asked: record_there(asked, 0, 1) is None,
        "pool_not_mapped": _pool_not_mapped,
    },
    "memory_map": {
        "address_misaligned": misaligned(2),
        "address_not_canonical": not_canonical(2),
        "too_many_pages": overflows(3),
        "offset_too_large": lambda asked: _offset(asked) >= PAGES_OF_A_WORD,
        "memory_lacks_read": _lacks_read,
        "memory_lacks_upgrade": _lacks_upgrade(1),
        "outside_the_memory": lambda asked: _asked_pages(asked) is None,
        "zone_taken": _mapped_over_another,
        "no_access": _map_without_access,
    },
    **UPDATING_CALLS,
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
        "address_misaligned": misaligned(2),
        "address_not_canonical": not_canonical(2),
        "event_pool_lacks_upgrade": _lacks_upgrade(1),
        "pool_mapped": _pool_mapped,
        "zone_taken": _pool_taken,
    },
    "mmio_allocator_alloc": {
        "no_physical_address": lambda asked: asked.word(2) >= 1 << 48,
        "too_many_pages": _device_too_large,
        "address_misaligned": misaligned(2),
        "ordinary_memory": _ordinary,
    },
    "phys_mem_map": {
        "address_misaligned": misaligned(2),
        "address_not_canonical": not_canonical(2),
        "phys_mem_lacks_read": _lacks_read,
        "zone_taken": _phys_taken,
        "no_access": _phys_without_access,
    },
}
"""What the calls about memory refuse besides the look-up of their arguments."""
