"""What the model sees of a kernel state: queues, replies, and who sleeps for a pool.

Channels, replies and pools keep their names. What stands in a queue has none in the kernel: it is
named after the wait of its thread, or after all that the model sees of it and its place among those
that are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from assay.lang.values import Value, parse
from models.delivery.state import Listener as Listens
from models.delivery.state import buffers_spoil, ended_waits_stay
from proofs.waking.mapping.seen import awaits
from reference_kernel.parties import (
    NOBODY,
    Buffer,
    Listener,
    ListeningPool,
    WaitingThread,
)
from reference_kernel.state import (
    NOTHING,
    Body,
    CapabilitySpace,
    Channel,
    EventPool,
    Memory,
    Reply,
    State,
    Thread,
    ThreadState,
)
from spec.design import Design
from spec.syscalls import BY_NAME

Cells = dict[tuple[Value, ...], Value]

_AWAIT = BY_NAME["event_pool_await"].number
_WORD_BITS = 64
NOBODY_LISTENS = parse("NOBODY", Listens.sort())
THREAD = parse("THREAD", Listens.sort())
POOL = parse("POOL", Listens.sort())


class Sent(NamedTuple):
    """A send in a queue: what the model sees of it, and the kernel's record of who listens."""

    channel: int
    listener: Value
    calls: bool
    unreadable: bool
    told: Listener | None

    @property
    def of_thread(self) -> bool:
        """Whether it is a thread's."""
        return isinstance(self.told, WaitingThread)


class Received(NamedTuple):
    """A receive in a queue: what the model sees of it, and the kernel's record of who listens."""

    channel: int
    listener: Value
    again: bool
    unwritable: bool
    told: Listener | None

    @property
    def of_thread(self) -> bool:
        """Whether it is a thread's."""
        return isinstance(self.told, WaitingThread)


class Replied(NamedTuple):
    """A reply that can be used: what the model sees of it, and the kernel's record of who waits."""

    listener: Value
    unanswerable: bool
    told: Listener | None


@dataclass(slots=True)
class Seen:
    """The tables of the model, and what stands behind them; queues are in their order."""

    tables: dict[str, Cells] = field(default_factory=dict)
    channels: set[int] = field(default_factory=set)
    sends: dict[int, Sent] = field(default_factory=dict)
    receives: dict[int, Received] = field(default_factory=dict)
    replies: dict[int, Replied] = field(default_factory=dict)
    awaited: set[int] = field(default_factory=set)

    @property
    def universe(self) -> dict[str, frozenset[int]]:
        """The elements that are not in normal form."""
        return {
            "Channel": frozenset(self.channels),
            "Send": frozenset(self.sends),
            "Receive": frozenset(self.receives),
            "Reply": frozenset(self.replies),
            "Pool": frozenset(self.awaited),
        }


def seen(design: Design, state: State) -> Seen:
    """Everything that the model speaks of."""
    view = Seen()
    for name, known in state.objects.items():
        match known.body:
            case Channel() as body:
                view.channels.add(name)
                view.sends.update(_sends(design, state, name, body))
                view.receives.update(_receives(design, state, name, body))
            case Reply(used=False) as body:
                view.replies[name] = _reply(design, state, body)
            case Thread(waits_on=pool, call=call) if awaits(state, name):
                if pool != NOTHING and call is not None and call.number == _AWAIT:
                    view.awaited.add(pool)
            case _:
                pass
    view.tables = _tables(design, view)
    return view


def is_alike(one: State, other: State) -> bool:
    """Whether the model surely sees the same of both: few steps change what it speaks of.

    Either state may be the earlier one.
    """
    old, new = one.objects, other.objects
    if old is new:
        return True
    came = 0
    for name, known in new.items():
        before = old.get(name)
        if before is None:
            came += 1
            if _waits(known.body):
                return False
        elif before is not known and _is_seen(before.body, known.body):
            return False
    return len(new) == len(old) + came or not any(
        _is_seen(known.body, None) for name, known in old.items() if name not in new
    )


def _is_seen(old: Body | None, new: Body | None) -> bool:
    """Whether the model may speak of what became of the object."""
    if old is new:
        return False
    if _waits(old) or _waits(new):
        return True
    return isinstance(new if old is None else old if new is None else None, _NAMED)


_NAMED = Memory | CapabilitySpace | EventPool | Thread
"""What those who wait name, so that its end is seen."""


def _waits(body: Body | None) -> bool:
    """Whether somebody may wait there: in a queue, for an answer, or a thread for something."""
    if isinstance(body, Thread):
        return body.state is ThreadState.SUSPENDED or body.call is not None
    return isinstance(body, Channel | Reply)


