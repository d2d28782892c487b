"""What the thread of a processor does in the kernel."""

from assay.lang import FALSE, Act, choose
from models.teardown.choices import (
    announced_when_stopped,
    loses_the_claimed,
    runs_unsaved,
    shakes_hands,
)
from models.teardown.state import (
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    holds_nothing,
    is_at,
    may_go_on,
    model,
    works,
)
from spec.design import Design


@model.action()
def enters_kernel(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread makes a call."""
    act.require(is_at(old, processor, Place.USER), name="in_user_code")
    new.place[old.current[processor].value] = Place.KERNEL


@model.action()
def goes_on(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, thread: Thread
) -> None:
    """The thread, which waited and was woken, goes on with its call."""
    act.require(old.current[processor].holds(thread) & ~old.switching[processor], name="runs_it")
    act.require(old.place[thread] == Place.WAITING, name="has_waited")
    new.place[thread] = Place.KERNEL


@model.action()
def leaves_kernel(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread returns to user code, with nothing left on its kernel stack."""
    act.require(works(old, processor), name="in_the_kernel")
    act.require(holds_nothing(old, old.current[processor].value), name="holds_nothing")
    act.require(may_go_on(act.design, old, processor), name="may_go_on")
    new.place[old.current[processor].value] = Place.USER


@model.action()
def takes_reference(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, object: Object
) -> None:
    """The thread's stack refers to the object, where an interrupt may come.

    A call takes so many references and no more: who was ended takes none, unless its object
    tells of its end.
    """
    thread = old.current[processor].value
    act.require(works(old, processor), name="in_the_kernel")
    if announced_when_stopped(act.design):
        act.require(~old.killed[thread], name="was_not_ended")
    act.require(~old.holds[thread, object], name="is_new")
    new.holds[thread, object] = True


@model.action()
def releases_reference(
    act: Act[Design],
    old: Teardown,
    new: Teardown,
    processor: Processor,
    thread: Thread,
    object: Object,
) -> None:
    """The thread lets go of the object."""
    act.require(old.current[processor].holds(thread), name="runs_it")
    act.require(works(old, processor), name="in_the_kernel")
    act.require(old.holds[thread, object], name="is_held")
    new.holds[thread, object] = False


@model.action()
def wakes(act: Act[Design], old: Teardown, new: Teardown, thread: Thread) -> None:
    """What the thread waits for happens, or its time has come."""
    settles = old.life[thread] == Life.SETTLING
    act.require((old.life[thread] == Life.BLOCKED) | settles, name="sleeps")
    waits = settles if shakes_hands(act.design) else FALSE
    new.life[thread] = choose(waits, Life.LIMBO, Life.READY)
    new.queued[thread] = ~waits
    if runs_unsaved(act.design):
        _overtakes(old, new, thread)


def _overtakes(old: Teardown, new: Teardown, thread: Thread) -> None:
    """A processor that leaves the thread, which is ready now, has nothing more to do for it."""
    new.overtaken.each(lambda p: old.overtaken[p] | old.leaving[p].holds(thread))


@model.action(when=loses_the_claimed)
def is_woken_in_vain(act: Act[Design], old: Teardown, new: Teardown, thread: Thread) -> None:
    """The waker claimed the sleeper, and could not give it what it waits for: it is in no queue."""
    act.require(old.life[thread].one_of(Life.BLOCKED, Life.SETTLING), name="sleeps")
    new.life[thread] = Life.READY
    if runs_unsaved(act.design):
        _overtakes(old, new, thread)
