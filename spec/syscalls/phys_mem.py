"""Calls about physical memory and the allocator that hands it out."""

from spec.call import (
    Call,
    Refusal,
    Return,
    Word,
    address,
    capability,
    lacks_read,
    lookup,
    mapped,
    no_entry,
    number,
    out_of_memory,
)
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import PhysMemMap
from spec.panics import MAPPING, SIZE_SUM
from spec.rights import Right
from spec.syscalls.address_space import MISALIGNED, NOT_CANONICAL
from spec.syscalls.common import ADDRESS_SPACE, ALLOCATOR

_MMIO = capability("mmio_allocator", ObjectType.MMIO_ALLOCATOR, Right.PROD)
_READ = capability("phys_mem", ObjectType.PHYS_MEM, Right.READ)
_MAPPED = mapped("phys_mem", ObjectType.PHYS_MEM)

MMIO_ALLOCATOR_ALLOC = Call(
    number=43,
    name="mmio_allocator_alloc",
    log_name="mmio_allocator_alloc",
    meaning="Hand out a range of physical addresses that is no ordinary memory, as often as asked.",
    arguments=(_MMIO, ALLOCATOR, address("phys_address"), number("pages")),
    refusals=(
        Refusal(
            "no_physical_address",
            Error.INVL_PHYS_ADDR,
            "no machine has so large an address; bit 50 is too large",
        ),
        Refusal("too_many_pages", Error.OVERFLOW, "so many pages are no number of bytes"),
        Refusal("address_misaligned", Error.INVL_ALIGN, "the address is not that of a page"),
        *lookup(_MMIO, ALLOCATOR),
        Refusal("ordinary_memory", Error.INVL_MEM_ZONE, "it touches ordinary memory or the kernel"),
        out_of_memory("phys_mem"),
        no_entry("phys_mem"),
    ),
    returns=(Return("phys_mem", Word.CAPABILITY),),
    source="syscall/mmio.rs, cap/mmio.rs",
    panics=(SIZE_SUM,),
)

PHYS_MEM_MAP = Call(
    number=44,
    name="phys_mem_map",
    log_name="phys_mem_map",
    meaning="Map physical memory at an address.",
    arguments=(ADDRESS_SPACE, _MAPPED, address("address")),
    options=PhysMemMap,
    refusals=(
        MISALIGNED,
        NOT_CANONICAL,
        *lookup(ADDRESS_SPACE, _MAPPED),
        lacks_read(_MAPPED),
        Refusal("zone_taken", Error.INVL_MEM_ZONE, "it overlaps a mapping or the kernel"),
        out_of_memory("record"),
        Refusal("no_access", Error.INVL_ARGS, "no access is asked for"),
        out_of_memory("tables", after="page tables made on the way stay"),
    ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/mmio.rs, cap/mmio.rs",
    panics=MAPPING,
)

PHYS_MEM_GET_SIZE = Call(
    number=45,
    name="phys_mem_get_size",
    log_name="phys_mem_get_size",
    meaning="The size of physical memory, in pages.",
    arguments=(_READ,),
    refusals=lookup(_READ),
    returns=(Return("pages", Word.NUMBER),),
    source="syscall/mmio.rs",
)

CALLS = (MMIO_ALLOCATOR_ALLOC, PHYS_MEM_MAP, PHYS_MEM_GET_SIZE)
