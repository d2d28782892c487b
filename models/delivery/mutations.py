"""Small wrong kernels: each must break the guarantee that it names."""

from assay.lang.mutate import (
    Change,
    Mutation,
    negated_atom,
    without_assignment,
    without_check,
)


def _wrong(name: str, breaks: str, change: Change) -> Mutation:
    return Mutation(name, breaks, "proposed", change)


MUTATIONS = (
    _wrong(
        "a sender does not look for receivers",
        "IPC-1",
        without_check("sender_waits", "nobody_receives"),
    ),
    _wrong(
        "a receiver does not look for senders",
        "IPC-1",
        without_check("receiver_waits", "nobody_sends"),
    ),
    _wrong(
        "a send is accepted and not kept",
        "IPC-3",
        without_assignment("sender_waits", "sends_on"),
    ),
    _wrong(
        "a message that was taken stays in the queue",
        "IPC-3",
        without_assignment("message_is_received", "sends_on"),
    ),
    _wrong(
        "a receive that has its message stays in the queue",
        "IPC-3",
        without_assignment("message_is_sent", "receives_on"),
    ),
    _wrong(
        "a wait whose time has come stays in the queue",
        "IPC-3",
        without_assignment("sender_gives_up", "sends_on"),
    ),
    _wrong(
        "a dying channel does not tell who waits to send",
        "IPC-3",
        without_assignment("channel_is_dropped", "owed_to_sender"),
    ),
    _wrong(
        "a dying channel lets those sleep who receive",
        "IPC-4",
        without_assignment("channel_is_dropped", "receiver"),
    ),
    _wrong(
        "a dying channel keeps its queue",
        "IPC-4",
        without_assignment("channel_is_dropped", "sends_on"),
    ),
    _wrong(
        "a dying reply lets its caller sleep",
        "IPC-7",
        without_assignment("reply_is_dropped", "caller"),
    ),
    _wrong(
        "a dying pool lets those sleep who wait for it",
        "IPC-4",
        without_assignment("event_pool_is_dropped", "awaited"),
    ),
    _wrong(
        "a receiver that fails is not told",
        "IPC-5",
        without_assignment("receiver_fails", "receiver"),
    ),
    _wrong(
        "a message that is gone is taken",
        "IPC-5",
        without_check("message_is_received", "can_be_read"),
    ),
    _wrong(
        "a pool's send gives up like a thread's",
        "IPC-5",
        negated_atom("sender_gives_up", "is_of_a_thread"),
    ),
    _wrong(
        "a call is taken and leaves no reply",
        "IPC-7",
        without_assignment("call_is_received", "open"),
    ),
    _wrong(
        "a new reply takes the place of another",
        "IPC-7",
        negated_atom("call_is_sent", "reply_is_new"),
    ),
    _wrong(
        "an answer does not use the reply",
        "IPC-7",
        without_assignment("reply_reply", "open"),
    ),
    _wrong(
        "a dying reply does not tell its caller",
        "IPC-7",
        without_assignment("reply_is_dropped", "owed_to_caller"),
    ),
)

_OF_THREADS = "only pools receive again, and only threads give up"
_READABLE = "what is taken, or what a thread sends, can be read"
_FOUND = "a program may start with a channel, so that none needs to be made"
_SAYS_NOTHING = "a wait for events is seen here only where its pool dies"

SURVIVORS = {
    "receiver_gives_up without assignment 0 of again": _OF_THREADS,
    "sender_gives_up without assignment 0 of unreadable": _READABLE,
    "message_is_received without assignment 0 of unreadable": _READABLE,
    "call_is_received without assignment 0 of unreadable": _READABLE,
    "message_is_received without assignment 0 of calls": "a plain send is no call",
    "channel_new with atom 0 of channel_is_new negated": _FOUND,
    "channel_new without assignment 0 of alive": _FOUND,
    "wait_for_events_ends with atom 0 of awaited negated": _SAYS_NOTHING,
    "wait_for_events_ends without assignment 0 of awaited": _SAYS_NOTHING,
}
"""The generated mutations of `proposed` that nothing notices, and why that is right."""
