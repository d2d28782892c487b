"""What the model speaks of: threads in their waits, and processors in the middle of a switch."""

from assay.lang import (
    Enumeration,
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
    member,
    predicate,
    some,
)
from spec.design import (
    DeliveryFault,
    Design,
    DyingObjects,
    IdleThreads,
    LateListeners,
    ListenerFailure,
    ReadyQueue,
    ReplyClaim,
    ResumeScope,
    ThreadEnd,
    WakeProtocol,
)


class Thread(Kind):
    """A thread that is no idle thread."""

    FIRST = member()


class Processor(Kind):
    """A processor; as many idle threads as there are processors stand behind them."""

    BOOT = member()


class Status(Enumeration):
    """What a thread's status word says."""

    ABSENT = member()  # no object: not made yet, or freed
    READY = member()
    RUNNING = member()  # up to where a switch gives it another status
    SUSPENDED = member()  # in a wait, or not started
    DEAD = member()  # the object is still there


class Phase(Enumeration):
    """How far a processor is with a switch."""

    RUNS = member()  # it does not switch
    TRIES = member()  # the slice is over: it switches if there is somebody to run
    WANTS = member()  # its thread cannot go on
    PICKED = member()  # who runs next is out of the ready queue
    LEAVES = member()  # it is on the next stack, and the last context is not saved yet


class Wait(Enumeration):
    """What kind of call a thread waits in, or has waited in and not returned from."""

    NONE = member()
    SUSPENSION = member()  # thread_suspend
    SOURCE = member()  # for something that is to happen


class Waking(State):
    """Threads, processors, the ready queue as a set, and whether there is memory."""

    status: Table[Thread, Status]
    queued: Table[Thread, Truth]  # in the ready queue
    picked: Table[Thread, Truth]  # out of the ready queue, for a processor that will run it
    left: Table[Thread, Truth]  # a processor that runs another is on its stack still
    gets_in: Table[Thread, Truth]  # into the ready queue as soon as that processor is not
    roomless: Table[Thread, Truth]  # no room in the ready queue could be had for it
    wait: Table[Thread, Wait]
    limited: Table[Thread, Truth]  # the wait has a timeout, which has not been heard of yet
    named: Table[Thread, Truth]  # by an entry where what it waits for can still happen
    timed_out: Table[Thread, Truth]  # its reason says so; as built that of an earlier wait may
    told: Table[Thread, Truth]  # the reason is of the wait that it is in
    stale: Table[Thread, Truth]  # such an entry names a wait of it that is over
    phase: Table[Processor, Phase]
    current: Table[Processor, Option[Thread]]  # none: an idle thread
    goes: Table[Processor, Status]  # how the current thread leaves; as built how the last one did
    other: Table[Processor, Option[Thread]]  # who was picked, then who is left; none: an idle one
    idle_queued: Int  # how many idle threads are in the ready queue, where they are
    short: Truth  # the kernel's heap has no room for anything


model = Model("waking", Waking, Design)


def has_handshake(design: Design) -> bool:
    """A thread is queued once it has left its stack; reasons are reset, ended waits unregister."""
    return design.wake_protocol is WakeProtocol.HANDSHAKE


def has_no_handshake(design: Design) -> bool:
    """A thread is queued when it is woken, wherever it is, and an ended wait leaves its entry."""
    return not has_handshake(design)


def loses_the_claimed(design: Design) -> bool:
    """A receiver is claimed before its message is copied, and stays so where that fails.

    Where a fault is told to who is at fault, all of the delivery is taken back.
    """
    return has_no_handshake(design) and design.delivery_fault is DeliveryFault.BLAME_QUEUED


def keeps_idle_threads(design: Design) -> bool:
    """Each processor has an idle thread of its own, which is in no queue."""
    return design.idle_threads is IdleThreads.PER_PROCESSOR


def queues_idle_threads(design: Design) -> bool:
    """Idle threads are in the ready queue, and any processor runs any of them."""
    return not keeps_idle_threads(design)


def grows(design: Design) -> bool:
    """Room in the ready queue is asked for when a thread gets in."""
    return design.ready_queue is ReadyQueue.GROWS


def reserves(design: Design) -> bool:
    """Room in the ready queue is asked for when a thread is made."""
    return design.ready_queue is ReadyQueue.RESERVED


def announced_when_stopped(design: Design) -> bool:
    """A thread that its group ends is dead as soon as no processor is on its stack."""
    return design.thread_end is ThreadEnd.ANNOUNCED_WHEN_STOPPED


def keeps_the_killed(design: Design) -> bool:
    """A thread that its group ends stays what it is till its object goes."""
    return not announced_when_stopped(design)


def resumes_any_wait(design: Design) -> bool:
    """thread_resume wakes a thread whatever it waits for."""
    return design.resume_scope is ResumeScope.ANY_WAIT


