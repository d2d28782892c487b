"""The delivery of one message from a sender to a receiver.

Source: cap/channel/mod.rs (do_send), cap/channel/event_listeners.rs.
"""

from typing import NamedTuple

from reference_kernel.changing import replace
from reference_kernel.contents import own_words, store_words
from reference_kernel.copying import Fault, Written
from reference_kernel.draft import Draft
from reference_kernel.entries import insert, remove
from reference_kernel.locks import LockKind
from reference_kernel.messages import (
    BUFFER_TOO_SMALL,
    Pushed,
    Spaces,
    copy_message,
    copy_to_memory,
    desired_bytes,
    message_bytes,
    push_word,
)
from reference_kernel.outcomes import Panic, Refused
from reference_kernel.parties import (
    Buffer,
    ListeningPool,
    Message,
    Receiver,
    Sender,
    WaitingThread,
)
from reference_kernel.pools import (
    MESSAGE_RECEIVED,
    MESSAGE_SENT,
    PoolWriter,
    advance,
    make_room,
    notify,
    pages_of,
    wake_waiter,
)
from reference_kernel.queues import watch_party
from reference_kernel.ready_queue import claim, enqueue, is_waiting, leave_reason, wake
from reference_kernel.sections import Delivery
from reference_kernel.state import Reply, ThreadState, WakeReason, Woke
from spec.design import DeliveryFault, PartialSend, WakeProtocol
from spec.errors import Error
from spec.ids import ObjectType
from spec.panics import REPLY_GONE
from spec.rights import Right

_HEADER_BYTES = 32

_SPACE_DEAD = Refused(Error.INVL_WEAK, "caller_space_dead")
_SENDER_DEAD = Refused(Error.INVL_WEAK, "sender_space_dead")
_MESSAGE_DEAD = Refused(Error.INVL_WEAK, "message_dead")
_POOL_TOO_SMALL = Refused(Error.OUT_OF_CAPACITY, "pool_too_small")
TOO_LONG = (BUFFER_TOO_SMALL, _POOL_TOO_SMALL)
"""The message has no room where it would be received, even if nothing else is there: nobody's
fault, and an error of who acts."""
_BUFFER_DEAD = Refused(Error.INVL_WEAK, "caller_buffer_dead")
_WAITS_NO_MORE = Refused(Error.OK_UNREACH, "caller_waits_no_more")


class Delivered(NamedTuple):
    """How many bytes were written, the id of the reply in the receiver's space, or 0, and how long
    the message is.
    """

    size: int
    reply: int
    whole: int


def is_senders(fault: Refused) -> bool:
    """Whether it is for the sender that the delivery failed."""
    return fault.refusal in _OF_SENDER


_OF_SENDER = frozenset(("sender_space_dead", "message_dead", "no_memory_for_message"))


def deliver(
    draft: Draft, sender: Sender, receiver: Receiver, caller: WaitingThread | None = None
) -> Delivered | Fault:
    """The sender's message goes to the receiver, and the sender is told.

    A call leaves a reply; `caller` is the wait that the running thread is about to begin. Refuses,
    first match wins: a space is dead, the message's memory is, the receiver is or waits no more,
    the message cannot be written. Nobody is told then, and capabilities that were cloned stay.
    """
    dead = _dead(draft, sender, receiver)
    if dead is not None:
        return dead
    word = _add_reply(draft, sender, receiver, caller) if sender.calls else 0
    spaces = Spaces(sender.space, receiver.space, word)
    size = hand_over(draft, sender.message, receiver, spaces, told=True)
    if not isinstance(size, int):
        if word and isinstance(size, Refused):
            _take_back(draft, receiver.space, word)
        return size
    whole = message_bytes(draft, sender.message)
    fault = _acknowledge(draft, sender, size)
    return fault or Delivered(size, word, whole)


def _dead(draft: Draft, sender: Sender, receiver: Receiver) -> Refused | None:
    """What is dead of what a delivery needs, but for where the message goes."""
    if not draft.is_alive(sender.space):
        return _SENDER_DEAD
    if not draft.is_alive(receiver.space):
        return _SPACE_DEAD
    if isinstance(sender.message, Buffer) and not draft.is_alive(sender.message.memory):
        return _MESSAGE_DEAD
    return None


def _add_reply(
    draft: Draft, sender: Sender, receiver: Receiver, caller: WaitingThread | None
) -> int:
    """The receiver gets a reply, with which it can answer the sender."""
    waits = Receiver(sender.space, sender.listener or caller, sender.answer)
    reply = draft.create(ObjectType.REPLY, Reply(waits))
    watch_party(draft, waits)
    return insert(draft, receiver.space, reply, rights=int(Right.WRITE), weak=False)


