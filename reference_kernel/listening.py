"""Waiting for an event that happens once: the end of a thread, the drop of a capability.

Source: event/broadcast_event_emitter.rs, event/mod.rs.
"""

from reference_kernel.capability_space import find
from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.emitters import listen, listeners, tell_late, without
from reference_kernel.events import CallMade
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused, Stopped
from reference_kernel.parties import Listener, ListeningPool, WaitingThread
from reference_kernel.processors import block
from reference_kernel.state import (
    DropCheckReceiver,
    Thread,
    ThreadState,
    WakeReason,
    Woke,
)
from spec.design import LateListeners, ListenerRemoval
from spec.errors import Error
from spec.ids import ObjectType
from spec.options import HandleEventAsync
from spec.rights import Right

NOT_LISTENING = Refused(Error.INVL_OP, "not_listening")
UNKNOWN_NUMBER = Refused(Error.INVL_SYSCALL, "unknown_number")
WAITED_FOR_THE_DEAD = Refused(Error.INVL_WEAK, "waits_for_the_dead")


def listen_sync(draft: Draft, call: CallMade, source: int) -> Outcome:
    """The caller waits for the source's event, or is told at once that it has been."""
    if _told_at_once(draft, source):
        return happened(draft, source)
    wait = draft.thread(call.thread).waits + 1
    _add(draft, source, WaitingThread(call.thread, wait), again=False)
    return block(draft, call, ThreadState.SUSPENDED, on=source)


def listen_async(draft: Draft, call: CallMade, source: int) -> Outcome:
    """The pool named by the second argument is told, with AUTO_REQUE every time."""
    pool = _find_pool(draft, call)
    if not isinstance(pool, int):
        return pool
    listener = ListeningPool(pool, call.arguments[2])
    if _told_at_once(draft, source):
        tell_late(draft, source, listener)
    else:
        _add(draft, source, listener, again=bool(call.options & HandleEventAsync.AUTO_REQUE))
    return Ok()


def remove_listener(draft: Draft, call: CallMade, source: int) -> Outcome:
    """The pool named by the second argument, with this event id, listens to the source no more."""
    pool = _find_pool(draft, call)
    if not isinstance(pool, int):
        return pool
    gone = ListeningPool(pool, call.arguments[2])
    body = draft.body(source)
    assert isinstance(body, Thread | DropCheckReceiver), source
    emitter = body.exit_event if isinstance(body, Thread) else body.cap_drop
    left = without(emitter, gone)
    count = listeners(emitter) - listeners(left)
    if not count:
        return NOT_LISTENING
    if isinstance(body, Thread):
        draft.put(source, replace(body, exit_event=left))
    else:
        draft.put(source, replace(body, cap_drop=left))
    for _ in range(count):
        draft.forget(pool)
    return Ok()


def _find_pool(draft: Draft, call: CallMade) -> int | Stopped:
    kind = ObjectType.EVENT_POOL
    return find(draft, call, 1, kind=kind, needed=Right.WRITE, name="event_pool")


def removes_listeners(draft: Draft) -> bool:
    """Whether the design has calls that remove listeners."""
    return draft.design.listener_removal is ListenerRemoval.REMOVE_CALL


def in_vain(reason: WakeReason) -> Refused:
    """What the end of a wait returns that failed."""
    (number,) = reason.values
    return Refused(Error(number), reason.refusal)


def wait_result(woken: Thread, expected: Woke, *, place: str) -> Outcome:
    """What the end of a wait returns; the kernel panics at a wake reason of another kind."""
    if woken.reason.woke is Woke.TIMEOUT:
        return Refused(Error.OK_TIMEOUT, "timed_out")
    if woken.reason.woke is Woke.DIED:
        return WAITED_FOR_THE_DEAD
    if woken.reason.woke is Woke.FAILED:
        return in_vain(woken.reason)
    if woken.reason.woke is not expected:
        return Panic(place, "a wait ended with a wake reason of another kind")
    return Ok(woken.reason.values)


def happened(draft: Draft, source: int) -> Ok:
    """What a wait returns for an event that has been."""
    body = draft.body(source)
    return Ok((body.data,) if isinstance(body, DropCheckReceiver) else ())


def _told_at_once(draft: Draft, source: int) -> bool:
    if draft.design.late_listeners is LateListeners.WAIT_FOR_NEXT:
        return False
    body = draft.body(source)
    if isinstance(body, Thread):
        return body.announced > 0
    assert isinstance(body, DropCheckReceiver), source
    return body.dropped


def _add(draft: Draft, source: int, listener: Listener, *, again: bool) -> None:
    with draft.lock(LockKind.EMITTER, source):
        _note(draft, source, listener, again=again)
    draft.watch(listener.thread if isinstance(listener, WaitingThread) else listener.pool)


def _note(draft: Draft, source: int, listener: Listener, *, again: bool) -> None:
    body = draft.body(source)
    if isinstance(body, Thread):
        draft.put(source, replace(body, exit_event=listen(body.exit_event, listener, again=again)))
    else:
        assert isinstance(body, DropCheckReceiver), source
        draft.put(source, replace(body, cap_drop=listen(body.cap_drop, listener, again=again)))
