"""IPC-6 a_message_is_what_was_sent, wherever it begins and whoever receives it."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from reference_kernel.contents import WORD_BYTES, Word
from reference_kernel.events import CallMade, Event
from reference_kernel.frames import CLEARED, NEVER_TOUCHED, Content
from reference_kernel.guarantees.able import bytes_of, cannot_give
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.pool_events import events_from, shows_others, word_in_pool
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Deadlock, Ok, Outcome, Panic, Refused
from reference_kernel.pages import page_at
from reference_kernel.parties import Buffer, ListeningPool, Receiver, Sender, Taken, WaitingThread
from reference_kernel.pools import MESSAGE_RECEIVED
from reference_kernel.state import (
    NOTHING,
    CapabilitySpace,
    Channel,
    EventBuffer,
    EventPool,
    Memory,
    Reply,
    State,
    Thread,
    Woke,
)
from spec.design import Design
from spec.ids import TABLED, parses, type_of
from spec.sizes import PAGE_BYTES, WORD_LIMIT
from spec.syscalls import BY_NAME


def _numbers(*names: str) -> frozenset[int]:
    return frozenset(BY_NAME[name].number for name in names)


_ASYNC_RECV = BY_NAME["channel_async_recv"].number
_RECEIVES = _numbers("channel_try_recv", "channel_sync_recv", "channel_async_recv")
_WAITS_TO_SEND = _numbers(
    "channel_sync_send", "channel_async_send", "channel_sync_call", "channel_async_call"
)
_SENDS = _WAITS_TO_SEND | _numbers("channel_try_send", "reply_reply")

_Words = Callable[[int], Word]
"""The word of a message that begins with that byte of it."""


class _Got(NamedTuple):
    """What was received: its words, how many bytes there was room for, and how many were told."""

    words: _Words
    room: int
    told: int | None


def a_message_is_what_was_sent(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Compares what is taken when it is sent, and what is received, with what was sent.

    What nobody knows is like everything; a message that is received over itself is not compared.
    """
    if not isinstance(event, CallMade) or before.machine.writes is not Writes.EVENTS:
        return None
    if isinstance(outcome, Panic | Deadlock | Refused) or before is after:
        return None
    if event.number in _RECEIVES and isinstance(outcome, Ok):
        pairs = _received(before, event, outcome, after)
    elif event.number in _SENDS:
        wrong = _taken_wrong(before, event, after)
        if wrong is not None:
            return wrong
        pairs = _given(before, event, outcome, after)
    else:
        return None
    return next(filter(None, (_differ(before, each, got) for each, got in pairs)), None)


def _received(
    before: State, call: CallMade, outcome: Ok, after: State
) -> Iterator[tuple[Sender, _Got]]:
    """What the caller received, each message with who sent it."""
    served = _served(before, call, after)
    if call.number == _ASYNC_RECV:
        pool = ListeningPool(_named(before, call, 1), call.arguments[2])
        yield from zip(served, _in_pool(before, pool, after), strict=False)
    elif served and not _lies_over(served[-1], _range(before, call)):
        yield served[-1], _in_memory(after, _range(before, call), outcome.values[0])


def _served(before: State, call: CallMade, after: State) -> list[Sender]:
    """Those who left the queue and could give their message, in order."""
    name = _named(before, call, 0)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, Channel) or not isinstance(new, Channel):
        return []
    gone = old.senders[: len(old.senders) - len(new.senders)]
    return [each for each in gone if not cannot_give(before, each)]


def _given(
    before: State, call: CallMade, outcome: Outcome, after: State
) -> Iterator[tuple[Sender, _Got]]:
    """What a thread or a pool that waited was given of the caller."""
    caller = before.body(call.thread)
    assert isinstance(caller, Thread), call
    sender = Sender(caller.capability_space, _range(before, call))
    told = outcome.values[0] if isinstance(outcome, Ok) and outcome.values else None
    for receiver in _receivers(before, call):
        pool, buffer = receiver.listener, receiver.buffer
        if isinstance(pool, ListeningPool):
            got = next(_in_pool(before, pool, after), None)
            if got is not None:
                yield sender, got
                return
        elif buffer is not None and _was_given(after, receiver):
            if not _lies_over(sender, buffer):
                yield sender, _in_memory(after, buffer, told)
            return


def _receivers(state: State, call: CallMade) -> tuple[Receiver, ...]:
    match state.body(_named(state, call, 0)):
        case Channel(receivers=receivers):
            return receivers
        case Reply(caller=caller):
            return (caller,)
        case _:
            return ()


def _was_given(after: State, receiver: Receiver) -> bool:
    """Whether the thread that waited there was woken with a message."""
    waiter = receiver.listener
    if not isinstance(waiter, WaitingThread):
        return False
    body = after.body(waiter.thread)
    if not isinstance(body, Thread) or body.told_in != waiter.wait:
        return False
    return body.reason.woke is Woke.MESSAGE_RECEIVED


def _in_pool(before: State, pool: ListeningPool, after: State) -> Iterator[_Got]:
    """The messages that the step brought into the pool for this listener."""
    old, new = before.body(pool.pool), after.body(pool.pool)
    if not isinstance(old, EventPool) or not isinstance(new, EventPool) or old is new:
        return
    buffer = new.reads if shows_others(old, new) else new.writes
    for event in events_from(after, buffer, old.writes.written_bytes):
        if event.tag == MESSAGE_RECEIVED and event.words[1] == pool.event_id:
            words = _words_in_pool(after, buffer, event.data_at)
            yield _Got(words, WORD_LIMIT, event.data_bytes)


