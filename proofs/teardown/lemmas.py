"""Why the guarantees of teardown are inductive."""

from assay.lang import Claims, Truth, all_of, exists, forall
from models.teardown.choices import (
    announced_when_stopped,
    closes_after_exit,
    current_runs_on,
    has_one_stack,
    kills_anywhere,
    shakes_hands,
)
from models.teardown.state import (
    Group,
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    has_object,
    is_at,
    is_closed_group,
    is_current,
    is_walked,
    unwinds,
)
from spec.design import Design

LEFT = (Life.LIMBO, Life.SETTLING, Life.DYING, Life.STOPPED)
"""Of a thread that no processor runs, and on whose stack one is still."""

lemmas = Claims(Teardown, Design)


@lemmas.auxiliary()
def the_current_run(s: Teardown) -> Truth:
    """Whom a processor runs has the status of it."""
    return forall(
        Processor, Thread, lambda p, t: s.current[p].holds(t).implies(s.life[t] == Life.RUNNING)
    )


@lemmas.auxiliary(when=shakes_hands)
def the_left_do_not_run(s: Teardown) -> Truth:
    """Whom a processor leaves has the status of it."""
    return forall(
        Processor,
        Thread,
        lambda p, t: s.leaving[p].holds(t).implies(s.life[t].one_of(*LEFT)),
    )


@lemmas.auxiliary()
def processors_leave_stacks_in_switches(s: Teardown) -> Truth:
    """Who is on another stack switches."""
    return forall(Processor, lambda p: s.leaving[p].is_some.implies(s.switching[p]))


@lemmas.auxiliary(when=shakes_hands)
def one_processor_leaves_a_thread(s: Teardown) -> Truth:
    """A stack is left once."""
    return forall(
        Processor,
        Processor,
        Thread,
        lambda p, q, t: (s.leaving[p].holds(t) & s.leaving[q].holds(t)).implies(p == q),
    )


@lemmas.auxiliary(when=announced_when_stopped)
def the_hand_is_of_who_has_the_lock(s: Teardown) -> Truth:
    """Who has the queue's lock holds what it took, in a switch, and runs nobody."""
    return forall(
        Processor,
        lambda p: all_of(
            s.hand.is_some.implies(s.queue_lock.is_some),
            s.queue_lock.holds(p).implies(s.hand.is_some & s.switching[p] & s.current[p].is_none),
        ),
    )


@lemmas.auxiliary(when=shakes_hands)
def who_was_taken_is_ready(s: Teardown) -> Truth:
    """Who was taken from the queue stands there no more, and was ready."""
    return forall(
        Thread,
        lambda t: s.hand.holds(t).implies(s.life[t].one_of(Life.READY, Life.DEAD) & ~s.queued[t]),
    )


@lemmas.auxiliary()
def threads_are_where_their_life_says(s: Teardown) -> Truth:
    """Only the ready are queued; who was ended is in no list; what is gone is nowhere."""
    return forall(
        Thread,
        lambda t: all_of(
            s.queued[t].implies(s.life[t] == Life.READY),
            ~(s.killed[t] & s.listed[t]),
            has_object(s, t)
            | all_of(~s.killed[t], ~s.listed[t], s.group[t].is_none, s.place[t] == Place.USER),
        ),
    )


@lemmas.auxiliary()
def only_in_the_kernel_is_anything_held(s: Teardown) -> Truth:
    """In user code nothing is on the kernel stack, but on that of who died where it waited."""
    return forall(
        Thread,
        Object,
        lambda t, o: (s.holds[t, o] & (s.place[t] == Place.USER)).implies(
            s.life[t].one_of(Life.DEAD, Life.STOPPED)
        ),
    )


@lemmas.auxiliary()
def only_processors_that_are_there_work(s: Teardown) -> Truth:
    """Whoever runs a thread or switches is of the machine."""
    return forall(Processor, lambda p: (s.current[p].is_some | s.switching[p]).implies(s.there[p]))


@lemmas.auxiliary(when=announced_when_stopped)
def the_living_are_listed_or_ended(s: Teardown) -> Truth:
    """A thread leaves its list by its end."""
    return forall(
        Thread,
        lambda t: (
            s.life[t].one_of(Life.ABSENT, Life.DEAD, Life.DYING, Life.STOPPED)
            | ((s.listed[t] | s.killed[t]) & s.group[t].is_some)
        ),
    )


def _is_on_a_processor_or_dead(s: Teardown, t: Thread) -> Truth:
    return s.life[t].one_of(Life.RUNNING, Life.DEAD, *LEFT)


def _ended_stop(design: Design) -> bool:
    return announced_when_stopped(design) and shakes_hands(design)


@lemmas.auxiliary(when=_ended_stop)
def the_dead_have_left(s: Teardown) -> Truth:
    """Who has stopped is of no group, in no list and in no queue."""
    return forall(
        Thread,
        lambda t: (
            s.life[t]
            .one_of(Life.DEAD, Life.STOPPED)
            .implies(
                all_of(s.group[t].is_none, ~s.listed[t], ~s.queued[t], s.place[t] == Place.USER)
            )
        ),
    )


@lemmas.auxiliary(when=lambda d: _ended_stop(d) and kills_anywhere(d))
def the_ended_stop(s: Teardown) -> Truth:
    """Whom its group ended runs, is being left, or is dead."""
    return forall(Thread, lambda t: s.killed[t].implies(_is_on_a_processor_or_dead(s, t)))


