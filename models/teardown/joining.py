"""How threads and child groups join a group: it is looked up first, and its lock taken later."""

from assay.lang import FALSE, TRUE, Act, Truth, all_of, any_of, choose, exists, none, some
from models.teardown.choices import announced_when_stopped, closes_after_exit, walks_recursively
from models.teardown.ends import End, end, object_goes, require_keeping
from models.teardown.state import (
    Group,
    Life,
    Processor,
    Teardown,
    Thread,
    has_object,
    is_left,
    model,
    works,
)
from spec.design import Design
from spec.errors import Error


@model.action()
def group_is_looked_up(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, group: Group
) -> None:
    """thread_new and thread_group_new find the group, and hold it."""
    act.require(works(old, processor), name="in_the_kernel")
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="group_dead")
    new.admits[processor] = some(group)


def _require_admission(act: Act[Design], old: Teardown, processor: Processor) -> None:
    """The processor has looked a group up, which admits, and gets the lock of its list."""
    act.require(old.admits[processor].is_some, name="has_looked_up")
    if closes_after_exit(act.design):
        group = old.admits[processor].value
        act.check(~old.exited[group], otherwise=Error.INVL_OP, name="group_exited")
    if walks_recursively(act.design):
        act.require(old.walker[old.admits[processor].value].is_none, name="gets_the_lock")


@model.action()
def thread_joins(
    act: Act[Design],
    old: Teardown,
    new: Teardown,
    processor: Processor,
    thread: Thread,
    autostart: Truth,
) -> None:
    """The new thread gets into the group's list, and ready or to sleep."""
    _require_admission(act, old, processor)
    act.require(~has_object(old, thread), name="thread_is_new")
    new.life[thread] = choose(autostart, Life.READY, Life.BLOCKED)
    new.group[thread] = old.admits[processor]
    new.listed[thread] = True
    new.queued[thread] = autostart
    new.unannounced[thread] = old.unannounced[thread] + 1
    new.admits[processor] = none(Group)


@model.action()
def group_joins(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, child: Group
) -> None:
    """The new group gets into the list of the group above it."""
    _require_admission(act, old, processor)
    act.require(
        ~old.present[child] & old.entry[child].is_none & old.walker[child].is_none,
        name="child_is_new",
    )
    act.require(~exists(Thread, lambda t: old.group[t].holds(child)), name="no_thread_names_it")
    act.require(~exists(Group, lambda g: old.entry[g].holds(child)), name="no_list_names_it")
    new.present[child] = True
    new.entry[child] = old.admits[processor]
    new.admits[processor] = none(Group)


@model.action()
def admission_ends(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The call fails, or was refused: the group is let go of."""
    act.require(old.admits[processor].is_some, name="has_looked_up")
    new.admits[processor] = none(Group)


@model.action()
def thread_is_destroyed(
    act: Act[Design],
    old: Teardown,
    new: Teardown,
    processor: Processor,
    thread: Thread,
    kept: Truth,
) -> None:
    """Another thread, which sleeps, is ended by a call.

    Where its object tells of its end, it stays in a list that is being worked off.
    """
    act.require(works(old, processor), name="in_the_kernel")
    act.check(has_object(old, thread), otherwise=Error.INVL_WEAK, name="thread_dead")
    sleeps = old.life[thread].one_of(Life.BLOCKED, Life.SETTLING)
    act.check(sleeps, otherwise=Error.INVL_OP, name="thread_not_suspended")
    settles = old.life[thread] == Life.SETTLING
    require_keeping(act, kept)
    listed = FALSE
    if not announced_when_stopped(act.design):
        group = old.group[thread]
        listed = all_of(old.listed[thread], group.is_some, old.walker[group.value].is_some)
    holds = any_of(kept, is_left(act.design, old, thread), listed)
    end(act, old, new, thread, End(TRUE, old.life[thread], holds, is_left=settles))
    new.listed[thread] = listed
    if walks_recursively(act.design):
        goes = object_goes(act.design, old, thread, holds)
        new.killed[thread] = old.killed[thread] & ~goes
