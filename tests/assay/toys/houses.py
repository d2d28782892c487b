"""A house that can be broken into in several ways, some of them longer than others."""

from assay.lang import Act, Int, Kind, Model, State, Step, Table, Truth
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "houses"]


class Door(Kind):
    """A way in."""


class Shakes(Int, low=0, high=2):
    """How often a door was shaken."""


class House(State):
    """What a burglar has, and whether he is in."""

    shaken: Table[Door, Shakes]
    key: Truth
    ladder: Truth
    inside: Truth


houses = Model("houses", House, Design)


@houses.start
def shut(new: House) -> None:
    """All is as it should be."""


@houses.action()
def find(act: Act[Design], old: House, new: House) -> None:
    """The key lies under the mat."""
    act.require(~old.key)
    new.key = True


@houses.action()
def unlock(act: Act[Design], old: House, new: House) -> None:
    """The key opens."""
    act.require(old.key)
    new.inside = True


@houses.action()
def fetch(act: Act[Design], old: House, new: House) -> None:
    """The neighbours have a ladder."""
    act.require(~old.ladder)
    new.ladder = True


@houses.action()
def climb(act: Act[Design], old: House, new: House) -> None:
    """A window is open."""
    act.require(old.ladder)
    new.inside = True


@houses.action()
def shake(act: Act[Design], old: House, new: House, door: Door) -> None:
    """A door becomes loose."""
    act.require(old.shaken[door] < 2)
    new.shaken[door] = old.shaken[door] + 1


@houses.action()
def push(act: Act[Design], old: House, new: House, door: Door) -> None:
    """A door gives way when it is loose, or less so to one who has tools."""
    tools = old.key & old.ladder & (old.shaken[door] == 1)
    act.require(tools | (old.shaken[door] == 2))
    new.inside = True


@houses.guarantee("HOUSE-1")
def nobody_is_inside(s: House) -> Truth:
    """Broken in four ways, the longest with less shaking than another."""
    return ~s.inside


@houses.step_guarantee("HOUSE-2")
def nobody_comes_without_the_key(old: House, step: Step, new: House) -> Truth:
    """Broken in two ways."""
    return (new.inside & ~old.inside).implies(old.key)
