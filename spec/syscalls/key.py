"""Calls about keys: objects that are nothing but a number of their own."""

from spec.call import Call, Return, Word, capability, lookup, out_of_memory
from spec.ids import ObjectType
from spec.options import NewCapability
from spec.rights import Right
from spec.syscalls.common import ALLOCATOR

_KEY = capability("key", ObjectType.KEY, Right.READ)

KEY_NEW = Call(
    number=38,
    name="key_new",
    log_name="key_new",
    meaning="Make a key; its number counts on even where the call then fails.",
    arguments=(ALLOCATOR,),
    options=NewCapability,
    refusals=(*lookup(ALLOCATOR), out_of_memory("key")),
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
