"""How a processor leaves a thread's stack, and the interrupts that it takes."""

from assay.lang import Act, Truth, all_of, any_of, choose, exists, none
from models.teardown.choices import (
    always_acknowledges,
    announced_when_stopped,
    current_runs_on,
    kills_anywhere,
    loses_waits,
    runs_unsaved,
    shakes_hands,
    times_let_go,
    walks_recursively,
)
from models.teardown.ends import End, end, has_to_unwind, object_goes, require_keeping
from models.teardown.state import (
    Life,
    Object,
    Place,
    Processor,
    Teardown,
    Thread,
    holds_nothing,
    is_current,
    is_free,
    may_go_on,
    model,
    takes_interrupts,
    works,
)
from spec.design import Design


def _leave(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, life: Life
) -> None:
    """The processor will run another thread, and is on the stack of this one still."""
    if current_runs_on(act.design):
        new.spared[old.current[processor].value] = False
    new.leaving[processor] = old.current[processor]
    new.current[processor] = none(Thread)
    new.switching[processor] = True
    new.life[old.current[processor].value] = life


def _die(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The processor leaves a thread that stops: what it holds amid kernel code is lost."""
    thread = old.current[processor].value
    waits = old.place[thread] == Place.WAITING
    new.place[thread] = choose(waits, Place.WAITING, Place.USER)
    new.holds.row(thread, lambda o: old.holds[thread, o] & waits)
    _leave(act, old, new, processor, Life.DYING)


@model.action()
def slice_ends(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The timer takes the processor from the thread, wherever interrupts are on."""
    act.require(takes_interrupts(act.design, old, processor), name="takes_interrupts")
    act.require(is_current(old, processor), name="runs_a_thread")
    _leave(act, old, new, processor, Life.LIMBO)


@model.action()
def blocks(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread waits for something, with what its stack refers to written down."""
    act.require(works(old, processor), name="in_the_kernel")
    new.place[old.current[processor].value] = Place.WAITING
    _leave(act, old, new, processor, Life.SETTLING)


@model.action(when=lambda design: not shakes_hands(design))
def yields(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread waits for its turn alone, and is queued when its stack was left."""
    act.require(works(old, processor), name="in_the_kernel")
    new.place[old.current[processor].value] = Place.WAITING
    _leave(act, old, new, processor, Life.LIMBO)


@model.action(when=loses_waits)
def blocks_ended(
    act: Act[Design],
    old: Teardown,
    new: Teardown,
    processor: Processor,
    first: Object,
    second: Object,
    third: Object,
) -> None:
    """A thread that was ended amid its call comes to its wait.

    What its stack refers to there, which is three objects at most, will be lost when it stops.
    """
    thread = old.current[processor].value
    act.require(works(old, processor), name="in_the_kernel")
    act.require(old.killed[thread], name="was_ended")
    new.holds.row(
        thread, lambda o: any_of(old.holds[thread, o], o == first, o == second, o == third)
    )
    new.place[thread] = Place.WAITING
    _leave(act, old, new, processor, Life.SETTLING)


@model.action()
def ends_itself(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The thread destroys itself."""
    act.require(works(old, processor), name="in_the_kernel")
    act.require(holds_nothing(old, old.current[processor].value), name="holds_nothing")
    _die(act, old, new, processor)


@model.action()
def dies(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, thread: Thread
) -> None:
    """A thread that its group ended does not come back: at the end of its call, or of a switch.

    One that was spared may go on, or leave its processor in whatever call, and stops then.
    """
    act.require(old.current[processor].holds(thread), name="runs_it")
    chosen = all_of(
        old.switching[processor],
        old.leaving[processor].is_none,
        is_free(old, processor),
    )
    returns = works(old, processor) & holds_nothing(old, thread)
    if not kills_anywhere(act.design):
        chosen = chosen & (old.place[thread] == Place.USER)
    act.require(returns | chosen, name="may_stop")
    act.require(old.killed[thread], name="was_ended")
    _die(act, old, new, processor)


@model.action(when=kills_anywhere)
def interrupt_kills(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The exit interrupt finds a thread that was ended, and no code of it runs again."""
    act.require(old.pending[processor], name="was_sent")
    act.require(takes_interrupts(act.design, old, processor), name="takes_interrupts")
    act.require(is_current(old, processor), name="runs_a_thread")
    act.require(old.killed[old.current[processor].value], name="was_ended")
    new.pending[processor] = False
    _die(act, old, new, processor)


@model.action()
def interrupt_passes(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The exit interrupt ends nobody here; it brings who was ended from user code into the kernel.

    As built it is not acknowledged then.
    """
    thread = old.current[processor].value
    ended = is_current(old, processor) & old.killed[thread]
    act.require(old.pending[processor], name="was_sent")
    act.require(takes_interrupts(act.design, old, processor), name="takes_interrupts")
    if kills_anywhere(act.design):
        act.require(~ended, name="ends_nobody")
    new.pending[processor] = False
    if not always_acknowledges(act.design):
        killed = ended
        if not kills_anywhere(act.design):
            killed = ended & (old.place[thread] != Place.KERNEL)
        new.in_service[processor] = ~killed
    if not kills_anywhere(act.design):
        comes = ended & (old.place[thread] == Place.USER)
        new.place[thread] = choose(comes, Place.KERNEL, old.place[thread])
        if current_runs_on(act.design):
            new.spared[thread] = old.spared[thread] & ~ended


@model.action()
def switch_ends(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, kept: Truth
) -> None:
    """The context is saved of the thread that the processor left; it is queued, or stops."""
    thread = old.leaving[processor].value
    require_keeping(act, kept)
    act.require(old.leaving[processor].is_some, name="is_on_another_stack")
    unwinds = has_to_unwind(act.design, old, thread)
    stops = old.life[thread] == Life.DYING
    if announced_when_stopped(act.design):
        over = old.life[thread] == Life.STOPPED
        stops = stops | all_of(old.killed[thread], ~unwinds, ~over)
    is_ready = old.life[thread] == Life.LIMBO
    sleeps = old.life[thread] == Life.SETTLING
    over = old.life[thread] == Life.STOPPED
    if runs_unsaved(act.design):
        is_last = ~old.overtaken[processor]
        stops, is_ready, sleeps, over = (each & is_last for each in (stops, is_ready, sleeps, over))
        new.overtaken[processor] = False
    listed = old.listed[thread]
    if announced_when_stopped(act.design):
        listed = listed & ~stops
    holds = any_of(kept, listed, unwinds, _others_hold(old, processor, thread))
    goes = object_goes(act.design, old, thread, holds)
    asleep = choose(sleeps, Life.BLOCKED, old.life[thread])
    asleep = choose(over, Life.DEAD, asleep)
    new.leaving[processor] = none(Thread)
    end(act, old, new, thread, End(stops, choose(is_ready, Life.READY, asleep), holds))
    new.listed[thread] = listed
    new.queued[thread] = (is_ready | old.queued[thread]) & ~stops & ~goes
    if walks_recursively(act.design):
        new.killed[thread] = old.killed[thread] & ~goes


def _others_hold(s: Teardown, processor: Processor, t: Thread) -> Truth:
    """Another processor holds the thread: that can be where wakers do not wait for its stack."""
    leave = exists(Processor, lambda p: s.leaving[p].holds(t) & (p != processor))
    return any_of(s.life[t] == Life.RUNNING, leave, s.hand.holds(t))


@model.action(when=times_let_go)
def time_comes(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The timer interrupts the processor, which wakes who has waited long enough.

    What those held goes there, before the processor goes on with its thread or idles.
    """
    act.require(old.there[processor], name="is_there")
    act.require(takes_interrupts(act.design, old, processor), name="takes_interrupts")
    new.switching[processor] = True


@model.action()
def continues(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """The switch, or the timer's interrupt, is over: the thread goes on where it was.

    Or the processor idles.
    """
    act.require(old.switching[processor], name="switches")
    act.require(old.leaving[processor].is_none, name="has_left")
    act.require(is_free(old, processor), name="has_finished")
    thread = old.current[processor].value
    goes = may_go_on(act.design, old, processor)
    if not kills_anywhere(act.design):
        goes = goes | (old.place[thread] != Place.USER)
    act.require(old.current[processor].is_none | goes, name="goes_on")
    new.switching[processor] = False
