"""Calls as rows of sections: how one begins, how it goes on, and where it may be interrupted.

A call is entered with interrupts on, goes on with interrupts off, and returns with interrupts on.
Before each section the processor does what is pending: each release of a last reference, and each
end of a member of a group, is a step. Source: syscall/mod.rs, int/mod.rs.
"""

from collections.abc import Callable, Mapping
from itertools import zip_longest
from types import MappingProxyType

from reference_kernel.calls import CALLS
from reference_kernel.changing import replace
from reference_kernel.draft import Draft
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
from reference_kernel.fine import Asking
from reference_kernel.locks import LockKind
from reference_kernel.notes import Note, Oddity
from reference_kernel.outcomes import Cut, Deadlock, Done, Outcome, Panic, Refused, Spins
from reference_kernel.processors import end_current, looks, picks
from reference_kernel.references import do_next
from reference_kernel.sections import Asked, Rest, Section
from reference_kernel.shortage import refused_for_want
from reference_kernel.state import NOTHING, Known, Processor, State
from reference_kernel.syscalls.address_space import unmaps
from reference_kernel.syscalls.cap import moved
from reference_kernel.syscalls.memory import updates
from reference_kernel.syscalls.thread import gives_thread
from reference_kernel.syscalls.thread_group import ends_caller
from reference_kernel.threads import keeps_no_stacks
from reference_kernel.translations import owes
from reference_kernel.user_access import faults, tries_again
from spec.design import GroupDropCurrent, Preemption, WakeProtocol
from spec.errors import Error

NO_SUCH_CALL = Refused(Error.INVL_SYSCALL, "unknown_number")
_Continuation = Callable[[Draft, Rest], Outcome]


def possible_in_sections(state: State, event: Event) -> bool:
    """Whether the processor of the event is not in the middle of something else.

    One that spins can only do that again, and only when it will get the lock.
    """
    match event:
        case MemoryRunsOut() | MemoryIsBack():
            return True
        case TimeoutFires():
            asking = asks_for(state, event)
            if asking is not None:
                return not _is_held(state, asking)
            return any(_is_free(each) for each in state.processors)
        case CallContinues(processor=number) | SwitchEnds(processor=number):
            pass
        case CallMade() | CallReturns() | UserReads() | UserWrites():
            number = state.processor_of(event.thread) or 0
        case _:
            number = event.processor
    if not 0 <= number < len(state.processors):
        return False
    processor = state.processors[number]
    if isinstance(event, ShootdownInterrupt):
        return owes(state, number) and _answers(processor)
    if processor.asked is not None:
        return processor.asked.event == event and not _is_held(state, number)
    if isinstance(event, CallContinues):
        return processor.leaving is None or bool(processor.pending)
    if isinstance(event, ExitInterrupt):
        return _takes_interrupts(processor)
    return not processor.is_busy


def _is_held(state: State, number: int) -> bool:
    """Whether another processor holds what this one spins for, or has to answer it."""
    asked = state.processors[number].asked
    assert asked is not None
    if asked.lock.kind is LockKind.TRANSLATIONS:
        return bool(asked.owing)
    others = (each for at, each in enumerate(state.processors) if at != number)
    return any(each.holds(asked.lock) for each in others)


def _answers(processor: Processor) -> bool:
    """Whether the processor can say that it forgot something: who spins looks for that himself."""
    if processor.asked is not None:
        return True
    takes = processor.leaving is None and not processor.unacknowledged
    return takes and _takes_interrupts(processor)


def _takes_interrupts(processor: Processor) -> bool:
    if processor.pending:
        return False
    return processor.rest is None or processor.rest.interrupts


def _is_free(processor: Processor) -> bool:
    busy = processor.is_busy or processor.leaving is not None
    return not (busy or processor.unacknowledged)


def asks_for(state: State, event: Event) -> int | None:
    """The processor that spins to do this event; None where none does."""
    for number, each in enumerate(state.processors):
        if each.asked is not None and each.asked.event == event:
            return number
    return None


def place_of_timeout(state: State, event: TimeoutFires) -> int:
    """The processor that saw already that the time has come, or the first that can take a tick."""
    asking = asks_for(state, event)
    if asking is not None:
        return asking
    return next(number for number, each in enumerate(state.processors) if _is_free(each))


def enter(draft: Draft, call: CallMade) -> Cut:
    """The thread is in the kernel; interrupts stay on, unless none is taken there."""
    interrupts = not keeps_no_stacks(draft.design)
    return Cut(Rest(Section.BEGINS, call, interrupts=interrupts))


def go_on(draft: Draft) -> Outcome:
    """The first chore that is pending, or else the next section."""
    if draft.pending:
        do_next(draft)
        return Done()
    rest = draft.processors[draft.here].rest
    assert rest is not None
    if rest.section is Section.BEGINS:
        return _begins(draft, rest)
    return _CONTINUATIONS[rest.section](draft, rest)


def _begins(draft: Draft, rest: Rest) -> Outcome:
    assert isinstance(rest.event, CallMade), rest
    call = CALLS.get(rest.event.number)
    if call is None:
        return NO_SUCH_CALL
    assert draft.fine is not None
    if not draft.fine.memory_out:
        return call(draft, rest.event)
    return refused_for_want(draft, rest.event, call)


def _returns(draft: Draft, rest: Rest) -> Outcome:
    """The thread goes back to its program, unless it ends here."""
    stops = draft.design.group_drop_current is not GroupDropCurrent.RUNS_ON
    looks_here = stops or draft.design.preemption is not Preemption.INTERRUPT_DISABLE
    if looks_here and draft.current != NOTHING:
        body = draft.thread(draft.current)
        if not (body.is_alive or body.spared):
            return end_current(draft, rest.event)
    return Done()


