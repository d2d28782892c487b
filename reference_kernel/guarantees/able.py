"""Who is able to send and to receive, as far as a state shows it."""

from reference_kernel.guarantees.changes import free_frames
from reference_kernel.locks import Lock, LockKind
from reference_kernel.parties import (
    Buffer,
    ListeningPool,
    Message,
    Receiver,
    Sender,
    WaitingThread,
)
from reference_kernel.state import CapabilitySpace, EventPool, Memory, State, Thread, ThreadState
from spec.sizes import PAGE_BYTES, WORD_LIMIT

_HEADER_BYTES = 32
_FRAMES_OF_A_DELIVERY = 64
"""More than a message of a test or a walk takes."""


def is_short(state: State) -> bool:
    """Whether a delivery may fail for want of frames: then nobody is there who can."""
    free = free_frames(state.frames, state.machine)
    return sum(end - first for first, end in free) < _FRAMES_OF_A_DELIVERY


def is_dead(state: State, name: int, kind: type[object]) -> bool:
    """Whether there is no living object of that kind under the name."""
    return not isinstance(state.body(name), kind)


def buffer_is_dead(state: State, receiver: Receiver) -> bool:
    """Whether the memory or the pool is dead into which it would be received."""
    if isinstance(receiver.listener, ListeningPool):
        return is_dead(state, receiver.listener.pool, EventPool)
    assert receiver.buffer is not None, receiver
    return is_dead(state, receiver.buffer.memory, Memory)


def waits_no_more(state: State, receiver: Receiver) -> bool:
    """Whether who receives is a thread, and its wait is over."""
    listener = receiver.listener
    return isinstance(listener, WaitingThread) and not waits(state, listener)


def waits(state: State, listener: WaitingThread) -> bool:
    """Whether the thread is still in that wait."""
    body = state.body(listener.thread)
    if not isinstance(body, Thread):
        return False
    sleeps = body.state is ThreadState.SUSPENDED or falls_asleep(state, listener.thread)
    return sleeps and body.waits == listener.wait


def falls_asleep(state: State, thread: int) -> bool:
    """Whether others know of a wait of the thread, which it has not begun yet."""
    status = Lock(LockKind.STATUS, thread)
    return any(status in each.locks for each in state.processors)


def has_no_range(state: State, buffer: Buffer | None) -> bool:
    """Whether the memory has no such range; a pool has none that could be wrong."""
    if buffer is None:
        return False
    body = state.body(buffer.memory)
    assert isinstance(body, Memory), buffer
    end = (buffer.offset + buffer.size_bytes) % WORD_LIMIT
    return buffer.offset >= end or end > body.size_pages * PAGE_BYTES


def has_no_room(state: State, receiver: Receiver, size_bytes: int) -> bool:
    """Whether a message of that size has no room in the pool that receives, if one does."""
    if not isinstance(receiver.listener, ListeningPool):
        return False
    body = state.body(receiver.listener.pool)
    assert isinstance(body, EventPool), receiver
    needed = (body.writes.written_bytes + _wanted(size_bytes)) % WORD_LIMIT
    return needed > body.max_pages * PAGE_BYTES


def is_too_small(state: State, receiver: Receiver, size_bytes: int) -> bool:
    """Whether the message has no room even in the empty pool."""
    if not isinstance(receiver.listener, ListeningPool):
        return False
    body = state.body(receiver.listener.pool)
    assert isinstance(body, EventPool), receiver
    return _wanted(size_bytes) > body.max_pages * PAGE_BYTES


def _wanted(size_bytes: int) -> int:
    return _HEADER_BYTES + -(-size_bytes // 8) * 8


def cannot_give(state: State, sender: Sender) -> bool:
    """Whether who sends cannot, if there is memory for everything."""
    message = sender.message
    gone = isinstance(message, Buffer) and is_dead(state, message.memory, Memory)
    return gone or is_dead(state, sender.space, CapabilitySpace)


def cannot_take(state: State, receiver: Receiver) -> bool:
    """Whether who receives cannot, if there is memory for everything."""
    return (
        is_dead(state, receiver.space, CapabilitySpace)
        or buffer_is_dead(state, receiver)
        or waits_no_more(state, receiver)
        or has_no_range(state, receiver.buffer)
    )


def bytes_of(state: State, message: Message) -> int:
    """The bytes of the message that are there."""
    if isinstance(message, Buffer) and has_no_range(state, message):
        return 0
    return message.size_bytes
