"""What is promised of deliveries."""

from assay.lang import Step, Truth, all_of, any_of, forall
from models.delivery.faults import receiver_fails, sender_fails
from models.delivery.leaving import (
    receiver_gives_up,
    receiver_is_removed,
    sender_gives_up,
)
from models.delivery.pools import event_pool_is_dropped
from models.delivery.queues import channel_is_dropped, receiver_waits, sender_waits
from models.delivery.replies import reply_is_dropped, reply_reply
from models.delivery.state import (
    Channel,
    Delivery,
    Listener,
    Pool,
    Receive,
    Reply,
    Send,
    ended_threads_leave,
    ended_waits_stay,
    listeners_can_be_removed,
    model,
)
from models.delivery.taking import (
    call_is_received,
    call_is_sent,
    message_is_received,
    message_is_sent,
    pool_takes_a_call_and_waits,
    pool_takes_one_and_waits,
)


@model.guarantee("IPC-1")
def no_pair_waits(s: Delivery) -> Truth:
    """Where a send waits that can be taken, nobody waits to receive who could."""

    def is_willing(r: Receive) -> Truth:
        return s.receives_on[r].is_some & (s.receiver[r] != Listener.NOBODY)

    return forall(
        Send,
        Receive,
        lambda x, r: (is_willing(r) & ~s.unreadable[x]).implies(s.sends_on[x] != s.receives_on[r]),
    )


