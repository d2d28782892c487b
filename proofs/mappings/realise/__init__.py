"""A trace of mappings as calls, from boot.

The first page of the kernel's half is where the trace has its `kernel`. Pages behind it are those
behind the end of all addresses. A memory has all its pages at once when one of them arrives later,
and none otherwise.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from models.mappings.state import may_allow_nothing
from proofs.mappings.realise.program import Bits, Mappings, Place
from proofs.performing import Given, perform
from reference_kernel.events import Event
from reference_kernel.records import READ, WRITE
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.ids import ObjectType
from spec.options import (
    MemoryMap,
    MemoryNew,
    MemoryResize,
    MemoryUpdate,
)
from spec.sizes import PAGE_BYTES

_ACCESS: Mapping[TraceValue, int] = MappingProxyType(
    {"NONE": 0, "READ": READ, "WRITE": READ | WRITE}
)
_OF_THE_CALL = frozenset({"page_arrives", "mappings_are_counted_again"})
"""What happens in the call before it, or in the one after."""
_FIRST_DIES = ("address_space_dies", (("space", "FIRST"),))
"""Then FIRST is not the space that the program itself is in."""
_DEVICE = 0xFEE0_0000
"""A physical address at which there is no ordinary memory."""


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say, with the kernel where the start has it.

    Errors: ValueError naming the decision that nothing here does.
    """
    given = dict(start.arguments)
    program = Mappings(design, _number(given, "kernel"))
    if _FIRST_DIES in {(each.name, each.arguments) for each in decisions}:
        _space_new(program, {"space": "FIRST"})
    return _realised(program, (*_found(given), *decisions))


def _found(given: Given) -> Iterator[Decision]:
    """What the trace starts with, as the steps that make it."""
    pages = min(_number(given, "kernel"), _number(given, "pages")) if "pages" in given else 0
    if pages:
        memory, made = given["memory"], given["mapping"]
        yield Decision("memory_new", (("memory", memory), ("pages", pages)))
        place = (("space", "FIRST"), ("base", 0), ("length", pages), ("offset", 0))
        allows = (("access", "WRITE"), ("may_write", True))
        yield Decision("memory_map", (("made", made), ("memory", memory), *place, *allows))