def loses_sources(design: Design) -> bool:
    """What a thread waits for can go without a word."""
    return (
        design.dying_objects is DyingObjects.SILENT
        or design.delivery_fault is DeliveryFault.BLAME_QUEUED
        or design.reply_claim is ReplyClaim.AT_START
        or design.late_listeners is LateListeners.WAIT_FOR_NEXT
        or design.listener_failure is ListenerFailure.STOPS_THE_REST
    )


@predicate
def has_object(s: Waking, thread: Thread) -> Truth:
    """The thread was made and not freed."""
    return s.status[thread] != Status.ABSENT


@predicate
def is_picked(s: Waking, processor: Processor, thread: Thread) -> Truth:
    """The processor will run the thread as soon as it has left the last one."""
    return (s.phase[processor] == Phase.PICKED) & s.other[processor].holds(thread)


@predicate
def is_left(s: Waking, processor: Processor, thread: Thread) -> Truth:
    """The processor runs another thread, and the context of this one is not saved yet."""
    return (s.phase[processor] == Phase.LEAVES) & s.other[processor].holds(thread)


@predicate
def uses(s: Waking, processor: Processor, thread: Thread) -> Truth:
    """The processor is on the thread's stack, was just there, or is about to be."""
    return s.current[processor].holds(thread) | s.other[processor].holds(thread)


@predicate
def is_used(s: Waking, thread: Thread) -> Truth:
    """Some processor uses the thread's stack."""
    return any_of(s.status[thread] == Status.RUNNING, s.picked[thread], s.left[thread])


@predicate
def is_on_its_way(s: Waking, thread: Thread) -> Truth:
    """The thread is ready: picked already, or to be queued when its stack is free."""
    return s.picked[thread] | s.gets_in[thread]


@predicate
def somebody_is_queued(s: Waking) -> Truth:
    """A thread is in the ready queue."""
    return exists(Thread, lambda t: s.queued[t])


@predicate
def looks_for_a_thread(s: Waking, processor: Processor) -> Truth:
    """The processor is to pick who runs next."""
    return s.phase[processor].one_of(Phase.TRIES, Phase.WANTS)


@predicate
def makes_calls(s: Waking, processor: Processor) -> Truth:
    """The processor runs a thread, and is in no switch."""
    return (s.phase[processor] == Phase.RUNS) & s.current[processor].is_some


@predicate
def has_returned(s: Waking, processor: Processor) -> Truth:
    """The processor's thread is in no wait."""
    return s.wait[s.current[processor].value] == Wait.NONE


@predicate
def somebody_makes_calls(s: Waking) -> Truth:
    """A thread runs that is in no call."""
    return exists(Processor, lambda p: makes_calls(s, p) & has_returned(s, p))


@predicate
def others_are_at_work(s: Waking, thread: Thread) -> Truth:
    """A processor runs another thread, or is about to let go of what one held."""
    return exists(
        Processor,
        lambda p: any_of(
            makes_calls(s, p) & ~s.current[p].holds(thread),
            all_of(s.phase[p] == Phase.LEAVES, s.other[p].is_some, ~s.other[p].holds(thread)),
        ),
    )


@predicate
def others_are_there(s: Waking, thread: Thread) -> Truth:
    """A processor runs another thread or idles, or is about to let go of what another held."""
    return exists(
        Processor,
        lambda p: any_of(
            (s.phase[p] == Phase.RUNS) & ~s.current[p].holds(thread),
            all_of(s.phase[p] == Phase.LEAVES, s.other[p].is_some, ~s.other[p].holds(thread)),
        ),
    )


def somebody_acts(design: Design, s: Waking, thread: Thread) -> Truth:
    """A processor may wake or end the thread.

    One that idles may: with a handshake what a thread held goes after the switch from it is over.
    """
    return others_are_there(s, thread) if has_handshake(design) else others_are_at_work(s, thread)


@predicate
def is_about_to_sleep(s: Waking, processor: Processor) -> Truth:
    """The processor's thread is on the way from a wait that it has begun to its sleep."""
    return all_of(
        s.phase[processor].one_of(Phase.WANTS, Phase.PICKED),
        s.goes[processor] == Status.SUSPENDED,
    )


@predicate
def goes_on(s: Waking, processor: Processor, thread: Thread) -> Truth:
    """The processor runs the thread, which is not about to sleep."""
    return s.current[processor].holds(thread) & ~is_about_to_sleep(s, processor)


@model.start_when(keeps_idle_threads)
def boot(new: Waking) -> None:
    """One thread runs, on one processor; the others idle."""
    new.status[Thread.FIRST] = Status.RUNNING
    new.current[Processor.BOOT] = some(Thread.FIRST)


@model.start_when(queues_idle_threads)
def boot_with_idle_threads_queued(new: Waking) -> None:
    """The same; the idle thread of that one processor is in the ready queue."""
    new.status[Thread.FIRST] = Status.RUNNING
    new.current[Processor.BOOT] = some(Thread.FIRST)
    new.idle_queued = Int.of(1)
