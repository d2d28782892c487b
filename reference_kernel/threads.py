"""The end of a thread.

Source: cap/thread.rs.
"""

from dataclasses import replace

from reference_kernel.draft import Draft
from reference_kernel.emitters import announce_exit, unlisten
from reference_kernel.groups import leave
from reference_kernel.ready_queue import remove
from reference_kernel.state import (
    NOTHING,
    DropCheckReceiver,
    Thread,
    ThreadState,
)
from spec.design import ThreadEnd, WakeProtocol


def kill(draft: Draft, name: int) -> None:
    """The living thread is ended by its group, the running one only when it is switched away."""
    draft.put(name, replace(draft.thread(name), is_alive=False))
    if name == draft.current:
        draft.stops = True
    elif draft.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED:
        stop(draft, name)


def stop(draft: Draft, name: int) -> None:
    """The living thread is dead from now on.

    Announced when stopped, it also leaves its group, the ready queue and its last wait, and lets go
    of its spaces; otherwise all that waits until the last reference to it is gone.
    """
    draft.put(name, replace(draft.thread(name), state=ThreadState.DEAD))
    if draft.design.thread_end is ThreadEnd.ANNOUNCED_AT_DESTRUCTION:
        return
    remove(draft, name)
    end_wait(draft, name)
    ended = announce_exit(draft, draft.thread(name))
    draft.put(name, replace(ended, address_space=NOTHING, capability_space=NOTHING))
    draft.release(ended.address_space)
    draft.release(ended.capability_space)
    leave(draft, ended.group, name)


def end_wait(draft: Draft, name: int) -> None:
    """The wait is over without its event; with a handshake nothing of it is left."""
    waiter = draft.thread(name)
    if draft.design.wake_protocol is WakeProtocol.AS_IS or waiter.waits_on == NOTHING:
        return
    draft.put(name, replace(waiter, waits_on=NOTHING))
    source = draft.body(waiter.waits_on)
    if isinstance(source, Thread):
        left = unlisten(source.exit_event, name, waiter.waits)
        gone = len(source.exit_event.once) - len(left.once)
        draft.put(waiter.waits_on, replace(source, exit_event=left))
    elif isinstance(source, DropCheckReceiver):
        left = unlisten(source.cap_drop, name, waiter.waits)
        gone = len(source.cap_drop.once) - len(left.once)
        draft.put(waiter.waits_on, replace(source, cap_drop=left))
    else:
        gone = 0
    for _ in range(gone):
        draft.forget(name)
