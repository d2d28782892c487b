"""How messages are taken: by whoever waits to receive, or from whoever waits to send."""

from assay.lang import TRUE, Act, Int, choose, none
from models.delivery.ends import send_is_taken
from models.delivery.queues import receive_is_accepted
from models.delivery.state import (
    Channel,
    Delivery,
    Listener,
    Receive,
    Reply,
    Send,
    is_new_receive,
    is_new_reply,
    model,
    takes_one_then_waits,
)
from spec.design import Design


def _require_willing(act: Act[Design], old: Delivery, receive: Receive) -> None:
    """The receive waits, somebody is there for it, and so is its memory."""
    act.require(old.receives_on[receive].is_some, name="waits")
    act.require(old.receiver[receive] != Listener.NOBODY, name="somebody_listens")
    act.require(~old.unwritable[receive], name="can_be_written")


def _require_sending(act: Act[Design], old: Delivery, send: Send, *, calls: bool) -> None:
    """The send waits, is a call or not, and its message is there."""
    act.require(old.sends_on[send].is_some, name="waits")
    act.require(old.calls[send] if calls else ~old.calls[send], name="calls")
    act.require(~old.unreadable[send], name="can_be_read")


def _is_received(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """The receive has its message; one that wants every message stays."""
    stays = old.again[receive]
    new.receives_on[receive] = choose(stays, old.receives_on[receive], none(Channel))
    new.receiver[receive] = choose(stays, old.receiver[receive], Listener.NOBODY)
    new.owed_to_receiver[receive] = choose(
        stays, old.owed_to_receiver[receive], old.owed_to_receiver[receive] - 1
    )


def _reply_comes(new: Delivery, reply: Reply, listener: Listener) -> None:
    """The receiver can answer; if somebody listens, an answer is owed."""
    new.open[reply] = True
    new.caller[reply] = listener
    new.owed_to_caller[reply] = choose(listener == Listener.NOBODY, Int.of(0), Int.of(1))


@model.action()
def message_is_sent(act: Act[Design], old: Delivery, new: Delivery, receive: Receive) -> None:
    """A plain message goes from the running thread to a receive that waits."""
    _require_willing(act, old, receive)
    _is_received(act, old, new, receive)


@model.action()
def call_is_sent(
    act: Act[Design],
    old: Delivery,
    new: Delivery,
    receive: Receive,
    reply: Reply,
    listener: Listener,
) -> None:
    """A call goes from the running thread to a receive that waits, and leaves a reply."""
    _require_willing(act, old, receive)
    act.require(is_new_reply(old, reply) & (listener != Listener.NOBODY), name="reply_is_new")
    _is_received(act, old, new, receive)
    _reply_comes(new, reply, listener)


@model.action()
def message_is_received(act: Act[Design], old: Delivery, new: Delivery, send: Send) -> None:
    """The running thread, or a pool that it names, takes the message of a send that waits."""
    _require_sending(act, old, send, calls=False)
    send_is_taken(act, old, new, send)


@model.action()
def call_is_received(
    act: Act[Design], old: Delivery, new: Delivery, send: Send, reply: Reply
) -> None:
    """The running thread, or a pool that it names, takes a call that waits, and gets a reply."""
    _require_sending(act, old, send, calls=True)
    act.require(is_new_reply(old, reply), name="reply_is_new")
    _reply_comes(new, reply, old.sender[send])
    send_is_taken(act, old, new, send)


@model.action(when=takes_one_then_waits)
def pool_takes_one_and_waits(
    act: Act[Design], old: Delivery, new: Delivery, send: Send, receive: Receive
) -> None:
    """A pool that wants every message takes one, and then waits beside the others."""
    _require_sending(act, old, send, calls=False)
    act.require(is_new_receive(old, receive), name="receive_is_new")
    send_is_taken(act, old, new, send)
    _waits_beside(old, new, send, receive)


@model.action(when=takes_one_then_waits)
def pool_takes_a_call_and_waits(
    act: Act[Design],
    old: Delivery,
    new: Delivery,
    send: Send,
    reply: Reply,
    receive: Receive,
) -> None:
    """A pool that wants every message takes a call, and then waits beside the others."""
    _require_sending(act, old, send, calls=True)
    act.require(is_new_reply(old, reply), name="reply_is_new")
    act.require(is_new_receive(old, receive), name="receive_is_new")
    _reply_comes(new, reply, old.sender[send])
    send_is_taken(act, old, new, send)
    _waits_beside(old, new, send, receive)


def _waits_beside(old: Delivery, new: Delivery, send: Send, receive: Receive) -> None:
    channel = old.sends_on[send].value
    receive_is_accepted(new, channel, receive, Listener.POOL, TRUE)
