"""Which threads a group ends, when they stop, and who is told.

One processor, and each step a whole call. What a call sets off afterwards (a capability that goes
and was the last one of a group or a thread) is a step of its own, and so is the choice of the
thread that runs next. Capabilities are not seen: a call may name any thread and any group.
"""

from collections.abc import Callable

from spec.design import (
    Design,
    GroupAdmission,
    GroupDrop,
    GroupDropCurrent,
    LateListeners,
    ListenerFailure,
    ResumeScope,
    ThreadEnd,
    UpgradeRight,
)
from spec.errors import Error

from assay.lang import (
    FALSE,
    Act,
    Enumeration,
    Ghost,
    Int,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    all_of,
    any_of,
    choose,
    exists,
    forall,
    member,
    none,
    predicate,
    some,
)


class Thread(Kind):
    """A thread."""

    FIRST = member()


class Group(Kind):
    """A thread group."""

    FIRST = member()


class Life(Enumeration):
    """Where a thread is in its life; as built the kernel calls both kinds of sleep SUSPENDED."""

    ABSENT = member()  # no object: not made yet, or freed
    READY = member()
    RUNNING = member()
    SUSPENDED = member()  # not started, or by thread_suspend
    WAITING = member()  # till something happens
    DEAD = member()  # the object is still there


class Groups(State):
    """Threads with their groups, what the processor does, and who listens."""

    life: Table[Thread, Life]
    group: Table[Thread, Option[Group]]  # that it was made in, dropped or not
    listed: Table[Thread, Truth]  # its group's list holds it; a live one that is not was ended
    held: Table[Thread, Truth]  # a strong capability holds it
    queued: Table[Thread, Truth]  # in the ready queue
    waits_for: Table[Thread, Option[Thread]]  # whose end it waits for
    cut_off: Table[Thread, Truth]  # waits, and a listener that fails keeps the news from it
    pools_listen: Table[Thread, Truth]  # an event pool is to be told of its end
    present: Table[Group, Truth]
    exited: Table[Group, Truth]
    entry: Table[Group, Option[Group]]  # whose list names it
    under: Table[tuple[Group, Group], Truth]  # an exit of the second reaches the first
    references: Ghost[Thread, Int]  # what it took for itself and nobody has given back
    unanswered: Ghost[Thread, Int]  # the waits it began without hearing how they ended


model = Model("thread_groups", Groups, Design)

Which = Callable[[Thread], Truth]


def _announced_when_stopped(design: Design) -> bool:
    return design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED


def _runs_on(design: Design) -> bool:
    return design.group_drop_current is GroupDropCurrent.RUNS_ON


@predicate
def runs(s: Groups, thread: Thread) -> Truth:
    """The processor runs the thread."""
    return s.life[thread] == Life.RUNNING


@predicate
def somebody_runs(s: Groups) -> Truth:
    """The processor is not idle."""
    return exists(Thread, lambda t: runs(s, t))


@predicate
def sleeps(s: Groups, thread: Thread) -> Truth:
    """The kernel's status word says that the thread is suspended."""
    return s.life[thread].one_of(Life.SUSPENDED, Life.WAITING)


@predicate
def has_object(s: Groups, thread: Thread) -> Truth:
    """The thread was made and not freed."""
    return s.life[thread] != Life.ABSENT


@predicate
def has_ended(s: Groups, thread: Thread) -> Truth:
    """The thread never runs again: dead or gone, or its group ended it and it does not run."""
    return any_of(
        s.life[thread].one_of(Life.ABSENT, Life.DEAD),
        ~s.listed[thread] & ~runs(s, thread),
    )


@predicate
def is_within(s: Groups, thread: Thread, group: Group) -> Truth:
    """The thread's group is this one or below it."""
    return s.group[thread].is_some & s.under[s.group[thread].value, group]


@predicate
def is_reached(s: Groups, thread: Thread, group: Group) -> Truth:
    """An exit of the group ends the thread."""
    return s.listed[thread] & is_within(s, thread, group)


@predicate
def is_below(s: Groups, below: Group, group: Group) -> Truth:
    """The first is another group, which an exit of the second reaches."""
    return s.under[below, group] & (below != group)


@model.start
def boot(new: Groups) -> None:
    """One thread runs, in one group."""
    new.life[Thread.FIRST] = Life.RUNNING
    new.group[Thread.FIRST] = some(Group.FIRST)
    new.listed[Thread.FIRST] = True
    new.references[Thread.FIRST] = 1
    new.present[Group.FIRST] = True
    new.under[Group.FIRST, Group.FIRST] = True


