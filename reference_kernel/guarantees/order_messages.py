"""What the calls about channels, replies and pools refuse, as questions about the state before."""

from reference_kernel.guarantees.asking import Asked, Question
from reference_kernel.parties import Buffer, ListeningPool, Receiver, Sender
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    CapabilitySpace,
    Channel,
    EventPool,
    Memory,
    Reply,
    State,
    Thread,
    ThreadState,
)
from spec.design import ReplyBufferRight
from spec.ids import rights_of
from spec.rights import Right, covers
from spec.sizes import PAGE_BYTES, WORD_LIMIT

_HEADER_BYTES = 32


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
    return bool(pool.writes.written_bytes) and _dead(asked.state, pool.mapped_in, AddressSpace)


def _dead(state: State, name: int, kind: type[object]) -> bool:
    return not isinstance(state.body(name), kind)


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
    return _dead(asked.state, _caller(asked).space, CapabilitySpace)


def _caller_buffer_dead(asked: Asked) -> bool:
    return _buffer_dead(asked.state, _caller(asked))


def _buffer_dead(state: State, receiver: Receiver) -> bool:
    if isinstance(receiver.listener, ListeningPool):
        return _dead(state, receiver.listener.pool, EventPool)
    assert receiver.buffer is not None, receiver
    return _dead(state, receiver.buffer.memory, Memory)


def _caller_waits_no_more(asked: Asked) -> bool:
    return _waits_no_more(asked.state, _caller(asked))


def _waits_no_more(state: State, receiver: Receiver) -> bool:
    listener = receiver.listener
    if listener is None or isinstance(listener, ListeningPool):
        return False
    body = state.body(listener.thread)
    waits = isinstance(body, Thread) and body.state is ThreadState.SUSPENDED
    return not waits or not isinstance(body, Thread) or body.waits != listener.wait


def _caller_buffer(asked: Asked) -> bool:
    return _no_such_range(asked.state, _caller(asked).buffer)


def _no_such_range(state: State, buffer: Buffer | None) -> bool:
    """A pool has no range that could be wrong."""
    if buffer is None:
        return False
    body = state.body(buffer.memory)
    assert isinstance(body, Memory), buffer
    end = (buffer.offset + buffer.size_bytes) % WORD_LIMIT
    return buffer.offset >= end or end > body.size_pages * PAGE_BYTES


def _pool_full(asked: Asked) -> bool:
    return _has_no_room(asked.state, _caller(asked), asked.word(3))


def _has_no_room(state: State, receiver: Receiver, size_bytes: int) -> bool:
    if not isinstance(receiver.listener, ListeningPool):
        return False
    body = state.body(receiver.listener.pool)
    assert isinstance(body, EventPool), receiver
    wanted = (_HEADER_BYTES + -(-size_bytes // 8) * 8) % WORD_LIMIT
    needed = (body.writes.written_bytes + wanted) % WORD_LIMIT
    return needed > body.max_pages * PAGE_BYTES


def _waiter_cannot_be_shown(asked: Asked) -> bool:
    """Somebody waits for the caller's pool, and it is not mapped in a living space."""
    listener = _caller(asked).listener
    if not isinstance(listener, ListeningPool):
        return False
    body = asked.state.body(listener.pool)
    waits = isinstance(body, EventPool) and body.waiter is not None
    return waits and isinstance(body, EventPool) and body.mapped_in == NOTHING


def _waiter_has_no_space(asked: Asked) -> bool:
    listener = _caller(asked).listener
    if not isinstance(listener, ListeningPool):
        return False
    body = asked.state.body(listener.pool)
    if not isinstance(body, EventPool) or body.waiter is None or body.mapped_in == NOTHING:
        return False
    return _dead(asked.state, body.mapped_in, AddressSpace)


def _nobody_receives(asked: Asked) -> bool:
    """No receiver of the queue could take the message."""
    channel, memory = asked.body(0), asked.target(1)
    assert isinstance(channel, Channel), asked.call
    assert memory is not None, asked.call
    space = asked.caller().capability_space
    sender = Sender(space, Buffer(memory, asked.word(2), asked.word(3)))
    return all(_fails(asked.state, sender, each) for each in channel.receivers)


def _nobody_sends(asked: Asked) -> bool:
    """No sender of the queue could give a message."""
    channel, memory = asked.body(0), asked.target(1)
    assert isinstance(channel, Channel), asked.call
    assert memory is not None, asked.call
    space = asked.caller().capability_space
    receiver = Receiver(space, buffer=Buffer(memory, asked.word(2), asked.word(3)))
    return all(_fails(asked.state, each, receiver) for each in channel.senders)


def _fails(state: State, sender: Sender, receiver: Receiver) -> bool:
    """Whether the delivery would fail, if there is memory for everything."""
    return (
        _dead(state, sender.space, CapabilitySpace)
        or _dead(state, receiver.space, CapabilitySpace)
        or _dead(state, sender.message.memory, Memory)
        or _buffer_dead(state, receiver)
        or _waits_no_more(state, receiver)
        or _no_such_range(state, receiver.buffer)
        or _has_no_room(state, receiver, sender.message.size_bytes)
    )


MESSAGE_CALLS: dict[str, dict[str, Question]] = {
    "event_pool_await": {
        "pool_awaited": _awaited,
        "pool_not_mapped": _not_mapped,
        "address_space_dead": _space_dead,
    },
    "channel_try_send": {"nobody_waits": _nobody_receives},
    "channel_try_recv": {"nobody_waits": _nobody_sends},
    "reply_reply": {
        "memory_lacks_right": _lacks_buffer_right,
        "reply_used": _used,
        "caller_space_dead": _caller_space_dead,
        "caller_buffer_dead": _caller_buffer_dead,
        "caller_waits_no_more": _caller_waits_no_more,
        "caller_buffer": _caller_buffer,
        "pool_full": _pool_full,
        "pool_not_mapped": _waiter_cannot_be_shown,
        "address_space_dead": _waiter_has_no_space,
    },
}
"""What these calls refuse besides the look-up of their arguments."""
