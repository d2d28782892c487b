"""What the model speaks of: threads and where they are, groups and their lists, processors."""

from assay.lang import (
    TRUE,
    Enumeration,
    Ghost,
    Int,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    all_of,
    any_of,
    exists,
    forall,
    member,
    predicate,
    some,
)
from models.teardown.choices import (
    current_runs_on,
    has_one_stack,
    kills_anywhere,
    shakes_hands,
)
from spec.design import Design


class Thread(Kind):
    """A thread."""


class Group(Kind):
    """A thread group."""


class Processor(Kind):
    """A processor."""


class Object(Kind):
    """What a thread in the kernel has a strong reference to."""


class Life(Enumeration):
    """Where a thread is in its life, as its status word says."""

    ABSENT = member()  # no object: not made yet, or freed
    READY = member()
    RUNNING = member()
    BLOCKED = member()
    DEAD = member()  # the object is still there
    LIMBO = member()  # ready, and in no queue till a processor has left its stack
    SETTLING = member()  # the same for one that goes to sleep
    DYING = member()  # the same for one that stops
    STOPPED = member()  # the same for one that another destroyed as it went to sleep


class Place(Enumeration):
    """Where a thread goes on, or where it is."""

    USER = member()
    WAITING = member()  # at the wait of a call: what its stack refers to is written down
    KERNEL = member()  # amid the code of a call


class Teardown(State):
    """Threads, the lists of groups, the processors and the lock of the ready queue."""

    life: Table[Thread, Life]
    place: Table[Thread, Place]
    group: Table[Thread, Option[Group]]  # that it is of till it stops, dropped or not
    listed: Table[Thread, Truth]  # its group's list holds it
    killed: Table[Thread, Truth]  # its group ended it
    spared: Table[Thread, Truth]  # a drop did while its own processor walked: it runs on so far
    queued: Table[Thread, Truth]  # in the ready queue
    holds: Table[tuple[Thread, Object], Truth]  # a reference on its kernel stack
    present: Table[Group, Truth]
    exited: Table[Group, Truth]
    entry: Table[Group, Option[Group]]  # whose list names it
    walker: Table[Group, Option[Processor]]  # who ends what its list holds; as built, its lock
    drops: Table[Group, Truth]  # its walk is a part of a drop; only where that spares somebody
    there: Table[Processor, Truth]  # of those that the machine has
    current: Table[Processor, Option[Thread]]
    leaving: Table[Processor, Option[Thread]]  # on whose stack it is still
    overtaken: Table[Processor, Truth]  # whom it leaves was woken before, and may run elsewhere
    switching: Table[Processor, Truth]  # or in the timer's interrupt: no interrupt is taken
    pending: Table[Processor, Truth]  # the exit interrupt was sent to it, and not taken
    in_service: Table[Processor, Truth]  # an interrupt was taken, and not acknowledged
    admits: Table[Processor, Option[Group]]  # looked up, and held, for a new member
    queue_lock: Option[Processor]
    hand: Option[Thread]  # taken from the queue by who has its lock
    unannounced: Ghost[Thread, Int]  # the ends that nobody was told of
    frames: Ghost[Processor, Int]  # of walks on the stack that it is on, one within the other


model = Model("teardown", Teardown, Design)


@predicate
def is_current(s: Teardown, p: Processor) -> Truth:
    """The processor runs a thread, and no switch."""
    return s.current[p].is_some & ~s.switching[p]


def is_at(s: Teardown, p: Processor, place: Place) -> Truth:
    """The processor runs its thread there."""
    return is_current(s, p) & (s.place[s.current[p].value] == place)


@predicate
def walks(s: Teardown, p: Processor) -> Truth:
    """The processor has a list to work off."""
    return exists(Group, lambda g: s.walker[g].holds(p))


@predicate
def is_free(s: Teardown, p: Processor) -> Truth:
    """The processor is in no section that nothing may interrupt, and has no lock."""
    return all_of(~walks(s, p), s.admits[p].is_none, ~s.queue_lock.holds(p))


