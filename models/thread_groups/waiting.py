"""Waiting, being told, and what keeps a thread object alive."""

from assay.lang import FALSE, Act, Truth, choose, none, some
from models.thread_groups.calling import refuse_freed, require_caller, require_outlives
from models.thread_groups.ends import end, wake, was_announced
from models.thread_groups.state import (
    Groups,
    Life,
    Thread,
    has_object,
    listeners_are_removed,
    listeners_fail,
    loses_the_claimed,
    model,
    runs,
    somebody_runs,
    threads_can_be_held,
)
from spec.design import Design, LateListeners


@model.action()
def thread_handle_thread_exit_sync(
    act: Act[Design], old: Groups, new: Groups, caller: Thread, thread: Thread
) -> None:
    """The caller waits till the thread ends; late listeners are told at once, or wait for ever."""
    require_caller(act, old, caller)
    refuse_freed(act, old, thread)
    at_once = FALSE
    if act.design.late_listeners is LateListeners.TOLD_AT_ONCE:
        at_once = was_announced(act, old, thread)
    require_outlives(act, old, caller, unless=at_once)
    new.life[caller] = choose(at_once, Life.RUNNING, Life.WAITING)
    new.waits_for[caller] = choose(at_once, none(Thread), some(thread))
    new.unanswered[caller] = choose(at_once, old.unanswered[caller], old.unanswered[caller] + 1)


@model.action()
def thread_handle_thread_exit_async(
    act: Act[Design], old: Groups, new: Groups, thread: Thread
) -> None:
    """An event pool is to be told when the thread ends; nothing more happens if it has."""
    act.require(somebody_runs(old), name="somebody_runs")
    refuse_freed(act, old, thread)
    new.pools_listen[thread] = ~was_announced(act, old, thread)


@model.action(when=listeners_are_removed)
def thread_remove_listener(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The last event pool that was to be told when the thread ends will not be told."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.require(old.pools_listen[thread], name="listens")
    new.pools_listen[thread] = False


@model.action(when=listeners_fail)
def listener_is_cut_off(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """A pool that will fail listens since: what the thread waits for will not reach it."""
    act.require(old.waits_for[thread].is_some & ~old.cut_off[thread], name="waits")
    new.cut_off[thread] = True


@model.action()
def drop_check_reciever_handle_cap_drop_sync(
    act: Act[Design], old: Groups, new: Groups, caller: Thread
) -> None:
    """The caller waits for something that is no thread."""
    require_caller(act, old, caller)
    require_outlives(act, old, caller)
    new.life[caller] = Life.WAITING


@model.action()
def awaited_event_happens(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """What the thread waits for, no thread, has happened."""
    waits = (old.life[thread] == Life.WAITING) & old.waits_for[thread].is_none
    act.require(waits, name="waits")
    wake(new, thread)


@model.action(when=loses_the_claimed)
def claimed_sleeper_is_lost(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """A message for the thread cannot be written: it is ready by then, and in no queue."""
    act.require(somebody_runs(old), name="somebody_runs")
    waits = (old.life[thread] == Life.WAITING) & old.waits_for[thread].is_none
    act.require(waits, name="waits")
    new.life[thread] = Life.READY


@model.action(when=threads_can_be_held)
def thread_is_held(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """A strong capability to the thread is made: of a weak one without UPGRADE, or with it."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.require(has_object(old, thread) & ~old.held[thread], name="only_weak_so_far")
    new.held[thread] = True


@model.action(when=threads_can_be_held)
def thread_is_let_go(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The last strong capability to the thread goes."""
    act.require(old.held[thread], name="held")

    def freed(t: Thread) -> Truth:
        return (t == thread) & ~old.listed[t] & ~runs(old, t)

    def announced(t: Thread) -> Truth:
        return freed(t) & ~was_announced(act, old, t)

    new.held[thread] = False
    end(act, old, new, announced=announced, freed=freed, dead=lambda _: FALSE)
