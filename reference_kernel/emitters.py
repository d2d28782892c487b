"""Who is told of an event that happens once: the end of a thread, the drop of a capability.

Source: event/broadcast_event_emitter.rs.
"""

from typing import NamedTuple

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.locks import LockKind
from reference_kernel.outcomes import Panic
from reference_kernel.parties import Listener, ListeningPool, WaitingThread, listener_name
from reference_kernel.pools import CAP_DROP, THREAD_EXIT, tell
from reference_kernel.ready_queue import is_waiting, wake
from reference_kernel.state import DropCheckReceiver, Emitter, Thread, WakeReason, Woke
from spec.design import ListenerFailure


class _News(NamedTuple):
    """What happened: the reason for threads that wait; tag and words of the event for pools."""

    reason: WakeReason
    tag: int
    words: tuple[int, ...] = ()


_EXIT = _News(WakeReason(Woke.THREAD_EXIT), THREAD_EXIT)


def listen(emitter: Emitter, listener: Listener, *, again: bool) -> Emitter:
    """The emitter with one listener more; only a pool can listen again and again."""
    if again and isinstance(listener, ListeningPool):
        return replace(emitter, always=(*emitter.always, listener))
    return replace(emitter, once=(*emitter.once, listener))


def without(emitter: Emitter, gone: Listener) -> Emitter:
    """The emitter without that listener, however often it listens."""
    once = tuple(each for each in emitter.once if each != gone)
    return Emitter(once, tuple(each for each in emitter.always if each != gone))


def listeners(emitter: Emitter) -> int:
    """How many listen."""
    return len(emitter.once) + len(emitter.always)


def forget_listeners(draft: Draft, emitter: Emitter) -> None:
    """The emitter goes: so do its weak references."""
    for listener in emitter.once + emitter.always:
        draft.forget(listener_name(listener))


def announce_exit(draft: Draft, name: int, ended: Thread) -> Thread:
    """Tells the thread's listeners that it ended; gives its body with those that are left."""
    with draft.lock(LockKind.EMITTER, name):
        left = _emit(draft, ended.exit_event, _EXIT)
    return replace(ended, exit_event=left, announced=ended.announced + 1)


def announce_drop(draft: Draft, receiver: int) -> None:
    """Tells the living receiver's listeners that its drop check is gone."""
    with draft.lock(LockKind.EMITTER, receiver):
        body = draft.receiver(receiver)
        left = _emit(draft, body.cap_drop, _drop(body))
        draft.put(receiver, replace(body, dropped=True, cap_drop=left))


def tell_late(draft: Draft, source: int, listener: ListeningPool) -> None:
    """Tells the pool of a source whose event has been."""
    body = draft.body(source)
    _tell(draft, listener, _drop(body) if isinstance(body, DropCheckReceiver) else _EXIT)


def _drop(body: DropCheckReceiver) -> _News:
    return _News(WakeReason(Woke.CAP_DROP, (body.data,)), CAP_DROP, (body.data,))


def _emit(draft: Draft, emitter: Emitter, news: _News) -> Emitter:
    """Tells one-time listeners from the last to the first, then the others in order.

    As built the first listener that cannot be told keeps the rest from being told.
    """
    stops = draft.design.listener_failure is ListenerFailure.STOPS_THE_REST
    once = emitter.once
    while once:
        *left, listener = once
        once = tuple(left)
        told = _tell(draft, listener, news)
        draft.forget(listener_name(listener))
        if stops and not told:
            return Emitter(once, emitter.always)
    for listener in emitter.always:
        if not _tell(draft, listener, news) and stops:
            break
    return Emitter((), emitter.always)


def _tell(draft: Draft, listener: Listener, news: _News) -> bool:
    """Whether the listener could be told; a thread whose wait is over counts as told."""
    match listener:
        case WaitingThread(thread=thread, wait=wait):
            if is_waiting(draft, thread, wait):
                wake(draft, thread, news.reason)
            return True
        case ListeningPool(pool=pool, event_id=event_id):
            if not draft.is_alive(pool):
                return False
            told = tell(draft, pool, news.tag, event_id, *news.words)
            if isinstance(told, Panic):
                draft.fault = draft.fault or told
            return told is None
