"""Calls that make groups and threads, and the ends of groups."""

from assay.lang import FALSE, Act, Truth, all_of, choose, exists, none, some
from models.thread_groups.ends import empty, is_entry_below
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    current_runs_on,
    has_object,
    is_below,
    model,
    somebody_runs,
)
from spec.design import Design, GroupAdmission, GroupDrop
from spec.errors import Error


@model.action()
def thread_group_new(
    act: Act[Design], old: Groups, new: Groups, parent: Group, child: Group
) -> None:
    """A group below another one."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.check(old.present[parent], otherwise=Error.INVL_WEAK, name="parent_dead")
    if act.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT:
        act.check(~old.exited[parent], otherwise=Error.INVL_OP, name="parent_exited")
    act.require(
        all_of(
            ~old.present[child],
            old.entry[child].is_none,
            ~exists(Thread, lambda t: old.group[t].holds(child)),
        ),
        name="child_is_new",
    )
    new.present[child] = True
    new.entry[child] = some(parent)
    new.under.row(child, lambda g: (g == child) | old.under[parent, g])


@model.action()
def thread_group_exit(act: Act[Design], old: Groups, new: Groups, group: Group) -> None:
    """Every thread of the group and of those below it ends, the caller last."""
    act.require(somebody_runs(old), name="somebody_runs")
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="group_dead")
    empty(act, old, new, group, stops_current=True)
    new.exited.each(lambda g: old.exited[g] | old.under[g, group])
    new.entry.each(
        lambda g: choose(is_entry_below(old, g, group), none(Group), old.entry[g]),
    )
    new.under.each(lambda a, b: old.under[a, b] & ((a == b) | ~is_below(old, a, group)))


@model.action()
def thread_group_drop(act: Act[Design], old: Groups, new: Groups, group: Group) -> None:
    """The last capability to the group goes: what it has left ends, as by an exit."""
    act.require(old.present[group], name="present")
    empty(act, old, new, group, stops_current=not current_runs_on(act.design))
    new.present[group] = False
    new.exited.each(lambda g: (g != group) & (old.exited[g] | old.under[g, group]))

    def leaves_list(g: Group) -> Truth:
        unlinked = act.design.group_drop is GroupDrop.UNLINKED
        return is_entry_below(old, g, group) | ((g == group) if unlinked else FALSE)

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
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="thread_group_dead")
    if act.design.group_admission is GroupAdmission.CLOSED_AFTER_EXIT:
        act.check(~old.exited[group], otherwise=Error.INVL_OP, name="thread_group_exited")
    act.require(
        ~has_object(old, thread) & ~exists(Thread, lambda t: old.waits_for[t].holds(thread)),
        name="thread_is_new",
    )
    new.life[thread] = choose(autostart, Life.READY, Life.SUSPENDED)
    new.group[thread] = some(group)
    new.listed[thread] = True
    new.queued[thread] = autostart
    new.references[thread] = old.references[thread] + 1
