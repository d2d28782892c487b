"""What must be possible, so that no guarantee holds for want of anything to go wrong."""

from assay.lang import Truth, all_of, exists
from models.teardown.choices import has_one_stack, kills_anywhere
from models.teardown.state import (
    Group,
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    is_at,
    is_walked,
    model,
    unwinds,
    walks,
)


@model.can()
def can_join_while_a_group_is_walked(s: Teardown) -> Truth:
    """One processor walks a group that another has looked up for a new member."""
    return exists(
        Processor,
        Processor,
        lambda p, q: walks(s, p) & s.admits[q].is_some & s.walker[s.admits[q].value].holds(p),
    )


@model.can()
def can_have_a_group_in_a_group(s: Teardown) -> Truth:
    """A group stands in the list of another."""
    return exists(Group, Group, lambda c, g: s.entry[c].holds(g) & (c != g))


@model.can()
def can_be_in_user_code_of_a_walked_group(s: Teardown) -> Truth:
    """A member runs on in user code after the walk, since its processor was not interrupted yet."""
    return exists(
        Processor,
        Group,
        lambda p, g: (
            is_at(s, p, Place.USER) & s.group[s.current[p].value].holds(g) & is_walked(s, g)
        ),
    )


@model.can()
def can_be_ended_with_a_reference(s: Teardown) -> Truth:
    """A thread that was ended, and still runs, has a reference on its stack."""
    return exists(
        Thread,
        Object,
        lambda t, o: s.killed[t] & (s.life[t] == Life.RUNNING) & s.holds[t, o],
    )


@model.can()
def can_sleep_with_a_reference(s: Teardown) -> Truth:
    """A thread sleeps with a reference on its stack."""
    return exists(Thread, Object, lambda t, o: (s.life[t] == Life.BLOCKED) & s.holds[t, o])


@model.can()
def can_come_back_from_a_call(s: Teardown) -> Truth:
    """Who has made another thread is in user code again, where that is."""
    return exists(
        Thread,
        Thread,
        lambda t, u: all_of(
            t != u,
            (s.life[t] == Life.RUNNING) & (s.place[t] == Place.USER),
            (s.life[u] == Life.READY) & (s.place[u] == Place.USER),
        ),
    )


@model.can()
def can_be_taken_and_ended(s: Teardown) -> Truth:
    """A thread was ended between leaving the queue and running."""
    return exists(Thread, lambda t: s.hand.holds(t) & s.killed[t])


@model.can()
def can_look_before_the_stack_is_left(s: Teardown) -> Truth:
    """A processor has taken a thread from the queue, and is on the stack of the last one still."""
    return exists(Processor, lambda p: s.queue_lock.holds(p) & s.leaving[p].is_some)


@model.can()
def can_be_woken_before_its_stack_is_left(s: Teardown) -> Truth:
    """A thread that a processor is still leaving is ready again."""
    return exists(
        Processor,
        lambda p: (
            s.leaving[p].is_some
            & s.life[s.leaving[p].value].one_of(Life.READY, Life.LIMBO)
            & (s.place[s.leaving[p].value] == Place.WAITING)
        ),
    )


@model.can(when=lambda design: not kills_anywhere(design) and not has_one_stack(design))
def can_unwind(s: Teardown) -> Truth:
    """A thread was ended amid kernel code, and is to run on to where it lets go."""
    return exists(Thread, Object, lambda t, o: unwinds(s, t) & s.holds[t, o])


@model.can()
def can_drop_a_group_that_another_lists(s: Teardown) -> Truth:
    """A group is gone, and its list is still being worked off."""
    return exists(Group, lambda g: ~s.present[g] & s.walker[g].is_some)
