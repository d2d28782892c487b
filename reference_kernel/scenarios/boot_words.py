"""The names that a scenario has from the start: what boot gives, and a few numbers."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from reference_kernel.boot import boot, first_segments
from reference_kernel.machine import SEVERAL_PROCESSORS
from reference_kernel.state import CapabilitySpace, Thread
from spec.designs import AS_BUILT
from spec.ids import ObjectType, serial_of, type_of
from spec.sizes import PAGE_BYTES

FIRST = "first"
"""The thread that boot makes."""
_MEMORIES = ("rodata", "code", "data", "bss", "stack", "arguments", "environment")
_OBJECTS = {
    ObjectType.THREAD_GROUP: ("group",),
    ObjectType.ADDRESS_SPACE: ("address_space",),
    ObjectType.CAPABILITY_SPACE: ("cap_space",),
    ObjectType.THREAD: (FIRST,),
    ObjectType.ALLOCATOR: ("allocator",),
    ObjectType.MMIO_ALLOCATOR: ("mmio_allocator",),
    ObjectType.INT_ALLOCATOR: ("int_allocator",),
    ObjectType.MEMORY: _MEMORIES,
}
_FREE = 0x50_0000_0000
"""Nothing is mapped from here on."""


@cache
def objects() -> Mapping[str, int]:
    """The capabilities of the first thread at boot, by name."""
    state = boot(AS_BUILT)
    thread = state.body(state.current)
    assert isinstance(thread, Thread)
    space = state.body(thread.capability_space)
    assert isinstance(space, CapabilitySpace)
    names = {(kind, at): name for kind, names in _OBJECTS.items() for at, name in enumerate(names)}
    words = sorted(space.entries)
    return MappingProxyType(
        {names[ObjectType(type_of(word)), serial_of(word)]: word for word in words}
    )


@cache
def only_one(kind: ObjectType) -> str | None:
    """The name of what boot gives of the type, where that is one thing."""
    names = _OBJECTS.get(kind, ())
    return names[0] if len(names) == 1 else None


@cache
def numbers() -> Mapping[str, int]:
    """Numbers by name: pages, and where something is mapped, or nothing."""
    segments = first_segments(SEVERAL_PROCESSORS)
    at = {
        f"{name.upper()}_AT": segment.start * PAGE_BYTES
        for name, segment in zip(_MEMORIES, segments, strict=True)
    }
    return MappingProxyType({"PAGE": PAGE_BYTES, "FREE_AT": _FREE, **at})
