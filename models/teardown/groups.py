"""The exit and the drop of a group: whose lists are walked, and whom the walk ends."""

from assay.lang import FALSE, TRUE, Act, Truth, all_of, any_of, choose, exists, none, some
from models.teardown.choices import (
    announced_when_stopped,
    current_runs_on,
    kills_anywhere,
    unlinks,
    walks_once,
    walks_recursively,
)
from models.teardown.ends import End, end, has_to_unwind, object_goes, require_keeping
from models.teardown.state import (
    Group,
    Life,
    Processor,
    Teardown,
    Thread,
    holds_nothing,
    is_current,
    is_ended_elsewhere,
    is_free,
    may_go_on,
    model,
    on_processor,
    walks,
    works,
)
from spec.design import Design
from spec.errors import Error


@model.action()
def exit_begins(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, group: Group
) -> None:
    """The group admits nobody any more, if the design says so, and its list will be walked."""
    act.require(works(old, processor), name="in_the_kernel")
    if kills_anywhere(act.design):
        act.require(holds_nothing(old, old.current[processor].value), name="holds_nothing")
    act.check(old.present[group], otherwise=Error.INVL_WEAK, name="group_dead")
    again = old.exited[group] if walks_once(act.design) else FALSE
    act.require(old.walker[group].is_none | again, name="nobody_walks_it")
    new.exited[group] = True
    new.walker[group] = choose(again, old.walker[group], some(processor))
    new.frames[processor] = choose(again, old.frames[processor], old.frames[processor] + 1)


@model.action()
def group_is_dropped(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, group: Group
) -> None:
    """The last reference to the group goes: what it has left ends, as by an exit."""
    inside = works(old, processor) | (old.switching[processor] & is_free(old, processor))
    if walks_once(act.design) or walks_recursively(act.design):
        inside = inside | walks(old, processor)
    act.require(inside, name="in_the_kernel")
    if kills_anywhere(act.design):
        done = old.switching[processor] | holds_nothing(old, old.current[processor].value)
        act.require(done, name="holds_nothing")
    act.require(old.present[group], name="present")
    again = old.exited[group] if walks_once(act.design) else FALSE
    act.require(old.walker[group].is_none | again, name="nobody_walks_it")
    act.require(
        ~exists(Processor, lambda p: old.admits[p].holds(group)), name="nobody_looked_it_up"
    )
    goes_on = FALSE if walks_recursively(act.design) else again | walks(old, processor)
    new.present[group] = False
    new.exited[group] = False
    new.walker[group] = choose(again, old.walker[group], some(processor))
    new.frames[processor] = choose(goes_on, old.frames[processor], old.frames[processor] + 1)
    if current_runs_on(act.design):
        new.drops[group] = choose(again, old.drops[group], TRUE)
    if unlinks(act.design):
        new.entry[group] = none(Group)


def is_in_walked_list(s: Teardown, p: Processor, g: Group) -> Truth:
    """The group stands in a list that the processor walks."""
    return s.entry[g].is_some & s.walker[s.entry[g].value].holds(p)


def is_walked_member(s: Teardown, p: Processor, t: Thread) -> Truth:
    """The thread stands in a list that the processor walks."""
    return s.listed[t] & s.group[t].is_some & s.walker[s.group[t].value].holds(p)


@model.action()
def walk_reaches(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, child: Group
) -> None:
    """The walk takes a child group from a list; its own list is walked too, by one processor.

    Recursively it is walked within the walk of the list that it stood in.
    """
    act.require(is_in_walked_list(old, processor, child), name="is_in_a_list")
    if walks_recursively(act.design):
        act.require(~old.present[child] | old.walker[child].is_none, name="has_its_lock")
    new.entry[child] = none(Group)
    new.exited[child] = old.present[child]
    begins = old.present[child] & old.walker[child].is_none
    if walks_once(act.design):
        begins = begins & ~old.exited[child]
    new.walker[child] = choose(begins, some(processor), old.walker[child])
    if current_runs_on(act.design):
        drops = old.drops[old.entry[child].value]
        new.drops[child] = choose(begins, drops, old.drops[child])
    if walks_recursively(act.design):
        within = old.frames[processor] + 1
        new.frames[processor] = choose(begins, within, old.frames[processor])


