"""Why the guarantees of thread groups are inductive."""

from assay.lang import Claims, Truth, forall
from models.thread_groups.state import (
    Group,
    Groups,
    Life,
    Thread,
    announced_when_stopped,
    current_runs_on,
    is_below,
    runs,
)
from spec.design import Design, GroupAdmission

lemmas = Claims(Groups, Design)


@lemmas.auxiliary()
def one_thread_runs_at_most(s: Groups) -> Truth:
    """There is one processor."""
    return forall(Thread, Thread, lambda t, u: (runs(s, t) & runs(s, u)).implies(t == u))


@lemmas.auxiliary(when=announced_when_stopped)
def lists_hold_no_dead_threads(s: Groups) -> Truth:
    """Who stops leaves its group."""
    return forall(Thread, lambda t: s.listed[t].implies(s.life[t] != Life.DEAD))


@lemmas.auxiliary(
    when=lambda design: announced_when_stopped(design) and not current_runs_on(design)
)
def the_living_are_listed(s: Groups) -> Truth:
    """Whom its group ends is dead at once."""
    return forall(Thread, lambda t: s.life[t].one_of(Life.ABSENT, Life.DEAD) | s.listed[t])


@lemmas.auxiliary(when=lambda design: not announced_when_stopped(design))
def the_queued_are_ready(s: Groups) -> Truth:
    """Half of SCH-1, which holds as built too."""
    return forall(Thread, lambda t: s.queued[t].implies(s.life[t] == Life.READY))


@lemmas.auxiliary()
def only_the_waiting_wait(s: Groups) -> Truth:
    """Who waits for a thread is in a wait."""
    return forall(Thread, lambda t: s.waits_for[t].is_some.implies(s.life[t] == Life.WAITING))


@lemmas.auxiliary()
def exited_groups_are_present(s: Groups) -> Truth:
    """What is gone is as if it had never been."""
    return forall(Group, lambda g: s.exited[g].implies(s.present[g]))


@lemmas.auxiliary()
def only_present_groups_are_under(s: Groups) -> Truth:
    """An exit leads from present groups to present ones."""
    return forall(Group, Group, lambda a, b: s.under[a, b].implies(s.present[a] & s.present[b]))


@lemmas.auxiliary()
def under_is_transitive(s: Groups) -> Truth:
    """What an exit reaches, every exit above reaches."""
    return forall(
        Group, Group, Group, lambda a, b, c: (s.under[a, b] & s.under[b, c]).implies(s.under[a, c])
    )


@lemmas.auxiliary()
def under_has_no_cycle(s: Groups) -> Truth:
    """Of two groups one at most is below the other."""
    return forall(Group, Group, lambda a, b: (s.under[a, b] & s.under[b, a]).implies(a == b))


@lemmas.auxiliary(when=lambda d: d.group_admission is GroupAdmission.CLOSED_AFTER_EXIT)
def nothing_is_below_an_exited_group(s: Groups) -> Truth:
    """An exit cuts off whatever it reaches."""
    return forall(Group, Group, lambda a, b: s.exited[b].implies(~is_below(s, a, b)))
