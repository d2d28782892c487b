"""A trace of delivery as calls and timeouts, from boot."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision
from models.delivery.state import blames_queued
from proofs.delivery.realise.fates import (
    dies_unread,
    fails_to_be_answered,
    fails_to_receive,
    reply_of,
)
from proofs.delivery.realise.program import (
    MESSAGE_BYTES,
    POOL_AT,
    ROOM_BYTES,
    Messages,
    Party,
)
from proofs.performing import Given, Later, perform_looking_ahead
from reference_kernel.events import Event
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.ids import ObjectType
from spec.options import HandleEventAsync
from spec.sizes import PAGE_BYTES

_THREAD, _POOL = "THREAD", "POOL"
_FOUND = "found"
"""The send that left the reply with which a trace starts."""
_EVENT_ID = 1
_HEADER_BYTES = 32


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    program = Messages(design)
    wanted = (*_found(dict(start.arguments)), *decisions)
    perform_looking_ahead(program, wanted, _DOES)
    return tuple(program.events)


def _found(given: Given) -> Iterator[Decision]:
    """The channel that the trace starts with, and the call that was taken, as steps."""
    channel = ("channel", given.get("channel"))
    if "channel" in given:
        yield Decision("channel_new", (channel,))
    if "reply" in given:
        listener = ("listener", _POOL if given["by_pool"] else _THREAD)
        send = ("send", _FOUND)
        waits = (channel, send, listener, ("calls", True))
        yield Decision("sender_waits", waits)
        yield Decision("call_is_received", (send, ("reply", given["reply"])))


def _channel_new(program: Messages, given: Given, _: Later) -> None:
    program.channels[given["channel"]] = program.channel()


def _channel_dropped(program: Messages, given: Given, _: Later) -> None:
    program.destroy(program.channels.pop(given["channel"]))


def _sender_waits(program: Messages, given: Given, later: Later) -> None:
    memory = program.memory()
    channel, message = program.channels[given["channel"]], (memory, 0, MESSAGE_BYTES)
    reply = reply_of(later, given["send"])
    fails = reply is not None and fails_to_be_answered(later[reply[1] + 1 :], reply[0])
    party = Party(channel, memory=memory)
    if given["listener"] == _THREAD and given["calls"]:
        party = _calling(program, channel, message, in_vain=fails)
    elif given["listener"] == _THREAD:
        party.thread = program.waits("channel_sync_send", channel, *message)
    else:
        party.pool = program.pool(0 if fails else 1)
        name = "channel_async_call" if given["calls"] else "channel_async_send"
        if dies_unread(later, given["send"]):
            party.stranger = _sent_by_stranger(program, name, party)
        else:
            program.call(name, channel, *message, party.pool, _EVENT_ID)
    program.sends[given["send"]] = party


def _sent_by_stranger(program: Messages, name: str, party: Party) -> int:
    """Somebody sends whose space will die, and the message with it."""
    thread, space = program.stranger()
    words = (party.channel, party.memory, party.pool)
    channel, memory, pool = (program.lends(space, word) for word in words)
    program.made_by(thread, name, 0, channel, memory, 0, MESSAGE_BYTES, pool, _EVENT_ID)
    return thread


def _calling(
    program: Messages, channel: int, message: tuple[int, int, int], *, in_vain: bool
) -> Party:
    """A thread that calls; in vain, if it gives nothing for the answer to be written to."""
    answer = program.memory()
    room = 0 if in_vain else ROOM_BYTES
    thread = program.waits("channel_sync_call", channel, *message, answer, 0, room)
    return Party(channel, thread, memory=message[0], answer=answer)


def _receiver_waits(program: Messages, given: Given, later: Later) -> None:
    channel = program.channels[given["channel"]]
    fails = fails_to_receive(later, given["receive"])
    if given["listener"] == _THREAD:
        memory = program.memory()
        size = 0 if fails else ROOM_BYTES
        thread = program.waits("channel_sync_recv", channel, memory, 0, size)
        program.receives[given["receive"]] = Party(channel, thread, memory=memory)
        return
    again = HandleEventAsync.AUTO_REQUE if given["again"] else 0
    party = Party(channel, pool=_new_pool(program, is_full=fails))
    program.call("channel_async_recv", channel, party.pool, _EVENT_ID, options=int(again))
    program.receives[given["receive"]] = party


def _new_pool(program: Messages, *, is_full: bool) -> int:
    """A pool with room for messages; if it is full, there is a message in it."""
    pool = program.pool(1)
    if is_full:
        channel, memory = program.channel(), program.memory()
        program.call("channel_async_recv", channel, pool, _EVENT_ID)
        program.call("channel_try_send", channel, memory, 0, PAGE_BYTES - _HEADER_BYTES)
        program.destroy(channel)
    return pool


def _message_sent(program: Messages, given: Given, _: Later) -> None:
    channel = program.receives[given["receive"]].channel
    program.call("channel_try_send", channel, program.message, 0, MESSAGE_BYTES)


def _call_sent(program: Messages, given: Given, later: Later) -> None:
    channel, first = program.receives[given["receive"]].channel, program.state.next_object
    message = (program.message, 0, MESSAGE_BYTES)
    fails = fails_to_be_answered(later, given["reply"])
    if given["listener"] == _THREAD:
        party = _calling(program, channel, message, in_vain=fails)
    else:
        party = Party(channel, pool=program.pool(0 if fails else 1))
        program.call("channel_async_call", channel, *message, party.pool, _EVENT_ID)
    program.callers[given["reply"]] = party
    program.replies[given["reply"]] = program.reply_since(first)


def _message_received(program: Messages, given: Given, _: Later) -> None:
    channel = program.sends[given["send"]].channel
    program.call("channel_try_recv", channel, program.buffer, 0, ROOM_BYTES)


def _call_received(program: Messages, given: Given, later: Later) -> None:
    first = program.state.next_object
    _message_received(program, given, later)
    program.callers[given["reply"]] = program.sends[given["send"]]
    program.replies[given["reply"]] = program.reply_since(first)


def _pool_takes(program: Messages, given: Given, later: Later) -> None:
    first = program.state.next_object
    channel = program.sends[given["send"]].channel
    pool = _new_pool(program, is_full=False)
    options = int(HandleEventAsync.AUTO_REQUE)
    program.call("channel_async_recv", channel, pool, _EVENT_ID, options=options)
    program.receives[given["receive"]] = Party(channel, pool=pool)
    if "reply" in given:
        program.callers[given["reply"]] = program.sends[given["send"]]
        program.replies[given["reply"]] = program.reply_since(first)


def _receiver_fails(program: Messages, given: Given, _: Later) -> None:
    """Somebody sends; where faults are told, they are by who waits then, and gives up."""
    channel = program.receives[given["receive"]].channel
    message = (channel, program.message, 0, MESSAGE_BYTES)
    if blames_queued(program.design):
        program.fails("channel_try_send", *message)
    else:
        program.gives_up(Party(channel, program.waits("channel_sync_send", *message)))


def _sender_fails(program: Messages, given: Given, _: Later) -> None:
    """Somebody receives; where faults are told, they are by who waits then, and gives up."""
    channel = program.sends[given["send"]].channel
    buffer = (channel, program.buffer, 0, ROOM_BYTES)
    if blames_queued(program.design):
        program.fails("channel_try_recv", *buffer)
    else:
        program.gives_up(Party(channel, program.waits("channel_sync_recv", *buffer)))


def _sender_blamed(program: Messages, given: Given, _: Later) -> None:
    """The receiver gives nothing for the message to be written to."""
    channel = program.sends[given["send"]].channel
    program.fails("channel_try_recv", channel, program.buffer, 0, 0)


def _message_spoilt(program: Messages, given: Given, _: Later) -> None:
    party = program.sends[given["send"]]
    if party.stranger == NOTHING:
        program.destroy(party.memory)
    else:
        program.made_by(party.stranger, "thread_destroy", 0)


def _buffer_spoilt(program: Messages, given: Given, _: Later) -> None:
    program.destroy(program.receives[given["receive"]].memory)


def _answer_buffer_spoilt(program: Messages, given: Given, _: Later) -> None:
    program.destroy(program.callers[given["reply"]].answer)


def _sender_gives_up(program: Messages, given: Given, _: Later) -> None:
    program.gives_up(program.sends[given["send"]])


def _receiver_gives_up(program: Messages, given: Given, _: Later) -> None:
    program.gives_up(program.receives[given["receive"]])


def _receiver_removed(program: Messages, given: Given, _: Later) -> None:
    party = program.receives[given["receive"]]
    program.call("channel_remove_listener", party.channel, party.pool, _EVENT_ID)


def _caller_gives_up(program: Messages, given: Given, _: Later) -> None:
    program.gives_up(program.callers[given["reply"]])


def _send_forgotten(program: Messages, given: Given, _: Later) -> None:
    """The kernel has forgotten already, and the name is free again."""
    program.sends.pop(given["send"], None)


def _receive_forgotten(program: Messages, given: Given, _: Later) -> None:
    program.receives.pop(given["receive"], None)


def _caller_forgotten(program: Messages, given: Given, _: Later) -> None:
    program.callers.pop(given["reply"], None)


def _answer(program: Messages, given: Given) -> tuple[int, ...]:
    return (program.replies[given["reply"]], program.message, 0, MESSAGE_BYTES)


def _replies(program: Messages, given: Given, _: Later) -> None:
    program.call("reply_reply", *_answer(program, given))


def _reply_fails(program: Messages, given: Given, _: Later) -> None:
    program.fails("reply_reply", *_answer(program, given))


def _reply_dropped(program: Messages, given: Given, _: Later) -> None:
    program.destroy(program.replies.pop(given["reply"]))


def _await(program: Messages, given: Given, _: Later) -> None:
    """The pool is mapped in a space that nothing else needs, since a mapping holds it."""
    pool = program.pool(1)
    home = program.created("address_space_new", program.own(ObjectType.ALLOCATOR))
    program.call("event_pool_map", home, pool, POOL_AT)
    thread = program.waits("event_pool_await", pool, NOTHING)
    program.waiters[given["pool"]] = Party(thread=thread, pool=pool)
    program.homes[given["pool"]] = home


def _await_ends(program: Messages, given: Given, _: Later) -> None:
    program.gives_up(program.waiters[given["pool"]])


def _pool_dropped(program: Messages, given: Given, _: Later) -> None:
    program.destroy(program.homes.pop(given["pool"]))
    program.destroy(program.waiters[given["pool"]].pool)


_DOES: Mapping[str, Callable[[Messages, Given, Later], None]] = MappingProxyType(
    {
        "channel_new": _channel_new,
        "channel_is_dropped": _channel_dropped,
        "sender_waits": _sender_waits,
        "receiver_waits": _receiver_waits,
        "message_is_sent": _message_sent,
        "call_is_sent": _call_sent,
        "message_is_received": _message_received,
        "call_is_received": _call_received,
        "pool_takes_one_and_waits": _pool_takes,
        "pool_takes_a_call_and_waits": _pool_takes,
        "receiver_fails": _receiver_fails,
        "sender_fails": _sender_fails,
        "sender_is_blamed": _sender_blamed,
        "message_is_spoilt": _message_spoilt,
        "buffer_is_spoilt": _buffer_spoilt,
        "sender_gives_up": _sender_gives_up,
        "sender_is_gone": _sender_gives_up,
        "receiver_gives_up": _receiver_gives_up,
        "receiver_is_gone": _receiver_gives_up,
        "receiver_is_removed": _receiver_removed,
        "send_is_forgotten": _send_forgotten,
        "receive_is_forgotten": _receive_forgotten,
        "caller_is_forgotten": _caller_forgotten,
        "reply_reply": _replies,
        "reply_fails": _reply_fails,
        "reply_is_dropped": _reply_dropped,
        "caller_gives_up": _caller_gives_up,
        "answer_buffer_is_spoilt": _answer_buffer_spoilt,
        "event_pool_await": _await,
        "wait_for_events_ends": _await_ends,
        "event_pool_is_dropped": _pool_dropped,
    }
)