def _words_in_pool(state: State, buffer: EventBuffer, start: int) -> _Words:
    return lambda at: word_in_pool(state, buffer, start + at)


def _in_memory(after: State, target: Buffer, told: int | None) -> _Got:
    return _Got(_words_in(after, target), target.size_bytes, told)


def _lies_over(sender: Sender, target: Buffer) -> bool:
    """Whether the message is received into the memory that it is read from."""
    message = sender.message
    return isinstance(message, Buffer) and message.memory == target.memory


def _taken_wrong(before: State, call: CallMade, after: State) -> str | None:
    """Whether a message that waits as it was taken is another than the memory holds."""
    if call.number not in _WAITS_TO_SEND:
        return None
    name, named = _named(before, call, 0), _range(before, call)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, Channel) or not isinstance(new, Channel):
        return None
    if len(new.senders) <= len(old.senders):
        return None
    message = new.senders[-1].message
    if not isinstance(message, Taken):
        return None
    if message.size_bytes != bytes_of(before, named):
        return f"{message.size_bytes} bytes were taken of {bytes_of(before, named)}"
    words = _words_in(before, named)
    for number in range(message.size_bytes // WORD_BYTES):
        held, taken = words(number * WORD_BYTES), message.words[number]
        if None not in (held, taken) and held != taken:
            return f"word {number} of the message is {held}, and {taken} was taken"
    return None


def _differ(before: State, sender: Sender, got: _Got) -> str | None:
    """In what the message that was received is not the one that was sent."""
    size = min(bytes_of(before, sender.message), got.room)
    size = size if size >= WORD_BYTES else 0  # not even its count would be whole
    if got.told not in (None, size):
        where = "were sent to a pool" if got.room == WORD_LIMIT else "of the message fit"
        return f"{size} bytes {where}, and {got.told} were told"
    message = sender.message
    words = _sent_words(before, sender)
    sent = [words(at) for at in range(0, size, WORD_BYTES)]
    if not sent or sent[0] is None:
        return None
    ids = min(sent[0], size // WORD_BYTES - 1)
    if got.words(0) not in (None, ids):
        return f"the message brought {ids} ids, and its count says {got.words(0)}"
    for number in range(1 + ids, len(sent)):
        mask = (1 << 8 * min(WORD_BYTES, size - number * WORD_BYTES)) - 1
        was, is_ = sent[number], got.words(number * WORD_BYTES)
        if was is not None and is_ is not None and (was ^ is_) & mask:
            return f"word {number} of the message was {was & mask} and is {is_ & mask}"
    held = message.held if isinstance(message, Taken) else None
    for number in range(1, 1 + ids):
        word, is_ = sent[number], got.words(number * WORD_BYTES)
        if word is None or is_ is None:
            continue
        names = _names_something(before, sender, word) if held is None else bool(held[number - 1])
        if bool(is_) != names:
            return f"id {number} of the message is {is_}, and was {word}"
    return None


def _names_something(state: State, sender: Sender, word: int) -> bool:
    space = state.body(sender.space)
    assert isinstance(space, CapabilitySpace), sender
    return parses(word) and type_of(word) in TABLED and word in space.entries


def _sent_words(state: State, sender: Sender) -> _Words:
    message = sender.message
    if isinstance(message, Taken):
        return lambda at: message.words[at // WORD_BYTES]
    return _words_in(state, message)


def _words_in(state: State, buffer: Buffer) -> _Words:
    """The eight bytes from a byte of the buffer on, wherever that begins."""
    memory = state.body(buffer.memory)
    if not isinstance(memory, Memory):
        return lambda at: None
    whole_word = _whole_words(state, memory)

    def word(at: int) -> Word:
        before = (buffer.offset + at) % WORD_BYTES
        first = whole_word(buffer.offset + at - before)
        if not before or first is None:
            return first
        second = whole_word(buffer.offset + at - before + WORD_BYTES)
        if second is None:
            return None
        return (second << 64 | first) >> 8 * before & (1 << 64) - 1

    return word


def _whole_words(state: State, memory: Memory) -> _Words:
    """The word that begins with that byte of the memory; each page is looked up once."""
    pages: dict[int, Content | None] = {}

    def word(at: int) -> Word:
        page, place = divmod(at, PAGE_BYTES)
        if page not in pages:
            pages[page] = _content(state, memory, page)
        content = pages[page]
        return None if content is None else content.word(place // WORD_BYTES)

    return word


def _content(state: State, memory: Memory, page: int) -> Content | None:
    """What the page of the memory holds, if it is there."""
    if page >= memory.size_pages:
        return None
    run = page_at(memory.pages, page)
    if not run.resident:
        return None
    return state.frames.contents.get(run.frame, CLEARED if run.cleared else NEVER_TOUCHED)


def _named(state: State, call: CallMade, at: int) -> int:
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space.entries.get(call.arguments[at], NOTHING)


def _range(state: State, call: CallMade) -> Buffer:
    return Buffer(_named(state, call, 1), *call.arguments[2:4])


CHECKS = (
    full("IPC-6", a_message_is_what_was_sent),
    quick("IPC-6", a_message_is_what_was_sent, *_RECEIVES, *_SENDS),
)
