"""EVT-1 to EVT-4: what becomes of events, and of those who listen for them."""

from collections.abc import Iterator

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.able import waits
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.pool_events import events_from, pools_given_amid, shows_others
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Blocked, Ok, Outcome, Panic
from reference_kernel.parties import Listener, ListeningPool, WaitingThread
from reference_kernel.sections import Delivery
from reference_kernel.state import (
    NOTHING,
    Body,
    CapabilitySpace,
    Channel,
    DropCheckReceiver,
    Emitter,
    EventBuffer,
    EventPool,
    State,
    Thread,
    Woke,
)
from spec.design import Design
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

_AWAIT = BY_NAME["event_pool_await"].number
_LISTENS = frozenset(
    BY_NAME[name].number
    for name in (
        "thread_handle_thread_exit_sync",
        "thread_handle_thread_exit_async",
        "drop_check_reciever_handle_cap_drop_sync",
        "drop_check_reciever_handle_cap_drop_async",
    )
)
_REMOVES = frozenset(
    BY_NAME[name].number
    for name in (
        "thread_remove_listener",
        "drop_check_reciever_remove_listener",
        "channel_remove_listener",
    )
)


def accepted_events_arrive_once(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """What leaves a pool's buffer somebody gets, and what came into it is whole."""
    if isinstance(outcome, Panic):
        return None
    for name, old, new in changed_bodies(before, after):
        if not isinstance(new, EventPool) or not isinstance(old, EventPool | None):
            continue
        broken = _lost(before, event, outcome, after, name) or _cut(after, name, old, new)
        if broken:
            return broken
    for name in pools_given_amid(before):
        pool = after.body(name)
        broken = _in_vain(after, name, pool) if isinstance(pool, EventPool) else None
        if broken:
            return broken
    return None


def _lost(before: State, event: Event, outcome: Outcome, after: State, name: int) -> str | None:
    old, new = before.body(name), after.body(name)
    assert isinstance(new, EventPool), name
    if not isinstance(old, EventPool):
        return None
    if shows_others(old, new):
        if not _somebody_gets(before, event, outcome, after, name):
            return f"the events of {title(after, name)} are shown to nobody"
    elif new.writes.written_bytes < old.writes.written_bytes:
        return f"events of {title(after, name)} are gone"
    return _in_vain(after, name, new)


def _in_vain(state: State, name: int, body: EventPool) -> str | None:
    """Whether somebody waits for what is there already, and no delivery is about to wake him."""
    waiter = body.waiter
    if waiter is None or not body.writes.written_bytes or name in pools_given_amid(state):
        return None
    if not waits(state, waiter):
        return None
    return f"{title(state, waiter.thread)} waits for {title(state, name)}, which has events"


def _somebody_gets(before: State, event: Event, outcome: Outcome, after: State, name: int) -> bool:
    """Whether a call that asks for events gives them, or who waited for them is woken with them."""
    made = part_of(before, event)
    if isinstance(made, CallMade) and made.number == _AWAIT and isinstance(outcome, Ok):
        return True
    old, new = before.body(name), after.body(name)
    assert isinstance(old, EventPool), name
    assert isinstance(new, EventPool), name
    if old.waiter is None or not waits(before, old.waiter):
        return False
    woken = after.body(old.waiter.thread)
    if not isinstance(woken, Thread):
        return True  # it came to its end in the same step
    reason = woken.reason
    return reason.woke is Woke.EVENTS and reason.values[1] == new.reads.written_bytes


def _cut(after: State, name: int, old: EventPool | None, new: EventPool) -> str | None:
    """Whether an event that came is not whole."""
    first = 0 if old is None else old.writes.written_bytes
    parts = [(new.reads, first), (new.writes, 0)]
    for buffer, start in parts if shows_others(old, new) else [(new.writes, first)]:
        if not _are_whole(after, buffer, start):
            return f"an event in {title(after, name)} is not whole"
    return None


def _are_whole(state: State, buffer: EventBuffer, start: int) -> bool:
    """Whether what begins there are whole events up to the end of what is written."""
    at = start
    for event in events_from(state, buffer, start):
        at = event.end
    return at == buffer.written_bytes or start >= buffer.written_bytes


def bad_listeners_hurt_nobody(
    _design: Design, before: State, _event: Event, outcome: Outcome, after: State
) -> str | None:
    """When something that happens once has happened, nobody is left who was not told."""
    if isinstance(outcome, Panic):
        return None
    for name, old in _fired(before, after):
        new = _emitter(after, name)
        if new is not None and new.once:
            return f"the event of {title(after, name)} left listeners untold"
        for listener in old.once:
            if _waits_on(before, listener) and _waits_on(after, listener):
                return f"a thread was not told of the event of {title(before, name)}"
        for pool in (*_pools_of(old.once), *old.always):
            if _has_room(before, pool) and before.body(pool.pool) is after.body(pool.pool):
                return f"{title(after, pool.pool)} was not told of {title(before, name)}"
    return None


def _pools_of(once: tuple[Listener, ...]) -> list[ListeningPool]:
    return [each for each in once if isinstance(each, ListeningPool)]


def _waits_on(state: State, listener: Listener) -> bool:
    return isinstance(listener, WaitingThread) and waits(state, listener)


def _fired(before: State, after: State) -> Iterator[tuple[int, Emitter]]:
    """The sources whose event happened in this step, with their listeners before."""
    for name, old, new in changed_bodies(before, after):
        if isinstance(old, DropCheckReceiver) and not old.dropped:
            if not isinstance(new, DropCheckReceiver) or new.dropped:
                yield name, old.cap_drop  # its check held it, so that it dies with the check alone
        elif isinstance(old, Thread) and not old.announced and _has_ended(new):
            yield name, old.exit_event


def _has_ended(body: Body | None) -> bool:
    """Whether the thread is gone, or its end was announced."""
    return body is None or (isinstance(body, Thread) and body.announced > 0)


def _emitter(state: State, name: int) -> Emitter | None:
    match state.body(name):
        case Thread(exit_event=emitter) | DropCheckReceiver(cap_drop=emitter):
            return emitter
        case _:
            return None


def _has_room(state: State, listener: ListeningPool) -> bool:
    """Whether the living pool has pages left for an event."""
    body = state.body(listener.pool)
    if not isinstance(body, EventPool):
        return False
    return body.writes.written_bytes + PAGE_BYTES <= len(body.writes.frames) * PAGE_BYTES


def late_listeners_are_told(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Nobody waits for what has been, and no pool listens for it."""
    if not isinstance(event, CallMade) or event.number not in _LISTENS:
        return None
    if not isinstance(outcome, Ok | Blocked):
        return None
    name = _named(before, event, 0)
    source = before.body(name)
    has_been = isinstance(source, Thread) and source.announced > 0
    has_been |= isinstance(source, DropCheckReceiver) and source.dropped
    if not has_been:
        return None
    if isinstance(outcome, Blocked):
        return f"a thread waits for the event of {title(before, name)}, which has been"
    old, new = _emitter(before, name), _emitter(after, name)
    if old != new and new is not None:
        return f"a pool listens for the event of {title(before, name)}, which has been"
    return None


def _named(state: State, call: CallMade, at: int) -> int:
    caller = state.body(call.thread)
    assert isinstance(caller, Thread), call
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), call
    return space.entries.get(call.arguments[at], NOTHING)


def removed_listeners_hear_nothing(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Once a removal returns the source does not know the pool by that event id."""
    removes = isinstance(event, CallMade) and event.number in _REMOVES
    if not removes or not isinstance(outcome, Ok) or not isinstance(event, CallMade):
        return None
    name = _named(before, event, 0)
    gone = ListeningPool(_named(before, event, 1), event.arguments[2])
    source, emitter = after.body(name), _emitter(after, name)
    left = emitter is not None and gone in emitter.once + emitter.always
    if isinstance(source, Channel):
        left = any(each.listener == gone for each in source.receivers)
    return f"{title(after, name)} still names a pool that was removed" if left else None


CHECKS = (
    full("EVT-1", accepted_events_arrive_once),
    quick("EVT-1", accepted_events_arrive_once, EventPool, Delivery),
    full("EVT-2", bad_listeners_hurt_nobody),
    quick("EVT-2", bad_listeners_hurt_nobody, DropCheckReceiver, Thread),
    full("EVT-3", late_listeners_are_told),
    quick("EVT-3", late_listeners_are_told, *_LISTENS),
    full("EVT-4", removed_listeners_hear_nothing),
    quick("EVT-4", removed_listeners_hear_nothing, *_REMOVES),
)
