"""What a processor runs: the switch from one thread to the next.

Source: sched/mod.rs.
"""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade, Event, TimerTick
from reference_kernel.locks import Lock, LockKind
from reference_kernel.machine import Grain
from reference_kernel.notes import Note, Oddity
from reference_kernel.outcomes import Blocked, Done, Ended, Outcome, Panic
from reference_kernel.parties import WaitingThread
from reference_kernel.ready_queue import dequeue, enqueue, queue_grows
from reference_kernel.references import drain
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NO_REASON, NOTHING, Leaving, ThreadState
from reference_kernel.threads import has_stopped, keeps_no_stacks, limits_its_wait, stop
from reference_kernel.translations import load, space_of
from spec.design import (
    Design,
    ExitInterrupt,
    IdleThreads,
    TeardownWalk,
    ThreadEnd,
    TimerInterrupt,
    WakeProtocol,
)
from spec.panics import TIMEOUTS_GROW, WOKEN_TOO_EARLY

_STATES = tuple(ThreadState)
_QUEUE = Lock(LockKind.READY_QUEUE)
NO_THREAD = Panic("src/syscall/thread.rs", "no thread is there to run")


def switch(draft: Draft, state: ThreadState) -> bool:
    """The current thread gets this state, and the head of the ready queue runs.

    Whether there was one; if not, nothing changed.
    """
    successor = _or_idle(draft, dequeue(draft))
    if successor is None:
        return False
    switch_to(draft, successor, state)
    return True


def _or_idle(draft: Draft, successor: int | None) -> int | None:
    """The processor's own idle thread where nobody else can run, if it has one and runs another."""
    if successor is None and draft.current != NOTHING and keeps_idle_threads(draft.design):
        return NOTHING
    return successor


def switch_to(draft: Draft, successor: int, state: ThreadState) -> None:
    """The current thread gets this state, and that one runs, which the processor holds."""
    old = draft.current
    load(draft, space_of(draft, old), space_of(draft, successor))
    if successor != NOTHING:
        runs = replace(draft.thread(successor), state=ThreadState.RUNNING)
        draft.put(successor, runs)
    draft.stops = False
    if old != NOTHING:
        draft.put(old, replace(draft.thread(old), state=state, spared=False))
    draft.change(draft.here, current=successor, leaving=Leaving(old, state))
    if draft.machine.grain is Grain.WHOLE or keeps_no_stacks(draft.design):
        end_switch(draft)


def leave(draft: Draft, event: Event, state: ThreadState) -> Outcome:
    """The current thread leaves the processor in the middle of the event, or at its end.

    Where the event is a row of sections, the next thread is picked in one of its own.
    """
    if draft.fine is not None:
        if isinstance(event, TimerTick) and draft.current != NOTHING:
            draft.put(draft.current, replace(draft.thread(draft.current), ticked=True))
        return draft.cut(Section.PICKS, event, _STATES.index(state))
    if switch(draft, state):
        return left(event, state)
    return Done() if isinstance(event, TimerTick) else NO_THREAD


def left(event: Event, state: ThreadState) -> Outcome:
    """What the event gave that took the thread off the processor."""
    if isinstance(event, TimerTick):
        return Done()
    return Ended() if state is ThreadState.DEAD else Blocked()


def leaves_as(rest: Rest | None) -> ThreadState | None:
    """The state in which the thread is to leave its processor; None where it is to stay."""
    if rest is None or rest.section not in (Section.PICKS, Section.LOOKS):
        return None
    return _STATES[rest.words[0]]


def picks(draft: Draft, rest: Rest) -> Outcome:
    """The next thread is taken out of the ready queue.

    As built it is held before it is looked at, and the lock of the queue is kept till then. Source:
    sched/mod.rs.
    """
    if drops_outside(draft.design):
        return _picked(draft, rest, _or_idle(draft, dequeue(draft)))
    draft.take(_QUEUE)
    while draft.ready:
        first, *others = draft.ready
        draft.ready = tuple(others)
        if first == NOTHING:
            return _unlocked(draft, rest, NOTHING)
        is_there = draft.is_alive(first)
        if is_there:
            draft.hold(first)
        draft.forget(first)
        if is_there:
            return draft.cut(Section.LOOKS, rest.event, rest.words[0], first, holds=first)
    return _unlocked(draft, rest, None)


def looks(draft: Draft, rest: Rest) -> Outcome:
    """The thread that was taken runs, unless it is dead; then its reference goes, and the next."""
    state, first = rest.words
    draft.give_up(first)
    if draft.thread(first).is_alive:
        return _unlocked(draft, rest, first)
    draft.release(first)
    draft.let_go_later(_QUEUE)
    return draft.cut(Section.PICKS, rest.event, state)


