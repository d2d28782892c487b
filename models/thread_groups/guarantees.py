"""What is promised of threads and groups."""

from assay.lang import Int, Step, Truth, all_of, any_of, choose, forall
from models.thread_groups.groups import thread_group_exit
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    has_ended,
    has_object,
    is_reached,
    is_within,
    model,
    runs,
)
from models.thread_groups.threads import thread_resume, timeout_fires


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
            (old.pools_listen[t] & ~new.pools_listen[t]).implies(is_announced(t)),
        ),
    )


@model.guarantee("SCH-1")
def ready_means_queued_once(s: Groups) -> Truth:
    """The ready threads are those in the ready queue."""
    return forall(Thread, lambda t: s.queued[t] == (s.life[t] == Life.READY))