def _take_back(draft: Draft, space: int, word: int) -> None:
    """The reply goes, and it is nobody's loss: the call was not taken."""
    reply = draft.space(space).entries[word]
    draft.put(reply, replace(draft.reply(reply), used=True))
    remove(draft, space, word)


def hand_over(
    draft: Draft, message: Message, receiver: Receiver, spaces: Spaces, *, told: bool
) -> int | Fault:
    """The message is in the receiver's memory or pool, and a thread that waits for it wakes.

    Gives how many bytes were written. Without a handshake a thread is claimed before the
    message is copied, and lost if that fails. A sender that is `told` otherwise does not care
    whether a pool's waiter can be woken.
    """
    if isinstance(receiver.listener, ListeningPool):
        return _to_pool(draft, message, receiver.listener, spaces, told=told)
    assert receiver.buffer is not None, receiver
    if not draft.is_alive(receiver.buffer.memory):
        return _BUFFER_DEAD
    waiter = receiver.listener
    if waiter is not None and not is_waiting(draft, waiter.thread, waiter.wait):
        return _WAITS_NO_MORE
    early = draft.design.wake_protocol is WakeProtocol.AS_IS
    if waiter is not None and early:
        claim(draft, waiter.thread)
    size = copy_to_memory(draft, message, receiver.buffer, spaces)
    if waiter is not None and isinstance(size, int):
        if not early:
            claim(draft, waiter.thread)
        whole = message_bytes(draft, message)
        leave_reason(draft, waiter.thread, _received(draft, size, spaces.hidden, whole))
        enqueue(draft, waiter.thread)
    return size


def _received(draft: Draft, size: int, reply: int, whole: int) -> WakeReason:
    values = told(draft, Delivered(size, reply, whole))
    return WakeReason(Woke.MESSAGE_RECEIVED, values)


def told(draft: Draft, delivered: Delivered) -> tuple[int, ...]:
    """What whoever receives is told: how long the message is only where the design tells it."""
    tells = draft.design.partial_send is PartialSend.REPORT_SIZES
    return tuple(delivered) if tells else tuple(delivered[:2])


def _to_pool(
    draft: Draft, message: Message, listener: ListeningPool, spaces: Spaces, *, told: bool
) -> int | Fault:
    if not draft.is_alive(listener.pool):
        return _BUFFER_DEAD
    with draft.lock(LockKind.POOL, listener.pool):
        size = _write_event(draft, message, listener, spaces)
    if not isinstance(size, int):
        return size
    with draft.lock(LockKind.POOL, listener.pool):
        woken = wake_waiter(draft, listener.pool)
    if isinstance(woken, Panic) or (woken is not None and not told):
        return woken
    return size


def _write_event(
    draft: Draft, message: Message, listener: ListeningPool, spaces: Spaces
) -> int | Fault:
    """The message is an event: tag, event id, reply, size, then itself."""
    pool = listener.pool
    wanted = _HEADER_BYTES + desired_bytes(draft, message)
    reports = draft.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER
    if reports and pages_of(wanted) > draft.pool(pool).max_pages:
        return _POOL_TOO_SMALL
    refused = make_room(draft, pool, wanted)
    if refused is not None:
        return refused
    writer = PoolWriter(draft, draft.pool(pool).writes)
    head = 0
    for word in (MESSAGE_RECEIVED, listener.event_id, spaces.hidden):
        written = writer.write(own_words(word))
        assert isinstance(written, Written), pool
        head += written.size
    pushed = push_word(writer)
    if not isinstance(pushed, Pushed):
        return pushed
    assert pushed.address is not None, pool
    size = copy_message(draft, message, spaces, writer)
    if not isinstance(size, int):
        return size
    store_words(draft, pushed.address, (size,))
    advance(draft, pool, head + pushed.size + size)
    return head + pushed.size + size


def _acknowledge(draft: Draft, sender: Sender, size: int) -> Panic | None:
    """Whoever waited to send is told how much was taken; a call waits on, for its answer."""
    if sender.calls:
        return None
    match sender.listener:
        case WaitingThread(thread=thread, wait=wait):
            if is_waiting(draft, thread, wait):
                wake(draft, thread, WakeReason(Woke.MESSAGE_SENT, (size,)))
        case ListeningPool(pool=pool, event_id=event_id):
            if draft.is_alive(pool):
                return notify(draft, pool, MESSAGE_SENT, event_id, size)
        case None:
            pass
    return None


