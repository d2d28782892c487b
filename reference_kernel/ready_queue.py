"""The ready queue: first in, first out, of weak references."""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Panic
from reference_kernel.state import NOTHING, Leaving, ThreadState, WakeReason
from spec.design import Design, IdleThreads, ReadyQueue, WakeProtocol
from spec.panics import READY_QUEUE_GROWS, PanicPlace

_QUEUE = Lock(LockKind.READY_QUEUE)


def enqueue(draft: Draft, thread: int) -> None:
    """The thread, or the idle thread, goes to the tail.

    Where each processor keeps its own, the idle thread is in no queue. With a handshake a thread
    that is still on its stack goes there when it has left it.
    """
    if thread == NOTHING and draft.design.idle_threads is IdleThreads.PER_PROCESSOR:
        return
    if thread != NOTHING and draft.design.wake_protocol is WakeProtocol.HANDSHAKE:
        for number, processor in enumerate(draft.processors):
            if processor.leaving is not None and processor.leaving.thread == thread:
                draft.change(number, leaving=Leaving(thread, ThreadState.READY))
                return
    draft.watch(thread)
    draft.ready = (*draft.ready, thread)
    if draft.fine is not None:
        draft.touch(_QUEUE)
        if draft.fine.memory_out:
            draft.fault = draft.fault or queue_grows(draft.design, READY_QUEUE_GROWS)


def queue_grows(design: Design, panic: PanicPlace) -> Panic | None:
    """What an entry more leads to while memory is out: nothing, if there is room for all threads.

    That room is reserved when a thread is made, or is part of it.
    """
    match design.ready_queue:
        case ReadyQueue.GROWS:
            return Panic(panic.place, panic.why)
        case ReadyQueue.RESERVED | ReadyQueue.INTRUSIVE:
            return None


def dequeue(draft: Draft) -> int | None:
    """Takes the first that can run, with a strong reference; those before it are thrown away.

    None when there is none. Source: sched/mod.rs.
    """
    if draft.fine is not None:
        draft.touch(_QUEUE)
    while draft.ready:
        first, *rest = draft.ready
        draft.ready = tuple(rest)
        if first == NOTHING:
            return NOTHING
        runs = draft.is_alive(first) and draft.thread(first).is_alive
        if runs:
            draft.hold(first)
        draft.forget(first)
        if runs:
            return first
    return None


def remove(draft: Draft, thread: int) -> None:
    """Takes the thread out of the queue, wherever it stands in it."""
    if draft.fine is not None:
        draft.touch(_QUEUE)
    for _ in range(draft.ready.count(thread)):
        draft.forget(thread)
    draft.ready = tuple(each for each in draft.ready if each != thread)


def wake(draft: Draft, thread: int, reason: WakeReason | None) -> None:
    """The suspended thread becomes ready; a resume gives no reason and leaves the old one."""
    claim(draft, thread)
    if reason is not None:
        leave_reason(draft, thread, reason)
    enqueue(draft, thread)


def claim(draft: Draft, thread: int) -> None:
    """The suspended thread is ready, and in no queue so far."""
    body = draft.thread(thread)
    assert body.state is ThreadState.SUSPENDED, thread
    draft.put(thread, replace(body, state=ThreadState.READY, waits_on=NOTHING))


def leave_reason(draft: Draft, thread: int, reason: WakeReason) -> None:
    """The thread will find this reason."""
    body = draft.thread(thread)
    draft.put(thread, replace(body, reason=reason, told_in=body.waits))


def is_waiting(draft: Draft, thread: int, wait: int) -> bool:
    """Whether the thread is alive and still in that wait; one that is about to sleep is awaited."""
    if thread == NOTHING or not draft.is_alive(thread):
        return False
    body = draft.thread(thread)
    if draft.fine is not None:
        draft.touch(Lock(LockKind.STATUS, thread))
    return body.state is ThreadState.SUSPENDED and body.waits == wait