def _delivers(draft: Draft, rest: Rest) -> Outcome:
    """The call goes on with its delivery."""
    assert isinstance(rest.event, CallMade), rest
    return CALLS[rest.event.number](draft, rest.event)


_CONTINUATIONS: Mapping[Section, _Continuation] = MappingProxyType(
    {
        Section.PICKS: picks,
        Section.LOOKS: looks,
        Section.ENDS_CALLER: ends_caller,
        Section.MOVED: moved,
        Section.GIVES_THREAD: gives_thread,
        Section.UNMAPS: unmaps,
        Section.UPDATES: updates,
        Section.FAULTS: faults,
        Section.TRIES_AGAIN: tries_again,
        Section.COPIES: _delivers,
        Section.HANDS_OVER: _delivers,
        Section.ACKNOWLEDGES: _delivers,
        Section.TRIES_NEXT: _delivers,
        Section.RETURNS: _returns,
    }
)


def ends_on_return(draft: Draft) -> bool:
    """Whether a thread that is in a call ends on its way out, and not where it is interrupted.

    Where it ends at once, its stack is thrown away as it is.
    """
    rest = draft.processors[draft.here].rest
    if rest is None:
        return False
    if draft.design.preemption is not Preemption.INTERRUPT_DISABLE:
        return True
    assert draft.fine is not None
    what = f"thread {draft.current} is ended in a call, and what its stack holds is never released"
    draft.fine.noted.append(Note(Oddity.LEFT_ON_STACK, what))
    return False


def pause(draft: Draft, event: Event, outcome: Outcome) -> tuple[Draft, Outcome]:
    """The draft and what the step gave, once what is left of the event is noted.

    A step that met a lock of another processor is as if it had not been begun.
    """
    fine = draft.fine
    assert fine is not None
    if isinstance(event, ShootdownInterrupt):
        return draft, outcome
    if fine.spins is not None:
        return _spins(draft, event, fine.spins)
    outcome = draft.fault or outcome
    if isinstance(outcome, Panic | Deadlock):
        return draft, outcome
    if fine.shoots is not None:
        return _shoots(draft, event, fine.shoots)
    was = draft.processors[draft.here].rest
    if isinstance(outcome, Cut):
        rest: Rest | None = _kept(draft, outcome.rest)
    elif _is_beside(draft, event):
        rest = was
    else:
        _release_stack(draft)
        rest = _rest_after(draft, event, was)
    draft.goes_on(draft.here, rest=rest, asked=None)
    return draft, outcome


def _spins(draft: Draft, event: Event, asking: Asking) -> tuple[Draft, Outcome]:
    """The processor does nothing but ask; for ever, if its holder waits for it."""
    assert draft.fine is not None
    again, lock = Draft(draft.design, draft.before, draft.here), asking.lock
    if draft.fine.waits_for_itself(lock):
        reason = f"{lock.words} is asked for by a processor for which its holder waits"
        return again, Deadlock(lock.kind.value, reason)
    again.goes_on(again.here, asked=Asked(lock, event, asking.held))
    return again, Spins(lock)


def _shoots(draft: Draft, event: Event, asking: Asking) -> tuple[Draft, Outcome]:
    """The processor waits till others have forgotten what it changes, and then does it."""
    again = Draft(draft.design, draft.before, draft.here)
    was = draft.before.processors[draft.here].asked
    known = () if was is None else was.changes
    changes = (*known, *(each for each in asking.changes if each not in known))
    asked = Asked(asking.lock, event, asking.held, changes, asking.owing)
    again.goes_on(again.here, asked=asked)
    return again, Spins(asking.lock)


def _is_beside(draft: Draft, event: Event) -> bool:
    """Whether the event was no part of what the processor is in the middle of."""
    if isinstance(event, CallContinues):
        return bool(draft.before.processors[draft.here].pending)
    return isinstance(event, ExitInterrupt | MemoryRunsOut | MemoryIsBack)


def _kept(draft: Draft, rest: Rest) -> Rest:
    """The rest with what the stack holds; as built that goes before the thread is switched away."""
    assert draft.fine is not None
    early = draft.design.wake_protocol is WakeProtocol.AS_IS
    if rest.section is Section.PICKS and early:
        _release_stack(draft)
    return replace(rest, held=tuple(draft.fine.held), ids=tuple(draft.fine.ids))


def _release_stack(draft: Draft) -> None:
    fine = draft.fine
    assert fine is not None
    for name, word in zip_longest(fine.held, fine.ids):
        draft.release(name, None if word is None else Known(NOTHING, word))
    fine.held.clear()
    fine.ids.clear()


def _rest_after(draft: Draft, event: Event, was: Rest | None) -> Rest | None:
    """What is left when the event gave something: its thread returns to its program."""
    processor = draft.processors[draft.here]
    if processor.leaving is not None or processor.current == NOTHING:
        return None
    if was is not None and was.section in _LAST:
        return None
    is_call = was is not None or isinstance(event, CallMade | CallReturns)
    is_ended = isinstance(event, SwitchEnds) and not draft.thread(processor.current).is_alive
    if not (is_call or is_ended or draft.pending):
        return None
    begun = event if was is None else was.event
    if processor.current != draft.before.processors[draft.here].current:
        begun = SwitchEnds(draft.here)  # without a stack to leave the switch has ended already
    is_handler = isinstance(begun, SwitchEnds | TimeoutFires | TimerTick)
    interrupts = not (is_handler or keeps_no_stacks(draft.design))
    return Rest(Section.RETURNS, begun, interrupts=interrupts)


_LAST = (Section.RETURNS, Section.TRIES_AGAIN)
