"""Deliveries that fail, and memories that die before a message is copied."""

from assay.lang import Act
from models.delivery.ends import receive_ends, receive_is_dropped, send_ends, send_is_dropped
from models.delivery.state import (
    Delivery,
    Listener,
    Receive,
    Send,
    blames_queued,
    buffers_spoil,
    calls_spoil,
    model,
)
from spec.design import Design


@model.action()
def receiver_fails(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """What waits to receive cannot take a message: nobody listens, or its memory is to blame."""
    act.require(old.receives_on[receive].is_some, name="waits")
    ends = receive_is_dropped if blames_queued(act.design) else receive_ends
    ends(act, old, new, receive)


@model.action()
def sender_fails(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The message of a send that waits cannot be read any more."""
    act.require(old.sends_on[send].is_some & old.unreadable[send], name="waits_with_nothing")
    ends = send_is_dropped if blames_queued(act.design) else send_ends
    ends(act, old, new, send)


@model.action(when=blames_queued)
def sender_is_blamed(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The running thread cannot take a message: whoever waits to send is dropped."""
    act.require(old.sends_on[send].is_some, name="waits")
    send_is_dropped(act, old, new, send)


@model.action()
def message_is_spoilt(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The memory or space that the message needs dies; a thread that waits to send holds them.

    As built one that calls does not hold the memory.
    """
    held = old.sender[send] == Listener.THREAD
    if calls_spoil(act.design):
        held &= ~old.calls[send]
    act.require(old.sends_on[send].is_some & ~held, name="can_die")
    new.unreadable[send] = True


@model.action(when=buffers_spoil)
def buffer_is_spoilt(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The memory that a thread wants the message in dies."""
    act.require(old.receives_on[receive].is_some, name="waits")
    act.require(old.receiver[receive] == Listener.THREAD, name="is_of_a_thread")
    new.unwritable[receive] = True