def opens(draft: Draft, delivery: Delivery) -> Delivery | Fault:
    """The first step of a delivery: both sides are looked at, and there is a reply nobody sees.

    A thread that receives is claimed here without a handshake, and lost if the copy fails. Refuses
    as `deliver` does before it copies; nothing of it has happened then.
    """
    sender, receiver = delivery.sender, delivery.receiver
    dead = _dead(draft, sender, receiver)
    if dead is not None:
        return dead
    opened = delivery
    if sender.calls:
        word = _add_reply(draft, sender, receiver, delivery.caller)
        reply = draft.space(receiver.space).entries[word]
        opened = replace(delivery, word=word, reply=reply)
    fault = _cannot_take(draft, receiver)
    if fault is not None:
        return takes_back(draft, opened) or fault
    return _claims(draft, opened) if _claims_early(draft) else opened


def _cannot_take(draft: Draft, receiver: Receiver) -> Refused | None:
    match receiver.listener:
        case ListeningPool(pool=pool):
            return None if draft.is_alive(pool) else _BUFFER_DEAD
        case waiter:
            assert receiver.buffer is not None, receiver
            if not draft.is_alive(receiver.buffer.memory):
                return _BUFFER_DEAD
            if waiter is not None and not is_waiting(draft, waiter.thread, waiter.wait):
                return _WAITS_NO_MORE
            return None


def _claims_early(draft: Draft) -> bool:
    return draft.design.wake_protocol is WakeProtocol.AS_IS


def _claims(draft: Draft, delivery: Delivery) -> Delivery:
    """The thread that receives, if one waits for it, is ready and in no queue."""
    match delivery.receiver.listener:
        case WaitingThread(thread=thread):
            slept_on = draft.thread(thread).waits_on
            claim(draft, thread)
            return replace(delivery, claimed=thread, slept_on=slept_on)
        case _:
            return delivery


def takes_back(draft: Draft, delivery: Delivery) -> Panic | None:
    """The reply that nobody has seen goes; the kernel panics if somebody took it away."""
    word, space = delivery.word, delivery.receiver.space
    if word and word not in draft.space(space).entries:
        return Panic(REPLY_GONE.place, REPLY_GONE.why)
    if word:
        _take_back(draft, space, word)
    return None


def copies(draft: Draft, delivery: Delivery, *, is_later: bool = False) -> Delivery | Fault:
    """The second step: the message is copied, and its capabilities are cloned.

    With a handshake the thread is claimed behind that. Refuses, first match wins: the message
    cannot be written, the receiver waits no more, which it is asked again in a section that
    `is_later` than the first. The reply is still there then.
    """
    sender, receiver = delivery.sender, delivery.receiver
    spaces = Spaces(sender.space, receiver.space, delivery.word)
    if isinstance(receiver.listener, ListeningPool):
        with draft.lock(LockKind.POOL, receiver.listener.pool):
            size = _write_event(draft, sender.message, receiver.listener, spaces)
    else:
        assert receiver.buffer is not None, receiver
        size = copy_to_memory(draft, sender.message, receiver.buffer, spaces)
    if not isinstance(size, int):
        return size
    copied = replace(delivery, size=size, whole=message_bytes(draft, sender.message))
    if _claims_early(draft):
        return copied
    fault = _cannot_take(draft, receiver) if is_later else None
    return fault or _claims(draft, copied)


def hands_over(draft: Draft, delivery: Delivery) -> Fault | None:
    """The third step: the reply can be seen, and who waits for the message wakes.

    The kernel panics if somebody took the reply away. A thread that was ended meanwhile wakes no
    more. Whoever answers learns that a pool's waiter could not be woken.
    """
    receiver = delivery.receiver
    if delivery.word and delivery.word not in draft.space(receiver.space).entries:
        return Panic(REPLY_GONE.place, REPLY_GONE.why)
    match receiver.listener:
        case WaitingThread(thread=thread):
            if draft.thread(thread).state is ThreadState.READY:
                reason = _received(draft, delivery.size, delivery.word, delivery.whole)
                leave_reason(draft, thread, reason)
                enqueue(draft, thread)
        case ListeningPool(pool=pool):
            with draft.lock(LockKind.POOL, pool):
                woken = wake_waiter(draft, pool) if _has_news(draft, pool) else None
            if isinstance(woken, Panic) or (woken is not None and delivery.is_answer):
                return woken
        case None:
            pass
    return None


def _has_news(draft: Draft, pool: int) -> bool:
    """Whether whoever waits is to be woken; as built also if others took the message meanwhile."""
    return _claims_early(draft) or draft.pool(pool).written_bytes > 0


def acknowledges(draft: Draft, delivery: Delivery) -> Panic | None:
    """The last step: whoever waited to send is told."""
    return _acknowledge(draft, delivery.sender, delivery.size)
