"""Calls about thread groups."""

from spec.call import Call, Refusal, Return, Word, capability, lookup, no_entry, out_of_memory
from spec.errors import Error
from spec.ids import ObjectType
from spec.panics import EVENT
from spec.rights import Right
from spec.syscalls.common import ALLOCATOR

_PARENT = capability("parent", ObjectType.THREAD_GROUP, Right.PROD)
_GROUP = capability("group", ObjectType.THREAD_GROUP, Right.WRITE)

THREAD_GROUP_NEW = Call(
    number=1,
    name="thread_group_new",
    log_name="thread_group_new",
    meaning="Make a group below another; the exit of the one above ends it too.",
    arguments=(_PARENT, ALLOCATOR),
    refusals=(
        *lookup(_PARENT, ALLOCATOR),
        Refusal(
            "parent_exited",
            Error.INVL_OP,
            "the group above has exited",
            choice=("group_admission", "CLOSED_AFTER_EXIT"),
        ),
        out_of_memory("group"),
        no_entry("group"),
    ),
    returns=(Return("group", Word.CAPABILITY),),
    source="syscall/thread_group.rs",
)

THREAD_GROUP_EXIT = Call(
    number=2,
    name="thread_group_exit",
    log_name="thread_group_exit",
    meaning="End every thread of the group and of the groups below it; a second exit is Ok too.",
    arguments=(_GROUP,),
    refusals=lookup(_GROUP),
    returns=(),
    source="syscall/thread_group.rs, cap/thread_group.rs",
    drops="the threads of the groups, with what only they held",
    panics=EVENT,
)

CALLS = (THREAD_GROUP_NEW, THREAD_GROUP_EXIT)
