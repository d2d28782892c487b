"""Answers to calls that were taken."""

from assay.lang import Act
from models.delivery.ends import reply_ends, reply_is_lost
from models.delivery.state import (
    Delivery,
    Listener,
    Reply,
    buffers_spoil,
    dying_is_silent,
    failed_replies_are_used,
    loses_replies,
    model,
)
from spec.design import Design
from spec.errors import Error


@model.action()
def reply_reply(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The caller gets its answer, and the reply is used."""
    act.check(old.open[reply], otherwise=Error.INVL_OP, name="reply_used")
    listens = old.caller[reply] != Listener.NOBODY
    if failed_replies_are_used(act.design):
        act.require(listens, name="somebody_listens")
    else:
        act.check(listens, otherwise=Error.OK_UNREACH, name="caller_waits_no_more")
    act.require(~old.unanswerable[reply], name="can_be_written")
    reply_ends(act, old, new, reply)


@model.action(when=failed_replies_are_used)
def reply_fails(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The answer cannot be given, and the reply counts as used."""
    act.require(old.open[reply], name="open")
    reply_is_lost(act, old, new, reply)


@model.action()
def reply_is_dropped(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The last capability to a reply that was not used goes; as built nobody is told."""
    act.require(old.open[reply], name="open")
    ends = reply_is_lost if dying_is_silent(act.design) else reply_ends
    ends(act, old, new, reply)


@model.action()
def caller_gives_up(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The caller's time has come, it was resumed, or it ended; or the pool is dead."""
    act.require(old.open[reply] & (old.caller[reply] != Listener.NOBODY), name="waits")
    new.caller[reply] = Listener.NOBODY
    new.owed_to_caller[reply] = old.owed_to_caller[reply] - 1
    if buffers_spoil(act.design):
        new.unanswerable[reply] = False


@model.action(when=buffers_spoil)
def answer_buffer_is_spoilt(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """The memory that the caller, a thread, wants the answer in dies."""
    act.require(old.open[reply], name="open")
    act.require(old.caller[reply] == Listener.THREAD, name="is_of_a_thread")
    new.unanswerable[reply] = True


@model.action(when=loses_replies)
def caller_is_forgotten(act: Act[Design], old: Delivery, new: Delivery, reply: Reply) -> None:
    """Nothing in the kernel tells any more what the caller waits for."""
    act.require(~old.open[reply], name="waits_in_vain")
    new.caller[reply] = Listener.NOBODY
    new.owed_to_caller[reply] = 0
