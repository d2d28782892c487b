"""What must hold, by id, for any number of threads, groups, processors and objects."""

from collections.abc import Callable

from assay.lang import Int, Step, Truth, all_of, any_of, choose, exists, forall
from models.teardown.choices import (
    announced_when_stopped,
    checks_on_return,
    has_one_stack,
    kills_anywhere,
    releases_waits,
)
from models.teardown.ends import destructor, waited_is_released
from models.teardown.groups import exit_begins, walk_ends_thread, walk_reaches
from models.teardown.inside import leaves_kernel, releases_reference
from models.teardown.joining import group_joins, thread_joins
from models.teardown.picking import ended_is_skipped, thread_is_chosen
from models.teardown.processors import interrupt_passes
from models.teardown.state import (
    Group,
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    has_object,
    has_stopped,
    is_current,
    is_free,
    model,
    stops_when_left,
    walks,
)
from spec.design import Design

_STOPS = (Life.ABSENT, Life.DEAD, Life.DYING, Life.STOPPED)
"""Of a thread that does not live on."""


@model.guarantee("GRP-1", when=kills_anywhere)
def who_can_be_interrupted_will_be(s: Teardown) -> Truth:
    """A member of a group whose exit was walked runs with interrupts off, or is interrupted.

    The exit is complete when those interrupts are taken.
    """
    return forall(
        Processor,
        Thread,
        Group,
        lambda p, t, g: (
            is_current(s, p)
            & s.current[p].holds(t)
            & s.group[t].holds(g)
            & s.exited[g]
            & s.walker[g].is_none
            & is_free(s, p)
        ).implies(s.pending[p]),
    )


@model.guarantee("GRP-1", when=checks_on_return)
def who_is_in_user_code_will_be_interrupted(s: Teardown) -> Truth:
    """A member of a group whose exit was walked is in the kernel, or is interrupted.

    The exit is complete when those interrupts are taken and who was in the kernel has ended its
    call: nobody comes out of it.
    """
    return forall(
        Processor,
        Thread,
        Group,
        lambda p, t, g: (
            is_current(s, p)
            & s.current[p].holds(t)
            & s.group[t].holds(g)
            & s.exited[g]
            & s.walker[g].is_none
            & (s.place[t] == Place.USER)
        ).implies(s.pending[p]),
    )


def _has_exited_group(s: Teardown, t: Thread) -> Truth:
    """The group of the thread is there, and has exited."""
    return s.group[t].is_some & s.exited[s.group[t].value]


def _do_not_return(old: Teardown, step: Step, which: Callable[[Thread], Truth]) -> Truth:
    """Such threads do not come from the kernel to user code once their group ended them."""
    processor = step.argument(leaves_kernel, "processor", Processor)
    return step.took(leaves_kernel).implies(
        forall(
            Thread,
            lambda t: (old.current[processor].holds(t) & which(t)).implies(~old.killed[t]),
        )
    )