@model.action()
def walk_ends_thread(
    act: Act[Design],
    old: Teardown,
    new: Teardown,
    processor: Processor,
    thread: Thread,
    kept: Truth,
) -> None:
    """The walk takes a thread from a list and ends it: at once, if no processor is on its stack.

    By design the drop of a group spares whom its processor runs, till that one leaves it.
    """
    act.require(is_walked_member(old, processor, thread), name="is_in_a_list")
    require_keeping(act, kept)
    runs = on_processor(act.design, old, thread)
    unwinds = has_to_unwind(act.design, old, thread)
    holds = any_of(kept, runs, unwinds, old.hand.holds(thread))
    stops = FALSE
    if announced_when_stopped(act.design):
        stops = all_of(~runs, ~unwinds, old.life[thread] != Life.DEAD)
    end(act, old, new, thread, End(stops, old.life[thread], holds))
    goes = object_goes(act.design, old, thread, holds)
    new.killed[thread] = ~goes
    if current_runs_on(act.design):
        drops = old.drops[old.group[thread].value]
        new.spared[thread] = old.current[processor].holds(thread) & drops
    new.listed[thread] = False
    new.queued[thread] = old.queued[thread] & ~stops & ~goes


@model.action(when=walks_once)
def interrupts_are_sent(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor
) -> None:
    """A group ends that was ended before: no list is left, and the other processors are told."""
    inside = works(old, processor) | walks(old, processor) | old.switching[processor]
    act.require(inside, name="in_the_kernel")
    new.pending.each(lambda p: old.pending[p] | (old.there[p] & (p != processor)))


@model.action(when=walks_recursively)
def list_ends(
    act: Act[Design], old: Teardown, new: Teardown, processor: Processor, group: Group
) -> None:
    """One list of several is worked off: its lock is free, and the other processors are told."""
    act.require(old.walker[group].holds(processor), name="walks_it")
    act.require(
        exists(Group, lambda g: (g != group) & old.walker[g].holds(processor)), name="is_within"
    )
    act.require(
        ~exists(Thread, lambda t: old.listed[t] & old.group[t].holds(group)),
        name="no_thread_is_left",
    )
    act.require(~exists(Group, lambda g: old.entry[g].holds(group)), name="no_group_is_left")
    new.walker[group] = none(Processor)
    if current_runs_on(act.design):
        new.drops[group] = False
    new.frames[processor] = old.frames[processor] - 1
    new.pending.each(lambda p: old.pending[p] | (old.there[p] & (p != processor)))


@model.action()
def walk_ends(act: Act[Design], old: Teardown, new: Teardown, processor: Processor) -> None:
    """No list is left to walk: the other processors are sent the exit interrupt.

    Where the interrupt kills, a thread that it ended itself stops then, unless another's interrupt
    comes before it returns; as built only if that was an exit, with interrupts off.
    """
    act.require(walks(old, processor), name="walks")
    act.require(
        ~exists(Thread, lambda t: is_walked_member(old, processor, t)), name="no_thread_is_left"
    )
    act.require(
        ~exists(Group, lambda g: is_in_walked_list(old, processor, g)), name="no_group_is_left"
    )
    new.walker.each(
        lambda g: choose(old.walker[g].holds(processor), none(Processor), old.walker[g])
    )
    if current_runs_on(act.design):
        new.drops.each(lambda g: old.drops[g] & ~old.walker[g].holds(processor))
    new.frames[processor] = 0
    new.pending.each(lambda p: old.pending[p] | (old.there[p] & (p != processor)))
    if kills_anywhere(act.design):
        goes = may_go_on(act.design, old, processor)
        if current_runs_on(act.design):
            thread = old.current[processor].value
            lives = ~old.killed[thread] | old.spared[thread]
            goes = lives | is_ended_elsewhere(old, processor)
        ends = is_current(old, processor) & ~goes
        new.switching[processor] = old.switching[processor] | ends
