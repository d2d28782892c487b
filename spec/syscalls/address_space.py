"""Calls about address spaces."""

from spec.call import Call, Refusal, Return, Word, address, lookup, no_entry, out_of_memory
from spec.errors import Error
from spec.panics import UNMAPPING
from spec.syscalls.common import ADDRESS_SPACE, ALLOCATOR

MISALIGNED = Refusal("address_misaligned", Error.INVL_ALIGN, "the address is not that of a page")
NOT_CANONICAL = Refusal("address_not_canonical", Error.INVL_VIRT_ADDR, "no address has such bits")
NO_MAPPING = Refusal("no_mapping_there", Error.INVL_VIRT_ADDR, "no mapping starts there")

ADDRESS_SPACE_NEW = Call(
    number=13,
    name="address_space_new",
    log_name="address_space_new",
    meaning="Make an address space without mappings.",
    arguments=(ALLOCATOR,),
    refusals=(*lookup(ALLOCATOR), out_of_memory("address_space"), no_entry("address_space")),
    returns=(Return("address_space", Word.CAPABILITY),),
    source="syscall/address_space.rs",
)

ADDRESS_SPACE_UNMAP = Call(
    number=14,
    name="address_space_unmap",
    log_name="address_space_unmap",
    meaning="Remove the mapping that starts at the address, whatever it maps.",
    arguments=(ADDRESS_SPACE, address("address")),
    refusals=(
        MISALIGNED,
        NOT_CANONICAL,
        *lookup(ADDRESS_SPACE),
        NO_MAPPING,
        Refusal(
            "pool_not_mapped", Error.INVL_OP, "the record is that of a pool that is not mapped"
        ),
    ),
    returns=(),
    source="syscall/address_space.rs, cap/address_space.rs",
    drops="the mapping's hold on its memory or pool",
    panics=UNMAPPING,
)

CALLS = (ADDRESS_SPACE_NEW, ADDRESS_SPACE_UNMAP)
