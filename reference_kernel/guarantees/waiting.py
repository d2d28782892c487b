"""SCH-3, SCH-4 and SCH-5: how waits begin, end and are forgotten."""

from collections.abc import Iterator

from reference_kernel.events import CallReturns, Event
from reference_kernel.guarantees.able import waits
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.parties import Party, WaitingThread
from reference_kernel.state import (
    Body,
    Channel,
    DropCheckReceiver,
    EventPool,
    Reply,
    State,
    Thread,
    ThreadState,
)
from spec.design import Design
from spec.errors import Error
from spec.options import Wait
from spec.syscalls import BY_NAME

_YIELD = BY_NAME["thread_yield"].number
_SUSPEND = BY_NAME["thread_suspend"].number
_AWAIT = BY_NAME["event_pool_await"].number
_SYNC_CALL = BY_NAME["channel_sync_call"].number


def sleepers_can_be_woken(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Looks for a sleeper without a timeout that nothing names which is still to happen."""
    for name, known in after.objects.items():
        body = known.body
        if not isinstance(body, Thread) or not _sleeps_on_something(body):
            continue
        if WaitingThread(name, body.waits) not in _awaited(after, body):
            return f"{title(after, name)} sleeps, and nothing will wake it"
    return None


def _sleeps_on_something(body: Thread) -> bool:
    call = body.call
    if body.state is not ThreadState.SUSPENDED or call is None or not body.is_alive:
        return False
    return call.number != _SUSPEND and not call.options & Wait.TIMEOUT


def _awaited(state: State, body: Thread) -> Iterator[WaitingThread]:
    """The threads that what the thread waits for may still wake."""
    yield from _named(state.body(body.waits_on), still=True)
    assert body.call is not None, body
    if body.call.number == _SYNC_CALL:
        for known in state.objects.values():
            if isinstance(known.body, Reply) and not known.body.used:
                yield from _of((known.body.caller,))


def _named(body: Body | None, *, still: bool = False) -> Iterator[WaitingThread]:
    """The threads that listen to the object; only to what is `still` to happen, if so asked."""
    match body:
        case Channel(senders=senders, receivers=receivers):
            yield from _of((*senders, *receivers))
        case EventPool(waiter=waiter) if waiter is not None:
            yield waiter
        case Thread(exit_event=emitter, announced=announced):
            if not (still and announced):
                yield from (each for each in emitter.once if isinstance(each, WaitingThread))
        case DropCheckReceiver(cap_drop=emitter, dropped=dropped):
            if not (still and dropped):
                yield from (each for each in emitter.once if isinstance(each, WaitingThread))
        case _:
            pass


def _of(parties: tuple[Party, ...]) -> Iterator[WaitingThread]:
    for each in parties:
        if isinstance(each.listener, WaitingThread):
            yield each.listener


def wake_reason_is_of_this_wait(
    _design: Design, before: State, event: Event, outcome: Outcome, _after: State
) -> str | None:
    """Looks whether the wait that returns was given a reason, and events if it was for events."""
    if not isinstance(event, CallReturns):
        return None
    woken = before.body(event.thread)
    assert isinstance(woken, Thread), event
    assert woken.call is not None, event
    if woken.call.number == _AWAIT and isinstance(outcome, Ok) and not outcome.values[1]:
        return "a wait for events ends, and there are none"
    if woken.call.number == _YIELD or woken.told_in == woken.waits:
        return None
    if woken.call.number == _SUSPEND:
        late = isinstance(outcome, Refused) and outcome.error is Error.OK_TIMEOUT
        return "a suspension ends with the timeout of an earlier wait" if late else None
    return "a wait ends, and nothing that it was for has happened"


def an_ended_wait_leaves_nothing(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Looks for queues and lists that name a thread which is in that wait no more."""
    for name, known in after.objects.items():
        if isinstance(known.body, Channel | EventPool | Thread | DropCheckReceiver):
            for listener in _named(known.body):
                if not waits(after, listener):
                    left = title(after, listener.thread)
                    return f"{title(after, name)} still names {left}, whose wait is over"
    return None


CHECKS = (
    full("SCH-3", sleepers_can_be_woken),
    quick("SCH-3", sleepers_can_be_woken, Channel, DropCheckReceiver, EventPool, Reply, Thread),
    full("SCH-4", wake_reason_is_of_this_wait),
    quick("SCH-4", wake_reason_is_of_this_wait, CallReturns),
    full("SCH-5", an_ended_wait_leaves_nothing),
    quick("SCH-5", an_ended_wait_leaves_nothing, Channel, DropCheckReceiver, EventPool, Thread),
)
