"""What tells whether somebody who waited has a message, and whose fault it is if not.

Who has one shows in what its thread or its pool has now.
"""

from reference_kernel.copying import range_of
from reference_kernel.draft import Draft
from reference_kernel.pages import page_at
from reference_kernel.parties import Buffer, Listener, ListeningPool, Receiver, WaitingThread
from reference_kernel.state import EventPool, State, Thread, ThreadState, Woke
from spec.design import Design
from spec.sizes import PAGE_BYTES

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


def is_at_fault(design: Design, after: State, message: Buffer, receiver: Receiver) -> bool:
    """Whether the message is to blame that the receiver did not get it.

    Its page has no frame even now, though a thread waits with room for it.
    """
    draft = Draft(design, after)
    if not isinstance(receiver.listener, WaitingThread) or receiver.buffer is None:
        return False
    there = _range_of(draft, message)
    if there is None or _range_of(draft, receiver.buffer) is None:
        return False
    return not page_at(draft.memory(message.memory).pages, there // PAGE_BYTES).resident


def _range_of(draft: Draft, buffer: Buffer) -> int | None:
    """The first byte of the buffer; None where there is no such buffer."""
    known = range_of(draft, buffer) if draft.is_alive(buffer.memory) else None
    return known[0] if isinstance(known, tuple) else None


def is_woken(after: State, name: int, why: Woke) -> bool:
    """Whether the thread can run, and for that reason."""
    body = after.body(name)
    if not isinstance(body, Thread) or body.reason.woke is not why:
        return False
    is_ready = body.state is ThreadState.READY and name in after.ready
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
