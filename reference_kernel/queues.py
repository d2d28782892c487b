"""The queues of channels: who stands in them, and what happens when somebody leaves.

Source: cap/channel/mod.rs.
"""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Refused
from reference_kernel.parties import (
    Listener,
    ListeningPool,
    Party,
    Receiver,
    Sender,
    WaitingThread,
    names_of,
)
from reference_kernel.pools import MESSAGE_FAILED, failed, notify
from reference_kernel.ready_queue import is_waiting, wake
from reference_kernel.state import Channel, Reply, WakeReason, Woke
from reference_kernel.transit import let_go
from spec.design import DyingObjects
from spec.errors import Error


def watch_party(draft: Draft, party: Party) -> None:
    """One more record names what the party names."""
    for name in names_of(party):
        draft.watch(name)


def forget_party(draft: Draft, party: Party) -> None:
    """A record of the party is gone, and what its message held."""
    let_go(draft, party)
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


def leave_queues(
    draft: Draft, name: int, body: Channel, listener: Listener, *, sends: bool = True
) -> None:
    """Whoever listens wants nothing of the living channel any more; perhaps still `sends`."""
    senders = tuple(each for each in body.senders if not sends or each.listener != listener)
    receivers = tuple(each for each in body.receivers if each.listener != listener)
    with draft.lock(LockKind.CHANNEL, name):
        draft.put(name, Channel(senders, receivers))
    gone: list[Party] = [each for each in body.senders if each not in senders]
    gone += [each for each in body.receivers if each.listener == listener]
    for each in gone:
        forget_party(draft, each)


def tell_of_death(draft: Draft, listener: Listener | None) -> None:
    """Whoever waits learns that what it waits for is dead, if the design says so."""
    if draft.design.dying_objects is DyingObjects.WAKE_WITH_ERROR and listener is not None:
        _tell(draft, listener, WakeReason(Woke.DIED), Error.INVL_WEAK)


def tell_of_fault(draft: Draft, party: Party, why: Refused) -> None:
    """The party is out of its queue and is told why; only who reports faults comes here."""
    if party.listener is not None:
        _tell(draft, party.listener, failed(why), why.error)


def _tell(draft: Draft, listener: Listener, reason: WakeReason, error: Error) -> None:
    """A thread wakes for that reason, a pool is given an event with the error."""
    match listener:
        case WaitingThread(thread=thread, wait=wait):
            if is_waiting(draft, thread, wait):
                wake(draft, thread, reason)
        case ListeningPool(pool=pool, event_id=event_id):
            if draft.is_alive(pool):
                fault = notify(draft, pool, MESSAGE_FAILED, event_id, error.value)
                draft.fault = draft.fault or fault


def release_reply(draft: Draft, body: Reply) -> None:
    """The reply is dead; if nobody answered, nobody will."""
    if not body.used:
        tell_of_death(draft, body.caller.listener)
    forget_party(draft, body.caller)


def release_queues(draft: Draft, body: Channel) -> None:
    """The channel is dead, and so are its queues; as built nobody in them is told."""
    parties: tuple[Party, ...] = (*body.senders, *body.receivers)
    for party in parties:
        tell_of_death(draft, party.listener)
    for sender in reversed(body.senders):
        forget_party(draft, sender)
    for receiver in reversed(body.receivers):
        forget_party(draft, receiver)