def _end(old: Groups, new: Groups, *, announced: Which, freed: Which, dead: Which) -> None:
    """The ends of threads: `freed` ones have no object any more, `dead` ones may have.

    Those whose end is `announced` let go of what they hold, and who waits for them gets ready.
    """

    def stops(t: Thread) -> Truth:
        return freed(t) | dead(t)

    def hears(t: Thread) -> Truth:
        return old.waits_for[t].is_some & announced(old.waits_for[t].value)

    def woken(t: Thread) -> Truth:
        return hears(t) & ~old.cut_off[t]

    def wait_is_over(t: Thread) -> Truth:
        return old.waits_for[t].is_some & (stops(t) | woken(t))

    def life(t: Thread) -> Life:
        kept = choose(woken(t), Life.READY, old.life[t])
        return choose(freed(t), Life.ABSENT, choose(dead(t), Life.DEAD, kept))

    new.life.each(life)
    new.group.each(lambda t: choose(freed(t), none(Group), old.group[t]))
    new.queued.each(lambda t: ~stops(t) & (old.queued[t] | woken(t)))
    new.waits_for.each(lambda t: choose(wait_is_over(t), none(Thread), old.waits_for[t]))
    new.cut_off.each(lambda t: old.cut_off[t] & ~stops(t) & ~hears(t))
    new.pools_listen.each(lambda t: old.pools_listen[t] & ~announced(t) & ~freed(t))
    new.references.each(
        lambda t: choose(announced(t), old.references[t] - 1, old.references[t]),
    )
    new.unanswered.each(
        lambda t: choose(wait_is_over(t), old.unanswered[t] - 1, old.unanswered[t]),
    )


def _empty(
    act: Act[Design], old: Groups, new: Groups, group: Group, *, stops_current: bool
) -> None:
    """The group and those below it lose their members, threads and groups alike."""

    def stopped(t: Thread) -> Truth:
        reached = is_reached(old, t, group)
        return reached if stops_current else reached & ~runs(old, t)

    def freed(t: Thread) -> Truth:
        return stopped(t) & ~old.held[t]

    new.listed.each(lambda t: old.listed[t] & ~is_reached(old, t, group))
    if _announced_when_stopped(act.design):
        _end(old, new, announced=stopped, freed=freed, dead=stopped)
    else:
        _end(old, new, announced=freed, freed=freed, dead=lambda t: stopped(t) & runs(old, t))


