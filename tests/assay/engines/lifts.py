"""A house with a lift for one guest, and what is promised to those who wait for it."""

from collections.abc import Callable
from dataclasses import dataclass

from assay.lang import (
    Act,
    Kind,
    Model,
    Option,
    State,
    Table,
    Truth,
    forall,
    leads_to,
    none,
    some,
    strongly,
    weakly,
)
from assay.lang.progress import Fairly, LeadsTo


@dataclass(frozen=True)
class Design:
    """One lift."""

    name: str = "lift"


class Guest(Kind):
    """Somebody in the house."""


class Lift(State):
    """A lift for one guest, and who waits for it."""

    waits: Table[Guest, Truth]
    inside: Option[Guest]
    closed: Truth


Stated = Callable[[Lift, Guest], LeadsTo] | Callable[[Lift], LeadsTo]


def lift(stated: Stated, *fair: Fairly) -> Model[Lift, Design]:
    """The house, with one claim on progress."""
    model = Model("lift", Lift, Design)
    model.start(empty)
    for action in (calls, enters, leaves, closes):
        model.action()(action)
    model.eventually("LIFT-1", *fair)(stated)
    model.guarantee("LIFT-2")(who_is_inside_waits_no_more)
    return model


def empty(new: Lift) -> None:
    new.closed = False


def calls(act: Act[Design], old: Lift, new: Lift, guest: Guest) -> None:
    act.require(~old.closed & ~old.inside.holds(guest), name="may_call")
    new.waits[guest] = True


def enters(act: Act[Design], old: Lift, new: Lift, guest: Guest) -> None:
    act.require(old.waits[guest] & old.inside.is_none, name="is_free")
    new.waits[guest] = False
    new.inside = some(guest)


def leaves(act: Act[Design], old: Lift, new: Lift) -> None:
    act.require(old.inside.is_some, name="somebody_is_inside")
    new.inside = none(Guest)


def closes(act: Act[Design], old: Lift, new: Lift) -> None:
    act.require(~old.closed, name="is_open")
    new.closed = True


def who_is_inside_waits_no_more(s: Lift) -> Truth:
    """Nobody waits in the lift."""
    return forall(Guest, lambda g: s.inside.holds(g).implies(~s.waits[g]))


def who_waits_gets_in(s: Lift, guest: Guest) -> LeadsTo:
    """Nobody waits for ever."""
    return leads_to(s.waits[guest], s.inside.holds(guest))


def all_get_in(s: Lift) -> LeadsTo:
    """Nobody waits in the end, once the house is closed."""
    return leads_to(s.closed, forall(Guest, lambda g: ~s.waits[g]))


STRONG = strongly(enters, "guest"), weakly(leaves)
WEAK = weakly(enters, "guest"), weakly(leaves)
ANYBODY = weakly(enters), weakly(leaves)
