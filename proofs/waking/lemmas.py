"""Why the guarantees of waking are inductive."""

from assay.lang import Claims, Truth, all_of, any_of, exists, forall
from models.waking.state import (
    Phase,
    Processor,
    Status,
    Thread,
    Wait,
    Waking,
    goes_on,
    grows,
    has_handshake,
    is_about_to_sleep,
    is_left,
    is_picked,
    loses_sources,
    resumes_any_wait,
)
from spec.design import Design

lemmas = Claims(Waking, Design)


def _tells_all(design: Design) -> bool:
    """Nobody is woken from a wait for a source but by that, or by its time."""
    return has_handshake(design) and not resumes_any_wait(design)


@lemmas.auxiliary()
def who_does_not_switch_leaves_nobody(s: Waking) -> Truth:
    """There is another thread from where it is picked to where the last one is left."""
    return forall(
        Processor,
        lambda p: s.phase[p].one_of(Phase.PICKED, Phase.LEAVES) | s.other[p].is_none,
    )


@lemmas.auxiliary()
def threads_leave_in_three_ways(s: Waking) -> Truth:
    """Whoever is to leave does so ready, to sleep, or to be dead."""
    return forall(
        Processor,
        lambda p: all_of(
            s.goes[p] != Status.RUNNING,
            (s.phase[p] == Phase.RUNS).implies(s.goes[p] == Status.ABSENT),
            ((s.phase[p] == Phase.TRIES) & s.current[p].is_none).implies(
                s.goes[p] == Status.ABSENT
            ),
            (s.phase[p] == Phase.TRIES).implies(s.goes[p].one_of(Status.ABSENT, Status.READY)),
            (s.phase[p] == Phase.WANTS).implies(s.current[p].is_some),
            (
                s.phase[p].one_of(Phase.TRIES, Phase.WANTS, Phase.PICKED) & s.current[p].is_some
            ).implies(s.goes[p] != Status.ABSENT),
        ),
    )


@lemmas.auxiliary(when=has_handshake)
def how_a_thread_left_is_forgotten(s: Waking) -> Truth:
    """What matters then is whether it is ready."""
    return forall(Processor, lambda p: (s.phase[p] != Phase.LEAVES) | (s.goes[p] == Status.ABSENT))


@lemmas.auxiliary()
def the_picked_are_ready(s: Waking) -> Truth:
    """Who was taken out of the ready queue is ready till the switch."""
    return forall(Processor, Thread, lambda p, t: is_picked(s, p, t).implies(s.picked[t]))


@lemmas.auxiliary()
def the_left_are_known(s: Waking) -> Truth:
    """Of each stack that a processor has yet to leave it is known."""
    return forall(Processor, Thread, lambda p, t: is_left(s, p, t).implies(s.left[t]))


@lemmas.auxiliary(when=has_handshake)
def the_left_are_what_they_left_as(s: Waking) -> Truth:
    """Who is left does not run, and gets into the queue if it is ready."""
    return forall(
        Thread,
        lambda t: all_of(
            s.left[t].implies(
                s.status[t].one_of(Status.READY, Status.SUSPENDED, Status.DEAD) & ~s.picked[t]
            ),
            s.gets_in[t] == (s.left[t] & (s.status[t] == Status.READY)),
        ),
    )


@lemmas.auxiliary()
def the_ended_do_not_wait(s: Waking) -> Truth:
    """Who is dead or gone is as if it had never waited."""
    return forall(
        Thread,
        lambda t: any_of(
            ~s.status[t].one_of(Status.ABSENT, Status.DEAD),
            all_of(s.wait[t] == Wait.NONE, ~s.limited[t], ~s.named[t], ~s.told[t]),
        ),
    )


@lemmas.auxiliary()
def only_sleep_in_a_wait_is_limited(s: Waking) -> Truth:
    """Who was not started sleeps for no time."""
    return forall(
        Thread,
        lambda t: ((s.status[t] == Status.SUSPENDED) & s.limited[t]).implies(
            s.wait[t] != Wait.NONE
        ),
    )


@lemmas.auxiliary(when=has_handshake)
def who_goes_on_has_no_limit(s: Waking) -> Truth:
    """A timeout is forgotten with the sleep that had it."""
    return forall(
        Processor,
        Thread,
        lambda p, t: all_of(
            goes_on(s, p, t).implies(~s.limited[t]),
            (s.status[t] == Status.READY).implies(~s.limited[t]),
        ),
    )


@lemmas.auxiliary()
def who_is_about_to_sleep_was_not_told(s: Waking) -> Truth:
    """It is in a wait, and nobody is told before it sleeps."""
    return forall(
        Processor,
        Thread,
        lambda p, t: (s.current[p].holds(t) & is_about_to_sleep(s, p)).implies(
            (s.wait[t] != Wait.NONE) & ~s.told[t]
        ),
    )


@lemmas.auxiliary(when=lambda design: not loses_sources(design))
def who_is_about_to_sleep_is_named(s: Waking) -> Truth:
    """A wait for a source is registered before its thread leaves the processor."""
    return forall(
        Processor,
        Thread,
        lambda p, t: all_of(
            s.current[p].holds(t), is_about_to_sleep(s, p), s.wait[t] == Wait.SOURCE
        ).implies(s.named[t] | s.limited[t]),
    )


@lemmas.auxiliary(when=_tells_all)
def who_goes_on_was_told(s: Waking) -> Truth:
    """Who runs in a wait for a source that it is back from was told in it."""
    return forall(
        Processor,
        Thread,
        lambda p, t: (goes_on(s, p, t) & (s.wait[t] == Wait.SOURCE)).implies(s.told[t]),
    )


@lemmas.auxiliary(when=_tells_all)
def the_ready_were_told(s: Waking) -> Truth:
    """So was who is ready in such a wait."""
    return forall(
        Thread,
        lambda t: ((s.status[t] == Status.READY) & (s.wait[t] == Wait.SOURCE)).implies(s.told[t]),
    )


@lemmas.auxiliary(when=has_handshake)
def no_time_is_left_over(s: Waking) -> Truth:
    """That a time has come is said in the wait that had it."""
    return forall(Thread, lambda t: s.timed_out[t].implies(s.told[t]))


@lemmas.auxiliary(when=lambda design: not grows(design))
def every_thread_has_room(s: Waking) -> Truth:
    """It was reserved when the thread was made, or is part of it."""
    return forall(Thread, lambda t: ~s.roomless[t])


@lemmas.auxiliary(when=has_handshake, apart=True)
def the_left_and_the_picked_have_a_processor(s: Waking) -> Truth:
    """Somebody leaves the one, and is about to run the other."""
    return forall(
        Thread,
        lambda t: all_of(
            s.left[t].implies(exists(Processor, lambda p: is_left(s, p, t))),
            s.picked[t].implies(exists(Processor, lambda p: is_picked(s, p, t))),
        ),
    )
