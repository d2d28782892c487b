"""Calls about memory."""

from dataclasses import replace

from spec.call import (
    Call,
    Refusal,
    Return,
    Word,
    address,
    capability,
    lacks_read,
    lacks_upgrade,
    lookup,
    mapped,
    no_entry,
    out_of_memory,
)
from spec.call import number as number_argument
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import MemoryMap, MemoryNew, MemoryResize, MemoryUpdateMapping, UpdateMappingApart
from spec.panics import (
    MAPPING,
    NO_ENTRY,
    NO_PAGES_MORE,
    PAST_THE_END,
    TOO_SHORT,
    UNMAPPING,
)
from spec.rights import Right
from spec.syscalls.address_space import MISALIGNED, NO_MAPPING, NOT_CANONICAL
from spec.syscalls.common import ADDRESS_SPACE, ALLOCATOR

_MAPPED = mapped("memory", ObjectType.MEMORY)
_READ = capability("memory", ObjectType.MEMORY, Right.READ)
_RESIZED = capability("memory", ObjectType.MEMORY, Right.PROD)
_PAGES = number_argument("pages")
_NO_PAGES = Refusal("no_pages", Error.INVL_ARGS, "it asks for no page")
_COUNTED = "the count of mappings has gone up"
_OFFSET_TOO_LARGE = Refusal("offset_too_large", Error.OVERFLOW, "the offset is no number of bytes")
_TRUE_SIZE = ("range_rule", "TRUE_SIZE")
_SPLIT = ("mapping_calls", "SPLIT")
_MOVES = ("mapping_update", "SIZE_FLAGS_BASE")
_WHILE_LAZY = ("empty_access", "WHILE_LAZY")
_ALSO_MEMORY = ("mapping_authority", "ALSO_MEMORY_RIGHTS")
_TOO_MANY = Refusal("too_many_pages", Error.OVERFLOW, "so many pages are no number of bytes")

