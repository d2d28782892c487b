"""How threads end, and what that sets off."""

from collections.abc import Callable

from assay.lang import FALSE, Act, Truth, choose, none
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    is_reached,
    listeners_fail,
    runs,
)
from spec.design import Design

Which = Callable[[Thread], Truth]
"""Some of the threads."""


def end(
    act: Act[Design],
    old: Groups,
    new: Groups,
    *,
    announced: Which,
    freed: Which,
    dead: Which,
) -> None:
    """The ends of threads: `freed` ones have no object any more, `dead` ones may have.

    Those whose end is `announced` let go of what they hold, and who waits for them gets ready.
    """

    fails = listeners_fail(act.design)

    def stops(t: Thread) -> Truth:
        return freed(t) | dead(t)

    def hears(t: Thread) -> Truth:
        return old.waits_for[t].is_some & announced(old.waits_for[t].value)

    def woken(t: Thread) -> Truth:
        return hears(t) & ~old.cut_off[t] if fails else hears(t)

    def wait_is_over(t: Thread) -> Truth:
        return old.waits_for[t].is_some & (stops(t) | woken(t))

    def life(t: Thread) -> Life:
        kept = choose(woken(t), Life.READY, old.life[t])
        return choose(freed(t), Life.ABSENT, choose(dead(t), Life.DEAD, kept))

    new.life.each(life)
    new.group.each(lambda t: choose(freed(t), none(Group), old.group[t]))
    new.queued.each(lambda t: ~stops(t) & (old.queued[t] | woken(t)))
    new.waits_for.each(lambda t: choose(wait_is_over(t), none(Thread), old.waits_for[t]))
    if fails:
        new.cut_off.each(lambda t: old.cut_off[t] & ~stops(t) & ~hears(t))
    new.pools_listen.each(lambda t: old.pools_listen[t] & ~announced(t) & ~freed(t))
    new.references.each(
        lambda t: choose(announced(t), old.references[t] - 1, old.references[t]),
    )
    new.unanswered.each(
        lambda t: choose(wait_is_over(t), old.unanswered[t] - 1, old.unanswered[t]),
    )


def empty(act: Act[Design], old: Groups, new: Groups, group: Group, *, stops_current: bool) -> None:
    """The group and those below it lose their members, threads and groups alike."""

    def stopped(t: Thread) -> Truth:
        reached = is_reached(old, t, group)
        return reached if stops_current else reached & ~runs(old, t)

    def freed(t: Thread) -> Truth:
        return stopped(t) & ~old.held[t]

    new.listed.each(lambda t: old.listed[t] & ~is_reached(old, t, group))
    if announced_when_stopped(act.design):
        end(act, old, new, announced=stopped, freed=freed, dead=stopped)
    else:
        end(act, old, new, announced=freed, freed=freed, dead=lambda t: stopped(t) & runs(old, t))


def stop(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The thread is dead, and if nothing holds it, freed; its group's list lets it go."""

    def dead(t: Thread) -> Truth:
        return t == thread

    def freed(t: Thread) -> Truth:
        return dead(t) & ~old.held[t]

    new.listed[thread] = False
    announced = dead if announced_when_stopped(act.design) else freed
    end(act, old, new, announced=announced, freed=freed, dead=dead)


def is_entry_below(old: Groups, child: Group, group: Group) -> Truth:
    """The child stands in a list that an exit of the group empties."""
    return old.entry[child].is_some & old.under[old.entry[child].value, group]


def wake(new: Groups, thread: Thread) -> None:
    """The sleeping thread is ready."""
    new.life[thread] = Life.READY
    new.queued[thread] = True


def end_wait(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """If the thread waits for the end of another, it does no more."""
    waited = old.waits_for[thread].is_some
    new.waits_for[thread] = none(Thread)
    new.unanswered[thread] = choose(waited, old.unanswered[thread] - 1, old.unanswered[thread])
    if listeners_fail(act.design):
        new.cut_off[thread] = False


def was_announced(act: Act[Design], old: Groups, thread: Thread) -> Truth:
    """The end of the thread, whose object is there, has been told."""
    return old.life[thread] == Life.DEAD if announced_when_stopped(act.design) else FALSE
