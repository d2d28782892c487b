"""IPC-6 a_message_is_what_was_sent and CAP-7 owners_know_their_capabilities."""

from collections.abc import Iterator

from reference_kernel.contents import WORD_BYTES, Word
from reference_kernel.events import CallMade, Event
from reference_kernel.frames import CLEARED, NEVER_TOUCHED, Content
from reference_kernel.guarantees.able import bytes_of
from reference_kernel.guarantees.asking import HANDS_OVER
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import Check
from reference_kernel.guarantees.holders import title
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Deadlock, Ok, Outcome, Panic, Refused
from reference_kernel.pages import page_at
from reference_kernel.parties import Buffer, Message, Receiver, Sender, Taken, WaitingThread
from reference_kernel.state import (
    NOTHING,
    CapabilitySpace,
    Channel,
    Memory,
    State,
    Thread,
    Woke,
)
from spec.design import Design
from spec.ids import TABLED, parses, type_of
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

_RECEIVES = frozenset(BY_NAME[name].number for name in ("channel_try_recv", "channel_sync_recv"))
_SENDS = frozenset(
    BY_NAME[name].number
    for name in (
        "channel_try_send",
        "channel_sync_send",
        "channel_async_send",
        "channel_sync_call",
        "channel_async_call",
    )
)


