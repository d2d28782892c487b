"""How a processor takes the next thread from the ready queue, under the queue's lock."""

from assay.lang import FALSE, Act, Truth, any_of, none, some
from models.teardown.choices import (
    announced_when_stopped,
    kills_anywhere,
    runs_unsaved,
    walks_recursively,
)
from models.teardown.ends import End, end, object_goes, require_keeping
from models.teardown.state import (
    Life,
    Place,
    Processor,
    Teardown,
    Thread,
    is_left,
    model,
    on_processor,
    takes_interrupts,
    walks,
)
from spec.design import Design


def can_run(design: Design, s: Teardown, t: Thread) -> Truth:
    """The thread may be run: its group did not end it, or it has to let go of what it holds."""
    goes = ~s.killed[t]
    if not kills_anywhere(design):
        goes = goes | (s.place[t] == Place.KERNEL)
    return goes & (s.life[t] == Life.READY)


@model.action()
def queue_gives(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, thread: Thread
) -> None:
    """The processor, which switches or is idle, takes a thread from the queue, and holds it.

    Where who was ended may be queued, one is thrown away before the processor leaves its thread,
    which may find nobody else.
    """
    is_idle = old.there[processor] & takes_interrupts(act.design, old, processor)
    act.require(old.switching[processor] | is_idle, name="looks")
    needs = old.current[processor].is_none
    if not announced_when_stopped(act.design):
        needs = needs | ~can_run(act.design, old, thread)
    act.require(needs, name="needs_a_thread")
    act.require(~walks(old, processor), name="has_finished")
    act.require(old.queue_lock.is_none, name="gets_the_lock")
    act.require(old.queued[thread], name="is_queued")
    act.require(~old.leaving[processor].holds(thread), name="looked_before_it_left")
    new.switching[processor] = True
    new.queue_lock = some(processor)
    new.hand = some(thread)
    new.queued[thread] = False


@model.action()
def thread_is_chosen(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread will run on the processor, if its context is saved."""
    act.require(old.queue_lock.holds(processor) & old.hand.is_some, name="has_a_thread")
    act.require(can_run(act.design, old, old.hand.value), name="can_run")
    if not runs_unsaved(act.design):
        act.require(~is_left(act.design, old, old.hand.value), name="its_context_is_saved")
    new.current[processor] = old.hand
    new.life[old.hand.value] = Life.RUNNING
    new.queue_lock = none(Processor)
    new.hand = none(Thread)


@model.action()
def ended_is_skipped(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, kept: Truth
) -> None:
    """The thread was ended: it is thrown away; as built its last reference under the lock."""
    act.require(old.queue_lock.holds(processor) & old.hand.is_some, name="has_a_thread")
    thread = old.hand.value
    act.require(~can_run(act.design, old, thread), name="cannot_run")
    require_keeping(act, kept)
    new.hand = none(Thread)
    new.queue_lock = none(Processor)
    if walks_recursively(act.design):
        holds = any_of(kept, old.listed[thread], on_processor(act.design, old, thread))
        end(act, old, new, thread, End(FALSE, old.life[thread], holds))
        goes = object_goes(act.design, old, thread, holds)
        new.killed[thread] = old.killed[thread] & ~goes
