"""What a processor runs: the switch from one thread to the next.

Source: sched/mod.rs.
"""

from dataclasses import replace

from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Blocked, Ended, Panic
from reference_kernel.parties import WaitingThread
from reference_kernel.ready_queue import dequeue, enqueue
from reference_kernel.references import drain
from reference_kernel.state import NO_REASON, NOTHING, Leaving, ThreadState
from reference_kernel.threads import limits_its_wait, stop
from reference_kernel.translations import load
from spec.design import Design, ExitInterrupt, IdleThreads, ThreadEnd, WakeProtocol
from spec.panics import WOKEN_TOO_EARLY

NO_THREAD = Panic("src/syscall/thread.rs", "no thread is there to run")


def switch(draft: Draft, state: ThreadState) -> bool:
    """The current thread gets this state, and the head of the ready queue runs.

    Whether there was one; if not, nothing changed.
    """
    old, successor = draft.current, dequeue(draft)
    if successor is None and old != NOTHING and keeps_idle_threads(draft.design):
        successor = NOTHING
    if successor is None:
        return False
    load(draft, _address_space(draft, old), _address_space(draft, successor))
    if successor != NOTHING:
        runs = replace(draft.thread(successor), state=ThreadState.RUNNING)
        draft.put(successor, runs)
    draft.current = successor
    draft.stops = False
    if old != NOTHING:
        draft.put(old, replace(draft.thread(old), state=state))
    draft.change(draft.here, leaving=Leaving(old, state))
    if draft.machine.grain is Grain.WHOLE:
        end_switch(draft)
    return True


def end_switch(draft: Draft) -> Panic | None:
    """The context of the thread that the processor leaves is saved.

    As built it has to sleep still if it does so for a time: it is put into the queue of timeouts
    only now, and may have been woken.
    """
    left = draft.processors[draft.here].leaving
    assert left is not None
    draft.change(draft.here, leaving=None)
    if left.thread == NOTHING:
        enqueue(draft, NOTHING)
        return None
    body = draft.thread(left.thread)
    is_woken = left.state is ThreadState.SUSPENDED and body.state is not ThreadState.SUSPENDED
    if is_woken and limits_its_wait(body) and draft.design.wake_protocol is WakeProtocol.AS_IS:
        return Panic(WOKEN_TOO_EARLY.place, WOKEN_TOO_EARLY.why)
    _leave_processor(draft, left)
    draft.release(left.thread)
    drain(draft)
    return None


def keeps_idle_threads(design: Design) -> bool:
    """Each processor has an idle thread of its own, which nobody else runs."""
    return design.idle_threads is IdleThreads.PER_PROCESSOR


def always_acknowledges(design: Design) -> bool:
    """The exit interrupt is acknowledged whether it ends a thread or not."""
    return design.exit_interrupt is ExitInterrupt.ALWAYS_ACKNOWLEDGED


def _address_space(draft: Draft, thread: int) -> int:
    """The address space of the thread; the idle thread has the kernel's own."""
    return NOTHING if thread == NOTHING else draft.thread(thread).address_space


def _leave_processor(draft: Draft, left: Leaving) -> None:
    body = draft.thread(left.thread)
    stops = draft.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED and not body.is_alive
    if stops or left.state is ThreadState.DEAD:
        stop(draft, left.thread)
    elif left.state is ThreadState.READY:
        enqueue(draft, left.thread)


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
