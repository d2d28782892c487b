"""GRP-1, GRP-2, GRP-3 and GRP-6: who is in a group, and what its end means."""

from collections.abc import Iterable, Iterator

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import has_ended, title
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Outcome
from reference_kernel.parties import ListeningPool
from reference_kernel.state import (
    NOTHING,
    CapabilitySpace,
    Chore,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.design import Design
from spec.syscalls import BY_NAME

_EXIT_GROUP = BY_NAME["thread_group_exit"].number
_EXIT_SYNC = BY_NAME["thread_handle_thread_exit_sync"].number


def _undisturbed(after: State) -> Iterator[int]:
    """The threads that run where no exit is still to be told of.

    The end of a group is complete once its members were looked at, and every other processor took
    its interrupt and is back in the program of its thread; one that can take none has nothing left
    to hear.
    """
    if any(chore.chore in _ENDS for each in after.processors for chore in each.pending):
        return
    for each in after.processors:
        heard = each.unacknowledged or not each.interrupted
        if each.current != NOTHING and heard and not each.is_busy:
            yield each.current


_ENDS = (Chore.KILL, Chore.EXIT, Chore.INTERRUPT)


def nothing_outlives_exit(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No thread that runs is in a group whose exit is complete, nor below one."""
    for thread in _undisturbed(after):
        runs = after.body(thread)
        assert isinstance(runs, Thread), thread
        name = runs.group
        while isinstance(group := after.body(name), ThreadGroup):
            if group.exited:
                return (
                    f"{title(after, thread)} runs, and {title(after, name)}, "
                    "to which it belongs, has exited"
                )
            name = group.parent
    return None


def exited_groups_admit_nobody(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Who is in an exited group entered it afterwards: an exit empties it."""
    return _admitted(after, sorted(after.objects))


def _exited_groups_admit_nobody_here(
    _design: Design, before: State, event: Event, _outcome: Outcome, after: State
) -> str | None:
    return _stays_open(before, event, after) or _admitted(after, changed_objects(before, after))


def _stays_open(before: State, event: Event, after: State) -> str | None:
    """Whether the call that ends a group emptied it, and it does not say that it has exited."""
    made = part_of(before, event)
    if not isinstance(made, CallMade) or made.number != _EXIT_GROUP:
        return None
    caller = before.body(made.thread)
    space = before.body(caller.capability_space) if isinstance(caller, Thread) else None
    if not isinstance(space, CapabilitySpace):
        return None
    name = space.entries.get(made.arguments[0], NOTHING)
    old, new = before.body(name), after.body(name)
    if not isinstance(old, ThreadGroup) or not isinstance(new, ThreadGroup):
        return None
    stays_open = old.members and not new.members and not new.exited
    return f"{title(after, name)} was ended, and is as open as before" if stays_open else None


def _admitted(after: State, names: Iterable[int]) -> str | None:
    for name in names:
        group = after.body(name)
        if isinstance(group, ThreadGroup) and group.exited and group.members:
            return f"{title(after, group.members[-1])} is in {title(after, name)}, which has exited"
    return None


def dropped_groups_leave_their_parent(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No living group has a dead entry, and the running thread was not dropped with its group."""
    for name in sorted(after.objects):
        group = after.body(name)
        for member in group.members if isinstance(group, ThreadGroup) else ():
            if after.body(member) is None:
                return f"{title(after, name)} still lists {title(after, member)}, which is gone"
    return _dropped_but_runs(after)


def _dropped_groups_leave_their_parent_here(
    _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    for name in changed_objects(before, after):
        old = before.body(name)
        if isinstance(old, ThreadGroup) and after.body(name) is None:
            parent = after.body(old.parent)
            if isinstance(parent, ThreadGroup) and name in parent.members:
                return f"{title(after, old.parent)} still lists {title(after, name)}, which is gone"
    return _dropped_but_runs(after)


def _dropped_but_runs(after: State) -> str | None:
    for thread in _undisturbed(after):
        runs = after.body(thread)
        if isinstance(runs, Thread) and not runs.is_alive:
            return f"{title(after, thread)} runs on, though its group ended it"
    return None


def exit_is_announced_once(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Nobody waits for the end of a thread that has ended, and no end was told twice."""
    for name in sorted(after.objects):
        body = after.body(name)
        if isinstance(body, Thread):
            broken = _untold(after, name, body)
            if broken:
                return broken
    return None


def _untold(after: State, name: int, body: Thread) -> str | None:
    call = body.call
    if body.announced > 1:
        return f"the end of {title(after, name)} was announced {body.announced} times"
    if has_ended(after, name) and not body.announced and _has_pools(body):
        return f"{title(after, name)} has ended, and a pool that listens was not told"
    if body.state is not ThreadState.SUSPENDED or call is None or call.number != _EXIT_SYNC:
        return None
    if has_ended(after, body.waits_on):
        return (
            f"{title(after, name)} waits for the end of {title(after, body.waits_on)}, "
            "which has ended"
        )
    return None


def _has_pools(body: Thread) -> bool:
    listeners = body.exit_event.once + body.exit_event.always
    return any(isinstance(each, ListeningPool) for each in listeners)


CHECKS = (
    full("GRP-1", nothing_outlives_exit),
    quick("GRP-1", nothing_outlives_exit, "processors", Thread, ThreadGroup),
    full("GRP-2", exited_groups_admit_nobody),
    quick("GRP-2", _exited_groups_admit_nobody_here, ThreadGroup),
    full("GRP-3", dropped_groups_leave_their_parent),
    quick("GRP-3", _dropped_groups_leave_their_parent_here, "processors", Thread, ThreadGroup),
    full("GRP-6", exit_is_announced_once),
    quick("GRP-6", exit_is_announced_once, "processors", Thread),
)
