"""Who waits for what, and with which memory: listeners, senders, receivers.

A queue keeps nothing alive: every object that these records name is a weak reference.
"""

from dataclasses import dataclass
from typing import NamedTuple

NOBODY = 0
"""No object, where a record need not name one."""


@dataclass(frozen=True, slots=True)
class WaitingThread:
    """A listener: the thread (weak), as long as it is in this one of its waits."""

    thread: int
    wait: int


@dataclass(frozen=True, slots=True)
class ListeningPool:
    """A listener: the event pool (weak), and the event id it asked to be told."""

    pool: int
    event_id: int


Listener = WaitingThread | ListeningPool


class Buffer(NamedTuple):
    """A part of a memory (weak): its first byte and its size, neither of them checked."""

    memory: int
    offset: int
    size_bytes: int


class Taken(NamedTuple):
    """The bytes of a message as they were when it was sent: words, of the last perhaps a part.

    A word is None where nobody knows it. Once the message waits, `held` has for each id in it the
    id of the entry that holds what it named, or 0 where it named nothing.
    """

    size_bytes: int
    words: tuple[int | None, ...]
    held: tuple[int | None, ...] | None = None


Message = Buffer | Taken


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: its capability space (weak), the message, and who is told when it is taken.

    The running thread is nobody's listener. A sender that `calls` wants an answer; that of a thread
    goes into `answer`.
    """

    space: int
    message: Message
    listener: Listener | None = None
    calls: bool = False
    answer: Buffer | None = None


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who receives: its capability space (weak), where it waits, and into what.

    A pool has no `buffer`; with `again` it receives till it dies.
    """

    space: int
    listener: Listener | None = None
    buffer: Buffer | None = None
    again: bool = False


Party = Sender | Receiver


def listener_name(listener: Listener) -> int:
    """The thread or the pool."""
    return listener.thread if isinstance(listener, WaitingThread) else listener.pool


def names_of(party: Party) -> tuple[int, ...]:
    """The objects that a queued party names, each as often as it does."""
    named = (party.message, party.answer) if isinstance(party, Sender) else (party.buffer,)
    memories = tuple(each.memory for each in named if isinstance(each, Buffer))
    listener = () if party.listener is None else (listener_name(party.listener),)
    return (party.space, *memories, *listener)
