"""Threads in nested groups, and strong and weak capabilities in slots of address spaces.

The same state machine is written in TLA+ and in Promela elsewhere; the numbers of its states are
known from several checkers, so it is what speed is compared on.
"""

from assay.lang import (
    Act,
    Enumeration,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    choose,
    exists,
    forall,
    member,
    none,
    predicate,
    some,
)
from spec.design import Design


class Thread(Kind):
    """A thread."""


class Group(Kind):
    """A group of threads, below another."""

    ROOT = member()


class Object(Kind):
    """What capabilities name."""


class Space(Kind):
    """An address space."""


class Slot(Kind):
    """A place for a capability, in each space."""


class Hold(Enumeration):
    """What a slot holds."""

    NOTHING = member()
    STRONG = member()
    WEAK = member()


class Life(Enumeration):
    """What a thread does."""

    ABSENT = member()
    READY = member()
    RUNNING = member()
    SUSPENDED = member()
    DEAD = member()


class World(State):
    """Slots with what they name, groups with those above them, threads with group and space."""

    hold: Table[tuple[Space, Slot], Hold]
    named: Table[tuple[Space, Slot], Option[Object]]
    object_alive: Table[Object, Truth]
    group_alive: Table[Group, Truth]
    parent: Table[Group, Option[Group]]  # none for the root, and for the dead
    under: Table[tuple[Group, Group], Truth]  # the second is the first, or above it
    life: Table[Thread, Life]
    group: Table[Thread, Option[Group]]
    space: Table[Thread, Option[Space]]


model = Model("threads_groups_capabilities", World, Design)


@model.start
def begin(new: World) -> None:
    """The root group, and nothing else."""
    new.group_alive[Group.ROOT] = True
    new.under.each(lambda below, above: below == above)


@predicate
def is_worked_in(s: World, space: Space) -> Truth:
    """A thread runs in the space."""
    return exists(Thread, lambda t: (s.life[t] == Life.RUNNING) & s.space[t].holds(space))


@predicate
def names(s: World, space: Space, slot: Slot, target: Object) -> Truth:
    """The slot holds a capability to the object."""
    return (s.hold[space, slot] != Hold.NOTHING) & s.named[space, slot].holds(target)


@predicate
def keeps(s: World, space: Space, slot: Slot, target: Object) -> Truth:
    """The slot holds a strong capability to the object."""
    return (s.hold[space, slot] == Hold.STRONG) & s.named[space, slot].holds(target)


@model.action()
def object_is_made(
    act: Act[Design], old: World, new: World, target: Object, space: Space, slot: Slot
) -> None:
    """A dead object that nobody names any more is made again, with a strong capability."""
    act.require(old.hold[space, slot] == Hold.NOTHING, name="slot_is_free")
    act.require(~old.object_alive[target], name="is_dead")
    act.require(is_worked_in(old, space), name="somebody_works")
    act.require(~exists(Space, Slot, lambda s, x: names(old, s, x, target)), name="is_not_named")
    new.hold[space, slot] = Hold.STRONG
    new.named[space, slot] = some(target)
    new.object_alive[target] = True


def _clone(
    act: Act[Design],
    old: World,
    new: World,
    source: tuple[Space, Slot],
    target: tuple[Space, Slot],
    holds: tuple[Hold, Hold],
) -> None:
    act.require(old.hold[source] == holds[0], name="source_holds_it")
    act.require(old.hold[target] == Hold.NOTHING, name="target_is_free")
    act.require(is_worked_in(old, source[0]), name="somebody_works")
    new.hold[target] = holds[1]
    new.named[target] = old.named[source]


@model.action()
def strong_is_cloned(
    act: Act[Design], old: World, new: World, space: Space, slot: Slot, into: Space, at: Slot
) -> None:
    """A strong capability is copied."""
    _clone(act, old, new, (space, slot), (into, at), (Hold.STRONG, Hold.STRONG))


@model.action()
def strong_is_weakened(
    act: Act[Design], old: World, new: World, space: Space, slot: Slot, into: Space, at: Slot
) -> None:
    """A weak copy of a strong capability."""
    _clone(act, old, new, (space, slot), (into, at), (Hold.STRONG, Hold.WEAK))


@model.action()
def weak_is_upgraded(
    act: Act[Design], old: World, new: World, space: Space, slot: Slot, into: Space, at: Slot
) -> None:
    """A strong copy of a weak capability to an object that lives."""
    act.require(
        old.named[space, slot].is_some & old.object_alive[old.named[space, slot].value],
        name="lives",
    )
    _clone(act, old, new, (space, slot), (into, at), (Hold.WEAK, Hold.STRONG))


@model.action()
def capability_is_destroyed(
    act: Act[Design], old: World, new: World, space: Space, slot: Slot
) -> None:
    """A capability goes; with the last strong one goes the object."""
    act.require(old.hold[space, slot] != Hold.NOTHING, name="is_there")
    act.require(is_worked_in(old, space), name="somebody_works")
    target = old.named[space, slot].value
    another = exists(
        Space,
        Slot,
        lambda s, x: ((s != space) | (x != slot)) & keeps(old, s, x, target),
    )
    is_last = (old.hold[space, slot] == Hold.STRONG) & ~another
    new.hold[space, slot] = Hold.NOTHING
    new.named[space, slot] = none(Object)
    new.object_alive.each(lambda o: old.object_alive[o] & ~((o == target) & is_last))


