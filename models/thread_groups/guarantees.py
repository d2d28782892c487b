"""What is promised of threads and groups."""

from assay.lang import Int, Step, Truth, all_of, any_of, choose, forall
from models.thread_groups.groups import thread_group_exit, thread_group_new, thread_new
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    has_ended,
    has_object,
    is_below,
    is_reached,
    is_within,
    listeners_are_removed,
    model,
    runs,
    somebody_runs,
)
from models.thread_groups.threads import thread_destroy_other, thread_resume, timeout_fires
from models.thread_groups.waiting import (
    thread_handle_thread_exit_async,
    thread_handle_thread_exit_sync,
    thread_remove_listener,
)


@model.guarantee("GRP-1")
def nothing_outlives_exit(s: Groups) -> Truth:
    """The running thread is in no group that has exited, nor below one."""
    return forall(
        Thread, Group, lambda t, g: (runs(s, t) & is_within(s, t, g)).implies(~s.exited[g])
    )


@model.step_guarantee("GRP-1")
def an_exit_ends_every_member(old: Groups, step: Step, new: Groups) -> Truth:
    """Who was in the group or below it never runs again."""
    group = step.argument(thread_group_exit, "group", Group)
    return step.took(thread_group_exit).implies(
        forall(
            Thread, lambda t: is_reached(old, t, group).implies(has_ended(new, t) & ~runs(new, t))
        )
    )


@model.step_guarantee("GRP-1")
def an_idle_processor_makes_no_call(old: Groups, step: Step, new: Groups) -> Truth:
    """Whatever takes effect is the call of a thread that runs."""
    calls = (
        thread_group_new,
        thread_group_exit,
        thread_new,
        thread_resume,
        thread_destroy_other,
        thread_handle_thread_exit_async,
        thread_remove_listener,
    )
    return any_of(*(step.took(call) for call in calls)).implies(somebody_runs(old))


@model.guarantee("GRP-1")
def an_exit_reaches_its_own_group(s: Groups) -> Truth:
    """Each group that is there is reached by its own exit, and nothing reaches the others."""
    return forall(Group, lambda g: s.present[g] == s.under[g, g])


@model.guarantee("GRP-1")
def an_exit_misses_no_thread(s: Groups) -> Truth:
    """What reaches a group reaches the threads in its list."""
    return forall(
        Thread,
        lambda t: s.listed[t].implies(
            has_object(s, t) & s.group[t].is_some & s.present[s.group[t].value]
        ),
    )


@model.guarantee("GRP-1")
def an_exit_misses_no_child(s: Groups) -> Truth:
    """What reaches a group reaches the groups in its list."""
    return forall(
        Group,
        lambda c: (s.present[c] & s.entry[c].is_some).implies(is_below(s, c, s.entry[c].value)),
    )


@model.guarantee("GRP-1")
def an_exit_reaches_only_children(s: Groups) -> Truth:
    """What is below a group stands in its list, or in that of a group below it."""
    return forall(
        Group,
        Group,
        lambda c, g: is_below(s, c, g).implies(s.entry[c].is_some & s.under[s.entry[c].value, g]),
    )


@model.guarantee("GRP-2")
def exited_groups_admit_no_thread(s: Groups) -> Truth:
    """An exit empties a group, and nobody comes afterwards."""
    return forall(
        Thread,
        Group,
        lambda t, g: (s.exited[g] & s.listed[t]).implies(~s.group[t].holds(g)),
    )


@model.guarantee("GRP-2")
def exited_groups_admit_no_group(s: Groups) -> Truth:
    """Nor is there any child group."""
    return forall(Group, Group, lambda g, c: s.exited[g].implies(~s.entry[c].holds(g)))


@model.step_guarantee("GRP-2")
def an_exit_closes_what_it_reaches(old: Groups, step: Step, new: Groups) -> Truth:
    """The group and all below it have exited, and are left without members."""
    group = step.argument(thread_group_exit, "group", Group)
    return step.took(thread_group_exit).implies(
        forall(Group, lambda g: old.under[g, group].implies(new.exited[g]))
    )


@model.guarantee("GRP-3")
def dropped_groups_leave_their_parent(s: Groups) -> Truth:
    """No list names a group that is gone."""
    return forall(Group, lambda g: s.entry[g].is_some.implies(s.present[g]))


@model.guarantee("GRP-3")
def the_running_thread_stops_with_its_group(s: Groups) -> Truth:
    """The running thread was not ended by its group."""
    return forall(Thread, lambda t: runs(s, t).implies(s.listed[t]))


