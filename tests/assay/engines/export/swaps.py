"""A toy whose steps write what they read, and change cells that the state names."""

from assay.lang import (
    Act,
    Enumeration,
    Kind,
    Model,
    Option,
    State,
    Step,
    Table,
    Truth,
    forall,
    member,
    none,
    some,
)
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "swaps"]


class Place(Kind):
    """Where a thing stands."""


class Thing(Enumeration):
    """What stands there."""

    CUP = member()
    BOWL = member()
    JAR = member()


class Swaps(State):
    """Things at places, and where each sort of thing was put last."""

    left: Thing
    right: Thing
    at: Table[Place, Option[Thing]]
    last: Table[Thing, Option[Place]]


swaps = Model("swaps", Swaps, Design)


@swaps.start
def boot(new: Swaps, left: Thing) -> None:
    """Two things, one in each hand."""
    new.left = left
    new.right = Thing.JAR


@swaps.action()
def swap(act: Act[Design], old: Swaps, new: Swaps) -> None:
    """The hands change what they hold."""
    new.left = old.right
    new.right = old.left


@swaps.action()
def put(act: Act[Design], old: Swaps, new: Swaps, place: Place) -> None:
    """What the left hand holds goes to a place, the right one takes what was there."""
    act.require(old.at[place].is_some.implies(old.left != Thing.CUP))
    new.at[place] = some(old.left)
    new.last[old.left] = some(place)
    new.right = old.at[place].value


@swaps.action()
def clear(act: Act[Design], old: Swaps, new: Swaps, thing: Thing) -> None:
    """The place where a thing was put last is cleared, and nobody knows it any more."""
    act.require(old.last[thing].is_some)
    new.at[old.last[thing].value] = none(Thing)
    new.last[thing] = none(Place)


@swaps.guarantee("SWA-1")
def no_place_is_known_twice(s: Swaps) -> Truth:
    """This is broken: a place can hold one thing after another."""
    return forall(
        Thing, Thing, lambda a, b: (s.last[a].is_some & (a != b)).implies(s.last[a] != s.last[b])
    )


@swaps.step_guarantee("SWA-2")
def what_is_put_stands_there(old: Swaps, step: Step, new: Swaps) -> Truth:
    """The place has what the hand had."""
    place = step.argument(put, "place", Place)
    return step.took(put).implies(new.at[place].holds(old.left))


@swaps.step_guarantee("SWA-3")
def hands_keep_what_they_put(old: Swaps, step: Step, new: Swaps) -> Truth:
    """This is broken, by a swap and not by what is put."""
    return new.left == old.left
