"""What tells whether somebody who waited has a message: what its thread or its pool has now."""

from reference_kernel.parties import Listener, ListeningPool, WaitingThread
from reference_kernel.state import EventPool, Leaving, State, Thread, ThreadState, Woke

_SMALLEST_MESSAGE_BYTES = 32
"""Of an event with a message."""
_FAILURE_BYTES = 24
"""Of an event that says that a delivery failed."""


def has_message(before: State, listener: Listener | None, after: State, failures: int) -> bool:
    """Whether a message went to the receiver that listens in this step.

    So many of the others that failed listen with the same pool, and it was told of each.
    """
    match listener:
        case WaitingThread(thread=thread):
            return is_woken(after, thread, Woke.MESSAGE_RECEIVED)
        case ListeningPool(pool=pool):
            return pool_has_message(before, pool, after, failures)
        case None:
            return False


def is_woken(after: State, name: int, why: Woke) -> bool:
    """Whether the thread can run, and for that reason."""
    body = after.body(name)
    if not isinstance(body, Thread) or body.reason.woke is not why:
        return False
    gets_in = any(each.leaving == Leaving(name, ThreadState.READY) for each in after.processors)
    is_ready = body.state is ThreadState.READY and (name in after.ready or gets_in)
    return is_ready or body.state is ThreadState.RUNNING


def pool_has_message(before: State, name: int, after: State, failures: int = 0) -> bool:
    """Whether the pool has so much more than before that a message is in it, shown or not."""
    old, new = before.body(name), after.body(name)
    if not isinstance(old, EventPool) or not isinstance(new, EventPool):
        return False
    written = old.writes.written_bytes
    shown = new.reads.written_bytes if new.reads != old.reads else 0
    came = max(new.writes.written_bytes, shown) - written
    return came >= _SMALLEST_MESSAGE_BYTES + failures * _FAILURE_BYTES
