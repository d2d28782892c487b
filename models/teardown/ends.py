"""How a thread stops, and how its object goes."""

from dataclasses import dataclass

from assay.lang import FALSE, TRUE, Act, Truth, any_of, choose, none
from models.teardown.choices import (
    announced_when_stopped,
    kills_anywhere,
    loses_waits,
    releases_waits,
    walks_recursively,
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
    holds_nothing,
    is_held,
    model,
    stops_when_left,
)
from spec.design import Design


def is_lost_at_stop(design: Design, s: Teardown, t: Thread) -> Truth:
    """What the thread's stack holds is lost when it stops: nobody knows what is there."""
    if loses_waits(design):
        return TRUE
    return s.place[t] == Place.KERNEL if kills_anywhere(design) else FALSE


def can_lose(design: Design) -> bool:
    """What a thread holds may be lost when it stops, or go with its object."""
    if kills_anywhere(design) or walks_recursively(design):
        return True
    return loses_waits(design)


def require_keeping(act: Act[Design], kept: Truth) -> None:
    """A capability or a call elsewhere keeps a thread from a destructor that is run at once."""
    if not walks_recursively(act.design):
        act.require(~kept, name="no_capability_keeps_it")


def has_to_unwind(design: Design, s: Teardown, t: Thread) -> Truth:
    """If it is ended, the thread has to run on: it is ready amid kernel code."""
    if kills_anywhere(design):
        return FALSE
    return s.life[t].one_of(Life.READY, Life.LIMBO) & (s.place[t] == Place.KERNEL)


@dataclass(frozen=True, slots=True)
class End:
    """What becomes of a thread: it `stops`, or is dead or `otherwise` something.

    Where destructors run at once, its object goes with the reference that goes in this step, unless
    something `holds` it. Whose stack `is_left` still, and stops, is dead when it was left.
    """

    stops: Truth
    otherwise: Life
    holds: Truth
    is_left: Truth | None = None


def object_goes(design: Design, s: Teardown, t: Thread, holds: Truth) -> Truth:
    """Whether the thread's object goes in this step, with the last reference to it."""
    if not walks_recursively(design):
        return FALSE
    return ~holds & holds_nothing(s, t) if releases_waits(design) else ~holds


def end(act: Act[Design], old: Teardown, new: Teardown, t: Thread, how: End) -> None:
    """The end of the thread.

    Announced when stopped, its end is told then; else when its object goes.
    """
    design, stops = act.design, how.stops
    goes = object_goes(design, old, t, how.holds)
    told = stops if announced_when_stopped(design) else goes
    lost = (stops & is_lost_at_stop(design, old, t)) | goes
    dead = choose(stops, Life.DEAD, how.otherwise)
    if how.is_left is not None:
        dead = choose(stops & how.is_left, Life.STOPPED, dead)
    new.life[t] = choose(goes, Life.ABSENT, dead)
    new.place[t] = choose(stops | goes, Place.USER, old.place[t])
    leaves = goes | (stops if announced_when_stopped(design) else FALSE)
    new.group[t] = choose(leaves, none(Group), old.group[t])
    if can_lose(design):
        new.holds.row(t, lambda o: old.holds[t, o] & ~lost)
    new.unannounced[t] = choose(told, old.unannounced[t] - 1, old.unannounced[t])


@model.action()
def destructor(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, thread: Thread
) -> None:
    """The thread's object goes with its last reference, from a worklist or a capability."""
    act.require(has_object(old, thread), name="has_object")
    act.require(~is_held(act.design, old, thread), name="nothing_holds_it")
    act.require(~old.queue_lock.holds(processor), name="has_no_lock")
    if releases_waits(act.design):
        lost = old.place[thread] == Place.KERNEL if kills_anywhere(act.design) else FALSE
        act.require(lost | holds_nothing(old, thread), name="holds_nothing")
    new.life[thread] = Life.ABSENT
    new.killed[thread] = False
    if not announced_when_stopped(act.design):
        new.place[thread] = Place.USER
        new.group[thread] = none(Group)
        new.queued[thread] = False
        new.holds.row(thread, lambda o: FALSE)
        new.unannounced[thread] = old.unannounced[thread] - 1


@model.action(when=releases_waits)
def waited_is_released(
    act: Act[Design], old: Teardown, new: Teardown, thread: Thread, object: Object
) -> None:
    """What was written down at its wait is let go of for a thread that has stopped.

    Or that will when its stack is left, since it was ended at its wait.
    """
    stopped = old.life[thread] == Life.DEAD
    if announced_when_stopped(act.design):
        is_over = old.life[thread] == Life.STOPPED
        stopped = any_of(stopped, is_over, stops_when_left(old, thread))
    else:
        stopped = stopped | (has_object(old, thread) & ~is_held(act.design, old, thread))
    act.require(stopped, name="has_stopped")
    if kills_anywhere(act.design):
        act.require(old.place[thread] != Place.KERNEL, name="is_written_down")
    act.require(old.holds[thread, object], name="is_held")
    new.holds[thread, object] = False