@model.step_guarantee("IPC-3")
def what_is_accepted_waits(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A send or receive that is accepted stands in the queue of its channel."""
    send = step.argument(sender_waits, "send", Send)
    sent_to = step.argument(sender_waits, "channel", Channel)
    receive = step.argument(receiver_waits, "receive", Receive)
    received_on = step.argument(receiver_waits, "channel", Channel)
    return all_of(
        step.took(sender_waits).implies(new.sends_on[send].holds(sent_to)),
        step.took(receiver_waits).implies(new.receives_on[receive].holds(received_on)),
    )


@model.step_guarantee("IPC-3")
def what_has_ended_waits_no_more(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A receive that has its message, or failed, stands in no queue; one of a pool may go on."""
    sent = step.argument(message_is_sent, "receive", Receive)
    called = step.argument(call_is_sent, "receive", Receive)
    failed = step.argument(receiver_fails, "receive", Receive)
    return all_of(
        (step.took(message_is_sent) & ~old.again[sent]).implies(new.receives_on[sent].is_none),
        (step.took(call_is_sent) & ~old.again[called]).implies(new.receives_on[called].is_none),
        step.took(receiver_fails).implies(
            old.receives_on[failed].is_some & new.receives_on[failed].is_none
        ),
    )


@model.step_guarantee("IPC-3", when=lambda design: not ended_waits_stay(design))
def who_gives_up_waits_no_more(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A wait that ended early leaves no entry."""
    send = step.argument(sender_gives_up, "send", Send)
    receive = step.argument(receiver_gives_up, "receive", Receive)
    return all_of(
        step.took(sender_gives_up).implies(new.sends_on[send].is_none),
        step.took(receiver_gives_up).implies(new.receives_on[receive].is_none),
    )


@model.step_guarantee("IPC-3", when=listeners_can_be_removed)
def what_is_removed_waits_no_more(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A pool that is to receive no more leaves no entry."""
    receive = step.argument(receiver_is_removed, "receive", Receive)
    return step.took(receiver_is_removed).implies(new.receives_on[receive].is_none)


@model.step_guarantee("IPC-3", when=ended_threads_leave)
def no_thread_stops_waiting_untold(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A thread that waits to send waits till it is told, or its message was taken."""
    return forall(
        Send,
        lambda x: ((old.sender[x] == Listener.THREAD) & (new.sender[x] != Listener.THREAD)).implies(
            new.owed_to_sender[x] < old.owed_to_sender[x]
        ),
    )


@model.guarantee("IPC-3")
def no_send_ends_twice(s: Delivery) -> Truth:
    """No message is delivered whose sender was told that it is not, or had been delivered."""
    return forall(Send, lambda x: s.owed_to_sender[x] >= 0)


@model.guarantee("IPC-3")
def no_send_is_lost(s: Delivery) -> Truth:
    """A send that was not delivered, and whose sender was not told, can still be."""
    return forall(Send, lambda x: (s.owed_to_sender[x] > 0).implies(s.sends_on[x].is_some))


@model.guarantee("IPC-3")
def no_receive_ends_twice(s: Delivery) -> Truth:
    """Nobody gets a message who was told that there is none, or had one."""
    return forall(Receive, lambda r: s.owed_to_receiver[r] >= 0)


@model.guarantee("IPC-3")
def no_receive_is_lost(s: Delivery) -> Truth:
    """A receive that has no message, and of which nobody was told why not, can still have one."""
    return forall(Receive, lambda r: (s.owed_to_receiver[r] > 0).implies(s.receives_on[r].is_some))


@model.guarantee("IPC-3")
def nobody_who_listens_is_owed_nothing(s: Delivery) -> Truth:
    """Who sleeps till an outcome comes, or is to be told of it, is still to have it."""
    return all_of(
        forall(Send, lambda x: (s.sender[x] != Listener.NOBODY).implies(s.owed_to_sender[x] > 0)),
        forall(
            Receive, lambda r: (s.receiver[r] != Listener.NOBODY).implies(s.owed_to_receiver[r] > 0)
        ),
    )


@model.step_guarantee("IPC-4")
def a_dying_channel_wakes_who_waits(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A channel dies once, and nobody sleeps in its queues then."""
    channel = step.argument(channel_is_dropped, "channel", Channel)
    drops = step.took(channel_is_dropped)
    return all_of(
        drops.implies(old.alive[channel] & ~new.alive[channel]),
        forall(
            Send,
            lambda x: (drops & old.sends_on[x].holds(channel)).implies(
                new.sender[x] != Listener.THREAD
            ),
        ),
        forall(
            Receive,
            lambda r: (drops & old.receives_on[r].holds(channel)).implies(
                new.receiver[r] != Listener.THREAD
            ),
        ),
    )


@model.guarantee("IPC-4")
def queues_are_of_living_channels(s: Delivery) -> Truth:
    """Nobody waits in a queue of a channel that is gone."""
    return all_of(
        forall(Send, lambda x: s.sends_on[x].is_some.implies(s.alive[s.sends_on[x].value])),
        forall(
            Receive, lambda r: s.receives_on[r].is_some.implies(s.alive[s.receives_on[r].value])
        ),
    )


@model.step_guarantee("IPC-4")
def a_dying_pool_wakes_who_waits(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Nobody sleeps for the events of a pool that is gone."""
    pool = step.argument(event_pool_is_dropped, "pool", Pool)
    return step.took(event_pool_is_dropped).implies(old.awaited[pool] & ~new.awaited[pool])


@model.guarantee("IPC-4")
def nobody_waits_with_a_dead_memory(s: Delivery) -> Truth:
    """What a thread sends from, or wants something in, is alive while it sleeps."""
    return all_of(
        forall(Send, lambda x: (s.sender[x] == Listener.THREAD).implies(~s.unreadable[x])),
        forall(Receive, lambda r: (s.receiver[r] == Listener.THREAD).implies(~s.unwritable[r])),
        forall(Reply, lambda q: (s.caller[q] == Listener.THREAD).implies(~s.unanswerable[q])),
    )


@model.step_guarantee("IPC-5")
def a_send_keeps_its_place(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A send leaves its queue when it is taken, fails itself, gives up, or its channel dies."""
    taken = (
        message_is_received,
        call_is_received,
        pool_takes_one_and_waits,
        pool_takes_a_call_and_waits,
    )
    fails = step.argument(sender_fails, "send", Send)
    gives_up = step.argument(sender_gives_up, "send", Send)
    channel = step.argument(channel_is_dropped, "channel", Channel)

    def has_a_reason(x: Send) -> Truth:
        return any_of(
            *(step.took(each) & (step.argument(each, "send", Send) == x) for each in taken),
            step.took(sender_fails) & (fails == x) & old.unreadable[x],
            step.took(sender_gives_up) & (gives_up == x) & (old.sender[x] == Listener.THREAD),
            step.took(channel_is_dropped) & old.sends_on[x].holds(channel),
        )

    return forall(
        Send, lambda x: (old.sends_on[x].is_some & new.sends_on[x].is_none).implies(has_a_reason(x))
    )


@model.step_guarantee("IPC-5")
def a_receive_keeps_its_place(old: Delivery, step: Step, new: Delivery) -> Truth:
    """A receive leaves its queue with a message, or fails, gives up, or its channel dies."""
    reasons = (message_is_sent, call_is_sent, receiver_fails)
    gives_up = step.argument(receiver_gives_up, "receive", Receive)
    removed = step.argument(receiver_is_removed, "receive", Receive)
    channel = step.argument(channel_is_dropped, "channel", Channel)

    def has_a_reason(r: Receive) -> Truth:
        return any_of(
            *(step.took(each) & (step.argument(each, "receive", Receive) == r) for each in reasons),
            step.took(receiver_gives_up) & (gives_up == r) & (old.receiver[r] == Listener.THREAD),
            step.took(receiver_is_removed) & (removed == r) & (old.receiver[r] == Listener.POOL),
            step.took(channel_is_dropped) & old.receives_on[r].holds(channel),
        )

    return forall(
        Receive,
        lambda r: (old.receives_on[r].is_some & new.receives_on[r].is_none).implies(
            has_a_reason(r)
        ),
    )


@model.step_guarantee("IPC-5")
def a_receiver_that_fails_is_told(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Whoever waits for a message that it cannot take waits no more."""
    receive = step.argument(receiver_fails, "receive", Receive)
    return step.took(receiver_fails).implies(new.receiver[receive] == Listener.NOBODY)


@model.step_guarantee("IPC-5")
def a_sender_that_fails_is_told(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Whoever waits till its message is taken, which cannot be read, waits no more."""
    send = step.argument(sender_fails, "send", Send)
    return step.took(sender_fails).implies(new.sender[send] == Listener.NOBODY)


@model.step_guarantee("IPC-5")
def what_cannot_be_read_is_not_taken(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Nobody gets a message that is not there any more."""
    plain = step.argument(message_is_received, "send", Send)
    call = step.argument(call_is_received, "send", Send)
    return all_of(
        step.took(message_is_received).implies(~old.unreadable[plain]),
        step.took(call_is_received).implies(~old.unreadable[call]),
    )


@model.step_guarantee("IPC-7")
def a_call_leaves_a_reply(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Who takes a call can answer whoever made it, and nobody else."""
    sent = step.argument(call_is_sent, "reply", Reply)
    asks = step.argument(call_is_sent, "listener", Listener)
    call = step.argument(call_is_received, "send", Send)
    received = step.argument(call_is_received, "reply", Reply)
    plain = step.argument(message_is_received, "send", Send)

    def is_made(reply: Reply, listener: Listener) -> Truth:
        return ~old.open[reply] & new.open[reply] & (new.caller[reply] == listener)

    return all_of(
        step.took(call_is_sent).implies(is_made(sent, asks) & (new.owed_to_caller[sent] > 0)),
        step.took(call_is_received).implies(old.calls[call] & is_made(received, old.sender[call])),
        step.took(message_is_received).implies(~old.calls[plain]),
    )


@model.step_guarantee("IPC-7")
def an_answer_uses_the_reply(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Nobody answers twice."""
    reply = step.argument(reply_reply, "reply", Reply)
    return step.took(reply_reply).implies(~new.open[reply])


@model.step_guarantee("IPC-7")
def a_dying_reply_wakes_its_caller(old: Delivery, step: Step, new: Delivery) -> Truth:
    """Nobody sleeps till he is answered by a reply that is gone."""
    reply = step.argument(reply_is_dropped, "reply", Reply)
    return step.took(reply_is_dropped).implies(
        old.open[reply] & ~new.open[reply] & (new.caller[reply] != Listener.THREAD)
    )


@model.guarantee("IPC-7")
def no_call_is_answered_twice(s: Delivery) -> Truth:
    """No answer is given to a caller who has one, or was told that there will be none."""
    return forall(Reply, lambda q: s.owed_to_caller[q] >= 0)


@model.guarantee("IPC-7")
def no_caller_is_stranded(s: Delivery) -> Truth:
    """A caller who has no answer, and was not told why not, can still be answered."""
    return forall(Reply, lambda q: (s.owed_to_caller[q] > 0).implies(s.open[q]))


@model.guarantee("IPC-7")
def no_caller_who_listens_is_owed_nothing(s: Delivery) -> Truth:
    """Who sleeps till an answer comes, or is to have it in a pool, is still to have it."""
    return forall(
        Reply, lambda q: (s.caller[q] != Listener.NOBODY).implies(s.owed_to_caller[q] > 0)
    )