def _realised(program: Mappings, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    for at, decision in enumerate(decisions):
        if decision.name not in _OF_THE_CALL:
            memory = dict(decision.arguments).get("memory")
            told = ("arrives", _arrives(memory, decisions[at + 1 :]))
            perform(program, (Decision(decision.name, (*decision.arguments, told)),), _DOES)
    return tuple(program.events)


def _arrives(memory: TraceValue, following: tuple[Decision, ...]) -> bool:
    """Whether a page of the memory is to have a frame before the memory is changed again."""
    for decision in following:
        if dict(decision.arguments).get("memory") == memory:
            if decision.name == "page_arrives":
                return True
            if decision.name.startswith(("memory_resize", "memory_new")):
                return False
    return False


def _number(given: Given, name: str) -> int:
    value = given[name]
    assert isinstance(value, int), given
    return value


def _memory_new(program: Mappings, given: Given) -> None:
    pages = _number(given, "pages")
    options = 0 if given["arrives"] else MemoryNew.LAZY_ALLOC
    allocator = program.own(ObjectType.ALLOCATOR)
    program.memories[given["memory"]] = program.created("memory_new", options, allocator, pages)
    program.sizes[given["memory"]] = pages


def _memory_dies(program: Mappings, given: Given) -> None:
    memory = given["memory"]
    program.destroy(program.memories.pop(memory))
    if memory in program.readers:
        program.destroy(program.readers.pop(memory))


def _space_new(program: Mappings, given: Given) -> None:
    allocator = program.own(ObjectType.ALLOCATOR)
    program.spaces[given["space"]] = program.created("address_space_new", 0, allocator)


def _space_dies(program: Mappings, given: Given) -> None:
    program.destroy(program.spaces.pop(given["space"]))


def _map(program: Mappings, given: Given) -> None:
    refused = None if "made" in given else "no_access"
    access, may_write = given.get("access", "NONE"), bool(given.get("may_write", True))
    page, length = program.page(_number(given, "base")), _number(given, "length")
    program.call(
        "memory_map",
        _ACCESS[access] | MemoryMap.MAX_SIZE,
        program.spaces[given["space"]],
        program.memory(given["memory"], may_write=may_write),
        page * PAGE_BYTES,
        length,
        _number(given, "offset"),
        refused=refused,
    )
    if refused is None:
        program.places[given["made"]] = Place(given["space"], page, length, access)


def _range(program: Mappings, given: Given) -> tuple[int, int]:
    """The first page in the kernel, and how many from there to the same end."""
    base, length = _number(given, "base"), _number(given, "length")
    return program.page(base), program.page(base + length) - program.page(base)


def _pool_map(program: Mappings, given: Given) -> None:
    page, length = _range(program, given)
    pool = program.created("event_pool_new", 0, program.own(ObjectType.ALLOCATOR), length)
    space = program.spaces[given["space"]]
    program.call("event_pool_map", 0, space, pool, page * PAGE_BYTES)
    program.pools[given["pool"]] = pool
    program.places[given["made"]] = Place(given["space"], page, length)


def _pool_dies(program: Mappings, given: Given) -> None:
    program.destroy(program.pools.pop(given["pool"]))


def _phys_map(program: Mappings, given: Given) -> None:
    page, length = _range(program, given)
    mmio, allocator = program.own(ObjectType.MMIO_ALLOCATOR), program.own(ObjectType.ALLOCATOR)
    found = program.created("mmio_allocator_alloc", 0, mmio, allocator, _DEVICE, length)
    program.call("phys_mem_map", READ, program.spaces[given["space"]], found, page * PAGE_BYTES)
    program.places[given["made"]] = Place(given["space"], page, length)


def _unmap(program: Mappings, given: Given) -> None:
    at = program.places[given["mapping"]]
    program.call("address_space_unmap", 0, program.spaces[at.space], at.page * PAGE_BYTES)


def _update(program: Mappings, given: Given) -> None:
    """Only what is another value is asked for."""
    at, halts = program.places[given["mapping"]], "access" not in given
    bits = program.update_bits
    options, length, page = _asked_update(program, given, bits)
    space, words = program.spaces[at.space], (at.page * PAGE_BYTES, length, page * PAGE_BYTES)
    refused = "no_access" if halts else None
    if bits is MemoryUpdate:
        program.call("memory_update", options, NOTHING, 0, space, *words, refused=refused)
    else:
        program.call("memory_update_mapping", options, space, *words, refused=refused)
    kept = at.access if halts else given["access"]
    program.places[given["mapping"]] = Place(at.space, page, length, kept)


def _asked_update(program: Mappings, given: Given, bits: type[Bits]) -> tuple[int, int, int]:
    """The option word that asks for what is another value; the size, and the first page."""
    at, length = program.places[given["mapping"]], _number(given, "length")
    access, page = given.get("access", "NONE"), at.page
    options = 0
    if length != at.length:
        options |= bits["UPDATE_SIZE"] | bits["EXACT_SIZE"]
    if access != at.access:
        options |= bits["UPDATE_FLAGS"] | _ACCESS[access]
    if "base" in given and program.page(_number(given, "base")) != at.page:
        options |= bits["UPDATE_BASE"]
        page = program.page(_number(given, "base"))
    return options, length, page


def _update_both(program: Mappings, given: Given) -> None:
    """The mapping is named, if it becomes no other, by giving it the access that it has."""
    at, pages = program.places[given["mapping"]], _number(given, "pages")
    options, length, page = _asked_update(program, given, MemoryUpdate)
    options = options or MemoryUpdate.UPDATE_FLAGS | _ACCESS[at.access]
    _give_up(program, given)
    words = (program.spaces[at.space], at.page * PAGE_BYTES, length, page * PAGE_BYTES)
    options |= MemoryUpdate.RESIZE | (MemoryUpdate.LAZY_ALLOC if _is_lazy(program, given) else 0)
    program.call("memory_update", options, program.memories[given["memory"]], pages, *words)
    program.sizes[given["memory"]] = pages
    program.places[given["mapping"]] = Place(at.space, page, length, given["access"])


def _resize(program: Mappings, given: Given) -> None:
    _resized(program, given, 0)


def _resize_in_place(program: Mappings, given: Given) -> None:
    _resized(program, given, MemoryResize.IN_PLACE)


def _resize_growing(program: Mappings, given: Given) -> None:
    _resized(program, given, MemoryResize.IN_PLACE | MemoryResize.GROW_MAPPING)


def _resize_halts(program: Mappings, given: Given) -> None:
    options = MemoryResize.IN_PLACE | MemoryResize.GROW_MAPPING
    _resized(program, given, options, refused="grows_without_access")


def _give_up(program: Mappings, given: Given) -> None:
    """The caller gives up its rights over the space that is to be another's."""
    if not given.get("everywhere", True):
        program.destroy(program.spaces.pop(given["foreign"]))


def _is_lazy(program: Mappings, given: Given) -> bool:
    """Whether the pages that come are asked for without frames; some traces leave it open."""
    told = may_allow_nothing(program.design) and "lazy" in given
    return bool(given["lazy"]) if told else not given["arrives"]


def _resized(program: Mappings, given: Given, options: int, refused: str | None = None) -> None:
    pages = _number(given, "pages")
    grows = pages > program.sizes[given["memory"]]
    _give_up(program, given)
    lazy = grows and refused is None and _is_lazy(program, given)
    memory = program.memories[given["memory"]]
    if program.update_bits is MemoryUpdate:
        options = MemoryUpdate.RESIZE | (MemoryUpdate.LAZY_ALLOC if lazy else 0)
        program.call("memory_update", options, memory, pages, refused=refused)
    else:
        options |= MemoryResize.LAZY_ALLOC if lazy else 0
        program.call("memory_resize", options, memory, pages, refused=refused)
    program.sizes[given["memory"]] = pages


_DOES: Mapping[str, Callable[[Mappings, Given], None]] = MappingProxyType(
    {
        "memory_new": _memory_new,
        "memory_dies": _memory_dies,
        "memory_resize": _resize,
        "memory_resize_in_place": _resize_in_place,
        "memory_resize_growing": _resize_growing,
        "memory_resize_stops_halfway": _resize_halts,
        "memory_map": _map,
        "memory_map_counts_in_vain": _map,
        "memory_update_mapping": _update,
        "memory_update": _update_both,
        "memory_update_mapping_stops_halfway": _update,
        "address_space_new": _space_new,
        "address_space_dies": _space_dies,
        "address_space_unmap": _unmap,
        "event_pool_map": _pool_map,
        "event_pool_dies": _pool_dies,
        "phys_mem_map": _phys_map,
    }
)
