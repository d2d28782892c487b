"""Who is told of an event that happens once: the end of a thread, the drop of a capability.

Source: event/broadcast_event_emitter.rs.
"""

from dataclasses import replace

from reference_kernel.draft import Draft
from reference_kernel.ready_queue import wake
from reference_kernel.state import (
    NOTHING,
    Emitter,
    Listener,
    ListeningPool,
    Thread,
    ThreadState,
    WaitingThread,
    WakeReason,
    Woke,
)
from spec.design import ListenerFailure
from spec.sizes import PAGE_BYTES

_EXIT_EVENT_BYTES = 16
_DROP_EVENT_BYTES = 24


def listen(emitter: Emitter, listener: Listener, *, again: bool) -> Emitter:
    """The emitter with one listener more; only a pool can listen again and again."""
    if again and isinstance(listener, ListeningPool):
        return replace(emitter, always=(*emitter.always, listener))
    return replace(emitter, once=(*emitter.once, listener))


def unlisten(emitter: Emitter, thread: int, wait: int) -> Emitter:
    """The emitter without the listener that the thread's wait was."""
    gone = WaitingThread(thread, wait)
    return replace(emitter, once=tuple(each for each in emitter.once if each != gone))


def forget_listeners(draft: Draft, emitter: Emitter) -> None:
    """The emitter goes: so do its weak references."""
    for listener in emitter.once + emitter.always:
        draft.forget(_name(listener))


def announce_exit(draft: Draft, ended: Thread) -> Thread:
    """Tells the thread's listeners that it ended; gives its body with those that are left."""
    left = _emit(draft, ended.exit_event, WakeReason(Woke.THREAD_EXIT), _EXIT_EVENT_BYTES)
    return replace(ended, exit_event=left, announced=ended.announced + 1)


def announce_drop(draft: Draft, receiver: int) -> None:
    """Tells the living receiver's listeners that its drop check is gone."""
    body = draft.receiver(receiver)
    left = _emit(draft, body.cap_drop, WakeReason(Woke.CAP_DROP, body.data), _DROP_EVENT_BYTES)
    draft.put(receiver, replace(body, dropped=True, cap_drop=left))


def tell_late(draft: Draft, source: int, listener: ListeningPool) -> None:
    """Tells the pool of a source whose event has been."""
    is_thread = isinstance(draft.body(source), Thread)
    event_bytes = _EXIT_EVENT_BYTES if is_thread else _DROP_EVENT_BYTES
    _tell(draft, listener, WakeReason(), event_bytes)


def _emit(draft: Draft, emitter: Emitter, reason: WakeReason, event_bytes: int) -> Emitter:
    """Tells one-time listeners from the last to the first, then the others in order.

    As built the first listener that cannot be told keeps the rest from being told.
    """
    stops = draft.design.listener_failure is ListenerFailure.STOPS_THE_REST
    once = emitter.once
    while once:
        *left, listener = once
        once = tuple(left)
        told = _tell(draft, listener, reason, event_bytes)
        draft.forget(_name(listener))
        if stops and not told:
            return Emitter(once, emitter.always)
    for listener in emitter.always:
        if not _tell(draft, listener, reason, event_bytes) and stops:
            break
    return Emitter((), emitter.always)


def _tell(draft: Draft, listener: Listener, reason: WakeReason, event_bytes: int) -> bool:
    """Whether the listener could be told; a thread whose wait is over counts as told."""
    match listener:
        case WaitingThread(thread=thread, wait=wait):
            if is_waiting(draft, thread, wait):
                wake(draft, thread, reason)
            return True
        case ListeningPool(pool=pool):
            return draft.is_alive(pool) and _write_event(draft, pool, event_bytes)


def is_waiting(draft: Draft, thread: int, wait: int) -> bool:
    """Whether the thread is alive and still in that wait."""
    if thread == NOTHING or not draft.is_alive(thread):
        return False
    body = draft.thread(thread)
    return body.state is ThreadState.SUSPENDED and body.waits == wait


def _write_event(draft: Draft, pool: int, event_bytes: int) -> bool:
    """Whether the event fits. Nothing takes events out of pools here: they only fill up."""
    body = draft.pool(pool)
    written = body.written_bytes + event_bytes
    if written > body.max_pages * PAGE_BYTES:
        return False
    draft.put(pool, replace(body, written_bytes=written))
    return True


def _name(listener: Listener) -> int:
    return listener.thread if isinstance(listener, WaitingThread) else listener.pool
