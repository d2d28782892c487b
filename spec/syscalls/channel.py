"""Calls about channels.

As built a delivery that fails is no refusal of the call that made it: whoever was queued is taken
for dead, leaves the queue untold, and the next one is tried. So nothing there refuses for a range
that does not exist, and no log of the kernel shows such a refusal.
"""

from spec.call import (
    Argument,
    Call,
    Refusal,
    Return,
    Word,
    capability,
    lookup,
    no_entry,
    number,
    out_of_memory,
    timed_out,
)
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import HandleEventAsync, NewCapability, Wait
from spec.panics import DELIVERY, SAME_MEMORY, STALE_CALL, STALE_RECEIVE, STALE_SEND
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls.common import (
    ALLOCATOR,
    DIED,
    EVENT_ID,
    EVENT_POOL,
    NOT_LISTENING,
    REMOVED,
    REPORTED,
    TIMEOUT,
)

_SENT_TO = capability("channel", ObjectType.CHANNEL, Right.PROD)
_RECEIVED_FROM = capability("channel", ObjectType.CHANNEL, Right.WRITE)
_READ = capability("memory", ObjectType.MEMORY, Right.READ)
_WRITTEN = capability("memory", ObjectType.MEMORY, Right.WRITE)
_ANSWERED_IN = capability("recv_memory", ObjectType.MEMORY, Right.WRITE)
_RANGE = (number("offset"), number("size"))

_SOURCE = "syscall/channel.rs, cap/channel/mod.rs"
_SIZE = Return("size", Word.NUMBER)
_REPLY = Return("reply", Word.CAPABILITY)
_SENT_SIZE = Return("sent_size", Word.NUMBER, choice=("partial_send", "REPORT_SIZES"))
_NOBODY = Refusal(
    "nobody_waits",
    Error.OK_UNREACH,
    "no counterpart waits to whom a delivery succeeds",
    after="counterparts to whom it failed are out of the queue",
)
_WHOLE = ("partial_send", "REFUSE")
_NO_NODE = out_of_memory("node")
_TOO_LONG = Refusal(
    "message_too_long",
    Error.OUT_OF_CAPACITY,
    "the message is longer than the range into which it would be received",
    choice=_WHOLE,
)
_NO_PAGE_TO_SEND = Refusal(
    "no_memory_for_message",
    Error.OUT_OF_MEM,
    "there is no frame for a page of the message",
    choice=REPORTED,
)
_POOL_TOO_SMALL = Refusal(
    "pool_too_small",
    Error.OUT_OF_CAPACITY,
    "the message has no room in the pool that would receive it, even if nothing else is in it",
    choice=REPORTED,
)
_FAULTS_OF_SENDER = (_NO_PAGE_TO_SEND, _TOO_LONG, _POOL_TOO_SMALL)
_NO_RANGE = Refusal(
    "caller_buffer",
    Error.INVL_MEM_ZONE,
    "the range to receive into does not exist",
    choice=REPORTED,
)
_NO_PAGE = Refusal(
    "no_memory_for_pages", Error.OUT_OF_MEM, "there is no frame for a page", choice=REPORTED
)
_FAULTS_OF_RECEIVER = (_NO_RANGE, _NO_PAGE, _TOO_LONG)
_BUFFER_DIED = Refusal(
    "caller_buffer_dead",
    Error.INVL_WEAK,
    "the memory to receive into died before anybody came",
    choice=REPORTED,
)
_FAULTS_OF_POOL = (
    _POOL_TOO_SMALL,
    Refusal(
        "pool_full",
        Error.OUT_OF_CAPACITY,
        "the message that waits has no room in the pool now",
        choice=REPORTED,
    ),
    _NO_PAGE,
)
_STAYS = timed_out(after="the node stays in the queue")
_DIED = Refusal(
    "waits_for_the_dead",
    Error.INVL_WEAK,
    "the channel died, or the reply, before anybody came",
    choice=DIED,
)


def _send(*more: Argument) -> tuple[Argument, ...]:
    return (_SENT_TO, _READ, *_RANGE, *more)


def _receive(*more: Argument) -> tuple[Argument, ...]:
    return (_RECEIVED_FROM, _WRITTEN, *_RANGE, *more)


CHANNEL_NEW = Call(
    number=27,
    name="channel_new",
    log_name="channel_new",
    meaning="Make a channel.",
    arguments=(ALLOCATOR,),
    options=NewCapability,
    unprinted=ALL_RIGHTS,
    refusals=(*lookup(ALLOCATOR), out_of_memory("channel"), no_entry("channel")),
    returns=(Return("channel", Word.CAPABILITY),),
    source=_SOURCE,
)

CHANNEL_TRY_SEND = Call(
    number=28,
    name="channel_try_send",
    log_name="channel_try_send",
    meaning="Send to a receiver that waits, or not at all.",
    arguments=_send(),
    refusals=(*lookup(_SENT_TO, _READ), *_FAULTS_OF_SENDER, _NOBODY),
    returns=(_SIZE,),
    source=_SOURCE,
    panics=DELIVERY,
    hangs=(SAME_MEMORY,),
)

