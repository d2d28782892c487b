"""Numbers without end, of which an instance has the first few to choose from."""

from enum import Enum

from assay.lang import (
    Act,
    Kind,
    Model,
    Natural,
    Option,
    State,
    Step,
    Table,
    Truth,
    choose,
    exists,
    forall,
    none,
    some,
)
from tests.assay.toys.locks import DESIGN, Design

__all__ = ["DESIGN", "shelves"]


class Answer(Enum):
    """What a refused call answers."""

    GONE = 1
    TOO_HIGH = 2


class Box(Kind):
    """A box on a pile."""


class Height(Natural):
    """How high something is, or where."""


class Shelves(State):
    """Boxes, and the shelf above them."""

    shelf: Height
    at: Table[Box, Option[Height]]
    height: Table[Box, Height]


shelves = Model("shelves", Shelves, Design)


@shelves.start
def boot(new: Shelves, shelf: Height) -> None:
    """Nothing stands below the shelf."""
    new.shelf = shelf


@shelves.action()
def put(act: Act[Design], old: Shelves, new: Shelves, box: Box, at: Height, height: Height) -> None:
    """A box is put where nobody looks whether another one stands."""
    act.require(old.at[box].is_none)
    act.check(at + height <= old.shelf, otherwise=Answer.TOO_HIGH)
    new.at[box] = some(at)
    new.height[box] = height


@shelves.action()
def lift(act: Act[Design], old: Shelves, new: Shelves, box: Box, by: Height) -> None:
    """A box goes up, over the shelf too, where another one leaves; the sum is in no instance."""
    act.check(old.at[box].is_some, otherwise=Answer.GONE)
    act.require(old.at[box].value < old.shelf)
    new.at.each(
        lambda b: choose(b == box, some(old.at[b].value + by), _left(old, b, old.at[box].value))
    )
    new.height[box] = choose(by < old.height[box], old.height[box] - by, old.height[box])


def _left(old: Shelves, box: Box, at: Height) -> Option[Height]:
    return choose(old.at[box].holds(at), none(Height), old.at[box])


@shelves.guarantee("SHE-1")
def boxes_are_below_the_shelf(s: Shelves) -> Truth:
    """This is broken: a box is lifted over it."""
    return forall(Box, lambda b: s.at[b].is_some.implies(s.at[b].value <= s.shelf))


@shelves.step_guarantee("SHE-2")
def boxes_go_up(old: Shelves, step: Step, new: Shelves) -> Truth:
    """What is lifted is as far up as was asked."""
    box, by = step.argument(lift, "box", Box), step.argument(lift, "by", Height)
    return step.took(lift).implies(new.at[box].value - old.at[box].value == by)


@shelves.can()
def can_stand_one_on_another(s: Shelves) -> Truth:
    """A box stands on top of another one that is not flat."""
    return exists(
        Box,
        Box,
        lambda a, b: s.at[b].holds(s.at[a].value + s.height[a]) & (s.height[a] > 0) & (a != b),
    )