def works(s: Teardown, p: Processor) -> Truth:
    """The processor runs its thread amid the code of a call, and can begin a section."""
    return is_at(s, p, Place.KERNEL) & is_free(s, p)


def takes_interrupts(design: Design, s: Teardown, p: Processor) -> Truth:
    """The processor would take an interrupt."""
    takes = all_of(~s.switching[p], ~s.in_service[p], is_free(s, p))
    return takes & ~is_at(s, p, Place.KERNEL) if has_one_stack(design) else takes


def is_left(design: Design, s: Teardown, t: Thread) -> Truth:
    """A processor that runs it no more is on its stack still.

    Its status tells, but for a thread that is woken without a handshake.
    """
    told = s.life[t].one_of(Life.LIMBO, Life.SETTLING, Life.DYING, Life.STOPPED)
    return (
        told if shakes_hands(design) else told | exists(Processor, lambda p: s.leaving[p].holds(t))
    )


def on_processor(design: Design, s: Teardown, t: Thread) -> Truth:
    """A processor runs the thread, or is on its stack still."""
    return (s.life[t] == Life.RUNNING) | is_left(design, s, t)


@predicate
def has_object(s: Teardown, t: Thread) -> Truth:
    """The thread was made and not freed."""
    return s.life[t] != Life.ABSENT


@predicate
def unwinds(s: Teardown, t: Thread) -> Truth:
    """It was ended amid kernel code, and has to run on to where it lets go of what it holds."""
    return s.killed[t] & (s.life[t] == Life.READY) & (s.place[t] == Place.KERNEL)


def is_held(design: Design, s: Teardown, t: Thread) -> Truth:
    """A list, a processor or a hand holds the thread's object; a capability may as well."""
    held = any_of(s.listed[t], on_processor(design, s, t), s.hand.holds(t))
    return held if kills_anywhere(design) else held | unwinds(s, t)


@predicate
def is_closed_group(s: Teardown, g: Group) -> Truth:
    """Its exit or its drop has begun."""
    return s.exited[g] | ~s.present[g]


@predicate
def is_walked(s: Teardown, g: Group) -> Truth:
    """Its exit or its drop has begun, and its list was worked off."""
    return is_closed_group(s, g) & s.walker[g].is_none


@predicate
def has_stopped(s: Teardown, t: Thread) -> Truth:
    """The thread is dead or gone, and no processor is on its stack."""
    return s.life[t].one_of(Life.ABSENT, Life.DEAD)


@predicate
def stops_when_left(s: Teardown, t: Thread) -> Truth:
    """It was ended at a wait, and a processor is on its stack still."""
    is_left = s.life[t].one_of(Life.SETTLING, Life.LIMBO)
    return all_of(s.killed[t], is_left, s.place[t] == Place.WAITING)


def holds_nothing(s: Teardown, t: Thread) -> Truth:
    """No reference is on the thread's stack."""
    return forall(Object, lambda o: ~s.holds[t, o])


def may_go_on(design: Design, s: Teardown, p: Processor) -> Truth:
    """The processor's thread may go on to user code.

    One that a drop spared may, and where the interrupt kills one that another processor ended: the
    interrupt is coming.
    """
    thread = s.current[p].value
    goes = ~s.killed[thread]
    if current_runs_on(design):
        goes = goes | s.spared[thread]
    if kills_anywhere(design):
        goes = any_of(goes, s.pending[p], is_ended_elsewhere(s, p))
    return goes


def is_ended_elsewhere(s: Teardown, p: Processor) -> Truth:
    """Another processor works off the list of the group of the thread that this one runs."""
    walker = s.walker[s.group[s.current[p].value].value]
    return walker.is_some & ~walker.holds(p)


@model.start
def boot(new: Teardown, thread: Thread, group: Group, processor: Processor) -> None:
    """One thread runs, in one group; the other processors are idle."""
    new.life[thread] = Life.RUNNING
    new.group[thread] = some(group)
    new.listed[thread] = True
    new.unannounced[thread] = 1
    new.present[group] = True
    new.there.each(lambda p: TRUE)
    new.current[processor] = some(thread)
