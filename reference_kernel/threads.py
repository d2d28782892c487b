"""The end of a thread.

Source: cap/thread.rs.
"""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.emitters import announce_exit, listeners, without
from reference_kernel.groups import leave
from reference_kernel.parties import WaitingThread
from reference_kernel.queues import leave_queues
from reference_kernel.ready_queue import remove
from reference_kernel.state import (
    NOTHING,
    Channel,
    DropCheckReceiver,
    Emitter,
    EventPool,
    Thread,
    ThreadState,
)
from spec.design import Design, GroupDropCurrent, KilledWaits, Preemption, ThreadEnd, WakeProtocol


def kill(draft: Draft, name: int, *, drops: bool) -> None:
    """The living thread is ended by its group, one that runs only when it is switched away.

    One that has stopped since the group was to end it has ended once, and does not end again. By
    design the drop of a group spares whom its own processor runs.
    """
    body = draft.thread(name)
    if has_stopped(body):
        return
    here = name == draft.current
    draft.put(name, replace(body, is_alive=False, spared=here and drops and spares(draft.design)))
    if here:
        draft.stops = True
    elif draft.is_running(name):
        return
    elif draft.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED:
        stop(draft, name)


def spares(design: Design) -> bool:
    """Whom the drop of its group ends where it runs goes on, wherever it looks."""
    return design.group_drop_current is GroupDropCurrent.RUNS_ON


def has_stopped(body: Thread) -> bool:
    """Whether the thread has let go of its spaces: its end was announced when it stopped."""
    return body.address_space == NOTHING


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
    ended = announce_exit(draft, name, draft.thread(name))
    gone = replace(ended, address_space=NOTHING, capability_space=NOTHING, held=())
    draft.put(name, gone)
    if not leaks_stacks(draft.design):
        release_held(draft, ended)
    draft.release(ended.address_space)
    draft.release(ended.capability_space)
    leave(draft, ended.group, name)


def keeps_no_stacks(design: Design) -> bool:
    """A thread has no kernel stack of its own: what it leaves is saved at once."""
    return design.preemption is Preemption.NON_PREEMPTIBLE


def leaks_stacks(design: Design) -> bool:
    """What a thread holds while it waits is never released if it is ended there."""
    return design.killed_waits is KilledWaits.LEAKED and not keeps_no_stacks(design)


def limits_its_wait(waiter: Thread) -> bool:
    """Whether the thread is in a call with a timeout; bit 0 says so in every call that waits."""
    return waiter.call is not None and bool(waiter.call.options & 1)


def release_held(draft: Draft, body: Thread) -> None:
    """The references on the thread's kernel stack go."""
    for name in body.held:
        draft.release(name)


def end_wait(draft: Draft, name: int) -> None:
    """The wait is over without its event; with a handshake nothing of it is left."""
    waiter = draft.thread(name)
    if draft.design.wake_protocol is WakeProtocol.AS_IS or waiter.waits_on == NOTHING:
        return
    draft.put(name, replace(waiter, waits_on=NOTHING))
    gone = WaitingThread(name, waiter.waits)
    source = waiter.waits_on
    match draft.body(source):
        case Thread(exit_event=emitter) as body:
            draft.put(source, replace(body, exit_event=_without(draft, emitter, gone)))
        case DropCheckReceiver(cap_drop=emitter) as receiver:
            draft.put(source, replace(receiver, cap_drop=_without(draft, emitter, gone)))
        case EventPool() as pool:
            if pool.waiter == gone:
                draft.put(source, replace(pool, waiter=None))
                draft.forget(name)
        case Channel() as channel:
            leave_queues(draft, source, channel, gone)
        case _:
            pass


def _without(draft: Draft, emitter: Emitter, gone: WaitingThread) -> Emitter:
    left = without(emitter, gone)
    for _ in range(listeners(emitter) - listeners(left)):
        draft.forget(gone.thread)
    return left