def a_message_is_what_was_sent(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Compares what is taken when it is sent, and what is received, with what was sent.

    Only where both begin with a whole word; what nobody knows is like everything.
    """
    if not isinstance(event, CallMade) or before.machine.writes is not Writes.EVENTS:
        return None
    if isinstance(outcome, Panic | Deadlock | Refused) or before is after:
        return None
    if event.number in _RECEIVES and isinstance(outcome, Ok):
        sender = _served(before, event, after)
        if sender is None:
            return None
        return _compare(before, after, sender, _range(before, event), outcome.values[0])
    if event.number in _SENDS:
        return _taken_wrong(before, event, after) or _given_wrong(before, event, outcome, after)
    return None


def _compare(
    before: State, after: State, sender: Sender, target: Buffer, told: int | None
) -> str | None:
    if target.offset % WORD_BYTES or not _can_be_compared(sender, target):
        return None
    size = _fitting(bytes_of(before, sender.message), target.size_bytes)
    if told not in (None, size):
        return f"{size} bytes of the message fit, and {told} were told"
    return _differs(before, after, sender, target, size)


def _served(before: State, call: CallMade, after: State) -> Sender | None:
    """The sender whose message was taken: the last of those who left the queue."""
    name = _named(before, call, 0)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, Channel) or not isinstance(new, Channel):
        return None
    gone = len(old.senders) - len(new.senders)
    return old.senders[gone - 1] if gone else None


def _taken_wrong(before: State, call: CallMade, after: State) -> str | None:
    """Whether a message that waits as it was taken is another than the memory holds."""
    name, named = _named(before, call, 0), _range(before, call)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, Channel) or not isinstance(new, Channel) or named.offset % WORD_BYTES:
        return None
    if len(new.senders) <= len(old.senders):
        return None
    message = new.senders[-1].message
    if not isinstance(message, Taken):
        return None
    if message.size_bytes != bytes_of(before, named):
        return f"{message.size_bytes} bytes were taken of {bytes_of(before, named)}"
    for number in range(message.size_bytes // WORD_BYTES):
        held, taken = _word_in(before, named, number * WORD_BYTES), message.words[number]
        if None not in (held, taken) and held != taken:
            return f"word {number} of the message is {held}, and {taken} was taken"
    return None


def _given_wrong(before: State, call: CallMade, outcome: Outcome, after: State) -> str | None:
    """Whether a thread that waited was given something else."""
    old = before.body(_named(before, call, 0))
    if not isinstance(old, Channel):
        return None
    buffer = next((each.buffer for each in old.receivers if _was_given(after, each)), None)
    if buffer is None:
        return None
    caller = before.body(call.thread)
    assert isinstance(caller, Thread), call
    sender = Sender(caller.capability_space, _range(before, call))
    told = outcome.values[0] if isinstance(outcome, Ok) and outcome.values else None
    return _compare(before, after, sender, buffer, told)


def _was_given(after: State, receiver: Receiver) -> bool:
    """Whether the thread that waited there was woken with a message."""
    waiter = receiver.listener
    if not isinstance(waiter, WaitingThread):
        return False
    body = after.body(waiter.thread)
    if not isinstance(body, Thread) or body.told_in != waiter.wait:
        return False
    return body.reason.woke is Woke.MESSAGE_RECEIVED


def _named(state: State, call: CallMade, at: int) -> int:
    return _space_of(state, call).entries.get(call.arguments[at], NOTHING)


def _space_of(state: State, call: CallMade) -> CapabilitySpace:
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space


def _range(state: State, call: CallMade) -> Buffer:
    return Buffer(_named(state, call, 1), *call.arguments[2:4])


def _can_be_compared(sender: Sender, target: Buffer) -> bool:
    message = sender.message
    if isinstance(message, Taken):
        return True
    return message.offset % WORD_BYTES == 0 and message.memory != target.memory


def _fitting(whole: int, room: int) -> int:
    """How much of a message is received: nothing where not even its count would be whole."""
    size = min(whole, room)
    return size if size >= WORD_BYTES else 0


def _differs(before: State, after: State, sender: Sender, target: Buffer, size: int) -> str | None:
    sent = [_word_of(before, sender.message, at) for at in range(0, size, WORD_BYTES)]
    got = [_word_in(after, target, at) for at in range(0, size, WORD_BYTES)]
    if not size or sent[0] is None:
        return None
    ids = min(sent[0], size // WORD_BYTES - 1)
    if got[0] != ids:
        return f"the message brought {ids} ids, and its count says {got[0]}"
    for number in range(1 + ids, size // WORD_BYTES):
        if None not in (sent[number], got[number]) and got[number] != sent[number]:
            return f"word {number} of the message was {sent[number]} and is {got[number]}"
    source = before.body(sender.space)
    assert isinstance(source, CapabilitySpace), sender
    held = sender.message.held if isinstance(sender.message, Taken) else None
    for number in range(1, 1 + ids):
        word = sent[number]
        names = word is not None and _names_something(source, word)
        names = names if held is None else bool(held[number - 1])
        if word is not None and bool(got[number]) != names:
            return f"id {number} of the message is {got[number]}, and was {word}"
    return None


def _names_something(space: CapabilitySpace, word: int) -> bool:
    return parses(word) and type_of(word) in TABLED and word in space.entries


def _word_of(state: State, message: Message, at: int) -> Word:
    if isinstance(message, Taken):
        return message.words[at // WORD_BYTES]
    return _word_in(state, message, at)


def _word_in(state: State, buffer: Buffer, at: int) -> Word:
    memory = state.body(buffer.memory)
    if not isinstance(memory, Memory):
        return None
    page, place = divmod(buffer.offset + at, PAGE_BYTES)
    run = page_at(memory.pages, page)
    if not run.resident:
        return None
    return _content(state, run.frame, cleared=run.cleared).word(place // WORD_BYTES)


def _content(state: State, frame: int, *, cleared: bool) -> Content:
    return state.frames.contents.get(frame, CLEARED if cleared else NEVER_TOUCHED)


def owners_know_their_capabilities(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """What a message put into a space is told to its owner: as a result, or in some memory."""
    if not isinstance(event, CallMade) or event.number not in HANDS_OVER:
        return None
    if isinstance(outcome, Panic | Deadlock) or before.machine.writes is not Writes.EVENTS:
        return None
    results = set(outcome.values) if isinstance(outcome, Ok) else set()
    for _, old, new in changed_bodies(before, after):
        if isinstance(old, Thread) and isinstance(new, Thread) and old.reason != new.reason:
            results.update(new.reason.values)
    for space, word in _new(before, after):
        if word not in results and not _is_written(before, after, word):
            return f"{title(after, space)} holds {word:x}, and nobody was told"
    return None


def _new(before: State, after: State) -> Iterator[tuple[int, int]]:
    for name, old, new in changed_bodies(before, after):
        if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
            yield from ((name, word) for word in new.entries if word not in old.entries)


def _is_written(before: State, after: State, word: int) -> bool:
    """Whether a frame that changed holds the word, wherever in it."""
    text = word.to_bytes(WORD_BYTES, "little")
    old = before.frames.contents
    for frame, held in after.frames.contents.items():
        is_new = old.get(frame) is not held
        if is_new and (word in held.words.values() or text in _bytes_of(held)):
            return True
    return False


def _bytes_of(held: Content) -> bytes:
    """The words of the frame in a row; what nobody knows is zero."""
    last = max(held.words, default=-1)
    words = ((held.word(number) or 0) for number in range(last + 1))
    return b"".join(each.to_bytes(WORD_BYTES, "little") for each in words)


CHECKS = (
    Check("IPC-6", a_message_is_what_was_sent, full=True),
    Check("IPC-6", a_message_is_what_was_sent, full=False),
    Check("CAP-7", owners_know_their_capabilities, full=True),
    Check("CAP-7", owners_know_their_capabilities, full=False),
)
