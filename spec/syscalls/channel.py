"""Calls about channels.

A delivery that fails is no refusal of the call that made it: whoever was queued is taken for
dead, leaves the queue untold, and the next one is tried. So nothing here refuses for a range that
does not exist, and no log of the kernel shows such a refusal.
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
from spec.panics import DELIVERY, STALE_CALL, STALE_RECEIVE, STALE_SEND
from spec.rights import ALL_RIGHTS, Right
from spec.syscalls.common import ALLOCATOR, DIED, EVENT_ID, EVENT_POOL, TIMEOUT

_SENT_TO = capability("channel", ObjectType.CHANNEL, Right.PROD)
_RECEIVED_FROM = capability("channel", ObjectType.CHANNEL, Right.WRITE)
_READ = capability("memory", ObjectType.MEMORY, Right.READ)
_WRITTEN = capability("memory", ObjectType.MEMORY, Right.WRITE)
_ANSWERED_IN = capability("recv_memory", ObjectType.MEMORY, Right.WRITE)
_RANGE = (number("offset"), number("size"))

_SOURCE = "syscall/channel.rs, cap/channel/mod.rs"
_SIZE = Return("size", Word.NUMBER)
_REPLY = Return("reply", Word.CAPABILITY)
_NOBODY = Refusal(
    "nobody_waits",
    Error.OK_UNREACH,
    "no counterpart waits to whom a delivery succeeds",
    after="counterparts to whom it failed are out of the queue",
)
_NO_NODE = out_of_memory("node")
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
    refusals=(*lookup(_SENT_TO, _READ), _NOBODY),
    returns=(_SIZE,),
    source=_SOURCE,
    panics=DELIVERY,
)

CHANNEL_SYNC_SEND = Call(
    number=29,
    name="channel_sync_send",
    log_name="channel_sync_send",
    meaning="Send, and sleep until a receiver takes it or, with TIMEOUT, until a time.",
    arguments=_send(TIMEOUT),
    options=Wait,
    refusals=(*lookup(_SENT_TO, _READ), _NO_NODE, _STAYS, _DIED),
    returns=(_SIZE,),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_SEND),
)

CHANNEL_ASYNC_SEND = Call(
    number=30,
    name="channel_async_send",
    log_name="channel_async_send",
    meaning="Send when a receiver comes; the pool is told.",
    arguments=_send(EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_SENT_TO, _READ, EVENT_POOL), _NO_NODE),
    returns=(),
    source=_SOURCE,
    panics=DELIVERY,
)

CHANNEL_TRY_RECV = Call(
    number=31,
    name="channel_try_recv",
    log_name="channel_try_recv",
    meaning="Receive from a sender that waits, or not at all.",
    arguments=_receive(),
    refusals=(*lookup(_RECEIVED_FROM, _WRITTEN), _NOBODY),
    returns=(_SIZE, _REPLY),
    source=_SOURCE,
    panics=DELIVERY,
)

CHANNEL_SYNC_RECV = Call(
    number=32,
    name="channel_sync_recv",
    log_name="channel_sync_recv",
    meaning="Receive, and sleep until a sender comes or, with TIMEOUT, until a time.",
    arguments=_receive(TIMEOUT),
    options=Wait,
    refusals=(*lookup(_RECEIVED_FROM, _WRITTEN), _NO_NODE, _STAYS, _DIED),
    returns=(_SIZE, _REPLY),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_RECEIVE),
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
    refusals=(*lookup(_SENT_TO, _READ, _ANSWERED_IN), _NO_NODE, _STAYS, _DIED),
    returns=(_SIZE,),
    source=_SOURCE,
    panics=(*DELIVERY, STALE_CALL),
)

CHANNEL_ASYNC_CALL = Call(
    number=35,
    name="channel_async_call",
    log_name="channel_async_call",
    meaning="Send when a receiver comes; the pool is given the reply.",
    arguments=_send(EVENT_POOL, EVENT_ID),
    refusals=(*lookup(_SENT_TO, _READ, EVENT_POOL), _NO_NODE),
    returns=(),
    source=_SOURCE,
    panics=DELIVERY,
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
)
