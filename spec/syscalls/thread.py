"""Calls about threads."""

from spec.call import (
    Call,
    Refusal,
    Return,
    Word,
    address,
    capability,
    lookup,
    no_entry,
    number,
    out_of_memory,
    timed_out,
)
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import HandleEventAsync, ThreadDestroy, ThreadNew, ThreadSuspend, Wait
from spec.panics import EVENT, NO_THREAD, STALE_EXIT
from spec.rights import Right
from spec.syscalls.common import ALLOCATOR, EVENT_ID, EVENT_POOL, NOT_LISTENING, REMOVED, TIMEOUT

_CHECKED = ("upgrade_right", "CHECKED")
_GROUP = capability("thread_group", ObjectType.THREAD_GROUP, Right.PROD)
_ADDRESS_SPACE = capability("address_space", ObjectType.ADDRESS_SPACE, Right.PROD)
_SPACE = capability(
    "cap_space",
    ObjectType.CAPABILITY_SPACE,
    Right.WRITE,
    unless=ThreadNew.CREATE_CAPABILITY_SPACE,
)
_OTHER = capability("thread", ObjectType.THREAD, Right.WRITE, only=ThreadDestroy.DESTROY_OTHER)
_WRITTEN = capability("thread", ObjectType.THREAD, Right.WRITE)
_WATCHED = capability("thread", ObjectType.THREAD, Right.PROD)

_NOT_SUSPENDED = Refusal("thread_not_suspended", Error.INVL_OP, "the thread is not suspended")

THREAD_NEW = Call(
    number=3,
    name="thread_new",
    log_name="thread_new",
    meaning="Make a thread in a group, an address space and a capability space, new or named.",
    arguments=(ALLOCATOR, _GROUP, _ADDRESS_SPACE, _SPACE, address("rip"), address("rsp")),
    options=ThreadNew,
    refusals=(
        *lookup(ALLOCATOR, _GROUP, _ADDRESS_SPACE, _SPACE),
        Refusal(
            "address_space_lacks_upgrade",
            Error.INVL_PERM,
            "the thread would hold strongly what the capability holds weakly, without UPGRADE",
            choice=_CHECKED,
        ),
        Refusal(
            "cap_space_lacks_upgrade",
            Error.INVL_PERM,
            "the thread would hold strongly what the capability holds weakly, without UPGRADE",
            choice=_CHECKED,
        ),
        Refusal(
            "thread_group_exited",
            Error.INVL_OP,
            "the group has exited",
            choice=("group_admission", "CLOSED_AFTER_EXIT"),
        ),
        out_of_memory("cap_space"),
        no_entry("cap_space"),
        out_of_memory("thread"),
        no_entry("thread", after="with THREAD_AUTOSTART the thread may have run"),
    ),
    returns=(Return("thread", Word.CAPABILITY), Return("cap_space", Word.CAPABILITY)),
    source="syscall/thread.rs, cap/thread.rs",
)

THREAD_YIELD = Call(
    number=4,
    name="thread_yield",
    log_name="thread_yield",
    meaning="Go to the tail of the ready queue; the call ends when the caller runs again.",
    arguments=(),
    refusals=(),
    returns=(),
    source="syscall/thread.rs",
    panics=(NO_THREAD,),
)

THREAD_DESTROY = Call(
    number=5,
    name="thread_destroy",
    log_name="thread_destroy",
    meaning="End the caller, or with DESTROY_OTHER a suspended thread.",
    arguments=(_OTHER,),
    options=ThreadDestroy,
    refusals=(*lookup(_OTHER), _NOT_SUSPENDED),
    returns=(),
    source="syscall/thread.rs",
    drops="its group's hold on another thread; a caller that ends itself stays in its group",
    panics=EVENT,
)

THREAD_SUSPEND = Call(
    number=6,
    name="thread_suspend",
    log_name="thread_suspend",
    meaning="Sleep until resumed or, with SUSPEND_TIMEOUT, until a time.",
    arguments=(number("timeout", only=ThreadSuspend.SUSPEND_TIMEOUT),),
    options=ThreadSuspend,
    refusals=(timed_out(),),
    returns=(),
    source="syscall/thread.rs",
)

THREAD_RESUME = Call(
    number=7,
    name="thread_resume",
    log_name="thread_resume",
    meaning="Make a suspended thread ready; as built whatever it waits for.",
    arguments=(_WRITTEN,),
    refusals=(
        *lookup(_WRITTEN),
        _NOT_SUSPENDED,
        Refusal(
            "thread_waits",
            Error.INVL_OP,
            "the thread waits for something else than this call",
            choice=("resume_scope", "ONLY_SUSPENDED_BY_CALL"),
        ),
    ),
    returns=(),
    source="syscall/thread.rs, sched/thread.rs",
)

THREAD_SET_PROPERTY = Call(
    number=8,
    name="thread_set_property",
    log_name="thread_set_property",
    meaning="Set the base of thread-local data of the caller: property 0.",
    arguments=(number("property"), address("data")),
    refusals=(Refusal("unknown_property", Error.INVL_ARGS, "there is no such property"),),
    returns=(),
    source="syscall/thread.rs",
)

THREAD_HANDLE_THREAD_EXIT_SYNC = Call(
    number=9,
    name="thread_handle_thread_exit_sync",
    log_name="thread_handel_thread_exit_sync",
    meaning="Sleep until the thread ends or, with TIMEOUT, until a time.",
    arguments=(_WATCHED, TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(_WATCHED),
        out_of_memory("listener"),
        timed_out(after="the listener stays"),
    ),
    returns=(),
    source="syscall/thread.rs, event/broadcast_event_emitter.rs",
    panics=(STALE_EXIT,),
)

THREAD_HANDLE_THREAD_EXIT_ASYNC = Call(
    number=10,
    name="thread_handle_thread_exit_async",
    log_name="thread_handel_thread_exit_async",
    meaning="Have a pool told when the thread ends.",
    arguments=(_WATCHED, EVENT_POOL, EVENT_ID),
    options=HandleEventAsync,
    refusals=(*lookup(_WATCHED, EVENT_POOL), out_of_memory("listener")),
    returns=(),
    source="syscall/thread.rs, event/broadcast_event_emitter.rs",
)

THREAD_REMOVE_LISTENER = Call(
    number=37,
    name="thread_remove_listener",
    log_name="thread_remove_listener",
    meaning="Have a pool told no more when the thread ends.",
    arguments=(_WATCHED, EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_WATCHED, EVENT_POOL), NOT_LISTENING),
    returns=(),
    source="a proposal; the lists of event/broadcast_event_emitter.rs",
    choice=REMOVED,
)

CALLS = (
    THREAD_NEW,
    THREAD_YIELD,
    THREAD_DESTROY,
    THREAD_SUSPEND,
    THREAD_RESUME,
    THREAD_SET_PROPERTY,
    THREAD_HANDLE_THREAD_EXIT_SYNC,
    THREAD_HANDLE_THREAD_EXIT_ASYNC,
    THREAD_REMOVE_LISTENER,
)
