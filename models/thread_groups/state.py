"""What the model speaks of: threads, groups, and how a thread is doing."""

from assay.lang import (
    Enumeration,
    Ghost,
    Int,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    any_of,
    exists,
    member,
    predicate,
    some,
)
from spec.design import (
    DeliveryFault,
    Design,
    GroupDropCurrent,
    ListenerFailure,
    ListenerRemoval,
    ResumeScope,
    ThreadEnd,
    UpgradeRight,
    WakeProtocol,
    WeakCapabilities,
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


def announced_when_stopped(design: Design) -> bool:
    """A thread that stops is dead for everybody, not only when its object goes."""
    return design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED


def current_runs_on(design: Design) -> bool:
    """The drop of its group leaves the running thread on the processor."""
    return design.group_drop_current is GroupDropCurrent.RUNS_ON


def listeners_are_removed(design: Design) -> bool:
    """There is a call that removes a listener."""
    return design.listener_removal is ListenerRemoval.REMOVE_CALL


def listeners_fail(design: Design) -> bool:
    """A listener that cannot be told keeps those before it from being told."""
    return design.listener_failure is ListenerFailure.STOPS_THE_REST


def loses_the_claimed(design: Design) -> bool:
    """A receiver is claimed before its message is copied, and stays so where that fails.

    Where a fault is told to who is at fault, all of the delivery is taken back.
    """
    is_early = design.wake_protocol is WakeProtocol.AS_IS
    return is_early and design.delivery_fault is DeliveryFault.BLAME_QUEUED


def resumes_any_wait(design: Design) -> bool:
    """thread_resume wakes a thread whatever it waits for."""
    return design.resume_scope is ResumeScope.ANY_WAIT


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


def keeps_weak(design: Design) -> bool:
    """Whether there are weak capabilities."""
    return design.weak_capabilities is WeakCapabilities.KEPT


def threads_can_be_held(design: Design) -> bool:
    """Whether a thread can have a strong capability: all have, or anybody may make one."""
    return not keeps_weak(design) or design.upgrade_right is UpgradeRight.UNCHECKED


@predicate
def is_below(s: Groups, below: Group, group: Group) -> Truth:
    """The first is another group, which an exit of the second reaches."""
    return s.under[below, group] & (below != group)


@model.start_when(keeps_weak)
def boot(new: Groups) -> None:
    """One thread runs, in one group."""
    _boot(new)


@model.start_when(lambda design: not keeps_weak(design))
def boot_without_weak(new: Groups) -> None:
    """The same; its own space holds the thread."""
    _boot(new)
    new.held[Thread.FIRST] = True


def _boot(new: Groups) -> None:
    new.life[Thread.FIRST] = Life.RUNNING
    new.group[Thread.FIRST] = some(Group.FIRST)
    new.listed[Thread.FIRST] = True
    new.references[Thread.FIRST] = 1
    new.present[Group.FIRST] = True
    new.under[Group.FIRST, Group.FIRST] = True
