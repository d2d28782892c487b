"""Which step of the model an event asks for, before anything else that it sets off."""

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.thread_groups.mapping.calls import target
from proofs.waking.mapping.seen import thread, waits
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.outcomes import Blocked, Ok, Outcome, Refused
from reference_kernel.state import NOTHING, State, Thread, ThreadState
from spec.design import Design, ThreadEnd
from spec.options import ThreadDestroy, ThreadNew
from spec.syscalls import BY_NAME

NEW = BY_NAME["thread_new"].number
_YIELD = BY_NAME["thread_yield"].number
_SUSPEND = BY_NAME["thread_suspend"].number
_RESUME = BY_NAME["thread_resume"].number
_DESTROY = BY_NAME["thread_destroy"].number
_REFUSALS = frozenset({"thread_dead", "thread_not_suspended", "thread_waits"})
"""The refusals of two calls that the model speaks of; the others are about capabilities."""
_LIMITED = 1


def names_another(call: CallMade) -> bool:
    """Whether the call resumes or destroys a thread that it names."""
    destroys = call.number == _DESTROY and bool(call.options & ThreadDestroy.DESTROY_OTHER)
    return call.number == _RESUME or destroys


def destroys_self(call: CallMade) -> bool:
    """Whether the call ends its caller."""
    return call.number == _DESTROY and not names_another(call)


def is_seen(call: CallMade, outcome: Outcome) -> bool:
    """Whether the model speaks of what the call gave, whatever else it sets off."""
    match outcome:
        case Refused(refusal=refusal):
            return names_another(call) and refusal in _REFUSALS
        case Ok():
            return names_another(call) or call.number == NEW
        case _:
            return True


def asked(
    design: Design, before: State, event: Event, outcome: Outcome, processor: int
) -> tuple[ModelStep, ...]:
    """The step that comes first; one that ends the running thread is none of these."""
    match event:
        case CallMade():
            return _called(before, event, outcome, processor)
        case CallReturns(thread=name) if waits(_body(before, name)):
            return (ModelStep("call_returns", {"processor": processor}),)
        case TimerTick():
            return (ModelStep("slice_ends", {"processor": processor}),)
        case SwitchEnds():
            return (ModelStep(_end_of_switch(design, before, processor), {"processor": processor}),)
        case TimeoutFires(thread=name):
            return (ModelStep("timeout_fires", {"thread": thread(name)}),)
        case _:
            return ()


def _called(
    before: State, call: CallMade, outcome: Outcome, processor: int
) -> tuple[ModelStep, ...]:
    if isinstance(outcome, Blocked):
        return (leaves(call, processor),)
    if not is_seen(call, outcome):
        return ()
    if names_another(call):
        return (told(call, target(before, call, 0), outcome),)
    if call.number == NEW and isinstance(outcome, Ok):
        return (ModelStep("thread_new", made_by(before, call)),)
    return ()


def leaves(call: CallMade, processor: int) -> ModelStep:
    """The caller leaves its processor, and is to run again."""
    here = {"processor": processor}
    if call.number == _YIELD:
        return ModelStep("thread_yield", here)
    name = "thread_suspend" if call.number == _SUSPEND else "wait_begins"
    return ModelStep(name, {**here, "limited": bool(call.options & _LIMITED)})


def told(call: CallMade, other: int, outcome: Outcome) -> ModelStep:
    """The call resumes or destroys the other thread, or refuses to."""
    name = "thread_resume" if call.number == _RESUME else "thread_destroy_other"
    refused = outcome.refusal if isinstance(outcome, Refused) else None
    return ModelStep(name, {"thread": thread(other)}, refused)


def made_by(before: State, call: CallMade) -> dict[str, Value]:
    """The thread that the call makes."""
    with_space = bool(call.options & ThreadNew.CREATE_CAPABILITY_SPACE)
    autostart = bool(call.options & ThreadNew.THREAD_AUTOSTART)
    return {"thread": before.next_object + with_space, "autostart": autostart}


def _body(state: State, name: int) -> Thread:
    body = state.body(name)
    assert isinstance(body, Thread), name
    return body


def _end_of_switch(design: Design, before: State, processor: int) -> str:
    left = before.processors[processor].leaving
    assert left is not None, processor
    if left.thread == NOTHING or left.state is ThreadState.DEAD:
        return "switch_ends"
    return end_of_switch(design, _body(before, left.thread))


def end_of_switch(design: Design, left: Thread) -> str:
    """How the switch from a thread ends that does not leave as a dead one."""
    stops = design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED and not left.is_alive
    return "switch_ends_with_a_death" if stops else "switch_ends"
