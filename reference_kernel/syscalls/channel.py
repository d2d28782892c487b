"""The calls about channels.

Source: syscall/channel.rs, cap/channel/mod.rs.
"""

from dataclasses import replace
from typing import NamedTuple

from reference_kernel.capability_space import find
from reference_kernel.channels import receive, send
from reference_kernel.creation import create_asked, find_allocator
from reference_kernel.delivery import Delivered
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.listening import WAITED_FOR_THE_DEAD
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused
from reference_kernel.parties import Buffer, ListeningPool, Receiver, Sender
from reference_kernel.processors import block, next_wait
from reference_kernel.queues import enqueue_receiver, enqueue_sender
from reference_kernel.state import Channel, Thread, ThreadState, Woke
from spec.design import AutoRequeue, DyingObjects
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import HandleEventAsync
from spec.panics import STALE_CALL, STALE_RECEIVE, STALE_SEND, PanicPlace
from spec.rights import Right

_NOBODY = Refused(Error.OK_UNREACH, "nobody_waits")


class _Ends(NamedTuple):
    """The channel of a call, and the party that the caller is in it."""

    channel: int
    sender: Sender


class _Receives(NamedTuple):
    """The channel of a call, and the party that the caller is in it."""

    channel: int
    receiver: Receiver


def channel_new(draft: Draft, call: CallMade) -> Outcome:
    """A channel on which nobody waits."""
    allocator = find_allocator(draft, call, 0)
    if isinstance(allocator, Refused):
        return allocator
    return Ok((create_asked(draft, call, ObjectType.CHANNEL, Channel()),))