def _stop(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The thread is dead, and if nothing holds it, freed; its group's list lets it go."""

    def dead(t: Thread) -> Truth:
        return t == thread

    def freed(t: Thread) -> Truth:
        return dead(t) & ~old.held[t]

    new.listed[thread] = False
    announced = dead if _announced_when_stopped(act.design) else freed
    _end(old, new, announced=announced, freed=freed, dead=dead)


def _is_entry_below(old: Groups, child: Group, group: Group) -> Truth:
    return old.entry[child].is_some & old.under[old.entry[child].value, group]


@model.action()
def thread_group_new(
    act: Act[Design], old: Groups, new: Groups, parent: Group, child: Group
) -> None:
    """A group below another one."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.require(
        all_of(
            ~old.present[child],
            old.entry[child].is_none,
            ~exists(Thread, lambda t: old.group[t].holds(child)),
        ),
        name="child_is_new",
    )
    act.check(old.present[parent], otherwise=Error.INVL_WEAK, name="parent_dead")
    if act.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT:
        act.check(~old.exited[parent], otherwise=Error.INVL_OP, name="parent_exited")
    new.present[child] = True
    new.entry[child] = some(parent)
    new.under.row(child, lambda g: (g == child) | old.under[parent, g])


@model.action()
def thread_group_exit(act: Act[Design], old: Groups, new: Groups, group: Group) -> None:
    """Every thread of the group and of those below it ends, the caller last."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="group_dead")
    _empty(act, old, new, group, stops_current=True)
    new.exited.each(lambda g: old.exited[g] | old.under[g, group])
    new.entry.each(
        lambda g: choose(_is_entry_below(old, g, group), none(Group), old.entry[g]),
    )
    new.under.each(lambda a, b: old.under[a, b] & ((a == b) | ~is_below(old, a, group)))


@model.action()
def thread_group_drop(act: Act[Design], old: Groups, new: Groups, group: Group) -> None:
    """The last capability to the group goes: what it has left ends, as by an exit."""
    act.require(old.present[group], name="present")
    _empty(act, old, new, group, stops_current=not _runs_on(act.design))
    new.present[group] = False
    new.exited.each(lambda g: (g != group) & (old.exited[g] | old.under[g, group]))

    def leaves_list(g: Group) -> Truth:
        unlinked = act.design.group_drop is GroupDrop.UNLINKED
        return _is_entry_below(old, g, group) | ((g == group) if unlinked else FALSE)

    new.entry.each(lambda g: choose(leaves_list(g), none(Group), old.entry[g]))
    new.under.each(
        lambda a, b: all_of(
            old.under[a, b],
            a != group,
            b != group,
            (a == b) | ~old.under[a, group],
        )
    )


@model.action()
def thread_new(
    act: Act[Design], old: Groups, new: Groups, group: Group, thread: Thread, autostart: Truth
) -> None:
    """A thread in the group, suspended or ready."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.require(
        ~has_object(old, thread) & ~exists(Thread, lambda t: old.waits_for[t].holds(thread)),
        name="thread_is_new",
    )
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="thread_group_dead")
    if act.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT:
        act.check(~old.exited[group], otherwise=Error.INVL_OP, name="thread_group_exited")
    new.life[thread] = choose(autostart, Life.READY, Life.SUSPENDED)
    new.group[thread] = some(group)
    new.listed[thread] = True
    new.queued[thread] = autostart
    new.references[thread] = old.references[thread] + 1


def _require_outlives(act: Act[Design], old: Groups, caller: Thread, unless: Truth = FALSE) -> None:
    """The caller is still there once it has left the processor; if not, see `last_switch`."""
    if _runs_on(act.design):
        act.require(outlives_switch(act.design, old, caller) | unless, name="outlives_switch")


def outlives_switch(design: Design, s: Groups, caller: Thread) -> Truth:
    """Something but the processor keeps the caller alive, or its group did not end it."""
    if _announced_when_stopped(design):
        return s.listed[caller]
    return s.listed[caller] | s.held[caller]


def _require_caller(act: Act[Design], old: Groups, caller: Thread) -> None:
    act.require(runs(old, caller), name="caller_runs")


def _refuse_freed(act: Act[Design], old: Groups, thread: Thread) -> None:
    act.check(has_object(old, thread), otherwise=Error.INVL_WEAK, name="thread_dead")


def _goes_to_the_tail(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    _require_caller(act, old, caller)
    _require_outlives(act, old, caller)
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


@model.action(when=_runs_on)
def last_switch(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """A thread that its group's drop ended leaves the processor, by whatever call."""
    _require_caller(act, old, caller)
    act.require(~outlives_switch(act.design, old, caller), name="does_not_outlive_switch")

    _stop(act, old, new, caller)


@model.action()
def thread_runs(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The idle processor takes the thread from the ready queue."""
    act.require(~somebody_runs(old), name="nobody_runs")
    act.require(old.queued[thread] & old.listed[thread], name="can_run")
    new.life[thread] = Life.RUNNING
    new.queued[thread] = False


@model.action(when=lambda design: not _announced_when_stopped(design))
def ended_is_skipped(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The processor throws away an entry of the ready queue: its group ended the thread."""
    act.require(old.queued[thread] & ~old.listed[thread], name="was_ended")
    new.queued[thread] = False


@model.action()
def thread_suspend(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The caller sleeps till it is resumed or its time has come."""
    _require_caller(act, old, caller)
    _require_outlives(act, old, caller)
    new.life[caller] = Life.SUSPENDED


def _wakes(old: Groups, new: Groups, thread: Thread) -> None:
    waited = old.waits_for[thread].is_some
    new.life[thread] = Life.READY
    new.queued[thread] = True
    new.waits_for[thread] = none(Thread)
    new.cut_off[thread] = False
    new.unanswered[thread] = choose(waited, old.unanswered[thread] - 1, old.unanswered[thread])


@model.action()
def timeout_fires(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The time has come that the thread gave when it went to sleep."""
    act.require(sleeps(old, thread), name="sleeps")
    _wakes(old, new, thread)


@model.action()
def thread_resume(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The suspended thread becomes ready; as built whatever it waits for."""
    act.require(somebody_runs(old), name="somebody_runs")
    _refuse_freed(act, old, thread)
    act.check(sleeps(old, thread), otherwise=Error.INVL_OP, name="thread_not_suspended")
    if act.design.resume_scope is not ResumeScope.ANY_WAIT:
        waits = old.life[thread] == Life.WAITING
        act.check(~waits, otherwise=Error.INVL_OP, name="thread_waits")
    _wakes(old, new, thread)


@model.action()
def thread_destroy_self(act: Act[Design], old: Groups, new: Groups, caller: Thread) -> None:
    """The caller ends; as built its group's list keeps it, and nobody is told."""
    _require_caller(act, old, caller)
    if _announced_when_stopped(act.design):
        _stop(act, old, new, caller)
    else:
        _require_outlives(act, old, caller)
        new.life[caller] = Life.DEAD


@model.action()
def thread_destroy_other(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """Another thread, which must be suspended, ends."""
    act.require(somebody_runs(old), name="somebody_runs")
    _refuse_freed(act, old, thread)
    act.check(sleeps(old, thread), otherwise=Error.INVL_OP, name="thread_not_suspended")
    _stop(act, old, new, thread)


def _was_announced(act: Act[Design], old: Groups, thread: Thread) -> Truth:
    """The end of the thread, whose object is there, has been told."""
    return old.life[thread] == Life.DEAD if _announced_when_stopped(act.design) else FALSE


@model.action()
def thread_handle_thread_exit_sync(
    act: Act[Design], old: Groups, new: Groups, caller: Thread, thread: Thread
) -> None:
    """The caller waits till the thread ends; late listeners are told at once, or wait for ever."""
    _require_caller(act, old, caller)
    _refuse_freed(act, old, thread)
    at_once = FALSE
    if act.design.late_listeners is LateListeners.TOLD_AT_ONCE:
        at_once = _was_announced(act, old, thread)
    _require_outlives(act, old, caller, unless=at_once)
    new.life[caller] = choose(at_once, Life.RUNNING, Life.WAITING)
    new.waits_for[caller] = choose(at_once, none(Thread), some(thread))
    new.unanswered[caller] = choose(at_once, old.unanswered[caller], old.unanswered[caller] + 1)


@model.action()
def thread_handle_thread_exit_async(
    act: Act[Design], old: Groups, new: Groups, thread: Thread
) -> None:
    """An event pool is to be told when the thread ends; nothing more happens if it has."""
    act.require(somebody_runs(old), name="somebody_runs")
    _refuse_freed(act, old, thread)
    new.pools_listen[thread] = ~_was_announced(act, old, thread)


@model.action(when=lambda d: d.listener_failure is ListenerFailure.STOPS_THE_REST)
def listener_is_cut_off(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """A pool that will fail listens since: what the thread waits for will not reach it."""
    act.require(old.waits_for[thread].is_some & ~old.cut_off[thread], name="waits")
    new.cut_off[thread] = True


@model.action()
def drop_check_reciever_handle_cap_drop_sync(
    act: Act[Design], old: Groups, new: Groups, caller: Thread
) -> None:
    """The caller waits for something that is no thread."""
    _require_caller(act, old, caller)
    _require_outlives(act, old, caller)
    new.life[caller] = Life.WAITING


@model.action()
def awaited_event_happens(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """What the thread waits for, no thread, has happened."""
    waits = (old.life[thread] == Life.WAITING) & old.waits_for[thread].is_none
    act.require(waits, name="waits")
    _wakes(old, new, thread)


@model.action(when=lambda design: design.upgrade_right is UpgradeRight.UNCHECKED)
def thread_is_held(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """A strong capability to the thread is made of a weak one, which has no UPGRADE right."""
    act.require(has_object(old, thread) & ~old.held[thread], name="only_weak_so_far")
    new.held[thread] = True


@model.action(when=lambda design: design.upgrade_right is UpgradeRight.UNCHECKED)
def thread_is_let_go(act: Act[Design], old: Groups, new: Groups, thread: Thread) -> None:
    """The last strong capability to the thread goes."""
    act.require(old.held[thread], name="held")

    def freed(t: Thread) -> Truth:
        return (t == thread) & ~old.listed[t] & ~runs(old, t)

    def announced(t: Thread) -> Truth:
        return freed(t) & ~_was_announced(act, old, t)

    new.held[thread] = False
    _end(old, new, announced=announced, freed=freed, dead=lambda _: FALSE)


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


@model.guarantee("GRP-4", when=_announced_when_stopped)
def the_dead_hold_nothing(s: Groups) -> Truth:
    """A thread holds its spaces while it lives; they are given back once, when it stops."""
    return forall(
        Thread,
        lambda t: (
            s.references[t]
            == choose(s.life[t].one_of(Life.ABSENT, Life.DEAD), Int.of(0), Int.of(1))
        ),
    )


@model.guarantee("GRP-4", when=lambda design: not _announced_when_stopped(design))
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
