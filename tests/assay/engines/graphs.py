"""Models that are graphs: numbered places, and actions that lead from some of them to others."""

from collections.abc import Callable, Mapping, Sequence

from assay.lang import (
    TRUE,
    Act,
    Int,
    Kind,
    Model,
    Recorded,
    State,
    Table,
    Truth,
    any_of,
    choose,
    leads_to,
    record,
    strongly,
    weakly,
)
from assay.lang.progress import Fairly, LeadsTo
from tests.assay.toys.locks import DESIGN, Design

LAST = 5


class Place(Int, low=0, high=LAST):
    """A place of the graph."""


class At(State):
    """Where one is; the start is 0."""

    at: Place


Ways = Mapping[int, int]
"""From where an action leads where."""


TURNS: Mapping[str, Ways] = {"go": {0: 1}, "back": {1: 0}, "out": {1: 2}}
"""Two places between which one goes to and fro, and a way out of one of them."""


def graph(
    actions: Mapping[str, Ways],
    goal: Sequence[int],
    *,
    weak: Sequence[str] = (),
    strong: Sequence[str] = (),
    premise: Sequence[int] | None = None,
) -> Recorded:
    """A graph in which the premise (always, when none is given) is to lead to one of the goals."""
    model = Model("graph", At, Design)

    @model.start
    def begin(new: At) -> None:
        """At the first place."""

    bodies = {name: model.action()(_action(name, ways)) for name, ways in actions.items()}
    fair = [weakly(bodies[name]) for name in weak] + [strongly(bodies[name]) for name in strong]

    @model.eventually("GRA-1", *fair)
    def it_arrives(now: At) -> LeadsTo:
        """One comes to a goal."""
        return leads_to(TRUE if premise is None else _among(now, premise), _among(now, goal))

    return record(model, DESIGN)


def _action(name: str, ways: Ways) -> Callable[[Act[Design], At, At], None]:
    def go(act: Act[Design], old: At, new: At) -> None:
        act.require(_among(old, list(ways)))
        to = Place.of(0)
        for place, target in ways.items():
            to = choose(old.at == place, Place.of(target), to)
        new.at = to

    go.__name__ = name
    return go


def _among(now: At, places: Sequence[int]) -> Truth:
    return any_of(*(now.at == place for place in places))


class Guest(Kind):
    """Who is served."""


class Hall(State):
    """Who waits."""

    waits: Table[Guest, Truth]


def hall(serving: Callable[..., Fairly], *each: str) -> Recorded:
    """Guests come and are served, which is fair in this way."""
    model, serve = hall_of_guests()

    @model.eventually("HAL-1", serving(serve, *each))
    def guests_are_served(now: Hall, guest: Guest) -> LeadsTo:
        """Who waits is served."""
        return leads_to(now.waits[guest], ~now.waits[guest])

    return record(model, DESIGN)


def hall_of_guests() -> tuple[Model[Hall, Design], Callable[..., None]]:
    """Guests come and are served; the model claims nothing yet. Gives too what serves."""
    model = Model("hall", Hall, Design)

    @model.start
    def begin(new: Hall) -> None:
        """Nobody waits."""

    @model.action()
    def come(act: Act[Design], old: Hall, new: Hall, guest: Guest) -> None:
        """A guest waits."""
        act.require(~old.waits[guest])
        new.waits[guest] = True

    @model.action()
    def serve(act: Act[Design], old: Hall, new: Hall, guest: Guest) -> None:
        """A guest is served."""
        act.require(old.waits[guest])
        new.waits[guest] = False

    return model, serve