@lemmas.auxiliary(when=lambda d: _ended_stop(d) and not kills_anywhere(d))
def the_ended_stop_or_unwind(s: Teardown) -> Truth:
    """Whom its group ended runs, is being left, is dead, or runs on to where it can stop."""
    return forall(
        Thread,
        lambda t: s.killed[t].implies(_is_on_a_processor_or_dead(s, t) | unwinds(s, t)),
    )


@lemmas.auxiliary(when=lambda d: kills_anywhere(d) and not current_runs_on(d))
def the_ended_are_interrupted(s: Teardown) -> Truth:
    """Whom its group ended, and a processor runs, the interrupt finds, or it will be sent."""
    return forall(
        Processor,
        Thread,
        lambda p, t: all_of(is_current(s, p), s.current[p].holds(t), s.killed[t]).implies(
            s.pending[p] | (s.group[t].is_some & s.walker[s.group[t].value].is_some)
        ),
    )


@lemmas.auxiliary(when=closes_after_exit)
def walked_lists_hold_no_thread(s: Teardown) -> Truth:
    """A list that was worked off is empty."""
    return forall(
        Thread,
        Group,
        lambda t, g: (s.listed[t] & s.group[t].holds(g)).implies(~is_walked(s, g)),
    )


@lemmas.auxiliary(when=closes_after_exit)
def walked_lists_hold_no_group(s: Teardown) -> Truth:
    """The same for child groups."""
    return forall(Group, Group, lambda c, g: s.entry[c].holds(g).implies(~is_walked(s, g)))


@lemmas.auxiliary()
def ends_of_groups_begin_with_a_flag(s: Teardown) -> Truth:
    """What is walked has exited or is gone, and what is gone has not exited."""
    return forall(
        Group,
        lambda g: all_of(
            s.exited[g].implies(s.present[g]),
            s.walker[g].is_some.implies(is_closed_group(s, g)),
        ),
    )


@lemmas.auxiliary()
def who_walks_is_in_the_kernel(s: Teardown) -> Truth:
    """A walk goes on amid a call or a switch, and nothing else beside it."""
    return forall(
        Processor,
        Group,
        lambda p, g: (
            s.walker[g]
            .holds(p)
            .implies((s.switching[p] | is_at(s, p, Place.KERNEL)) & s.admits[p].is_none)
        ),
    )


@lemmas.auxiliary()
def who_admits_is_in_a_call(s: Teardown) -> Truth:
    """A group is looked up amid a call, and held."""
    return forall(
        Processor,
        lambda p: s.admits[p].is_some.implies(
            is_at(s, p, Place.KERNEL) & s.present[s.admits[p].value]
        ),
    )


@lemmas.auxiliary(when=kills_anywhere)
def who_walks_holds_nothing(s: Teardown) -> Truth:
    """Where a walk ends its own thread, that has let go of everything before."""
    return forall(
        Processor,
        Group,
        Object,
        lambda p, g, o: (s.walker[g].holds(p) & is_current(s, p)).implies(
            ~s.holds[s.current[p].value, o]
        ),
    )


@lemmas.auxiliary(apart=True)
def some_processor_is_there(s: Teardown) -> Truth:
    """The machine has one."""
    return exists(Processor, lambda p: s.there[p])


@lemmas.auxiliary(when=_ended_stop, apart=True)
def who_runs_has_a_processor(s: Teardown) -> Truth:
    """Who has the status of it is run by somebody."""
    return forall(
        Thread,
        lambda t: (s.life[t] == Life.RUNNING).implies(
            exists(Processor, lambda p: s.current[p].holds(t))
        ),
    )


@lemmas.auxiliary(when=_ended_stop, apart=True)
def who_is_left_has_a_processor(s: Teardown) -> Truth:
    """Who has the status of it is being left by somebody."""
    return forall(
        Thread,
        lambda t: (
            s.life[t].one_of(*LEFT).implies(exists(Processor, lambda p: s.leaving[p].holds(t)))
        ),
    )


@lemmas.auxiliary(when=_ended_stop)
def the_ready_are_queued(s: Teardown) -> Truth:
    """Who is ready stands in the queue, or was just taken from it."""
    return forall(
        Thread, lambda t: (s.life[t] == Life.READY).implies(s.queued[t] | s.hand.holds(t))
    )


@lemmas.auxiliary(when=has_one_stack)
def who_is_in_a_call_runs(s: Teardown) -> Truth:
    """Where the kernel takes no interrupt, nobody is left amid a call."""
    return forall(Thread, lambda t: (s.place[t] == Place.KERNEL).implies(s.life[t] == Life.RUNNING))


@lemmas.auxiliary(when=has_one_stack)
def who_is_in_a_call_does_not_switch(s: Teardown) -> Truth:
    """Nor is anybody about to run amid one."""
    return forall(
        Processor,
        Thread,
        lambda p, t: (s.current[p].holds(t) & (s.place[t] == Place.KERNEL)).implies(
            ~s.switching[p]
        ),
    )


@lemmas.auxiliary(when=_ended_stop)
def who_goes_to_sleep_waits(s: Teardown) -> Truth:
    """Who is being left to sleep has come to the wait of its call."""
    return forall(
        Thread, lambda t: (s.life[t] == Life.SETTLING).implies(s.place[t] == Place.WAITING)
    )


@lemmas.auxiliary(when=_ended_stop)
def the_dying_are_in_no_call(s: Teardown) -> Truth:
    """Who stops has come to the end of its call, or waits in it."""
    return forall(Thread, lambda t: (s.life[t] == Life.DYING).implies(s.place[t] != Place.KERNEL))