def _listener(state: State, listener: Listener | None) -> Value:
    match listener:
        case WaitingThread() if is_waiting(state, listener):
            return THREAD
        case ListeningPool(pool=pool) if state.body(pool) is not None:
            return POOL
        case _:
            return NOBODY_LISTENS


def is_waiting(state: State, waiter: WaitingThread) -> bool:
    """Whether the thread is still in that wait, or about to sleep in it."""
    body = state.body(waiter.thread)
    if not isinstance(body, Thread) or body.waits != waiter.wait:
        return False
    return awaits(state, waiter.thread)


def _packed(*words: int) -> int:
    packed = 0
    for word in words:
        packed = packed << _WORD_BITS | word
    return packed


def alike(name: int) -> int:
    """The same number for names of sends, or of receives, that nothing tells apart."""
    of_pool = name & 1
    return name >> (_WORD_BITS + 1) if of_pool else name


def _told(listener: ListeningPool | None) -> tuple[int, int]:
    return (NOBODY, 0) if listener is None else (listener.pool, listener.event_id)


class _Names:
    """Gives names to what stands in one queue."""

    def __init__(self, channel: int) -> None:
        self._channel = channel
        self._same: dict[tuple[int, ...], int] = {}

    def of(self, listener: Listener | None, *words: int) -> int:
        """The name of a record of this listener; `words` are what else the model sees of it."""
        match listener:
            case WaitingThread(thread=thread, wait=wait):
                return _packed(thread, wait) << 1
            case _:
                key = (self._channel, *_told(listener), *words)
        number = self._same[key] = self._same.get(key, -1) + 1
        return _packed(*key, number) << 1 | 1


def _sends(design: Design, state: State, channel: int, body: Channel) -> Iterator[tuple[int, Sent]]:
    names = _Names(channel)
    for record in body.senders:
        message = record.message
        memory = message.memory if isinstance(message, Buffer) else NOBODY
        name = names.of(record.listener, record.space, memory, record.calls)
        gone = state.body(record.space) is None
        gone = gone or (memory != NOBODY and state.body(memory) is None)
        listener = _listener(state, record.listener)
        yield name, Sent(channel, listener, record.calls, gone, record.listener)


def _receives(
    design: Design, state: State, channel: int, body: Channel
) -> Iterator[tuple[int, Received]]:
    names = _Names(channel)
    for record in body.receivers:
        name = names.of(record.listener, record.space, record.again)
        listener = _listener(state, record.listener)
        gone = False
        if listener == THREAD and buffers_spoil(design):
            assert record.buffer is not None, record
            gone = state.body(record.buffer.memory) is None
        yield name, Received(channel, listener, record.again, gone, record.listener)


def _reply(design: Design, state: State, body: Reply) -> Replied:
    listener = _listener(state, body.caller.listener)
    buffer = body.caller.buffer
    gone = listener == THREAD and buffer is not None and state.body(buffer.memory) is None
    return Replied(listener, gone and buffers_spoil(design), body.caller.listener)


def _tables(design: Design, view: Seen) -> dict[str, Cells]:
    sends, receives, replies = view.sends, view.receives, view.replies
    settled = ended_waits_stay(design)
    tables: dict[str, Cells] = {
        "alive": {(name,): True for name in view.channels},
        "sends_on": {(name,): each.channel for name, each in sends.items()},
        "sender": {(name,): each.listener for name, each in sends.items()},
        "calls": {(name,): each.calls for name, each in sends.items()},
        "unreadable": {(name,): each.unreadable for name, each in sends.items()},
        "receives_on": {(name,): each.channel for name, each in receives.items()},
        "receiver": {(name,): each.listener for name, each in receives.items()},
        "again": {(name,): each.again for name, each in receives.items()},
        "unwritable": {(name,): each.unwritable for name, each in receives.items()},
        "open": {(name,): True for name in replies},
        "caller": {(name,): each.listener for name, each in replies.items()},
        "unanswerable": {(name,): each.unanswerable for name, each in replies.items()},
        "awaited": {(name,): True for name in view.awaited},
        "owed_to_sender": {
            (name,): int(not (settled and each.of_thread and each.listener == NOBODY_LISTENS))
            for name, each in sends.items()
        },
        "owed_to_receiver": {
            (name,): int(each.listener != NOBODY_LISTENS) for name, each in receives.items()
        },
        "owed_to_caller": {
            (name,): int(each.listener != NOBODY_LISTENS) for name, each in replies.items()
        },
    }
    return {table: _unlike_normal(cells) for table, cells in tables.items()}


def _unlike_normal(cells: Cells) -> Cells:
    """Nobody, nothing and no are the values that cells start with; no object's name is zero."""
    return {key: value for key, value in cells.items() if value}