@model.step_guarantee("GRP-1", when=checks_on_return)
def the_ended_do_not_return(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Nobody that the exit of its group ended comes from the kernel to user code."""
    return _do_not_return(old, step, lambda t: _has_exited_group(old, t))


@model.step_guarantee("GRP-1")
def no_list_lets_a_child_live(old: Teardown, step: Step, new: Teardown) -> Truth:
    """A group leaves the list of another only as its own end begins, or has begun."""
    return forall(
        Group,
        lambda c: (old.entry[c].is_some & new.entry[c].is_none).implies(
            (new.exited[c] & (new.walker[c].is_some | old.exited[c])) | ~new.present[c]
        ),
    )


@model.step_guarantee("GRP-1")
def who_joins_is_reached(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Who joins a group stands in its list, where the end of the group finds it."""
    of_thread = step.argument(thread_joins, "processor", Processor)
    thread = step.argument(thread_joins, "thread", Thread)
    of_group = step.argument(group_joins, "processor", Processor)
    child = step.argument(group_joins, "child", Group)
    joins = new.listed[thread] & (new.group[thread] == old.admits[of_thread])
    return all_of(
        step.took(thread_joins).implies(joins),
        step.took(group_joins).implies(new.entry[child] == old.admits[of_group]),
    )


@model.guarantee("GRP-2")
def exited_groups_admit_no_thread(s: Teardown) -> Truth:
    """What the list of an exited group holds is being ended."""
    return forall(
        Thread,
        Group,
        lambda t, g: (s.listed[t] & s.group[t].holds(g) & s.exited[g]).implies(s.walker[g].is_some),
    )


@model.guarantee("GRP-2")
def exited_groups_admit_no_group(s: Teardown) -> Truth:
    """The same for child groups."""
    return forall(
        Group,
        Group,
        lambda c, g: (s.entry[c].holds(g) & s.exited[g]).implies(s.walker[g].is_some),
    )


@model.step_guarantee("GRP-2")
def an_exit_closes_what_it_walks(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Whose list an exit begins to walk has exited; a group that is gone needs no flag."""
    group = step.argument(exit_begins, "group", Group)
    child = step.argument(walk_reaches, "child", Group)
    return all_of(
        step.took(exit_begins).implies(new.exited[group]),
        step.took(walk_reaches).implies(new.exited[child] | ~new.present[child]),
    )


@model.step_guarantee("GRP-2")
def nobody_joins_an_exited_group(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Nor does anybody join while it is being walked."""
    thread = step.argument(thread_joins, "processor", Processor)
    child = step.argument(group_joins, "processor", Processor)

    def is_open(p: Processor) -> Truth:
        return old.admits[p].is_some & ~old.exited[old.admits[p].value]

    return all_of(
        step.took(thread_joins).implies(is_open(thread)),
        step.took(group_joins).implies(is_open(child)),
    )


@model.guarantee("GRP-3")
def dropped_groups_leave_their_parent(s: Teardown) -> Truth:
    """No list names a group that is gone."""
    return forall(Group, lambda g: s.entry[g].is_some.implies(s.present[g]))


@model.guarantee("GRP-3")
def the_running_thread_stops_with_its_group(s: Teardown) -> Truth:
    """In user code runs nobody whose group was dropped, but for an interrupt that is sent."""
    return forall(
        Processor,
        Thread,
        lambda p, t: all_of(
            is_current(s, p),
            s.current[p].holds(t),
            s.killed[t],
            s.place[t] == Place.USER,
        ).implies(s.pending[p] | (s.group[t].is_some & s.walker[s.group[t].value].is_some)),
    )


@model.step_guarantee("GRP-3", when=checks_on_return)
def the_dropped_do_not_return(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Nobody whose group is gone comes from the kernel to user code."""
    return _do_not_return(old, step, lambda t: ~_has_exited_group(old, t))


def _is_released(old: Teardown, step: Step, t: Thread, o: Object) -> Truth:
    """The step releases the reference, or what runs the stops of waiting threads does."""
    processor = step.argument(releases_reference, "processor", Processor)
    released = step.argument(releases_reference, "object", Object)
    thread = step.argument(waited_is_released, "thread", Thread)
    waited = step.argument(waited_is_released, "object", Object)
    return any_of(
        step.took(releases_reference) & old.current[processor].holds(t) & (released == o),
        step.took(waited_is_released) & (thread == t) & (waited == o),
    )


@model.step_guarantee("GRP-4")
def what_a_wait_holds_is_released(old: Teardown, step: Step, new: Teardown) -> Truth:
    """A reference leaves the stack of a thread that waits, or has, by being released."""
    return forall(
        Thread,
        Object,
        lambda t, o: all_of(
            old.holds[t, o], ~new.holds[t, o], old.place[t] != Place.KERNEL
        ).implies(_is_released(old, step, t, o)),
    )


@model.step_guarantee("GRP-4")
def what_a_call_holds_is_released(old: Teardown, step: Step, new: Teardown) -> Truth:
    """A reference leaves the stack of a thread amid kernel code by being released."""
    return forall(
        Thread,
        Object,
        lambda t, o: all_of(
            old.holds[t, o], ~new.holds[t, o], old.place[t] == Place.KERNEL
        ).implies(_is_released(old, step, t, o)),
    )


@model.step_guarantee("GRP-4")
def a_release_is_of_what_is_held(old: Teardown, step: Step, new: Teardown) -> Truth:
    """A running thread releases nothing that is not on its stack, and nothing twice."""
    processor = step.argument(releases_reference, "processor", Processor)
    released = step.argument(releases_reference, "object", Object)
    running = old.current[processor].value
    return step.took(releases_reference).implies(
        old.holds[running, released] & ~new.holds[running, released]
    )


@model.step_guarantee("GRP-4", when=releases_waits)
def a_late_release_is_of_what_is_held(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Nor does what releases for a stopped thread."""
    thread = step.argument(waited_is_released, "thread", Thread)
    waited = step.argument(waited_is_released, "object", Object)
    return step.took(waited_is_released).implies(
        old.holds[thread, waited] & ~new.holds[thread, waited]
    )


def _only_the_dead_need_it(design: Design) -> bool:
    return releases_waits(design) and announced_when_stopped(design)


@model.step_guarantee("GRP-4", when=_only_the_dead_need_it)
def nothing_is_released_for_the_living(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Who has not stopped, and will go on, releases by itself what it holds."""
    thread = step.argument(waited_is_released, "thread", Thread)
    stopped = old.life[thread].one_of(Life.DEAD, Life.STOPPED)
    return step.took(waited_is_released).implies(stopped | stops_when_left(old, thread))


@model.step_guarantee("GRP-4")
def what_is_destroyed_is_gone(old: Teardown, step: Step, new: Teardown) -> Truth:
    """The destructor frees the thread that it is run for."""
    thread = step.argument(destructor, "thread", Thread)
    return step.took(destructor).implies(has_object(old, thread) & ~has_object(new, thread))


@model.guarantee("GRP-4")
def the_freed_leave_nothing(s: Teardown) -> Truth:
    """A thread without an object is nowhere, and holds nothing."""
    return forall(
        Thread,
        Object,
        lambda t, o: (s.life[t] == Life.ABSENT).implies(
            all_of(~s.holds[t, o], ~s.listed[t], ~s.queued[t], s.group[t].is_none)
        ),
    )


@model.guarantee("GRP-5")
def a_walk_has_one_frame(s: Teardown) -> Truth:
    """All lists that a processor works off take one frame of the stack, however deep they lie."""
    return forall(Processor, lambda p: s.frames[p] == choose(walks(s, p), Int.of(1), Int.of(0)))


@model.guarantee("GRP-6")
def each_end_is_announced_once(s: Teardown) -> Truth:
    """A thread's end is told once, when it stops."""
    return forall(
        Thread,
        lambda t: (
            s.unannounced[t]
            == choose(
                has_stopped(s, t) | (s.life[t] == Life.STOPPED),
                Int.of(0),
                Int.of(1),
            )
        ),
    )


def _some_object_goes(old: Teardown, new: Teardown) -> Truth:
    return exists(Thread, lambda t: has_object(old, t) & ~has_object(new, t))


@model.step_guarantee("GRP-7")
def destructors_run_without_the_queue(old: Teardown, step: Step, new: Teardown) -> Truth:
    """No thread's object goes while its processor has the ready queue's lock."""
    processor = step.argument(destructor, "processor", Processor)
    return all_of(
        step.took(ended_is_skipped).implies(~_some_object_goes(old, new)),
        step.took(destructor).implies(~old.queue_lock.holds(processor)),
    )


@model.step_guarantee("GRP-7")
def destructors_run_without_a_list(old: Teardown, step: Step, new: Teardown) -> Truth:
    """No thread's object goes while its processor has the lock of a group's list."""
    return step.took(walk_ends_thread).implies(~_some_object_goes(old, new))


@model.guarantee("GRP-7")
def who_has_the_queue_asks_for_nothing(s: Teardown) -> Truth:
    """Under the queue's lock a processor neither walks a group nor looks one up."""
    return forall(
        Processor,
        lambda p: s.queue_lock.holds(p).implies(~walks(s, p) & s.admits[p].is_none),
    )


@model.step_guarantee("GRP-7")
def who_has_the_queue_gives_it_back(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Nobody decides about a thread that another took from the queue, and frees that one's lock."""
    chooses = step.argument(thread_is_chosen, "processor", Processor)
    skips = step.argument(ended_is_skipped, "processor", Processor)
    return all_of(
        step.took(thread_is_chosen).implies(old.queue_lock.holds(chooses)),
        step.took(ended_is_skipped).implies(old.queue_lock.holds(skips)),
    )


@model.guarantee("SCH-2")
def a_thread_runs_on_one_processor(s: Teardown) -> Truth:
    """No two processors run one thread."""
    return forall(
        Processor,
        Processor,
        Thread,
        lambda p, q, t: (s.current[p].holds(t) & s.current[q].holds(t)).implies(p == q),
    )


@model.guarantee("SCH-2", when=lambda design: not has_one_stack(design))
def a_stack_is_used_by_one_processor(s: Teardown) -> Truth:
    """Who runs, or is about to, is on no stack that a processor has still to leave."""
    return forall(
        Processor,
        Thread,
        lambda p, t: s.leaving[p].holds(t).implies((s.life[t] != Life.RUNNING) & ~s.hand.holds(t)),
    )


@model.step_guarantee("SCH-2")
def only_who_runs_goes_on(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Who lives on gets to another place, and takes and releases, on its processor alone."""

    def goes_on(t: Thread) -> Truth:
        stops = new.life[t].one_of(*_STOPS)
        changes = exists(Object, lambda o: old.holds[t, o] != new.holds[t, o])
        moves = (old.place[t] != new.place[t]) & ~stops
        return moves | (changes & ~stops & ~step.took(waited_is_released))

    return forall(
        Thread,
        lambda t: goes_on(t).implies(
            exists(Processor, lambda p: is_current(old, p) & old.current[p].holds(t))
        ),
    )


@model.step_guarantee("SCH-3")
def a_wait_ends_in_its_call(old: Teardown, step: Step, new: Teardown) -> Truth:
    """Who lives on comes back from a wait amid the call that it waited in."""

    def goes_on(t: Thread) -> Truth:
        lives = ~new.life[t].one_of(*_STOPS)
        return all_of(lives, old.place[t] == Place.WAITING, new.place[t] != Place.WAITING)

    return forall(Thread, lambda t: goes_on(t).implies(new.place[t] == Place.KERNEL))


@model.guarantee("SCH-7")
def interrupts_are_acknowledged(s: Teardown) -> Truth:
    """No interrupt that was taken is left without its acknowledgement."""
    return forall(Processor, lambda p: ~s.in_service[p])


@model.step_guarantee("SCH-7")
def an_interrupt_is_taken_once(old: Teardown, step: Step, new: Teardown) -> Truth:
    """What is taken was sent, and is not taken again."""
    processor = step.argument(interrupt_passes, "processor", Processor)
    return step.took(interrupt_passes).implies(old.pending[processor] & ~new.pending[processor])
