"""What the calls about channels, replies and pools refuse, as questions about the state before."""

from collections.abc import Callable

from reference_kernel.guarantees.able import (
    buffer_is_dead,
    bytes_of,
    cannot_give,
    cannot_take,
    has_no_range,
    has_no_room,
    is_dead,
    is_too_small,
    waits_no_more,
)
from reference_kernel.guarantees.asking import Asked, Question
from reference_kernel.parties import Buffer, ListeningPool, Message, Receiver, Sender, Taken
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    CapabilitySpace,
    Channel,
    DropCheckReceiver,
    EventPool,
    Reply,
    State,
    Thread,
)
from spec.design import (
    DeliveryFault,
    InterruptManager,
    MessageCopy,
    MessageTime,
    PartialSend,
    ReplyBufferRight,
    WaiterFailure,
)
from spec.ids import rights_of
from spec.rights import Right, covers
from spec.syscalls import BY_NAME

_ASYNC_RECV = BY_NAME["channel_async_recv"].number


def _pool(asked: Asked, at: int) -> EventPool:
    body = asked.body(at)
    assert isinstance(body, EventPool), asked.call
    return body


def _awaited(asked: Asked) -> bool:
    return _pool(asked, 0).waiter is not None


def _not_mapped(asked: Asked) -> bool:
    return _pool(asked, 0).mapped_in == NOTHING


def _space_dead(asked: Asked) -> bool:
    """Only where there are events to be shown; else nobody looks."""
    pool = _pool(asked, 0)
    return bool(pool.writes.written_bytes) and is_dead(asked.state, pool.mapped_in, AddressSpace)


def _caller(asked: Asked) -> Receiver:
    body = asked.body(0)
    assert isinstance(body, Reply), asked.call
    return body.caller


def _lacks_buffer_right(asked: Asked) -> bool:
    """As built replying asks to write what it only reads."""
    reads = asked.design.reply_buffer_right is ReplyBufferRight.READ
    return not covers(rights_of(asked.word(1)), Right.READ if reads else Right.WRITE)


def _used(asked: Asked) -> bool:
    body = asked.body(0)
    return isinstance(body, Reply) and body.used


def _caller_space_dead(asked: Asked) -> bool:
    return is_dead(asked.state, _caller(asked).space, CapabilitySpace)


def _caller_buffer_dead(asked: Asked) -> bool:
    return buffer_is_dead(asked.state, _caller(asked))


def _caller_waits_no_more(asked: Asked) -> bool:
    return waits_no_more(asked.state, _caller(asked))


def _caller_buffer(asked: Asked) -> bool:
    return has_no_range(asked.state, _caller(asked).buffer)


def _pool_full(asked: Asked) -> bool:
    return has_no_room(asked.state, _caller(asked), _room_for(asked, _own_message(asked)))


def _pool_too_small(asked: Asked) -> bool:
    return is_too_small(asked.state, _caller(asked), _room_for(asked, _own_message(asked)))


def _own_message(asked: Asked) -> Buffer:
    """What an answer is, whenever messages are read."""
    return _named(asked, 1)


def _answer_too_long(asked: Asked) -> bool:
    buffer = _caller(asked).buffer
    return buffer is not None and _is_longer(asked.state, _own_message(asked), buffer)


def _waiter_is_told(asked: Asked) -> bool:
    """Whether that is told to the waiter, and to nobody else."""
    return asked.design.waiter_failure is WaiterFailure.TOLD


def _waiter_cannot_be_shown(asked: Asked) -> bool:
    """Somebody waits for the caller's pool, and it is not mapped in a living space."""
    listener = _caller(asked).listener
    if _waiter_is_told(asked) or not isinstance(listener, ListeningPool):
        return False
    body = asked.state.body(listener.pool)
    waits = isinstance(body, EventPool) and body.waiter is not None
    return waits and isinstance(body, EventPool) and body.mapped_in == NOTHING


def _waiter_has_no_space(asked: Asked) -> bool:
    listener = _caller(asked).listener
    if _waiter_is_told(asked) or not isinstance(listener, ListeningPool):
        return False
    body = asked.state.body(listener.pool)
    if not isinstance(body, EventPool) or body.waiter is None or body.mapped_in == NOTHING:
        return False
    return is_dead(asked.state, body.mapped_in, AddressSpace)


def _named(asked: Asked, at: int) -> Buffer:
    """The range of a memory that the arguments from there on name."""
    memory = asked.target(at)
    assert memory is not None, asked.call
    return Buffer(memory, asked.word(at + 1), asked.word(at + 2))


def _channel(asked: Asked) -> Channel:
    body = asked.body(0)
    assert isinstance(body, Channel), asked.call
    return body


def _sender(asked: Asked) -> Sender:
    """The caller as one who sends."""
    message: Message = _named(asked, 1)
    if asked.design.message_time is MessageTime.AT_SEND:
        message = Taken(bytes_of(asked.state, message), ())
    return Sender(asked.caller.capability_space, message)


def _receiver(asked: Asked) -> Receiver:
    """The caller as one who receives."""
    space = asked.caller.capability_space
    if asked.call.number == _ASYNC_RECV:
        pool = asked.target(1)
        assert pool is not None, asked.call
        return Receiver(space, ListeningPool(pool, asked.word(2)))
    return Receiver(space, buffer=_named(asked, 1))


def _reports(asked: Asked) -> bool:
    return asked.design.delivery_fault is DeliveryFault.REPORT_TO_OWNER


def _nobody_receives(asked: Asked) -> bool:
    """No receiver of the queue could take the message."""
    return _first_receiver(asked) is None


