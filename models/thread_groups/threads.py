"""What the running thread does, and what the processor does with threads."""

from assay.lang import Act
from models.thread_groups.calling import (
    outlives_switch,
    refuse_freed,
    require_caller,
    require_outlives,
)
from models.thread_groups.ends import end_wait, stop, wake
from models.thread_groups.state import (
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    current_runs_on,
    model,
    resumes_any_wait,
    sleeps,
    somebody_runs,
)
from spec.design import Design
from spec.errors import Error


def _goes_to_the_tail(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    require_caller(act, old, caller)
    require_outlives(act, old, caller)
    new.life[caller] = Life.READY
    new.queued[caller] = True


@model.action()
def thread_yield(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The caller is ready and no longer runs."""
    _goes_to_the_tail(act, old, new, caller)


@model.action()
def slice_ends(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The timer takes the processor from the thread."""
    _goes_to_the_tail(act, old, new, caller)


@model.action(when=current_runs_on)
def last_switch(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """A thread that its group's drop ended leaves the processor, by whatever call."""
    require_caller(act, old, caller)
    act.require(~outlives_switch(act.design, old, caller), name="does_not_outlive_switch")
    stop(act, old, new, caller)


@model.action()
def thread_runs(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The idle processor takes the thread from the ready queue."""
    act.require(~somebody_runs(old), name="nobody_runs")
    act.require(old.queued[thread] & old.listed[thread], name="can_run")
    new.life[thread] = Life.RUNNING
    new.queued[thread] = False


@model.action(when=lambda design: not announced_when_stopped(design))
def ended_is_skipped(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The processor throws away an entry of the ready queue: its group ended the thread."""
    act.require(old.queued[thread] & ~old.listed[thread], name="was_ended")
    new.queued[thread] = False


@model.action()
def thread_suspend(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The caller sleeps till it is resumed or its time has come."""
    require_caller(act, old, caller)
    require_outlives(act, old, caller)
    new.life[caller] = Life.SUSPENDED


@model.action()
def timeout_fires(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The time has come that the thread gave when it went to sleep."""
    act.require(sleeps(old, thread), name="sleeps")
    wake(new, thread)
    end_wait(act, old, new, thread)


@model.action()
def thread_resume(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The suspended thread becomes ready; as built whatever it waits for."""
    act.require(somebody_runs(old), name="somebody_runs")
    refuse_freed(act, old, thread)
    act.check(sleeps(old, thread), otherwise=Error.INVL_OP, name="thread_not_suspended")
    if not resumes_any_wait(act.design):
        waits = old.life[thread] == Life.WAITING
        act.check(~waits, otherwise=Error.INVL_OP, name="thread_waits")
    wake(new, thread)
    if resumes_any_wait(act.design):
        end_wait(act, old, new, thread)


@model.action()
def thread_destroy_self(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The caller ends; as built its group's list keeps it, and nobody is told."""
    require_caller(act, old, caller)
    if announced_when_stopped(act.design):
        stop(act, old, new, caller)
    else:
        require_outlives(act, old, caller)
        new.life[caller] = Life.DEAD


@model.action()
def thread_destroy_other(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """Another thread, which must be suspended, ends."""
    act.require(somebody_runs(old), name="somebody_runs")
    refuse_freed(act, old, thread)
    act.check(sleeps(old, thread), otherwise=Error.INVL_OP, name="thread_not_suspended")
    stop(act, old, new, thread)