def channel_try_send(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver that waits, or nowhere; gives its size."""
    ends = _find_sender(draft, call)
    if isinstance(ends, Refused):
        return ends
    before = draft.channel(ends.channel)
    sent = send(draft, *ends)
    if sent is None:
        return replace(_NOBODY, after=draft.channel(ends.channel) is not before)
    return Ok((sent.size,)) if isinstance(sent, Delivered) else sent


def channel_sync_send(draft: Draft, call: CallMade) -> Outcome:
    """The same, and the caller sleeps till a receiver comes or, with TIMEOUT, its time has."""
    ends = _find_sender(draft, call)
    if isinstance(ends, Refused):
        return ends
    sent = send(draft, *ends)
    if sent is not None:
        return Ok((sent.size,)) if isinstance(sent, Delivered) else sent
    channel, sender = ends
    enqueue_sender(draft, channel, replace(sender, listener=next_wait(draft)))
    held = (sender.message.memory, sender.space)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def channel_sync_send_returns(_draft: Draft, woken: Thread) -> Outcome:
    """The size that was taken, or OkTimeout; any other wake reason panics."""
    return _woken(woken, Woke.MESSAGE_SENT, 1, STALE_SEND)


def channel_async_send(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later, and the pool is told."""
    ends = _find_sender(draft, call)
    if isinstance(ends, Refused):
        return ends
    pool = _find_pool(draft, call, 4)
    if isinstance(pool, Refused):
        return pool
    told = replace(ends.sender, listener=pool)
    return _send_or_stay(draft, ends.channel, told)


def channel_try_recv(draft: Draft, call: CallMade) -> Outcome:
    """The message of a sender that waits, or none; gives its size and the reply, or 0."""
    ends = _find_receiver(draft, call)
    if isinstance(ends, Refused):
        return ends
    before = draft.channel(ends.channel)
    received = receive(draft, *ends)
    if received is None:
        return replace(_NOBODY, after=draft.channel(ends.channel) is not before)
    return Ok(tuple(received)) if isinstance(received, Delivered) else received


def channel_sync_recv(draft: Draft, call: CallMade) -> Outcome:
    """The same, and the caller sleeps till a sender comes or, with TIMEOUT, its time has."""
    ends = _find_receiver(draft, call)
    if isinstance(ends, Refused):
        return ends
    received = receive(draft, *ends)
    if received is not None:
        return Ok(tuple(received)) if isinstance(received, Delivered) else received
    channel, receiver = ends
    enqueue_receiver(draft, channel, replace(receiver, listener=next_wait(draft)))
    assert receiver.buffer is not None, call
    held = _held(draft, receiver.buffer.memory)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def channel_sync_recv_returns(_draft: Draft, woken: Thread) -> Outcome:
    """Size and reply, or OkTimeout; any other wake reason panics."""
    return _woken(woken, Woke.MESSAGE_RECEIVED, 2, STALE_RECEIVE)


def channel_async_recv(draft: Draft, call: CallMade) -> Outcome:
    """The pool takes a message that waits or the next one or, with AUTO_REQUE, every one.

    As built it takes one of those that wait, and then waits beside them.
    """
    channel = _find_channel(draft, call, needed=Right.WRITE)
    if isinstance(channel, Refused):
        return channel
    pool = _find_pool(draft, call, 1)
    if isinstance(pool, Refused):
        return pool
    again = bool(call.options & HandleEventAsync.AUTO_REQUE)
    space = draft.thread(call.thread).capability_space
    receiver = Receiver(space, pool, again=again)
    received = receive(draft, channel, receiver)
    drains = again and draft.design.auto_requeue is AutoRequeue.DRAINS_QUEUE
    while drains and isinstance(received, Delivered):
        received = receive(draft, channel, receiver)
    if received is not None and not isinstance(received, Delivered):
        return received
    if received is None or again:
        enqueue_receiver(draft, channel, receiver)
    return Ok()


def channel_sync_call(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later; the caller sleeps till the answer comes.

    With TIMEOUT, it sleeps no longer than till its time has come.
    """
    ends = _find_sender(draft, call)
    if isinstance(ends, Refused):
        return ends
    answered = _find_memory(draft, call, 4, needed=Right.WRITE, name="recv_memory")
    if isinstance(answered, Refused):
        return answered
    channel, sender = ends
    caller = next_wait(draft)
    answer = Buffer(answered, *call.arguments[5:7])
    calls = replace(sender, calls=True, answer=answer)
    sent = send(draft, channel, calls, caller)
    if sent is None:
        enqueue_sender(draft, channel, replace(calls, listener=caller))
    elif not isinstance(sent, Delivered):
        return sent
    held = _held(draft, sender.message.memory, answered)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def channel_sync_call_returns(_draft: Draft, woken: Thread) -> Outcome:
    """The size of the answer, or OkTimeout; any other wake reason panics."""
    return _woken(woken, Woke.MESSAGE_RECEIVED, 1, STALE_CALL)


def channel_async_call(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later; the pool is given the answer."""
    ends = _find_sender(draft, call)
    if isinstance(ends, Refused):
        return ends
    pool = _find_pool(draft, call, 4)
    if isinstance(pool, Refused):
        return pool
    calls = replace(ends.sender, listener=pool, calls=True)
    return _send_or_stay(draft, ends.channel, calls)


def _send_or_stay(draft: Draft, channel: int, sender: Sender) -> Outcome:
    sent = send(draft, channel, sender)
    if sent is None:
        enqueue_sender(draft, channel, sender)
        return Ok()
    return Ok() if isinstance(sent, Delivered) else sent


def _held(draft: Draft, *memories: int) -> tuple[int, ...]:
    """What a receiver's stack holds: as built nothing; else what must not die while it waits."""
    silent = draft.design.dying_objects is DyingObjects.SILENT
    return () if silent else memories


def _woken(woken: Thread, expected: Woke, count: int, stale: PanicPlace) -> Outcome:
    if woken.reason.woke is Woke.DIED:
        return WAITED_FOR_THE_DEAD
    if woken.reason.woke is Woke.TIMEOUT:
        return Refused(Error.OK_TIMEOUT, "timed_out")
    if woken.reason.woke is not expected:
        return Panic(stale.place, stale.why)
    return Ok(woken.reason.values[:count])


def _find_channel(draft: Draft, call: CallMade, *, needed: int) -> int | Refused:
    return find(draft, call, 0, kind=ObjectType.CHANNEL, needed=needed, name="channel")


def _find_memory(draft: Draft, call: CallMade, at: int, *, needed: int, name: str) -> int | Refused:
    return find(draft, call, at, kind=ObjectType.MEMORY, needed=needed, name=name)


def _find_pool(draft: Draft, call: CallMade, at: int) -> ListeningPool | Refused:
    """The pool, and the event id behind it."""
    kind = ObjectType.EVENT_POOL
    pool = find(draft, call, at, kind=kind, needed=Right.WRITE, name="event_pool")
    return pool if isinstance(pool, Refused) else ListeningPool(pool, call.arguments[at + 1])


def _find_sender(draft: Draft, call: CallMade) -> _Ends | Refused:
    channel = _find_channel(draft, call, needed=Right.PROD)
    if isinstance(channel, Refused):
        return channel
    memory = _find_memory(draft, call, 1, needed=Right.READ, name="memory")
    if isinstance(memory, Refused):
        return memory
    space = draft.thread(call.thread).capability_space
    return _Ends(channel, Sender(space, Buffer(memory, *call.arguments[2:4])))


def _find_receiver(draft: Draft, call: CallMade) -> _Receives | Refused:
    channel = _find_channel(draft, call, needed=Right.WRITE)
    if isinstance(channel, Refused):
        return channel
    memory = _find_memory(draft, call, 1, needed=Right.WRITE, name="memory")
    if isinstance(memory, Refused):
        return memory
    space = draft.thread(call.thread).capability_space
    buffer = Buffer(memory, *call.arguments[2:4])
    return _Receives(channel, Receiver(space, buffer=buffer))
