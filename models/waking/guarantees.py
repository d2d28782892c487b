"""What is promised of the switch, of the ready queue and of waits."""

from assay.lang import Step, Truth, all_of, any_of, forall
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Wait,
    Waking,
    goes_on,
    has_no_handshake,
    is_on_its_way,
    keeps_idle_threads,
    model,
    somebody_is_queued,
    uses,
)
from models.waking.switching import switch_panics
from models.waking.waits import call_returns, source_fires, timeout_fires


@model.guarantee("SCH-1")
def ready_means_queued(s: Waking) -> Truth:
    """The ready threads are those in the ready queue, and those on the way to it or from it."""
    return forall(
        Thread,
        lambda t: (s.queued[t] | is_on_its_way(s, t)) == (s.status[t] == Status.READY),
    )


@model.guarantee("SCH-1")
def nobody_is_queued_twice(s: Waking) -> Truth:
    """Who is in the ready queue is not on the way to it or from it."""
    return forall(Thread, lambda t: ~(s.queued[t] & is_on_its_way(s, t)))


@model.guarantee("SCH-2")
def one_stack_one_processor(s: Waking) -> Truth:
    """No processor picks or runs a thread that another one runs, has picked, or has yet to save."""
    return forall(
        Processor,
        Processor,
        Thread,
        lambda p, q, t: (uses(s, p, t) & uses(s, q, t)).implies(p == q),
    )


@model.guarantee("SCH-2")
def no_thread_follows_itself(s: Waking) -> Truth:
    """Nor does a processor pick a thread whose context it has yet to save."""
    return forall(Processor, Thread, lambda p, t: ~(s.current[p].holds(t) & s.other[p].holds(t)))


@model.guarantee("SCH-2")
def the_running_are_current(s: Waking) -> Truth:
    """What a processor runs is running, as its status says."""
    return forall(
        Processor, Thread, lambda p, t: s.current[p].holds(t).implies(s.status[t] == Status.RUNNING)
    )


@model.guarantee("SCH-3")
def sleepers_can_be_woken(s: Waking) -> Truth:
    """Who sleeps till something happens, and for no time, waits for what can still happen."""
    return forall(
        Thread,
        lambda t: all_of(
            s.status[t] == Status.SUSPENDED,
            s.wait[t] == Wait.SOURCE,
            ~s.limited[t],
        ).implies(s.named[t]),
    )


@model.step_guarantee("SCH-3")
def what_happens_wakes(old: Waking, step: Step, new: Waking) -> Truth:
    """Who waited for what happened is ready, and so is whose time has come."""
    told = step.argument(source_fires, "thread", Thread)
    timed_out = step.argument(timeout_fires, "thread", Thread)
    return all_of(
        step.took(source_fires).implies(new.status[told] == Status.READY),
        step.took(timeout_fires).implies(new.status[timed_out] == Status.READY),
    )


@model.step_guarantee("SCH-4")
def a_wait_returns_what_was_told_in_it(old: Waking, step: Step, new: Waking) -> Truth:
    """A wait ends with a reason of its own; a suspension may end with none, but not with a time."""
    processor = step.argument(call_returns, "processor", Processor)
    caller = old.current[processor].value
    needs_none = (old.wait[caller] == Wait.SUSPENSION) & ~old.timed_out[caller]
    return step.took(call_returns).implies(old.told[caller] | needs_none)


@model.guarantee("SCH-4")
def only_who_waited_was_told(s: Waking) -> Truth:
    """Who was told in a wait sleeps no more, and has not returned from it."""
    return forall(
        Thread,
        lambda t: s.told[t].implies(
            (s.wait[t] != Wait.NONE) & s.status[t].one_of(Status.READY, Status.RUNNING)
        ),
    )


@model.guarantee("SCH-5")
def a_wait_that_is_over_is_named_nowhere(s: Waking) -> Truth:
    """No entry names a wait that has ended."""
    return forall(Thread, lambda t: ~s.stale[t])


@model.guarantee("SCH-5")
def only_who_waits_is_named(s: Waking) -> Truth:
    """An entry names a thread that sleeps, or runs and is about to."""
    return forall(
        Thread,
        lambda t: s.named[t].implies(
            s.status[t].one_of(Status.RUNNING, Status.SUSPENDED) & (s.wait[t] == Wait.SOURCE)
        ),
    )


@model.guarantee("SCH-5")
def who_goes_on_is_named_nowhere(s: Waking) -> Truth:
    """No entry names a thread that runs and is not about to sleep."""
    return forall(Processor, Thread, lambda p, t: goes_on(s, p, t).implies(~s.named[t]))


def _has_an_idle_thread(s: Waking, processor: Processor) -> Truth:
    """It can run its own idle thread, which is neither running nor being left."""
    return s.current[processor].is_some


@model.guarantee("SCH-6", when=keeps_idle_threads)
def a_processor_always_finds_a_thread(s: Waking) -> Truth:
    """Whoever has to leave its processor leaves it to somebody: to the idle thread at least."""
    return forall(
        Processor,
        lambda p: (s.phase[p] == Phase.WANTS).implies(
            any_of(somebody_is_queued(s), _has_an_idle_thread(s, p))
        ),
    )


@model.guarantee("SCH-6", when=lambda design: not keeps_idle_threads(design))
def the_queue_always_has_a_thread(s: Waking) -> Truth:
    """Whoever has to leave its processor finds a thread in the ready queue."""
    return forall(
        Processor,
        lambda p: (s.phase[p] == Phase.WANTS).implies(
            any_of(somebody_is_queued(s), s.idle_queued > 0)
        ),
    )


@model.guarantee("ROB-2")
def there_is_room_for_all_who_are_queued(s: Waking) -> Truth:
    """Nobody gets into the ready queue without room: that the kernel does not survive."""
    return forall(Thread, lambda t: s.queued[t].implies(~s.roomless[t]))


@model.step_guarantee("ROB-1", when=has_no_handshake)
def a_switch_ends_without_panic(old: Waking, step: Step, new: Waking) -> Truth:
    """Who sleeps for a time sleeps still when its timeout is queued."""
    return ~step.took(switch_panics)
