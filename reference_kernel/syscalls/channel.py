"""The calls about channels.

Source: syscall/channel.rs, cap/channel/mod.rs.
"""

from typing import NamedTuple

from reference_kernel.capability_space import find
from reference_kernel.changing import replace
from reference_kernel.channels import receive, send
from reference_kernel.copying import Fault
from reference_kernel.creation import create_asked, find_allocator
from reference_kernel.delivering import takes_next, under_way
from reference_kernel.delivery import Delivered, told
from reference_kernel.draft import Draft, Mark
from reference_kernel.events import CallMade
from reference_kernel.listening import (
    NOT_LISTENING,
    UNKNOWN_NUMBER,
    WAITED_FOR_THE_DEAD,
    in_vain,
    removes_listeners,
)
from reference_kernel.outcomes import Cut, Ok, Outcome, Panic, Refused, Stopped
from reference_kernel.parties import Buffer, ListeningPool, Receiver, Sender
from reference_kernel.processors import block, next_wait
from reference_kernel.queues import (
    enqueue_receiver,
    enqueue_sender,
    leave_queues,
    tell_of_fault,
)
from reference_kernel.state import Channel, Thread, ThreadState, Woke
from reference_kernel.taking import sent
from reference_kernel.transit import begin_to_wait
from spec.design import AutoRequeue, DeliveryFault, DyingObjects
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
    if not isinstance(allocator, int):
        return allocator
    return Ok((create_asked(draft, call, ObjectType.CHANNEL, Channel()),))