def _first_receiver(asked: Asked) -> Receiver | None:
    """The one to whom the message goes, unless it is too long for it."""
    sender, state = _sender(asked), asked.state
    for each in _channel(asked).receivers:
        if cannot_give(state, sender) or cannot_take(state, each):
            continue
        wanted = _room_for(asked, sender.message)
        too_long = _reports(asked) and is_too_small(state, each, wanted)
        if has_no_room(state, each, wanted) and not too_long:
            continue
        if _reports(asked) or not _is_refused(asked, sender, each):
            return each
    return None


def _is_refused(asked: Asked, sender: Sender, receiver: Receiver) -> bool:
    """Whether the message is too long and the design cuts none."""
    refuses = asked.design.partial_send is PartialSend.REFUSE
    known = receiver.buffer is not None
    return refuses and known and _is_longer(asked.state, sender.message, receiver.buffer)


def _too_long_for_first(asked: Asked) -> bool:
    receiver = _first_receiver(asked)
    return receiver is not None and _is_refused(asked, _sender(asked), receiver)


def _too_long_for_pool(asked: Asked) -> bool:
    receiver = _first_receiver(asked)
    if receiver is None:
        return False
    return is_too_small(asked.state, receiver, _room_for(asked, _sender(asked).message))


def _nobody_sends(asked: Asked) -> bool:
    """No sender of the queue could give a message."""
    return _first_sender(asked) is None


def _first_sender(asked: Asked) -> Sender | None:
    """The one whose message is taken, unless the caller cannot take it."""
    receiver, state = _receiver(asked), asked.state
    for each in _channel(asked).senders:
        if cannot_give(state, each):
            continue
        unable = cannot_take(state, receiver) or _is_refused(asked, each, receiver)
        if _reports(asked) or not unable:
            return each
    return None


def _caller_fails(asked: Asked) -> bool:
    """Somebody sends, and the caller named a range that is not there."""
    return _reports(asked) and not _nobody_sends(asked) and _receiver_fails_now(asked)


def _receiver_fails_now(asked: Asked) -> bool:
    return has_no_range(asked.state, _receiver(asked).buffer)


def _first_too_long(asked: Asked) -> bool:
    sender = _first_sender(asked)
    return sender is not None and _is_refused(asked, sender, _receiver(asked))


def _first_finds_no_room(is_so: Callable[[State, Receiver, int], bool]) -> Question:
    def finds_no_room(asked: Asked) -> bool:
        sender = _first_sender(asked)
        if sender is None:
            return False
        return is_so(asked.state, _receiver(asked), _room_for(asked, sender.message))

    return finds_no_room


def _room_for(asked: Asked, message: Message) -> int:
    """The bytes for which a pool needs room: as built as many as were named."""
    exact = asked.design.message_copy is MessageCopy.EXACT
    return bytes_of(asked.state, message) if exact else message.size_bytes


def _is_longer(state: State, message: Message, buffer: Buffer | None) -> bool:
    assert buffer is not None
    return bytes_of(state, message) > buffer.size_bytes


_RECEIVES: dict[str, Question] = {
    "caller_buffer": _caller_fails,
    "message_too_long": _first_too_long,
}
_SENDS: dict[str, Question] = {
    "message_too_long": _too_long_for_first,
    "pool_too_small": _too_long_for_pool,
}


def _not_listening(asked: Asked) -> bool:
    """The pool does not listen to the source with this event id."""
    pool = asked.target(1)
    assert pool is not None, asked.call
    listener = ListeningPool(pool, asked.word(2))
    match asked.body(0):
        case Thread(exit_event=event) | DropCheckReceiver(cap_drop=event):
            return listener not in event.once + event.always
        case Channel(receivers=receivers):
            return all(each.listener != listener for each in receivers)
        case _:
            raise AssertionError(asked.call)


def _gives_none(asked: Asked) -> bool:
    """No interrupt is ever given; as built that is no refusal but a panic."""
    return asked.design.interrupt_manager is InterruptManager.GIVES_NONE


MESSAGE_CALLS: dict[str, dict[str, Question]] = {
    "interrupt_new": {"no_such_vectors": _gives_none},
    "event_pool_await": {
        "pool_awaited": _awaited,
        "pool_not_mapped": _not_mapped,
        "address_space_dead": _space_dead,
    },
    "channel_try_send": {**_SENDS, "nobody_waits": _nobody_receives},
    "channel_sync_send": _SENDS,
    "channel_async_send": _SENDS,
    "channel_sync_call": _SENDS,
    "channel_async_call": _SENDS,
    "channel_try_recv": {"nobody_waits": _nobody_sends, **_RECEIVES},
    "channel_sync_recv": _RECEIVES,
    "channel_async_recv": {
        "pool_too_small": _first_finds_no_room(is_too_small),
        "pool_full": _first_finds_no_room(has_no_room),
    },
    "thread_remove_listener": {"not_listening": _not_listening},
    "drop_check_reciever_remove_listener": {"not_listening": _not_listening},
    "channel_remove_listener": {"not_listening": _not_listening},
    "reply_reply": {
        "memory_lacks_right": _lacks_buffer_right,
        "reply_used": _used,
        "caller_space_dead": _caller_space_dead,
        "caller_buffer_dead": _caller_buffer_dead,
        "caller_waits_no_more": _caller_waits_no_more,
        "caller_buffer": _caller_buffer,
        "message_too_long": _answer_too_long,
        "pool_too_small": _pool_too_small,
        "pool_full": _pool_full,
        "pool_not_mapped": _waiter_cannot_be_shown,
        "address_space_dead": _waiter_has_no_space,
    },
}
"""What these calls refuse besides the look-up of their arguments."""
