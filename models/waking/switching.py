"""How a processor gets from one thread to the next.

Source: sched/mod.rs, whose steps S1 to S12 are here: the thread wants to leave, somebody is picked
(S1), statuses and stacks change (S2 to S10), the last context is saved and its thread dealt with
(S11, S12).
"""

from assay.lang import FALSE, Act, Truth, all_of, choose, exists, none, some
from models.waking.ends import dies
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Wait,
    Waking,
    announced_when_stopped,
    grows,
    has_handshake,
    has_no_handshake,
    is_left,
    keeps_idle_threads,
    looks_for_a_thread,
    model,
    queues_idle_threads,
    somebody_is_queued,
)
from models.waking.waits import require_caller
from spec.design import Design


@model.action()
def thread_yield(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The caller wants to leave the processor to another, and stays ready."""
    require_caller(act, old, processor)
    new.phase[processor] = Phase.WANTS
    new.goes[processor] = Status.READY


@model.action()
def slice_ends(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The timer looks for another thread to run."""
    act.require(old.phase[processor] == Phase.RUNS, name="runs")
    idles = old.current[processor].is_none
    new.phase[processor] = Phase.TRIES
    new.goes[processor] = choose(idles, Status.ABSENT, Status.READY)


@model.action()
def picks(act: Act[Design], old: Waking, new: Waking, processor: Processor, thread: Thread) -> None:
    """The thread is taken out of the ready queue, to run next."""
    act.require(looks_for_a_thread(old, processor), name="looks_for_a_thread")
    act.require(old.queued[thread] & ~old.roomless[thread], name="is_queued")
    new.queued[thread] = False
    new.picked[thread] = True
    new.other[processor] = some(thread)
    new.phase[processor] = Phase.PICKED


def _finds_an_idle_thread(design: Design, old: Waking, processor: Processor) -> Truth:
    """There is an idle thread to run; its own, unless that runs, or any in the queue."""
    if keeps_idle_threads(design):
        return old.current[processor].is_some & ~somebody_is_queued(old)
    return old.idle_queued > 0


@model.action()
def picks_idle(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """An idle thread is to run next."""
    act.require(looks_for_a_thread(old, processor), name="looks_for_a_thread")
    act.require(_finds_an_idle_thread(act.design, old, processor), name="finds_an_idle_thread")
    if queues_idle_threads(act.design):
        new.idle_queued = old.idle_queued - 1
    new.phase[processor] = Phase.PICKED


@model.action()
def stays(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """Nobody else is there, so the processor goes on with what it runs."""
    act.require(old.phase[processor] == Phase.TRIES, name="tries")
    nobody = ~somebody_is_queued(old) & ~_finds_an_idle_thread(act.design, old, processor)
    act.require(nobody, name="finds_nobody")
    new.phase[processor] = Phase.RUNS
    if queues_idle_threads(act.design):
        new.goes[processor] = Status.ABSENT


@model.action()
def switches(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The statuses change, and the processor is on the other stack."""
    act.require(old.phase[processor] == Phase.PICKED, name="picked")
    last, next_, goes = old.current[processor], old.other[processor], old.goes[processor]

    def status(t: Thread) -> Status:
        return choose(last.holds(t), goes, choose(next_.holds(t), Status.RUNNING, old.status[t]))

    def dies_now(t: Thread) -> Truth:
        return last.holds(t) & (goes == Status.DEAD)

    new.status.each(status)
    new.wait.each(lambda t: choose(dies_now(t), Wait.NONE, old.wait[t]))
    new.timed_out.each(lambda t: old.timed_out[t] & ~dies_now(t))
    new.told.each(lambda t: old.told[t] & ~dies_now(t))
    if has_no_handshake(act.design):
        new.limited.each(lambda t: old.limited[t] & ~dies_now(t))
    new.picked.each(lambda t: old.picked[t] & ~next_.holds(t))
    new.left.each(lambda t: old.left[t] | last.holds(t))
    new.gets_in.each(lambda t: old.gets_in[t] | (last.holds(t) & (goes == Status.READY)))
    new.current[processor] = next_
    new.other[processor] = last
    new.phase[processor] = Phase.LEAVES
    if has_handshake(act.design):
        new.goes[processor] = Status.ABSENT


@model.action()
def switch_ends(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The last context is saved, and its thread gets into the ready queue if it is ready."""
    act.require(old.phase[processor] == Phase.LEAVES, name="leaves")
    if has_no_handshake(act.design):
        act.require(~_was_woken_too_early(old, processor), name="sleeps_still")

    def gets_in(t: Thread) -> Truth:
        ready = old.other[processor].holds(t) & old.gets_in[t]
        if has_handshake(act.design):
            return ready
        return ready & (old.goes[processor] == Status.READY)

    new.queued.each(lambda t: old.queued[t] | gets_in(t))
    new.gets_in.each(lambda t: old.gets_in[t] & ~gets_in(t))
    if grows(act.design):
        new.roomless.each(lambda t: choose(gets_in(t), old.short, old.roomless[t]))
    _has_left(act, old, new, processor)


@model.action(when=announced_when_stopped)
def switch_ends_with_a_death(
    act: Act[Design], old: Waking, new: Waking, processor: Processor
) -> None:
    """The last context is saved, and its thread dies: its group has ended it meanwhile."""
    act.require(old.phase[processor] == Phase.LEAVES, name="leaves")
    last = old.other[processor]
    act.require(last.is_some, name="leaves_a_thread")
    if has_no_handshake(act.design):
        awake = old.status[last.value].one_of(Status.READY, Status.RUNNING)
        act.require(~awake | old.gets_in[last.value], name="was_not_woken")
    dies(act, old, new, last.value)
    new.gets_in[last.value] = False
    _has_left(act, old, new, processor)


def _has_left(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    last = old.other[processor]

    def is_left_still(t: Thread) -> Truth:
        if has_handshake(act.design):
            return FALSE
        return exists(Processor, lambda p: is_left(old, p, t) & (p != processor))

    new.left.each(lambda t: choose(last.holds(t), is_left_still(t), old.left[t]))
    if queues_idle_threads(act.design):
        new.idle_queued = choose(last.is_none, old.idle_queued + 1, old.idle_queued)
    new.phase[processor] = Phase.RUNS
    new.other[processor] = none(Thread)
    if has_no_handshake(act.design):
        new.goes[processor] = Status.ABSENT


def _was_woken_too_early(old: Waking, processor: Processor) -> Truth:
    """The thread was to sleep for a time, and sleeps no more when its timeout is to be queued."""
    last = old.other[processor]
    return all_of(
        last.is_some,
        old.goes[processor] == Status.SUSPENDED,
        old.limited[last.value],
        old.status[last.value] != Status.SUSPENDED,
    )


@model.action(when=has_no_handshake)
def switch_panics(act: Act[Design], old: Waking, new: Waking, processor: Processor) -> None:
    """The timeout of a thread is to be queued that was woken by then: nothing more happens here."""
    act.require(old.phase[processor] == Phase.LEAVES, name="leaves")
    act.require(_was_woken_too_early(old, processor), name="was_woken_too_early")
