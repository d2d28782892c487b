"""The queues of channels: who stands in them, and what happens when somebody leaves.

Source: cap/channel/mod.rs.
"""

from dataclasses import replace

from reference_kernel.draft import Draft
from reference_kernel.parties import Party, Receiver, Sender, WaitingThread, names_of
from reference_kernel.state import Channel


def watch_party(draft: Draft, party: Party) -> None:
    """One more record names what the party names."""
    for name in names_of(party):
        draft.watch(name)


def forget_party(draft: Draft, party: Party) -> None:
    """A record of the party is gone."""
    for name in names_of(party):
        draft.forget(name)


def enqueue_sender(draft: Draft, name: int, sender: Sender) -> None:
    """The sender is the last one of the channel."""
    body = draft.channel(name)
    draft.put(name, replace(body, senders=(*body.senders, sender)))
    watch_party(draft, sender)


def enqueue_receiver(draft: Draft, name: int, receiver: Receiver) -> None:
    """The receiver is the last one of the channel."""
    body = draft.channel(name)
    draft.put(name, replace(body, receivers=(*body.receivers, receiver)))
    watch_party(draft, receiver)


def take_sender(draft: Draft, name: int) -> Sender | None:
    """The first sender leaves the queue; what it names is watched till it is forgotten."""
    body = draft.channel(name)
    if not body.senders:
        return None
    draft.put(name, replace(body, senders=body.senders[1:]))
    return body.senders[0]


def take_receiver(draft: Draft, name: int) -> Receiver | None:
    """The first receiver leaves the queue; what it names is watched till it is forgotten."""
    body = draft.channel(name)
    if not body.receivers:
        return None
    draft.put(name, replace(body, receivers=body.receivers[1:]))
    return body.receivers[0]


def leave_queues(draft: Draft, name: int, body: Channel, waiter: WaitingThread) -> None:
    """The thread's wait in the living channel is over."""
    gone: list[Party] = [each for each in body.senders if each.listener == waiter]
    gone += [each for each in body.receivers if each.listener == waiter]
    senders = tuple(each for each in body.senders if each.listener != waiter)
    receivers = tuple(each for each in body.receivers if each.listener != waiter)
    draft.put(name, Channel(senders, receivers))
    for each in gone:
        forget_party(draft, each)


def release_queues(draft: Draft, body: Channel) -> None:
    """The channel is dead, and so are its queues; nobody in them is told."""
    for sender in reversed(body.senders):
        forget_party(draft, sender)
    for receiver in reversed(body.receivers):
        forget_party(draft, receiver)
