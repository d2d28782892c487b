"""IPC-1 to IPC-5 and IPC-7: what becomes of those who send, receive and wait for answers."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.able import (
    bytes_of,
    cannot_give,
    cannot_take,
    has_no_room,
    is_short,
    waits,
)
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.pool_events import given_amid
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Blocked, Ok, Outcome, Panic, Refused
from reference_kernel.parties import (
    Listener,
    ListeningPool,
    Party,
    Receiver,
    Sender,
    WaitingThread,
    listener_name,
)
from reference_kernel.state import (
    NOTHING,
    CapabilitySpace,
    Channel,
    EventPool,
    Memory,
    Reply,
    State,
    Thread,
    ThreadState,
)
from spec.design import Design
from spec.syscalls import BY_NAME


def _numbers(*names: str) -> frozenset[int]:
    return frozenset(BY_NAME[name].number for name in names)


_TRIES_OR_WAITS = _numbers("channel_try_recv", "channel_sync_recv")
_ASYNC_RECV = BY_NAME["channel_async_recv"].number
_RECEIVES = _TRIES_OR_WAITS | {_ASYNC_RECV}
_SYNC_CALL = BY_NAME["channel_sync_call"].number
_SENDS = _numbers(
    "channel_try_send",
    "channel_sync_send",
    "channel_async_send",
    "channel_sync_call",
    "channel_async_call",
)
_REPLY = BY_NAME["reply_reply"].number
_REMOVES = BY_NAME["channel_remove_listener"].number
_WAITS_ON = _numbers("channel_sync_send", "channel_sync_recv", "event_pool_await")


def no_pair_waits(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Looks for a channel in which somebody waits who can give, and somebody who can take it."""
    for name, known in after.objects.items():
        body = known.body
        if not isinstance(body, Channel) or not body.senders or not body.receivers:
            continue
        for sender in body.senders:
            if not cannot_give(after, sender) and any(
                _can_take(after, each, sender) for each in body.receivers
            ):
                return f"a sender and a receiver wait side by side in {title(after, name)}"
    return None


def _can_take(state: State, receiver: Receiver, sender: Sender) -> bool:
    if cannot_take(state, receiver):
        return False
    return not has_no_room(state, receiver, bytes_of(state, sender.message))


class _Step(NamedTuple):
    """A call that may hand over a message, and the channel of it before and after."""

    before: State
    call: CallMade
    outcome: Outcome
    after: State
    name: int
    old: Channel
    new: Channel

    def gone(self, parties: Iterable[Party], left: Iterable[Party]) -> list[Party]:
        """Those that are in the queue no more, in order."""
        there = Counter(left)
        missing: list[Party] = []
        for each in parties:
            if there[each]:
                there[each] -= 1
            else:
                missing.append(each)
        return missing

    @property
    def delivers(self) -> bool:
        """Whether a message of the caller, which sends, was taken at once."""
        if isinstance(self.outcome, Blocked):
            return self.call.number == _SYNC_CALL and len(self.new.senders) <= len(self.old.senders)
        return isinstance(self.outcome, Ok) and len(self.new.senders) <= len(self.old.senders)

    @property
    def received(self) -> int:
        """How many messages the caller, which receives, took at least; at most, if `Ok`."""
        if self.call.number in _TRIES_OR_WAITS:
            return int(isinstance(self.outcome, Ok))
        pool = _entries(self.before, self.call).get(self.call.arguments[1], NOTHING)
        took = self.before.body(pool) is not self.after.body(pool)
        return len(self.old.senders) if took and isinstance(self.outcome, Ok) else 0


def _entries(state: State, call: CallMade) -> dict[int, int]:
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return dict(space.entries)


def _step(before: State, event: Event, outcome: Outcome, after: State) -> _Step | None:
    if not isinstance(event, CallMade) or event.number not in _SENDS | _RECEIVES:
        return None
    if before is after or isinstance(outcome, Panic):
        return None
    name = _entries(before, event).get(event.arguments[0], NOTHING)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, Channel) or not isinstance(new, Channel):
        return None
    return _Step(before, event, outcome, after, name, old, new)


