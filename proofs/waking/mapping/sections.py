"""Which step of the model a section asks for, where a call is a row of sections.

A thread that is to leave its processor wants to from the section on in which it says so; the next
one is picked, and runs, in a section of its own. What was looked up the stack holds by then.
"""

from assay.engines.kernel import ModelStep
from proofs.thread_groups.mapping.calls import target
from proofs.waking.mapping.calls import (
    NEW,
    asked,
    destroys_self,
    is_seen,
    leaves,
    made_by,
    names_another,
    told,
)
from reference_kernel.events import (
    CallContinues,
    CallMade,
    Event,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.outcomes import Cut, Outcome, Refused
from reference_kernel.processors import leaves_as
from reference_kernel.sections import Rest, Section
from reference_kernel.state import Processor, State, Thread, ThreadState
from reference_kernel.step import has_timeout
from reference_kernel.undelivered import is_claimed
from spec.design import Design
from spec.errors import Error


def goes_on_with(processor: Processor, event: Event) -> Rest | None:
    """The section that the step is; None where it is a chore, or no section."""
    is_section = isinstance(event, CallContinues) and not processor.pending
    return processor.rest if is_section else None


def asked_in_sections(
    design: Design, before: State, event: Event, outcome: Outcome, place: int
) -> tuple[ModelStep, ...]:
    """The step that comes first."""
    rest = goes_on_with(before.processors[place], event)
    if isinstance(outcome, Cut) and leaves_as(outcome.rest) and not leaves_as(rest):
        return (_wants(rest, event, outcome.rest, place),)
    match event:
        case TimeoutFires(thread=name):
            is_late = not _is_due(before, name)
            return () if is_late else asked(design, before, event, outcome, place)
        case CallContinues():
            begins = rest is not None and rest.section is Section.BEGINS
            return _called(before, rest, outcome) if rest is not None and begins else ()
        case CallMade():
            return ()
        case _:
            return asked(design, before, event, outcome, place)


def _is_due(before: State, name: int) -> bool:
    """Whether the thread sleeps still; a processor may have spun till its time was no matter."""
    body = before.body(name)
    return isinstance(body, Thread) and has_timeout(body) and not before.is_left(name)


def _wants(rest: Rest | None, event: Event, left: Rest, place: int) -> ModelStep:
    """The thread of the processor is to leave it, or the timer tries."""
    here = {"processor": place}
    if isinstance(event, TimerTick):
        return ModelStep("slice_ends", here)
    match left.event:
        case CallMade() as call if leaves_as(left) is not ThreadState.DEAD:
            return leaves(call, place)
        case CallMade() as call if destroys_self(call):
            return ModelStep("thread_destroy_self", here)
        case UserReads() | UserWrites() if rest is None or rest.section is Section.FAULTS:
            return ModelStep("thread_destroy_self", here)
        case _:
            return ModelStep("killed_thread_stops", here)


def _called(before: State, rest: Rest, outcome: Outcome) -> tuple[ModelStep, ...]:
    """What a call does that does not leave the processor."""
    call = rest.event
    assert isinstance(call, CallMade), rest
    if call.number == NEW:
        return _thread_made(before, call, outcome)
    if not names_another(call) or not is_seen(call, outcome) or isinstance(outcome, Cut):
        return ()
    other = rest.held[0] if rest.held else target(before, call, 0)
    if isinstance(outcome, Refused) and is_claimed(before, other):
        return ()  # to the model it sleeps still, and is about to be woken
    return (told(call, other, outcome),)


def _thread_made(before: State, call: CallMade, outcome: Outcome) -> tuple[ModelStep, ...]:
    """The thread is there before its capability is; none is made while memory is out."""
    made = made_by(before, call)
    match outcome:
        case Cut(rest=Rest(section=Section.GIVES_THREAD)):
            return (ModelStep("thread_new", made),)
        case Refused(error=Error.OUT_OF_MEM):
            return (ModelStep("thread_new", made, "no_memory_for_thread"),)
        case _:
            return ()