@model.guarantee("GRP-4", when=announced_when_stopped)
def the_dead_hold_nothing(s: Groups) -> Truth:
    """A thread holds its spaces while it lives; they are given back once, when it stops."""
    return forall(
        Thread,
        lambda t: (
            s.references[t]
            == choose(s.life[t].one_of(Life.ABSENT, Life.DEAD), Int.of(0), Int.of(1))
        ),
    )


@model.guarantee("GRP-4", when=lambda design: not announced_when_stopped(design))
def the_freed_hold_nothing(s: Groups) -> Truth:
    """A thread holds its spaces while it has an object; they are given back once, with that."""
    return forall(
        Thread, lambda t: s.references[t] == choose(has_object(s, t), Int.of(1), Int.of(0))
    )


@model.guarantee("GRP-4")
def the_freed_leave_nothing(s: Groups) -> Truth:
    """A thread without an object refers to no group, and no capability and no queue to it."""
    return forall(
        Thread,
        lambda t: (
            has_object(s, t)
            | all_of(s.group[t].is_none, ~s.held[t], ~s.queued[t], ~s.pools_listen[t])
        ),
    )


@model.step_guarantee("GRP-6")
def a_listener_is_kept(old: Groups, step: Step, new: Groups) -> Truth:
    """Who asks to be told of an end that has not been is remembered."""
    watched = step.argument(thread_handle_thread_exit_async, "thread", Thread)
    waiter = step.argument(thread_handle_thread_exit_sync, "caller", Thread)
    awaited = step.argument(thread_handle_thread_exit_sync, "thread", Thread)
    return all_of(
        step.took(thread_handle_thread_exit_async).implies(
            new.pools_listen[watched] | has_ended(old, watched)
        ),
        step.took(thread_handle_thread_exit_sync).implies(
            new.waits_for[waiter].holds(awaited) | has_ended(old, awaited)
        ),
    )


@model.guarantee("GRP-6")
def nobody_waits_for_the_ended(s: Groups) -> Truth:
    """Whose end a thread waits for has not ended."""
    return forall(Thread, Thread, lambda t, u: s.waits_for[t].holds(u).implies(~has_ended(s, u)))


@model.guarantee("GRP-6")
def pools_are_told_of_the_ended(s: Groups) -> Truth:
    """No event pool is still to be told of a thread that has ended."""
    return forall(Thread, lambda t: s.pools_listen[t].implies(~has_ended(s, t)))


@model.guarantee("GRP-6")
def each_wait_is_answered_once(s: Groups) -> Truth:
    """A thread owes nobody an answer but itself the one that it waits for."""
    return forall(
        Thread,
        lambda t: s.unanswered[t] == choose(s.waits_for[t].is_some, Int.of(1), Int.of(0)),
    )


def _wakes_early(step: Step, thread: Thread) -> Truth:
    """The step ends the thread's wait for another reason."""
    return any_of(
        *(
            step.took(wakes) & (step.argument(wakes, "thread", Thread) == thread)
            for wakes in (timeout_fires, thread_resume)
        )
    )


def _is_removed(step: Step, thread: Thread) -> Truth:
    """The step removes the pool that listens for the thread's end."""
    named = step.argument(thread_remove_listener, "thread", Thread)
    return step.took(thread_remove_listener) & (named == thread)


@model.step_guarantee("GRP-6")
def an_end_is_announced_when_the_thread_stops(old: Groups, step: Step, new: Groups) -> Truth:
    """Who waited for a thread and is ready, or what pool was told, learned it from its end."""

    def is_announced(t: Thread) -> Truth:
        return has_ended(new, t)

    return forall(
        Thread,
        lambda t: all_of(
            (
                old.waits_for[t].is_some & (new.life[t] == Life.READY) & ~_wakes_early(step, t)
            ).implies(is_announced(old.waits_for[t].value)),
            (old.pools_listen[t] & ~new.pools_listen[t] & ~_is_removed(step, t)).implies(
                is_announced(t)
            ),
        ),
    )


@model.step_guarantee("EVT-4", when=listeners_are_removed)
def a_removed_listener_is_forgotten(old: Groups, step: Step, new: Groups) -> Truth:
    """Only a pool that was to be told is removed, and it is told no more."""
    thread = step.argument(thread_remove_listener, "thread", Thread)
    return step.took(thread_remove_listener).implies(
        old.pools_listen[thread] & ~new.pools_listen[thread]
    )


@model.guarantee("SCH-1")
def ready_means_queued_once(s: Groups) -> Truth:
    """The ready threads are those in the ready queue."""
    return forall(Thread, lambda t: s.queued[t] == (s.life[t] == Life.READY))
