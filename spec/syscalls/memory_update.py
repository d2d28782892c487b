"""The one call that `memory_resize` and `memory_update_mapping` are where a design merges them."""

from dataclasses import replace

from spec.call import Call, Refusal, Return, Word, address, capability, lookup, number
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryUpdate
from spec.rights import Right
from spec.syscalls.common import ADDRESS_SPACE
from spec.syscalls.memory import MEMORY_RESIZE, MEMORY_UPDATE_MAPPING

_CHANGES = MemoryUpdate.UPDATE_SIZE | MemoryUpdate.UPDATE_FLAGS | MemoryUpdate.UPDATE_BASE
_RESIZED = capability("memory", ObjectType.MEMORY, Right.PROD, only=MemoryUpdate.RESIZE)
_MAPPED_IN = replace(ADDRESS_SPACE, only=int(_CHANGES))
_RESIZE = MEMORY_RESIZE.refusal
_UPDATE = MEMORY_UPDATE_MAPPING.refusal
_HAS_RESIZED = "the memory has its new size"


def _part(refusal: Refusal) -> Refusal:
    """A refusal of the change of the mapping, which comes after that of the memory."""
    return replace(
        refusal, after=f"{_HAS_RESIZED}; {refusal.after}" if refusal.after else _HAS_RESIZED
    )


MEMORY_UPDATE = Call(
    number=21,
    name="memory_update",
    log_name="memory_update",
    meaning="Change the size of a memory, and then a mapping of it: its size, access or place.",
    arguments=(
        _RESIZED,
        number("pages", only=MemoryUpdate.RESIZE),
        _MAPPED_IN,
        replace(address("address"), only=int(_CHANGES)),
        number("mapped_pages", only=MemoryUpdate.EXACT_SIZE),
        replace(
            address("new_address"),
            only=int(MemoryUpdate.UPDATE_BASE),
            choice=("mapping_update", "SIZE_FLAGS_BASE"),
        ),
    ),
    options=MemoryUpdate,
    refusals=(
        _RESIZE("too_many_pages"),
        _UPDATE("address_misaligned"),
        _UPDATE("address_not_canonical"),
        _UPDATE("new_address_misaligned"),
        _UPDATE("new_address_not_canonical"),
        replace(_UPDATE("too_many_pages"), name="too_many_mapped_pages"),
        *lookup(_RESIZED, _MAPPED_IN),
        _UPDATE("no_mapping_there"),
        _UPDATE("maps_no_memory"),
        Refusal("maps_another_memory", Error.INVL_OP, "what starts there maps another memory"),
        _RESIZE("no_pages"),
        _RESIZE("mapped_twice"),
        _RESIZE("mapping_of_others"),
        _RESIZE("no_memory_for_pages"),
        *(
            _part(_UPDATE(name))
            for name in (
                "exceeds_the_capability",
                "outside_the_memory",
                "new_zone_taken",
                "zone_taken",
                "grows_without_access",
                "no_memory_for_tables",
                "no_access",
            )
        ),
    ),
    returns=(Return("pages", Word.NUMBER), Return("mapped_pages", Word.NUMBER)),
    source="a proposal; syscall/memory.rs, cap/memory/mod.rs",
    drops="the pages cut off",
    choice=("mapping_calls", "MERGED"),
)

CALLS = (MEMORY_UPDATE,)
