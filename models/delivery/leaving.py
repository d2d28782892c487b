"""Waits that end before anything was delivered, and what the kernel forgets."""

from assay.lang import Act, Truth
from models.delivery.ends import receive_ends, send_ends
from models.delivery.state import (
    Delivery,
    Listener,
    Receive,
    Send,
    buffers_spoil,
    ended_threads_leave,
    ended_waits_stay,
    listeners_can_be_removed,
    loses_track,
    model,
)
from spec.design import Design


@model.action()
def sender_gives_up(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The thread's time has come, or it was resumed, or it ended.

    As built the send stays in the queue, and nothing tells one of these from the others.
    """
    act.require(old.sends_on[send].is_some, name="waits")
    act.require(old.sender[send] == Listener.THREAD, name="is_of_a_thread")
    if ended_waits_stay(act.design):
        new.sender[send] = Listener.NOBODY
        new.owed_to_sender[send] = old.owed_to_sender[send] - 1
    else:
        send_ends(act, old, new, send)


@model.action()
def sender_is_gone(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The pool that was to be told is dead, or the thread and yet in the queue."""
    act.require(old.sends_on[send].is_some, name="waits")
    act.require(_can_be_gone(act.design, old.sender[send]), name="can_be_gone")
    new.sender[send] = Listener.NOBODY


@model.action()
def receiver_gives_up(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The thread's time has come, or it was resumed, or it ended; as built the receive stays."""
    act.require(old.receives_on[receive].is_some, name="waits")
    act.require(old.receiver[receive] == Listener.THREAD, name="is_of_a_thread")
    if ended_waits_stay(act.design):
        _nobody_receives(act, old, new, receive)
    else:
        receive_ends(act, old, new, receive)


@model.action()
def receiver_is_gone(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The pool is dead, or the thread and yet in the queue."""
    act.require(old.receives_on[receive].is_some, name="waits")
    act.require(_can_be_gone(act.design, old.receiver[receive]), name="can_be_gone")
    _nobody_receives(act, old, new, receive)


def _can_be_gone(design: Design, listener: Listener) -> Truth:
    """A pool can die, and a thread that ends may stay where it waits."""
    stays = not ended_threads_leave(design) and not ended_waits_stay(design)
    return listener != Listener.NOBODY if stays else listener == Listener.POOL


def _nobody_receives(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    new.receiver[receive] = Listener.NOBODY
    if buffers_spoil(act.design):
        new.unwritable[receive] = False
    new.owed_to_receiver[receive] = old.owed_to_receiver[receive] - 1


@model.action(when=listeners_can_be_removed)
def receiver_is_removed(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """A pool is to receive no more; the call says so."""
    act.require(old.receives_on[receive].is_some, name="waits")
    act.require(old.receiver[receive] == Listener.POOL, name="is_of_a_pool")
    receive_ends(act, old, new, receive)


@model.action(when=loses_track)
def send_is_forgotten(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """Nothing in the kernel tells any more what somebody waits for, or had twice."""
    act.require(old.sends_on[send].is_none, name="waits_no_more")
    new.sender[send] = Listener.NOBODY
    new.owed_to_sender[send] = 0


@model.action(when=loses_track)
def receive_is_forgotten(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """Nothing in the kernel tells any more what somebody waits for."""
    act.require(old.receives_on[receive].is_none, name="waits_no_more")
    new.receiver[receive] = Listener.NOBODY
    new.owed_to_receiver[receive] = 0
