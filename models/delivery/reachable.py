"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, exists
from models.delivery.state import Channel, Delivery, Listener, Pool, Receive, Reply, Send, model


@model.can()
def can_wait_to_send_twice(s: Delivery) -> Truth:
    """A thread waits to send and a pool is to be told of a call, in one queue."""

    def waits(x: Send, listener: Listener) -> Truth:
        return s.sends_on[x].is_some & (s.sender[x] == listener)

    return exists(
        Send,
        Send,
        lambda x, y: (
            waits(x, Listener.THREAD)
            & waits(y, Listener.POOL)
            & s.calls[y]
            & (s.sends_on[x] == s.sends_on[y])
        ),
    )


@model.can()
def can_receive_again(s: Delivery) -> Truth:
    """A pool takes every message of a channel."""
    return exists(Receive, lambda r: s.receives_on[r].is_some & s.again[r])


@model.can()
def can_wait_for_an_answer_and_a_message(s: Delivery) -> Truth:
    """A call was taken, whose caller sleeps, and somebody waits for the next one."""
    return exists(Reply, lambda q: s.open[q] & (s.caller[q] == Listener.THREAD)) & exists(
        Receive, lambda r: s.receives_on[r].is_some
    )


@model.can()
def can_answer_nobody(s: Delivery) -> Truth:
    """A reply is there whose caller waits no more."""
    return exists(Reply, lambda q: s.open[q] & (s.caller[q] == Listener.NOBODY))


@model.can()
def can_outlive_its_channel(s: Delivery) -> Truth:
    """A call that was taken can be answered though the channel is gone."""
    return exists(Reply, lambda q: s.open[q]) & exists(Channel, lambda c: ~s.alive[c])


@model.can()
def can_send_for_nobody(s: Delivery) -> Truth:
    """A message can be taken though whoever sent it is gone."""
    return exists(Send, lambda x: s.sends_on[x].is_some & (s.sender[x] == Listener.NOBODY))


@model.can()
def can_be_in_the_way(s: Delivery) -> Truth:
    """A receive stands in a queue, and nobody is there to take a message."""
    return exists(Receive, lambda r: s.receives_on[r].is_some & (s.receiver[r] == Listener.NOBODY))


@model.can()
def can_await_events(s: Delivery) -> Truth:
    """A thread sleeps till a pool has events."""
    return exists(Pool, lambda p: s.awaited[p])
