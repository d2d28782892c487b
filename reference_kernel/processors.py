"""What a processor runs: the switch from one thread to the next.

Source: sched/mod.rs.
"""

from dataclasses import replace

from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Blocked, Ended, Panic
from reference_kernel.parties import WaitingThread
from reference_kernel.ready_queue import dequeue, enqueue
from reference_kernel.references import drain
from reference_kernel.state import NO_REASON, NOTHING, ThreadState
from reference_kernel.threads import stop
from reference_kernel.translations import load
from spec.design import ThreadEnd, WakeProtocol

NO_THREAD = Panic("src/syscall/thread.rs", "no thread is there to run")


def switch(draft: Draft, state: ThreadState) -> bool:
    """The current thread gets this state, and the head of the ready queue runs.

    Whether there was one; if not, nothing changed.
    """
    successor = dequeue(draft)
    if successor is None:
        return False
    old = draft.current
    load(draft, _address_space(draft, old), _address_space(draft, successor))
    if successor != NOTHING:
        runs = replace(draft.thread(successor), state=ThreadState.RUNNING)
        draft.put(successor, runs)
    draft.current = successor
    draft.stops = False
    if old == NOTHING:
        enqueue(draft, NOTHING)
        return True
    _leave_processor(draft, old, state)
    draft.release(old)
    drain(draft)
    return True


def _address_space(draft: Draft, thread: int) -> int:
    """The address space of the thread; the idle thread has the kernel's own."""
    return NOTHING if thread == NOTHING else draft.thread(thread).address_space


def _leave_processor(draft: Draft, old: int, state: ThreadState) -> None:
    body = draft.thread(old)
    stops = draft.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED and not body.is_alive
    if stops or state is ThreadState.DEAD:
        stop(draft, old)
        return
    draft.put(old, replace(body, state=state))
    if state is ThreadState.READY:
        enqueue(draft, old)


def end_current(draft: Draft) -> Ended | Panic:
    """The current thread is dead and never runs again."""
    return Ended() if switch(draft, ThreadState.DEAD) else NO_THREAD


def next_wait(draft: Draft) -> WaitingThread:
    """The wait that the current thread begins if it blocks now."""
    return WaitingThread(draft.current, draft.thread(draft.current).waits + 1)


def block(
    draft: Draft,
    call: CallMade,
    state: ThreadState,
    *,
    on: int = NOTHING,
    held: tuple[int, ...] = (),
) -> Blocked | Panic:
    """The current thread leaves the processor in the middle of its call.

    Suspended, it begins a wait, for the object `on` if for any; ready, it only waits its turn. Its
    stack holds strong references meanwhile.
    """
    for name in held:
        draft.hold(name)
    body = replace(draft.thread(draft.current), call=call, held=held)
    if state is ThreadState.SUSPENDED:
        handshake = draft.design.wake_protocol is WakeProtocol.HANDSHAKE
        reason = NO_REASON if handshake else body.reason
        body = replace(body, waits=body.waits + 1, waits_on=on, reason=reason)
    draft.put(draft.current, body)
    return Blocked() if switch(draft, state) else NO_THREAD
