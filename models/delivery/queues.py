"""Channels, and who comes to stand in their queues."""

from assay.lang import Act, Truth, all_of, choose, none, some
from models.delivery.ends import dropped, told
from models.delivery.state import (
    Channel,
    Delivery,
    Listener,
    Receive,
    Send,
    buffers_spoil,
    dying_is_silent,
    is_new_receive,
    is_new_send,
    model,
    nobody_receives,
    nobody_sends,
)
from spec.design import Design
from spec.errors import Error


@model.action()
def channel_new(act: Act[Design], old: Delivery, new: Delivery, channel: Channel) -> None:
    """A channel on which nobody waits."""
    act.require(
        all_of(
            ~old.alive[channel],
            nobody_sends(old, channel),
            nobody_receives(old, channel),
        ),
        name="channel_is_new",
    )
    new.alive[channel] = True


@model.action()
def sender_waits(
    act: Act[Design],
    old: Delivery,
    new: Delivery,
    channel: Channel,
    send: Send,
    listener: Listener,
    calls: Truth,
) -> None:
    """Nobody was there to receive: the send is accepted, and stands in the queue."""
    act.check(old.alive[channel], otherwise=Error.INVL_WEAK, name="channel_dead")
    act.require(nobody_receives(old, channel), name="nobody_receives")
    act.require(is_new_send(old, send) & (listener != Listener.NOBODY), name="send_is_new")
    new.sends_on[send] = some(channel)
    new.sender[send] = listener
    new.calls[send] = calls
    new.owed_to_sender[send] = 1


@model.action()
def receiver_waits(
    act: Act[Design],
    old: Delivery,
    new: Delivery,
    channel: Channel,
    receive: Receive,
    listener: Listener,
    again: Truth,
) -> None:
    """Nobody was there to send, or no more: the receive is accepted, and stands in the queue."""
    act.check(old.alive[channel], otherwise=Error.INVL_WEAK, name="channel_dead")
    act.require(nobody_sends(old, channel), name="nobody_sends")
    act.require(is_new_receive(old, receive), name="receive_is_new")
    pool = listener == Listener.POOL
    thread = (listener == Listener.THREAD) & ~again
    act.require(pool | thread, name="can_listen")
    receive_is_accepted(new, channel, receive, listener, again)


def receive_is_accepted(
    new: Delivery,
    channel: Channel,
    receive: Receive,
    listener: Listener,
    again: Truth,
) -> None:
    """The receive stands in the queue."""
    new.receives_on[receive] = some(channel)
    new.receiver[receive] = listener
    new.again[receive] = again
    new.owed_to_receiver[receive] = 1


@model.action()
def channel_is_dropped(act: Act[Design], old: Delivery, new: Delivery, channel: Channel) -> None:
    """The last capability to the channel goes, and with it the queues; as built nobody is told."""
    act.require(old.alive[channel], name="alive")
    new.alive[channel] = False
    _sends_end(act, old, new, channel)
    _receives_end(act, old, new, channel)


def _sends_end(act: Act[Design], old: Delivery, new: Delivery, channel: Channel) -> None:
    silent = dying_is_silent(act.design)
    owes = dropped if silent else told

    def ends(send: Send) -> Truth:
        return old.sends_on[send].holds(channel)

    new.sends_on.each(lambda s: choose(ends(s), none(Channel), old.sends_on[s]))
    new.calls.each(lambda s: old.calls[s] & ~ends(s))
    new.unreadable.each(lambda s: old.unreadable[s] & ~ends(s))
    if not silent:
        new.sender.each(lambda s: choose(ends(s), Listener.NOBODY, old.sender[s]))
    new.owed_to_sender.each(
        lambda s: choose(ends(s), owes(old.sender[s], old.owed_to_sender[s]), old.owed_to_sender[s])
    )


def _receives_end(act: Act[Design], old: Delivery, new: Delivery, channel: Channel) -> None:
    silent = dying_is_silent(act.design)
    owes = dropped if silent else told

    def ends(receive: Receive) -> Truth:
        return old.receives_on[receive].holds(channel)

    new.receives_on.each(lambda r: choose(ends(r), none(Channel), old.receives_on[r]))
    new.again.each(lambda r: old.again[r] & ~ends(r))
    if buffers_spoil(act.design):
        new.unwritable.each(lambda r: old.unwritable[r] & ~ends(r))
    if not silent:
        new.receiver.each(lambda r: choose(ends(r), Listener.NOBODY, old.receiver[r]))
    new.owed_to_receiver.each(
        lambda r: choose(
            ends(r), owes(old.receiver[r], old.owed_to_receiver[r]), old.owed_to_receiver[r]
        )
    )
