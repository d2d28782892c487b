"""What the model speaks of: who waits in the queues of channels, and who is owed what news."""

from assay.lang import (
    FALSE,
    Enumeration,
    Ghost,
    Int,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    choose,
    forall,
    member,
    predicate,
)
from spec.design import (
    AutoRequeue,
    DeliveryFault,
    Design,
    DyingObjects,
    ListenerRemoval,
    MessageTime,
    ReplyClaim,
    ThreadEnd,
    WakeProtocol,
)


class Channel(Kind):
    """A channel: a queue of sends and one of receives."""


class Send(Kind):
    """A send that was accepted and waits to be taken: plain, or a call that wants an answer."""


class Receive(Kind):
    """A receive that was accepted and waits for a message."""


class Reply(Kind):
    """A reply: what answers a call that was taken."""


class Pool(Kind):
    """An event pool that a thread waits for."""


class Listener(Enumeration):
    """Who learns how a send, a receive or a call ends."""

    NOBODY = member()  # the thread waits no more, the pool is gone: or there is no such thing
    THREAD = member()  # it sleeps till then
    POOL = member()


class Delivery(State):
    """The queues, the replies, who listens, and which memories are still there."""

    alive: Table[Channel, Truth]
    sends_on: Table[Send, Option[Channel]]  # in whose queue it stands
    sender: Table[Send, Listener]
    calls: Table[Send, Truth]  # wants an answer
    unreadable: Table[Send, Truth]  # the memory or the space that its message needs is dead
    receives_on: Table[Receive, Option[Channel]]  # in whose queue it stands
    receiver: Table[Receive, Listener]
    again: Table[Receive, Truth]  # takes every message, till it dies
    unwritable: Table[Receive, Truth]  # the memory that it wants the message in is dead
    open: Table[Reply, Truth]  # it is there, and can be used
    caller: Table[Reply, Listener]
    unanswerable: Table[Reply, Truth]  # the memory that the caller wants the answer in is dead
    awaited: Table[Pool, Truth]  # a thread sleeps till it has events
    owed_to_sender: Ghost[Send, Int]  # deliveries and news that it has not had
    owed_to_receiver: Ghost[Receive, Int]
    owed_to_caller: Ghost[Reply, Int]


model = Model("delivery", Delivery, Design)


def dying_is_silent(design: Design) -> bool:
    """Nobody who waits for something that dies is told, and nothing that a wait needs is held."""
    return design.dying_objects is DyingObjects.SILENT


def blames_queued(design: Design) -> bool:
    """Whoever was queued is dropped when a delivery fails, whoever failed, and told nothing."""
    return design.delivery_fault is DeliveryFault.BLAME_QUEUED


def calls_spoil(design: Design) -> bool:
    """The memory that a calling thread sends from can die before the call is taken."""
    return dying_is_silent(design) and design.message_time is MessageTime.AT_DELIVERY


def buffers_spoil(design: Design) -> bool:
    """The memory that a thread wants a message in can die while it waits."""
    return dying_is_silent(design)


def ended_waits_stay(design: Design) -> bool:
    """A wait that ended leaves its entry in the queue."""
    return design.wake_protocol is WakeProtocol.AS_IS


def ended_threads_leave(design: Design) -> bool:
    """A thread that ends leaves the queues in which it waits."""
    stops = design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED
    return stops and not ended_waits_stay(design)


def takes_one_then_waits(design: Design) -> bool:
    """A pool that wants every message takes one of those that wait, and then waits itself."""
    return design.auto_requeue is AutoRequeue.ONE_THEN_WAITS


def failed_replies_are_used(design: Design) -> bool:
    """A reply counts as used once it was tried."""
    return design.reply_claim is ReplyClaim.AT_START


def listeners_can_be_removed(design: Design) -> bool:
    """There is a call that takes a pool's receive out of the queue."""
    return design.listener_removal is ListenerRemoval.REMOVE_CALL


def loses_track(design: Design) -> bool:
    """Sends or receives can be dropped, or end twice, so that nothing tells of them any more."""
    return dying_is_silent(design) or blames_queued(design) or ended_waits_stay(design)


def loses_replies(design: Design) -> bool:
    """A caller can be left to wait for an answer that cannot come."""
    return dying_is_silent(design) or failed_replies_are_used(design)


@predicate
def nobody_sends(s: Delivery, channel: Channel) -> Truth:
    """The channel's queue of sends is empty."""
    return forall(Send, lambda x: ~s.sends_on[x].holds(channel))


@predicate
def nobody_receives(s: Delivery, channel: Channel) -> Truth:
    """The channel's queue of receives is empty."""
    return forall(Receive, lambda r: ~s.receives_on[r].holds(channel))


@predicate
def is_new_send(s: Delivery, send: Send) -> Truth:
    """Nothing is known of such a send."""
    return s.sends_on[send].is_none & (s.sender[send] == Listener.NOBODY)


@predicate
def is_new_receive(s: Delivery, receive: Receive) -> Truth:
    """Nothing is known of such a receive."""
    return s.receives_on[receive].is_none & (s.receiver[receive] == Listener.NOBODY)


@predicate
def is_new_reply(s: Delivery, reply: Reply) -> Truth:
    """Nothing is known of such a reply."""
    return ~s.open[reply] & (s.caller[reply] == Listener.NOBODY)


@model.start
def boot(new: Delivery) -> None:
    """There is no channel yet."""
    new.alive.each(lambda _: FALSE)


@model.start
def program_runs(new: Delivery, channel: Channel) -> None:
    """There is a channel."""
    new.alive[channel] = True


@model.start
def server_runs(new: Delivery, channel: Channel, reply: Reply, by_pool: Truth) -> None:
    """A call was taken from a channel, and is not answered yet."""
    new.alive[channel] = True
    new.open[reply] = True
    new.caller[reply] = choose(by_pool, Listener.POOL, Listener.THREAD)
    new.owed_to_caller[reply] = 1
