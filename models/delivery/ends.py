"""How a send, a receive or a call ends: taken, told why not, or dropped."""

from assay.lang import Act, Int, choose, none
from models.delivery.state import (
    Channel,
    Delivery,
    Listener,
    Receive,
    Reply,
    Send,
    buffers_spoil,
)
from spec.design import Design


def told(listener: Listener, owed: Int) -> Int:
    """What is owed once the news is told; where nobody is left to hear it, nothing is."""
    return choose(listener == Listener.NOBODY, Int.of(0), owed - 1)


def dropped(listener: Listener, owed: Int) -> Int:
    """What is owed when nobody is told: what was, to whoever is left."""
    return choose(listener == Listener.NOBODY, Int.of(0), owed)


def _send_leaves(act: Act[Design], new: Delivery, send: Send) -> None:
    new.sends_on[send] = none(Channel)
    new.calls[send] = False
    new.unreadable[send] = False


def send_is_taken(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The send is over: its message was delivered."""
    _send_leaves(act, new, send)
    new.sender[send] = Listener.NOBODY
    new.owed_to_sender[send] = old.owed_to_sender[send] - 1


def send_ends(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The send is over, and its sender is told."""
    _send_leaves(act, new, send)
    new.sender[send] = Listener.NOBODY
    new.owed_to_sender[send] = told(old.sender[send], old.owed_to_sender[send])


def send_is_dropped(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The send stands in no queue any more; whoever listens, listens on."""
    _send_leaves(act, new, send)
    new.owed_to_sender[send] = dropped(old.sender[send], old.owed_to_sender[send])


def _receive_leaves(act: Act[Design], new: Delivery, receive: Receive) -> None:
    new.receives_on[receive] = none(Channel)
    new.again[receive] = False
    if buffers_spoil(act.design):
        new.unwritable[receive] = False


def receive_ends(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The receive is over, and whoever waits is told; a message that was taken is news enough."""
    _receive_leaves(act, new, receive)
    new.receiver[receive] = Listener.NOBODY
    new.owed_to_receiver[receive] = told(old.receiver[receive], old.owed_to_receiver[receive])


def receive_is_dropped(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The receive stands in no queue any more; whoever listens, listens on."""
    _receive_leaves(act, new, receive)
    owed = dropped(old.receiver[receive], old.owed_to_receiver[receive])
    new.owed_to_receiver[receive] = owed


def reply_ends(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The reply is over, and its caller has the answer, or is told that there will be none."""
    new.open[reply] = False
    new.caller[reply] = Listener.NOBODY
    new.owed_to_caller[reply] = told(old.caller[reply], old.owed_to_caller[reply])
    if buffers_spoil(act.design):
        new.unanswerable[reply] = False


def reply_is_lost(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The reply is over; its caller waits on."""
    new.open[reply] = False
    if buffers_spoil(act.design):
        new.unanswerable[reply] = False
