"""Calls about drop checks: pairs that tell when the last strong capability to one half is gone."""

from spec.call import (
    Call,
    Return,
    Word,
    capability,
    lookup,
    no_entry,
    number,
    out_of_memory,
    timed_out,
)
from spec.ids import ObjectType
from spec.options import HandleEventAsync, Wait
from spec.panics import STALE_DROP
from spec.rights import Right
from spec.syscalls.common import ALLOCATOR, EVENT_ID, EVENT_POOL, NOT_LISTENING, REMOVED, TIMEOUT

_RECIEVER = capability("drop_check_reciever", ObjectType.DROP_CHECK_RECIEVER, Right.PROD)

DROP_CHECK_NEW = Call(
    number=40,
    name="drop_check_new",
    log_name="drop_check_new",
    meaning="Make a drop check and its receiver, which is told a word when the check is dropped.",
    arguments=(ALLOCATOR, number("data")),
    refusals=(
        *lookup(ALLOCATOR),
        out_of_memory("reciever"),
        out_of_memory("drop_check"),
        no_entry("drop_check"),
        no_entry("reciever"),
    ),
    returns=(Return("drop_check", Word.CAPABILITY), Return("reciever", Word.CAPABILITY)),
    source="syscall/drop_check.rs, cap/drop_check.rs",
)

DROP_CHECK_RECIEVER_HANDLE_CAP_DROP_SYNC = Call(
    number=41,
    name="drop_check_reciever_handle_cap_drop_sync",
    log_name="drop_check_reciever_handle_cap_drop_sync",
    meaning="Sleep until the check is dropped or, with TIMEOUT, until a time.",
    arguments=(_RECIEVER, TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(_RECIEVER),
        out_of_memory("listener"),
        timed_out(after="the listener stays"),
    ),
    returns=(Return("data", Word.NUMBER),),
    source="syscall/drop_check.rs, event/broadcast_event_emitter.rs",
    panics=(STALE_DROP,),
)

DROP_CHECK_RECIEVER_HANDLE_CAP_DROP_ASYNC = Call(
    number=42,
    name="drop_check_reciever_handle_cap_drop_async",
    log_name="drop_check_reciever_handle_cap_drop_async",
    meaning="Have a pool told when the check is dropped.",
    arguments=(_RECIEVER, EVENT_POOL, EVENT_ID),
    options=HandleEventAsync,
    refusals=(*lookup(_RECIEVER, EVENT_POOL), out_of_memory("listener")),
    returns=(),
    source="syscall/drop_check.rs, event/broadcast_event_emitter.rs",
)

DROP_CHECK_RECIEVER_REMOVE_LISTENER = Call(
    number=22,
    name="drop_check_reciever_remove_listener",
    log_name="drop_check_reciever_remove_listener",
    meaning="Have a pool told no more when the check is dropped.",
    arguments=(_RECIEVER, EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_RECIEVER, EVENT_POOL), NOT_LISTENING),
    returns=(),
    source="a proposal; the lists of event/broadcast_event_emitter.rs",
    choice=REMOVED,
)

CALLS = (
    DROP_CHECK_NEW,
    DROP_CHECK_RECIEVER_HANDLE_CAP_DROP_SYNC,
    DROP_CHECK_RECIEVER_HANDLE_CAP_DROP_ASYNC,
    DROP_CHECK_RECIEVER_REMOVE_LISTENER,
)
