"""Doors that open, shut and are locked."""

from enum import Enum

from assay.lang import Act, Kind, Model, State, Table, Truth, forall
from latches.design import Design, Locking


class Error(Enum):
    """What a door answers."""

    OPEN = 1
    LOCKED = 2


class Door(Kind):
    """A door."""


class Doors(State):
    """Which doors are open, and which are locked."""

    open: Table[Door, Truth]
    locked: Table[Door, Truth]


model = Model("latch", Doors, Design)


@model.start
def all_shut(new: Doors) -> None:
    """Every door is shut, none is locked."""


@model.action()
def pull(act: Act[Design], old: Doors, new: Doors, door: Door) -> None:
    """Open a door that is not locked."""
    act.check(~old.locked[door], otherwise=Error.LOCKED)
    new.open[door] = True


@model.action()
def push(act: Act[Design], old: Doors, new: Doors, door: Door) -> None:
    """Shut a door."""
    new.open[door] = False


@model.action()
def lock(act: Act[Design], old: Doors, new: Doors, door: Door) -> None:
    """Lock a door."""
    if act.design.locking is Locking.SHUT_ONLY:
        act.check(~old.open[door], otherwise=Error.OPEN)
    new.locked[door] = True


@model.guarantee("DOOR-1")
def locked_doors_are_shut(now: Doors) -> Truth:
    """A locked door is shut."""
    return forall(Door, lambda door: now.locked[door].implies(~now.open[door]))


@model.can()
def two_doors_can_be_open(now: Doors) -> Truth:
    """Doors do not exclude each other."""
    return forall(Door, lambda door: now.open[door])
