"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, exists, forall
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    has_ended,
    is_below,
    model,
    runs,
    somebody_runs,
    threads_can_be_held,
)


@model.can()
def can_run_below_another_group(s: Groups) -> Truth:
    """The running thread's group has one above it."""
    return exists(Group, Group, lambda a, b: is_below(s, a, b)) & exists(
        Thread,
        lambda t: runs(s, t) & exists(Group, lambda g: is_below(s, s.group[t].value, g)),
    )


@model.can()
def can_outlive_an_exit(s: Groups) -> Truth:
    """A thread runs, and a group has exited."""
    return somebody_runs(s) & exists(Group, lambda g: s.exited[g])


@model.can()
def can_outlive_the_group_above(s: Groups) -> Truth:
    """A group is there whose list names one that it could not end any more."""
    return exists(Group, Group, lambda a, b: s.present[a] & s.present[b] & s.exited[b] & (a != b))


@model.can()
def can_wait_for_each_other(s: Groups) -> Truth:
    """Two threads wait for each other's end."""
    return exists(
        Thread,
        Thread,
        lambda t, u: s.waits_for[t].holds(u) & s.waits_for[u].holds(t) & (t != u),
    )


@model.can()
def can_listen_twice(s: Groups) -> Truth:
    """A thread and a pool wait for the end of one thread."""
    return exists(Thread, Thread, lambda t, u: s.waits_for[t].holds(u) & s.pools_listen[u])


@model.can()
def can_be_idle_with_a_thread_ready(s: Groups) -> Truth:
    """The processor is between two threads."""
    return ~somebody_runs(s) & exists(Thread, lambda t: s.queued[t])


@model.can()
def can_end(s: Groups) -> Truth:
    """No group and no thread is left."""
    return forall(Group, lambda g: ~s.present[g]) & forall(Thread, lambda t: has_ended(s, t))


@model.can(when=threads_can_be_held)
def can_be_dead_and_held(s: Groups) -> Truth:
    """A capability keeps the object of a dead thread."""
    return exists(Thread, lambda t: (s.life[t] == Life.DEAD) & s.held[t])