def channel_try_send(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver that waits, or nowhere; gives its size."""
    ends = _find_sender(draft, call)
    if not isinstance(ends, _Ends):
        return ends
    mark = draft.mark()
    gave = send(draft, *ends)
    if gave is None:
        return _nobody(draft, mark)
    return Ok((gave.size,)) if isinstance(gave, Delivered) else gave


def channel_sync_send(draft: Draft, call: CallMade) -> Outcome:
    """The same, and the caller sleeps till a receiver comes or, with TIMEOUT, its time has."""
    ends = _find_sender(draft, call)
    if not isinstance(ends, _Ends):
        return ends
    gave = send(draft, *ends)
    if gave is not None:
        return Ok((gave.size,)) if isinstance(gave, Delivered) else gave
    channel, sender = ends
    panic = _queue(draft, channel, replace(sender, listener=next_wait(draft)))
    if panic is not None:
        return panic
    held = (*_memory_of(sender), sender.space)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def _nobody(draft: Draft, mark: Mark) -> Refused:
    """Nobody is there who can; where faults are told, they are told by who gets something done."""
    if draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER:
        draft.back_to(mark)
    going = under_way(draft)
    tried = going is not None and going.tried
    return replace(_NOBODY, after=tried or draft.changed_since(mark))


def _taken(draft: Draft, received: Delivered | Fault | Cut) -> Outcome:
    """What a receive gives."""
    return Ok(told(draft, received)) if isinstance(received, Delivered) else received


def _memory_of(sender: Sender) -> tuple[int, ...]:
    """The memory in which the message still is."""
    return (sender.message.memory,) if isinstance(sender.message, Buffer) else ()


def channel_sync_send_returns(_draft: Draft, woken: Thread) -> Outcome:
    """The size that was taken, or OkTimeout; any other wake reason panics."""
    return _woken(woken, Woke.MESSAGE_SENT, STALE_SEND)


def channel_async_send(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later, and the pool is told."""
    ends = _find_sender(draft, call)
    if not isinstance(ends, _Ends):
        return ends
    pool = _find_pool(draft, call, 4)
    if isinstance(pool, Refused | Cut):
        return pool
    listens = replace(ends.sender, listener=pool)
    return _send_or_stay(draft, ends.channel, listens)


def channel_try_recv(draft: Draft, call: CallMade) -> Outcome:
    """The message of a sender that waits, or none; gives its size and the reply, or 0."""
    ends = _find_receiver(draft, call)
    if isinstance(ends, Refused | Cut):
        return ends
    mark = draft.mark()
    received = receive(draft, *ends)
    if received is None:
        return _nobody(draft, mark)
    return _taken(draft, received)


def channel_sync_recv(draft: Draft, call: CallMade) -> Outcome:
    """The same, and the caller sleeps till a sender comes or, with TIMEOUT, its time has."""
    ends = _find_receiver(draft, call)
    if isinstance(ends, Refused | Cut):
        return ends
    received = receive(draft, *ends)
    if received is not None:
        return _taken(draft, received)
    channel, receiver = ends
    enqueue_receiver(draft, channel, replace(receiver, listener=next_wait(draft)))
    assert receiver.buffer is not None, call
    held = _held(draft, receiver.buffer.memory)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def channel_sync_recv_returns(_draft: Draft, woken: Thread) -> Outcome:
    """Size and reply, or OkTimeout; any other wake reason panics."""
    return _woken(woken, Woke.MESSAGE_RECEIVED, STALE_RECEIVE)


def channel_async_recv(draft: Draft, call: CallMade) -> Outcome:
    """The pool takes a message that waits or the next one or, with AUTO_REQUE, every one.

    As built it takes one of those that wait, and then waits beside them.
    """
    channel = _find_channel(draft, call, needed=Right.WRITE)
    if not isinstance(channel, int):
        return channel
    pool = _find_pool(draft, call, 1)
    if isinstance(pool, Refused | Cut):
        return pool
    again = bool(call.options & HandleEventAsync.AUTO_REQUE)
    space = draft.thread(call.thread).capability_space
    return _receive_or_stay(draft, channel, Receiver(space, pool, again=again))


def _receive_or_stay(draft: Draft, channel: int, receiver: Receiver) -> Outcome:
    """A fault of a pool that took messages already is told to it, and refuses nothing."""
    going = under_way(draft)
    received, taken = receive(draft, channel, receiver), 0 if going is None else going.taken
    drains = receiver.again and draft.design.auto_requeue is AutoRequeue.DRAINS_QUEUE
    while drains and isinstance(received, Delivered):
        if draft.fine is not None:
            return takes_next(draft, channel, receiver, taken + 1)
        received, taken = receive(draft, channel, receiver), taken + 1
    if isinstance(received, Refused) and taken:
        tell_of_fault(draft, receiver, received)
    elif received is not None and not isinstance(received, Delivered):
        return _taken(draft, received)
    elif received is None or receiver.again:
        enqueue_receiver(draft, channel, receiver)
    return Ok()


def channel_sync_call(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later; the caller sleeps till the answer comes.

    With TIMEOUT, it sleeps no longer than till its time has come.
    """
    ends = _find_sender(draft, call)
    if not isinstance(ends, _Ends):
        return ends
    answered = _find_memory(draft, call, 4, needed=Right.WRITE, name="recv_memory")
    if not isinstance(answered, int):
        return answered
    channel, sender = ends
    caller = next_wait(draft)
    answer = Buffer(answered, *call.arguments[5:7])
    calls = replace(sender, calls=True, answer=answer)
    gave = send(draft, channel, calls, caller)
    if gave is None:
        gave = _queue(draft, channel, replace(calls, listener=caller))
    if gave is not None and not isinstance(gave, Delivered):
        return gave
    held = _held(draft, *_memory_of(sender), answered)
    return block(draft, call, ThreadState.SUSPENDED, on=channel, held=held)


def channel_sync_call_returns(_draft: Draft, woken: Thread) -> Outcome:
    """The size of the answer, or OkTimeout; any other wake reason panics."""
    answered = _woken(woken, Woke.MESSAGE_RECEIVED, STALE_CALL)
    if isinstance(answered, Ok):
        size, _, *whole = answered.values
        return Ok((size, *whole))
    return answered


def channel_async_call(draft: Draft, call: CallMade) -> Outcome:
    """The message goes to a receiver now or later; the pool is given the answer."""
    ends = _find_sender(draft, call)
    if not isinstance(ends, _Ends):
        return ends
    pool = _find_pool(draft, call, 4)
    if isinstance(pool, Refused | Cut):
        return pool
    calls = replace(ends.sender, listener=pool, calls=True)
    return _send_or_stay(draft, ends.channel, calls)


def channel_remove_listener(draft: Draft, call: CallMade) -> Outcome:
    """The pool takes no more messages with this event id."""
    if not removes_listeners(draft):
        return UNKNOWN_NUMBER
    channel = _find_channel(draft, call, needed=Right.WRITE)
    if not isinstance(channel, int):
        return channel
    pool = _find_pool(draft, call, 1)
    if isinstance(pool, Refused | Cut):
        return pool
    if all(each.listener != pool for each in draft.channel(channel).receivers):
        return NOT_LISTENING
    leave_queues(draft, channel, draft.channel(channel), pool, sends=False)
    return Ok()


def _send_or_stay(draft: Draft, channel: int, sender: Sender) -> Outcome:
    gave = send(draft, channel, sender)
    if gave is None:
        return _queue(draft, channel, sender) or Ok()
    return Ok() if isinstance(gave, Delivered) else gave


def _queue(draft: Draft, channel: int, sender: Sender) -> Panic | None:
    """The sender waits, with all that it sends.

    Panics: as built, where an id in the message has a type without a table.
    """
    waiting = begin_to_wait(draft, sender)
    if isinstance(waiting, Panic):
        return waiting
    enqueue_sender(draft, channel, waiting)
    return None


def _held(draft: Draft, *memories: int) -> tuple[int, ...]:
    """What a receiver's stack holds: as built nothing; else what must not die while it waits."""
    silent = draft.design.dying_objects is DyingObjects.SILENT
    return () if silent else memories


def _woken(woken: Thread, expected: Woke, stale: PanicPlace) -> Outcome:
    if woken.reason.woke is Woke.DIED:
        return WAITED_FOR_THE_DEAD
    if woken.reason.woke is Woke.FAILED:
        return in_vain(woken.reason)
    if woken.reason.woke is Woke.TIMEOUT:
        return Refused(Error.OK_TIMEOUT, "timed_out")
    if woken.reason.woke is not expected:
        return Panic(stale.place, stale.why)
    return Ok(woken.reason.values)


def _find_channel(draft: Draft, call: CallMade, *, needed: int) -> int | Stopped:
    return find(draft, call, 0, kind=ObjectType.CHANNEL, needed=needed, name="channel")


def _find_memory(draft: Draft, call: CallMade, at: int, *, needed: int, name: str) -> int | Stopped:
    return find(draft, call, at, kind=ObjectType.MEMORY, needed=needed, name=name)


def _find_pool(draft: Draft, call: CallMade, at: int) -> ListeningPool | Stopped:
    """The pool, and the event id behind it."""
    kind = ObjectType.EVENT_POOL
    pool = find(draft, call, at, kind=kind, needed=Right.WRITE, name="event_pool")
    return ListeningPool(pool, call.arguments[at + 1]) if isinstance(pool, int) else pool


def _find_sender(draft: Draft, call: CallMade) -> _Ends | Stopped | Panic:
    channel = _find_channel(draft, call, needed=Right.PROD)
    if not isinstance(channel, int):
        return channel
    memory = _find_memory(draft, call, 1, needed=Right.READ, name="memory")
    if not isinstance(memory, int):
        return memory
    going = under_way(draft)
    if going is not None:
        return _Ends(channel, going.sender)
    message = sent(draft, Buffer(memory, *call.arguments[2:4]))
    if isinstance(message, Panic):
        return message
    return _Ends(channel, Sender(draft.thread(call.thread).capability_space, message))


def _find_receiver(draft: Draft, call: CallMade) -> _Receives | Stopped:
    channel = _find_channel(draft, call, needed=Right.WRITE)
    if not isinstance(channel, int):
        return channel
    memory = _find_memory(draft, call, 1, needed=Right.WRITE, name="memory")
    if not isinstance(memory, int):
        return memory
    space = draft.thread(call.thread).capability_space
    buffer = Buffer(memory, *call.arguments[2:4])
    return _Receives(channel, Receiver(space, buffer=buffer))