MEMORY_MAP = Call(
    number=15,
    name="memory_map",
    log_name="memory_map",
    meaning="Map a memory, from some page of it on, at an address; all of it without MAX_SIZE.",
    arguments=(
        ADDRESS_SPACE,
        _MAPPED,
        address("address"),
        number_argument("max_pages"),
        number_argument("offset_pages"),
    ),
    options=MemoryMap,
    unprinted=MemoryMap.MAX_SIZE,
    refusals=(
        MISALIGNED,
        NOT_CANONICAL,
        Refusal("too_many_pages", Error.OVERFLOW, "the largest size is no number of bytes"),
        _OFFSET_TOO_LARGE,
        *lookup(ADDRESS_SPACE, _MAPPED),
        lacks_read(_MAPPED),
        lacks_upgrade(_MAPPED),
        Refusal("outside_the_memory", Error.INVL_ARGS, "the memory has no such pages"),
        Refusal("zone_taken", Error.INVL_MEM_ZONE, "it overlaps a mapping or the kernel"),
        out_of_memory("record", after=_COUNTED),
        Refusal(
            "no_access",
            Error.INVL_ARGS,
            "no access is asked for; where that may be, while a page is resident",
            after=_COUNTED,
        ),
        out_of_memory("tables", after=f"page tables made on the way stay, and {_COUNTED}"),
    ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/memory.rs, cap/memory/mod.rs",
    panics=(*MAPPING, PAST_THE_END),
)

MEMORY_UPDATE_MAPPING = Call(
    number=16,
    name="memory_update_mapping",
    log_name="memory_update_mapping",
    meaning="Change the size of a mapping, what may be done with it, or where it lies.",
    arguments=(
        ADDRESS_SPACE,
        address("address"),
        _PAGES,
        replace(address("new_address"), only=MemoryUpdateMapping.UPDATE_BASE, choice=_MOVES),
    ),
    options=MemoryUpdateMapping,
    unprinted=(
        MemoryUpdateMapping.READ
        | MemoryUpdateMapping.WRITE
        | MemoryUpdateMapping.EXEC
        | MemoryUpdateMapping.UPDATE_BASE
    ),
    options_apart=UpdateMappingApart,
    refusals=(
        MISALIGNED,
        NOT_CANONICAL,
        Refusal(
            "new_address_misaligned",
            Error.INVL_ALIGN,
            "it is to move to what is not the address of a page",
            choice=_MOVES,
        ),
        Refusal(
            "new_address_not_canonical",
            Error.INVL_VIRT_ADDR,
            "it is to move to what is no address",
            choice=_MOVES,
        ),
        Refusal(
            "too_many_pages",
            Error.OVERFLOW,
            "an exact size is to be set, and it is no number of bytes",
        ),
        *lookup(ADDRESS_SPACE),
        NO_MAPPING,
        Refusal("maps_no_memory", Error.INVL_OP, "what starts there maps no memory"),
        Refusal(
            "exceeds_the_capability",
            Error.INVL_PERM,
            "it is to allow what the capability did not with which it was made",
            choice=_ALSO_MEMORY,
        ),
        Refusal("outside_the_memory", Error.INVL_ARGS, "the memory has no such pages"),
        Refusal(
            "new_zone_taken",
            Error.INVL_MEM_ZONE,
            "it is to move over a mapping or the kernel",
            choice=_MOVES,
        ),
        Refusal(
            "zone_taken",
            Error.INVL_MEM_ZONE,
            "it grows over a mapping or the kernel",
            choice=_TRUE_SIZE,
        ),
        Refusal(
            "grows_without_access",
            Error.INVL_ARGS,
            "it grows over a resident page and allows no access",
            choice=_WHILE_LAZY,
        ),
        out_of_memory("tables", after="page tables made on the way stay"),
        Refusal(
            "no_access",
            Error.INVL_ARGS,
            "no access is asked for; where that may be, while a page is resident",
            after="a change of the size stays",
        ),
    ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/memory.rs, cap/memory/mod.rs",
    panics=(*UNMAPPING, *MAPPING, PAST_THE_END),
    choice=_SPLIT,
)

MEMORY_NEW = Call(
    number=17,
    name="memory_new",
    log_name="memory_new",
    meaning="Make a memory of so many pages.",
    arguments=(ALLOCATOR, _PAGES),
    options=MemoryNew,
    refusals=(
        *lookup(ALLOCATOR),
        _NO_PAGES,
        _TOO_MANY,
        out_of_memory("memory"),
        no_entry("memory"),
    ),
    returns=(Return("memory", Word.CAPABILITY), Return("pages", Word.NUMBER)),
    source="syscall/memory.rs, cap/memory/mod.rs",
)

MEMORY_GET_SIZE = Call(
    number=18,
    name="memory_get_size",
    log_name="memory_get_size",
    meaning="The size of a memory, in pages.",
    arguments=(_READ,),
    refusals=lookup(_READ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/memory.rs",
)

MEMORY_RESIZE = Call(
    number=19,
    name="memory_resize",
    log_name="memory_resize",
    meaning="Change the size of a memory; IN_PLACE also while it is mapped once.",
    arguments=(_RESIZED, _PAGES),
    options=MemoryResize,
    refusals=(
        _TOO_MANY,
        *lookup(_RESIZED),
        Refusal("mapped", Error.INVL_OP, "without IN_PLACE: it is or was mapped"),
        _NO_PAGES,
        Refusal("mapped_twice", Error.INVL_OP, "it is or was mapped more than once"),
        Refusal(
            "mapping_of_others",
            Error.INVL_PERM,
            "a mapping would change in an address space to which the caller may not write",
            choice=_ALSO_MEMORY,
        ),
        out_of_memory("pages"),
        Refusal(
            "zone_taken",
            Error.INVL_MEM_ZONE,
            "its mapping is to grow over another one or the kernel",
            after="the memory has grown",
            choice=_TRUE_SIZE,
        ),
        Refusal(
            "grows_without_access",
            Error.INVL_ARGS,
            "its mapping is to grow over a resident page and allows no access",
            after="the memory has grown",
            choice=_WHILE_LAZY,
        ),
        out_of_memory("tables", after="the memory has grown"),
    ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/memory.rs, cap/memory/mod.rs",
    drops="the pages cut off",
    panics=(NO_ENTRY, NO_PAGES_MORE, TOO_SHORT, *UNMAPPING, *MAPPING),
    choice=_SPLIT,
)

MEMORY_CLONE = Call(
    number=20,
    name="memory_clone",
    log_name="memory_clone",
    meaning="Make a memory with what pages of another one hold; they are copied when written to.",
    arguments=(ALLOCATOR, _READ, number_argument("offset_pages"), _PAGES),
    refusals=(
        _OFFSET_TOO_LARGE,
        _TOO_MANY,
        *lookup(ALLOCATOR, _READ),
        _NO_PAGES,
        Refusal("outside_the_memory", Error.INVL_ARGS, "the memory has no such pages"),
        out_of_memory("memory"),
        no_entry("memory"),
    ),
    returns=(Return("memory", Word.CAPABILITY),),
    source="a proposal; the page states of cap/memory/page.rs",
    choice=("copy_on_write", "SHARE_ON_CLONE"),
)

CALLS = (
    MEMORY_MAP,
    MEMORY_UPDATE_MAPPING,
    MEMORY_NEW,
    MEMORY_GET_SIZE,
    MEMORY_RESIZE,
    MEMORY_CLONE,
)
