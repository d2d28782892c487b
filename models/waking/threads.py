"""How threads are made and how they end."""

from assay.lang import Act, Truth, choose, exists
from models.waking.ends import dies
from models.waking.memory import asks_for_room
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Waking,
    announced_when_stopped,
    has_no_handshake,
    has_object,
    is_used,
    keeps_the_killed,
    looks_for_a_thread,
    makes_calls,
    model,
    reserves,
    somebody_acts,
    somebody_makes_calls,
)
from models.waking.waits import require_caller
from spec.design import Design
from spec.errors import Error


@model.action()
def thread_new(
    act: Act[Design], old: Waking, new: Waking, thread: Thread, autostart: Truth
) -> None:
    """A thread, not started or ready; where room is reserved, there is some for it."""
    act.require(somebody_makes_calls(old), name="somebody_makes_calls")
    act.check(~old.short, otherwise=Error.OUT_OF_MEM, name="no_memory_for_thread")
    act.require(~has_object(old, thread), name="thread_is_new")
    new.status[thread] = choose(autostart, Status.READY, Status.SUSPENDED)
    new.queued[thread] = autostart
    if reserves(act.design):
        new.roomless[thread] = old.short
    else:
        asks_for_room(act, old, new, thread, gets_in=autostart)


@model.action()
def thread_destroy_self(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The caller wants to leave the processor for ever."""
    require_caller(act, old, processor)
    _wants_to_end(new, processor)


@model.action()
def killed_thread_stops(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The processor notices that its thread's group has ended it, by an interrupt or in a call."""
    act.require(makes_calls(old, processor), name="makes_calls")
    _wants_to_end(new, processor)


def _wants_to_end(new: Waking, processor: Processor) -> None:
    new.phase[processor] = Phase.WANTS
    new.goes[processor] = Status.DEAD


@model.action()
def thread_destroy_other(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """Another thread, which must be suspended, ends."""
    act.require(somebody_makes_calls(old), name="somebody_makes_calls")
    act.check(has_object(old, thread), otherwise=Error.INVL_WEAK, name="thread_dead")
    sleeps = old.status[thread] == Status.SUSPENDED
    act.check(sleeps, otherwise=Error.INVL_OP, name="thread_not_suspended")
    dies(act, old, new, thread)


@model.action(when=announced_when_stopped)
def thread_is_killed(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """Its group ends the thread, whose stack no processor uses; the others stop when they can."""
    act.require(old.status[thread].one_of(Status.READY, Status.SUSPENDED), name="lives")
    act.require(~is_used(old, thread), name="is_unused")
    act.require(somebody_acts(act.design, old, thread), name="others_are_at_work")
    new.queued[thread] = False
    dies(act, old, new, thread)


@model.action()
def thread_is_freed(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """Nothing refers to the thread any more, which is dead, or as built ended by its group."""
    ended = has_object(old, thread)
    if announced_when_stopped(act.design):
        ended = old.status[thread] == Status.DEAD
    act.require(ended, name="has_ended")
    act.require(~is_used(old, thread), name="is_unused")
    if keeps_the_killed(act.design):
        new.queued[thread] = False
        dies(act, old, new, thread, into=Status.ABSENT)
        return
    new.status[thread] = Status.ABSENT
    if has_no_handshake(act.design):
        new.stale[thread] = False


@model.action(when=keeps_the_killed)
def ended_is_skipped(act: Act[Design], old: Waking, new: Waking, thread: Thread) -> None:
    """A processor throws away an entry of the ready queue: its group ended the thread."""
    act.require(old.queued[thread], name="is_queued")
    looks = exists(Processor, lambda p: looks_for_a_thread(old, p))
    act.require(looks, name="somebody_looks_for_a_thread")
    new.queued[thread] = False