CHANNEL_SYNC_SEND = Call(
    number=29,
    name="channel_sync_send",
    log_name="channel_sync_send",
    meaning="Send, and sleep until a receiver takes it or, with TIMEOUT, until a time.",
    arguments=_send(TIMEOUT),
    options=Wait,
    refusals=(*lookup(_SENT_TO, _READ), *_FAULTS_OF_SENDER, _NO_NODE, _STAYS, _DIED),
    returns=(_SIZE,),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_SEND),
    hangs=(SAME_MEMORY,),
)

CHANNEL_ASYNC_SEND = Call(
    number=30,
    name="channel_async_send",
    log_name="channel_async_send",
    meaning="Send when a receiver comes; the pool is told.",
    arguments=_send(EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_SENT_TO, _READ, EVENT_POOL), *_FAULTS_OF_SENDER, _NO_NODE),
    returns=(),
    source=_SOURCE,
    panics=DELIVERY,
    hangs=(SAME_MEMORY,),
)

CHANNEL_TRY_RECV = Call(
    number=31,
    name="channel_try_recv",
    log_name="channel_try_recv",
    meaning="Receive from a sender that waits, or not at all.",
    arguments=_receive(),
    refusals=(*lookup(_RECEIVED_FROM, _WRITTEN), _NOBODY, *_FAULTS_OF_RECEIVER),
    returns=(_SIZE, _REPLY, _SENT_SIZE),
    source=_SOURCE,
    panics=DELIVERY,
    hangs=(SAME_MEMORY,),
)

CHANNEL_SYNC_RECV = Call(
    number=32,
    name="channel_sync_recv",
    log_name="channel_sync_recv",
    meaning="Receive, and sleep until a sender comes or, with TIMEOUT, until a time.",
    arguments=_receive(TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(_RECEIVED_FROM, _WRITTEN),
        *_FAULTS_OF_RECEIVER,
        _NO_NODE,
        _STAYS,
        _BUFFER_DIED,
        _DIED,
    ),
    returns=(_SIZE, _REPLY, _SENT_SIZE),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_RECEIVE),
    hangs=(SAME_MEMORY,),
)

CHANNEL_ASYNC_RECV = Call(
    number=33,
    name="channel_async_recv",
    log_name="channel_async_recv",
    meaning="Have a pool take the next message or, with AUTO_REQUE, every one.",
    arguments=(_RECEIVED_FROM, EVENT_POOL, EVENT_ID),
    options=HandleEventAsync,
    refusals=(
        *lookup(_RECEIVED_FROM, EVENT_POOL),
        *_FAULTS_OF_POOL,
        out_of_memory("node", after="a message may have been taken"),
    ),
    returns=(),
    source=_SOURCE,
    panics=DELIVERY,
)

CHANNEL_SYNC_CALL = Call(
    number=34,
    name="channel_sync_call",
    log_name="channel_sync_call",
    meaning="Send, and sleep until the reply comes or, with TIMEOUT, until a time.",
    arguments=_send(_ANSWERED_IN, number("recv_offset"), number("recv_size"), TIMEOUT),
    options=Wait,
    refusals=(
        *lookup(_SENT_TO, _READ, _ANSWERED_IN),
        *_FAULTS_OF_SENDER,
        _NO_NODE,
        _STAYS,
        _DIED,
    ),
    returns=(_SIZE, _SENT_SIZE),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_CALL),
    hangs=(SAME_MEMORY,),
)

CHANNEL_ASYNC_CALL = Call(
    number=35,
    name="channel_async_call",
    log_name="channel_async_call",
    meaning="Send when a receiver comes; the pool is given the reply.",
    arguments=_send(EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_SENT_TO, _READ, EVENT_POOL), *_FAULTS_OF_SENDER, _NO_NODE),
    returns=(),
    source=_SOURCE,
    panics=DELIVERY,
    hangs=(SAME_MEMORY,),
)

CHANNEL_REMOVE_LISTENER = Call(
    number=23,
    name="channel_remove_listener",
    log_name="channel_remove_listener",
    meaning="Have a pool take no more messages.",
    arguments=(_RECEIVED_FROM, EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_RECEIVED_FROM, EVENT_POOL), NOT_LISTENING),
    returns=(),
    source="a proposal; the queues of cap/channel/mod.rs",
    choice=REMOVED,
)

CALLS = (
    CHANNEL_NEW,
    CHANNEL_TRY_SEND,
    CHANNEL_SYNC_SEND,
    CHANNEL_ASYNC_SEND,
    CHANNEL_TRY_RECV,
    CHANNEL_SYNC_RECV,
    CHANNEL_ASYNC_RECV,
    CHANNEL_SYNC_CALL,
    CHANNEL_ASYNC_CALL,
    CHANNEL_REMOVE_LISTENER,
)