def _unlocked(draft: Draft, rest: Rest, successor: int | None) -> Outcome:
    draft.let_go(_QUEUE)
    return _picked(draft, rest, _or_idle(draft, successor))


def _picked(draft: Draft, rest: Rest, successor: int | None) -> Outcome:
    state = _STATES[rest.words[0]]
    if draft.current != NOTHING:
        draft.publishes(draft.current, on=False)
    if successor is None and isinstance(rest.event, TimerTick):
        if draft.current != NOTHING:
            draft.put(draft.current, replace(draft.thread(draft.current), ticked=False))
        return Done()
    if successor is None:
        return NO_THREAD
    switch_to(draft, successor, state)
    return left(rest.event, state)


def end_switch(draft: Draft) -> Panic | None:
    """The context of the thread that the processor leaves is saved.

    As built it has to sleep still if it does so for a time: it is put into the queue of timeouts
    only now, and may have been woken; and what is left of it goes under a lock.
    """
    left = draft.processors[draft.here].leaving
    assert left is not None
    draft.change(draft.here, leaving=None)
    if left.thread == NOTHING:
        acknowledge_again(draft)
        enqueue(draft, NOTHING)
        return None
    body = draft.thread(left.thread)
    is_woken = left.state is ThreadState.SUSPENDED and body.state is not ThreadState.SUSPENDED
    if is_woken and limits_its_wait(body) and draft.design.wake_protocol is WakeProtocol.AS_IS:
        return Panic(WOKEN_TOO_EARLY.place, WOKEN_TOO_EARLY.why)
    sleeps = left.state is ThreadState.SUSPENDED and limits_its_wait(body)
    if sleeps and draft.fine is not None and draft.fine.memory_out:
        draft.fault = draft.fault or queue_grows(draft.design, TIMEOUTS_GROW)
    acknowledge_again(draft)
    lock = Lock(LockKind.POST_SWITCH, draft.here)
    draft.take(lock)
    _leave_processor(draft, left)
    outside = drops_outside(draft.design)
    if outside:
        draft.let_go(lock)
    draft.release(left.thread)
    if not outside:
        draft.let_go_later(lock)
    drain(draft)
    return None


def acknowledge_again(draft: Draft) -> None:
    """A thread that a tick took off its processor is back in the handler, behind the switch.

    As built that acknowledges the tick there, though this was done when the thread had been left.
    """
    fine, thread = draft.fine, draft.current
    if fine is None or thread == NOTHING or not draft.thread(thread).ticked:
        return
    draft.put(thread, replace(draft.thread(thread), ticked=False))
    if draft.design.timer_interrupt is TimerInterrupt.ACKNOWLEDGED_AGAIN:
        what = f"processor {draft.here} acknowledges a tick again that thread {thread} had taken"
        fine.noted.append(Note(Oddity.ACKNOWLEDGED_TWICE, what))


def keeps_idle_threads(design: Design) -> bool:
    """Each processor has an idle thread of its own, which nobody else runs."""
    return design.idle_threads is IdleThreads.PER_PROCESSOR


def always_acknowledges(design: Design) -> bool:
    """The exit interrupt is acknowledged whether it ends a thread or not."""
    return design.exit_interrupt is ExitInterrupt.ALWAYS_ACKNOWLEDGED


def drops_outside(design: Design) -> bool:
    """References are dropped when no lock is held any more."""
    return design.teardown_walk is TeardownWalk.WORKLIST


def _leave_processor(draft: Draft, left: Leaving) -> None:
    body = draft.thread(left.thread)
    if has_stopped(body):
        return  # another one destroyed it as it went to sleep
    stops = draft.design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED and not body.is_alive
    if stops or left.state is ThreadState.DEAD:
        stop(draft, left.thread)
    elif left.state is ThreadState.READY:
        enqueue(draft, left.thread)


def end_current(draft: Draft, event: Event) -> Outcome:
    """The current thread is dead and never runs again."""
    return leave(draft, event, ThreadState.DEAD)


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
) -> Outcome:
    """The current thread leaves the processor in the middle of its call.

    Suspended, it begins a wait, for the object `on` if for any; ready, it only waits its turn. Its
    stack holds strong references meanwhile.
    """
    for name in held:
        draft.hand_over(name)
    body = replace(draft.thread(draft.current), call=call, held=held)
    if state is ThreadState.SUSPENDED:
        handshake = draft.design.wake_protocol is WakeProtocol.HANDSHAKE
        reason = NO_REASON if handshake else body.reason
        body = replace(body, waits=body.waits + 1, waits_on=on, reason=reason)
        draft.publishes(draft.current, on=True)
    draft.put(draft.current, body)
    return leave(draft, call, state)