def delivery_is_in_order(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Messages are taken from the head of the queue, and none overtakes one that waits."""
    step = _step(before, event, outcome, after)
    if step is None:
        return None
    if step.call.number in _RECEIVES:
        left = step.new.senders
        if left != step.old.senders[len(step.old.senders) - len(left) :]:
            return f"a message was taken out of its order in {title(after, step.name)}"
        return None
    waiting = any(not cannot_give(before, each) for each in step.old.senders)
    if waiting and step.delivers:
        return f"a message overtook one that waits in {title(after, step.name)}"
    return None


def every_send_has_one_outcome(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Who leaves a queue is told, and no message goes out of whose end its sender was told."""
    made = part_of(before, event)
    if isinstance(outcome, Panic) or (isinstance(made, CallMade) and made.number == _REMOVES):
        return None
    step = _step(before, event, outcome, after)
    if step is not None and step.call.number in _RECEIVES and step.received:
        last = [each for each in step.old.senders if each not in step.new.senders][-1:]
        if any(_has_ended(before, each.listener) for each in last):
            return f"{title(after, step.name)} delivers what its sender was told of the end of"
    for name, party, dead in _gone(before, after):
        if not _told(before, after, party, dead=dead):
            kind = "sender" if isinstance(party, Sender) else "receiver"
            return f"a {kind} is gone from {title(before, name)} and was told nothing"
    return None


def _has_ended(state: State, listener: Listener | None) -> bool:
    return isinstance(listener, WaitingThread) and not waits(state, listener)


def _gone(before: State, after: State) -> Iterator[tuple[int, Party, bool]]:
    """Those who left a queue in this step, and whether the channel died with it."""
    for name, old, new in changed_bodies(before, after):
        if isinstance(old, Channel):
            known = new if isinstance(new, Channel) else Channel()
            parties: tuple[Party, ...] = (*old.senders, *old.receivers)
            there = Counter[Party]((*known.senders, *known.receivers))
            for party in parties:
                if there[party]:
                    there[party] -= 1
                else:
                    yield name, party, new is None


def _told(before: State, after: State, party: Party, *, dead: bool) -> bool:
    """Whether the party knows that its wait is over, or has a reply to wait for instead.

    Of threads whose channel died IPC-4 tells.
    """
    match party.listener:
        case WaitingThread() as waiter:
            if dead or not waits(before, waiter):
                return True
            if waits(after, waiter):
                return isinstance(party, Sender) and party.calls and _is_owed(after, waiter)
            return _knows(after, waiter)
        case ListeningPool(pool=pool) as listener:
            old, new = before.body(pool), after.body(pool)
            if not isinstance(new, EventPool) or old is not new or _was_given(before, party):
                return True
            return isinstance(party, Sender) and party.calls and _is_owed(after, listener)
        case None:
            return True


def _was_given(state: State, party: Party) -> bool:
    """Whether a delivery under way has written the message into the pool that receives."""
    return any(each.partner == party for each in given_amid(state))


def _knows(state: State, waiter: WaitingThread) -> bool:
    """Whether the thread is gone, or has left the wait; whoever only was claimed is lost."""
    body = state.body(waiter.thread)
    if not isinstance(body, Thread) or body.state is not ThreadState.READY:
        return True
    return waiter.thread in state.ready or state.is_left(waiter.thread)


def _is_owed(state: State, listener: Listener) -> bool:
    """Whether somebody can still answer."""
    return any(
        isinstance(known.body, Reply)
        and not known.body.used
        and known.body.caller.listener == listener
        for known in state.objects.values()
    )


def waiting_on_the_dead_ends(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Looks for threads that wait on something dead, or to receive into something dead."""
    for name, known in after.objects.items():
        body = known.body
        if isinstance(body, Thread):
            if _waits_on_the_dead(after, body):
                return f"{title(after, name)} waits on {title(after, body.waits_on)}, which died"
        elif isinstance(body, Channel):
            for each in body.receivers:
                if _receives_into_the_dead(after, each):
                    return f"who waits in {title(after, name)} would receive into dead memory"
        elif isinstance(body, Reply) and _receives_into_the_dead(after, body.caller):
            return f"who waits for {title(after, name)} would receive into dead memory"
    return None


def _waits_on_the_dead(state: State, body: Thread) -> bool:
    call = body.call
    if body.state is not ThreadState.SUSPENDED or call is None or body.waits_on == NOTHING:
        return False
    return call.number in _WAITS_ON and state.body(body.waits_on) is None


def _receives_into_the_dead(state: State, receiver: Receiver) -> bool:
    waiter, buffer = receiver.listener, receiver.buffer
    if not isinstance(waiter, WaitingThread) or buffer is None or not waits(state, waiter):
        return False
    return not isinstance(state.body(buffer.memory), Memory)


def faults_hit_their_owner(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Who could do his part and was not served is still in the queue; who could not is told."""
    step = _step(before, event, outcome, after)
    if step is None:
        return None
    if step.call.number in _RECEIVES:
        gone = step.gone(step.old.senders, step.new.senders)
        able = [e for e in gone if not isinstance(e, Sender) or not cannot_give(before, e)]
        served = step.received
    else:
        gone = step.gone(step.old.receivers, step.new.receivers)
        able = [e for e in gone if not isinstance(e, Receiver) or not cannot_take(before, e)]
        able = [each for each in able if not _may_be_full(before, each)]
        served = int(step.delivers)
    if len(able) > served and not is_short(before):
        return f"who could do his part lost his place in {title(after, step.name)}"
    for each in gone:
        if each not in able and not _told(before, after, each, dead=False):
            return f"whose delivery failed was told nothing in {title(after, step.name)}"
    return None


def _may_be_full(state: State, receiver: Party) -> bool:
    """Whether the pool that receives may have no room for some message."""
    if not isinstance(receiver.listener, ListeningPool):
        return False
    body = state.body(receiver.listener.pool)
    return isinstance(body, EventPool)


def every_reply_ends_once(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """A reply that goes unused, or is used up by a refusal, leaves nobody to wait for it."""
    answers = isinstance(event, CallMade) and event.number == _REPLY
    refused = answers and isinstance(outcome, Refused)
    for name, old, new in changed_bodies(before, after):
        if not isinstance(old, Reply) or old.used:
            continue
        ends = refused and isinstance(new, Reply) and new.used
        if ends and not _was_answered(before, after, old, event, outcome):
            return f"{title(after, name)} is used up, and its caller has no answer"
        if new is None and not _was_answered(before, after, old, event, outcome):
            return f"{title(before, name)} is gone, and its caller waits for an answer"
    return None


def _was_answered(
    before: State, after: State, reply: Reply, event: Event, outcome: Outcome
) -> bool:
    if isinstance(event, CallMade) and event.number == _REPLY and isinstance(outcome, Ok):
        return True
    listener = reply.caller.listener
    if isinstance(listener, WaitingThread):
        return not waits(after, listener) and _knows(after, listener)
    if listener is None:
        return True
    name = listener_name(listener)
    return after.body(name) is None or before.body(name) is not after.body(name)


CHECKS = (
    full("IPC-1", no_pair_waits),
    quick("IPC-1", no_pair_waits, Channel, EventPool, Memory, Thread),
    full("IPC-2", delivery_is_in_order),
    quick("IPC-2", delivery_is_in_order, *_RECEIVES, *_SENDS),
    full("IPC-3", every_send_has_one_outcome),
    quick("IPC-3", every_send_has_one_outcome, Channel),
    full("IPC-4", waiting_on_the_dead_ends),
    quick("IPC-4", waiting_on_the_dead_ends, type(None), Channel, Reply, Thread),
    full("IPC-5", faults_hit_their_owner),
    quick("IPC-5", faults_hit_their_owner, Channel),
    full("IPC-7", every_reply_ends_once),
    quick("IPC-7", every_reply_ends_once, Reply),
)
