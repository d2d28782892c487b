"""Calls about keys: objects that are nothing but a number of their own."""

from spec.call import Call, Return, Word, capability, lookup, no_entry, out_of_memory
from spec.ids import ObjectType
from spec.options import NewCapability
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls.common import ALLOCATOR

_KEY = capability("key", ObjectType.KEY, Right.READ)

KEY_NEW = Call(
    number=38,
    name="key_new",
    log_name="key_new",
    meaning="Make a key, with a number that no other key has or had.",
    arguments=(ALLOCATOR,),
    options=NewCapability,
    unprinted=ALL_RIGHTS,
    refusals=(
        *lookup(ALLOCATOR),
        out_of_memory("key", after="a number of keys is used up"),
        no_entry("key", after="a number of keys is used up"),
    ),
    returns=(Return("key", Word.CAPABILITY),),
    source="syscall/key.rs, cap/key.rs",
)

KEY_ID = Call(
    number=39,
    name="key_id",
    log_name="key_id",
    meaning="The number of a key; every clone of it has the same.",
    arguments=(_KEY,),
    refusals=lookup(_KEY),
    returns=(Return("id", Word.NUMBER),),
    source="syscall/key.rs",
)

CALLS = (KEY_NEW, KEY_ID)