@model.action()
def thread_is_made(
    act: Act[Design], old: World, new: World, thread: Thread, group: Group, space: Space
) -> None:
    """A thread begins in a living group."""
    act.require(old.life[thread] == Life.ABSENT, name="is_absent")
    act.require(old.group_alive[group], name="group_lives")
    new.life[thread] = Life.READY
    new.group[thread] = some(group)
    new.space[thread] = some(space)


@model.action()
def thread_runs(act: Act[Design], old: World, new: World, thread: Thread) -> None:
    """A ready thread runs."""
    act.require(old.life[thread] == Life.READY, name="is_ready")
    new.life[thread] = Life.RUNNING


@model.action()
def thread_yields(act: Act[Design], old: World, new: World, thread: Thread) -> None:
    """A running thread lets others run."""
    act.require(old.life[thread] == Life.RUNNING, name="runs")
    new.life[thread] = Life.READY


@model.action()
def thread_is_suspended(act: Act[Design], old: World, new: World, thread: Thread) -> None:
    """A thread is stopped for a while."""
    act.require(old.life[thread].one_of(Life.READY, Life.RUNNING), name="is_awake")
    new.life[thread] = Life.SUSPENDED


@model.action()
def thread_is_resumed(act: Act[Design], old: World, new: World, thread: Thread) -> None:
    """A suspended thread is ready again."""
    act.require(old.life[thread] == Life.SUSPENDED, name="is_suspended")
    new.life[thread] = Life.READY


@model.action()
def thread_ends(act: Act[Design], old: World, new: World, thread: Thread) -> None:
    """A running thread ends."""
    act.require(old.life[thread] == Life.RUNNING, name="runs")
    new.life[thread] = Life.DEAD


@model.action()
def group_is_made(act: Act[Design], old: World, new: World, group: Group, parent: Group) -> None:
    """A group begins below a living one."""
    act.require(~old.group_alive[group], name="is_dead")
    act.require(old.group_alive[parent], name="parent_lives")
    act.require(group != Group.ROOT, name="is_not_root")
    new.group_alive[group] = True
    new.parent[group] = choose(parent == Group.ROOT, none(Group), some(parent))
    new.under.row(group, lambda above: (above == group) | old.under[parent, above])


@model.action()
def group_exits(act: Act[Design], old: World, new: World, group: Group) -> None:
    """A group ends, with all below it and their threads."""
    act.require(old.group_alive[group], name="lives")
    new.group_alive.each(lambda g: old.group_alive[g] & ~old.under[g, group])
    new.parent.each(lambda g: choose(old.under[g, group], none(Group), old.parent[g]))
    new.under.each(
        lambda below, above: choose(
            old.under[below, group], below == above, old.under[below, above]
        )
    )
    new.life.each(
        lambda t: choose(
            old.group[t].is_some
            & old.under[old.group[t].value, group]
            & old.life[t].one_of(Life.READY, Life.RUNNING, Life.SUSPENDED),
            Life.DEAD,
            old.life[t],
        )
    )


@model.guarantee("TGC-1")
def objects_live_while_held(s: World) -> Truth:
    """An object lives as long as a strong capability names it."""
    return forall(
        Object,
        lambda o: s.object_alive[o] == exists(Space, Slot, lambda p, x: keeps(s, p, x, o)),
    )


@model.guarantee("TGC-2")
def living_threads_are_in_living_groups(s: World) -> Truth:
    """A thread that has not ended is in a group that has not."""
    return forall(
        Thread,
        lambda t: (
            s.life[t]
            .one_of(Life.READY, Life.RUNNING, Life.SUSPENDED)
            .implies(s.group[t].is_some & s.group_alive[s.group[t].value])
        ),
    )


@model.guarantee("TGC-3")
def above_the_living_is_alive(s: World) -> Truth:
    """Whatever is above a living group lives."""
    return forall(
        Group, Group, lambda g, h: (s.group_alive[g] & s.under[g, h]).implies(s.group_alive[h])
    )


@model.guarantee("TGC-4")
def groups_are_below_themselves(s: World) -> Truth:
    """Each group is below itself."""
    return forall(Group, lambda g: s.under[g, g])


@model.guarantee("TGC-5")
def groups_are_below_their_parents(s: World) -> Truth:
    """Each living group is below its parent, and below the root where it has none."""
    return forall(
        Group,
        lambda g: s.group_alive[g].implies(
            choose(s.parent[g].is_some, s.under[g, s.parent[g].value], s.under[g, Group.ROOT])
        ),
    )


@model.guarantee("TGC-6")
def below_is_transitive(s: World) -> Truth:
    """What is below something is below what that is below."""
    return forall(
        Group,
        Group,
        Group,
        lambda g, h, k: (s.under[g, h] & s.under[h, k]).implies(s.under[g, k]),
    )


@model.guarantee("TGC-7")
def nothing_is_below_the_dead(s: World) -> Truth:
    """Below a dead group is nothing but itself."""
    return forall(Group, Group, lambda g, h: (~s.group_alive[g] & s.under[h, g]).implies(h == g))
