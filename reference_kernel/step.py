"""One step of the kernel: dispatch, and nothing else.

A call runs to its end, or till its thread leaves the processor; or else it is a row of sections.
"""

from reference_kernel.calls import CALLS, RETURNS
from reference_kernel.changing import replace
from reference_kernel.continuing import (
    NO_SUCH_CALL,
    asks_for,
    ends_on_return,
    enter,
    go_on,
    pause,
    place_of_timeout,
    possible_in_sections,
)
from reference_kernel.draft import Draft, Unseen
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.locks import LockKind
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Deadlock, Done, Ended, Outcome, Panic
from reference_kernel.processors import (
    NO_THREAD,
    always_acknowledges,
    end_current,
    end_switch,
    leave,
    switch,
)
from reference_kernel.ready_queue import wake
from reference_kernel.references import drain
from reference_kernel.state import NOTHING, State, Thread, ThreadState, WakeReason, Woke
from reference_kernel.threads import end_wait, limits_its_wait, release_held
from reference_kernel.translations import acknowledge
from reference_kernel.user_access import WORD_BYTES, user_reads, user_writes
from spec.design import Design, GroupDropCurrent

_SECTIONS = Grain.SECTIONS


def possible(state: State, event: Event) -> bool:
    """Whether the event can happen in this state."""
    if state.panicked is not None:
        return False
    if state.machine.grain is _SECTIONS and not possible_in_sections(state, event):
        return False
    match event:
        case CallMade(thread=name):
            return _runs_on(state, name) and _thread(state, name).call is None
        case CallReturns(thread=name):
            return _runs_on(state, name) and _thread(state, name).call is not None
        case UserReads(thread=name, address=address) | UserWrites(thread=name, address=address):
            runs = _runs_on(state, name) and _thread(state, name).call is None
            return runs and address % WORD_BYTES == 0
        case TimerTick(processor=number):
            return _takes_interrupts(state, number)
        case ExitInterrupt(processor=number):
            return _takes_interrupts(state, number) and state.processors[number].interrupted
        case ShootdownInterrupt():
            return state.machine.grain is _SECTIONS
        case SwitchEnds(processor=number):
            there = 0 <= number < len(state.processors)
            return there and state.processors[number].leaving is not None
        case CallContinues(processor=number):
            return 0 <= number < len(state.processors) and state.processors[number].is_busy
        case MemoryRunsOut():
            return state.machine.grain is _SECTIONS and not state.memory_out
        case MemoryIsBack():
            return state.memory_out
        case TimeoutFires(thread=name):
            return _is_due(state, name) or asks_for(state, event) is not None


def _is_due(state: State, thread: int) -> bool:
    """Whether the time of the thread may come: only once it has left its stack it is queued."""
    body = state.body(thread)
    return isinstance(body, Thread) and has_timeout(body) and not state.is_left(thread)


def _runs_on(state: State, thread: int) -> bool:
    """Whether the thread runs, and its processor is on its stack."""
    number = state.processor_of(thread)
    return number is not None and state.processors[number].leaving is None


def _takes_interrupts(state: State, number: int) -> bool:
    """Whether there is such a processor; it takes none while it switches, or left one open."""
    if not 0 <= number < len(state.processors):
        return False
    processor = state.processors[number]
    return processor.leaving is None and not processor.unacknowledged


def _thread(state: State, name: int) -> Thread:
    body = state.body(name)
    assert isinstance(body, Thread), name
    return body


def has_timeout(waiter: Thread) -> bool:
    """Whether the thread is in a wait that it limited."""
    return waiter.state is ThreadState.SUSPENDED and limits_its_wait(waiter)


def step(design: Design, state: State, event: Event) -> tuple[State, Outcome]:
    """The state after the event, and what it gave.

    An event that cannot happen is a mistake of the caller: AssertionError.
    """
    after, outcome, _ = observed(design, state, event)
    return after, outcome


def observed(
    design: Design, state: State, event: Event
) -> tuple[State, Outcome, tuple[Unseen, ...]]:
    """The same as `step`, and what messages of unknown words may have brought."""
    assert possible(state, event), event
    here = place(state, event)
    draft, outcome = work_out(Draft(design, state, here), event)
    if isinstance(outcome, Panic | Deadlock):
        draft = Draft(design, state, here)  # nobody sees what the call did till then
        draft.panicked = outcome
    return draft.finish(), outcome, tuple(draft.unseen)


def work_out(draft: Draft, event: Event) -> tuple[Draft, Outcome]:
    """Does in the draft all that the event does, which can happen there; and what it gave.

    A step that spins for a lock gives another draft.
    """
    outcome = _perform(draft, event)
    if draft.fine is not None:
        return pause(draft, event, outcome)
    if isinstance(outcome, Panic | Deadlock):
        return draft, outcome
    drain(draft)
    outcome = _end_if_stopped(draft, event, outcome)
    return draft, draft.fault or outcome


def place(state: State, event: Event) -> int:
    """The processor on which the event happens; a time that has come wakes from anywhere."""
    match event:
        case TimerTick() | ExitInterrupt() | ShootdownInterrupt() | SwitchEnds() | CallContinues():
            return event.processor
        case TimeoutFires():
            return place_of_timeout(state, event) if state.machine.grain is _SECTIONS else 0
        case MemoryRunsOut() | MemoryIsBack():
            return 0
        case _:
            number_or_none = state.processor_of(event.thread)
            assert number_or_none is not None, event
            return number_or_none


def _perform(draft: Draft, event: Event) -> Outcome:
    match event:
        case CallMade(number=number):
            if draft.fine is not None:
                return enter(draft, event)
            call = CALLS.get(number)
            return NO_SUCH_CALL if call is None else call(draft, event)
        case CallContinues():
            return go_on(draft)
        case MemoryRunsOut() | MemoryIsBack():
            assert draft.fine is not None
            draft.fine.memory_out = isinstance(event, MemoryRunsOut)
            return Done()
        case CallReturns(thread=name):
            woken = draft.thread(name)
            assert woken.call is not None, name
            draft.put(name, replace(woken, call=None, held=()))
            release_held(draft, woken)
            return RETURNS[woken.call.number](draft, woken)
        case UserReads():
            return user_reads(draft, event)
        case UserWrites():
            return user_writes(draft, event)
        case TimerTick():
            return leave(draft, event, ThreadState.READY)
        case ExitInterrupt(processor=number):
            draft.change(number, interrupted=False)
            ends = draft.current != NOTHING and not draft.thread(draft.current).is_alive
            if ends and not ends_on_return(draft):
                return end_current(draft, event)
            if ends:
                draft.put(draft.current, replace(draft.thread(draft.current), spared=False))
            draft.change(number, unacknowledged=not always_acknowledges(draft.design))
            return Done()
        case ShootdownInterrupt():
            acknowledge(draft)
            return Done()
        case SwitchEnds():
            return end_switch(draft) or Done()
        case TimeoutFires(thread=name):
            if not _is_due(draft.before, name):
                return Done()  # who spun to wake it comes too late
            end_wait(draft, name)
            with draft.lock(LockKind.TIMEOUTS):
                wake(draft, name, WakeReason(Woke.TIMEOUT))
            return Done()


def _end_if_stopped(draft: Draft, event: Event, outcome: Outcome) -> Outcome:
    """The drop of its own group ends the running thread, if the design says so."""
    if draft.design.group_drop_current is GroupDropCurrent.RUNS_ON:
        return outcome
    while draft.stops:
        stopped = draft.current
        ended = Ended() if switch(draft, ThreadState.DEAD) else NO_THREAD
        if isinstance(ended, Panic) or (isinstance(event, CallMade) and event.thread == stopped):
            outcome = ended
    return outcome
