"""What the model speaks of: variables, the ids in them, and the entries under the ids."""

from assay.lang import FALSE, Ghost, Kind, Model, Option, State, Table, Truth, exists, predicate
from spec.design import Design, UserHandles


class Variable(Kind):
    """A place of the program: with TYPED_HANDLES a handle."""


class Id(Kind):
    """An id of the program's space, which the kernel gives out once."""


class Object(Kind):
    """A kernel object; a dead one is made anew only when no id names it."""


class Handles(State):
    """The program's variables, and its space."""

    holds: Table[Variable, Option[Id]]
    given: Table[Id, Truth]  # the space gave it out, now or before
    target: Table[Id, Option[Object]]  # what the entry under it names; none without an entry
    weak: Table[Id, Truth]
    alive: Table[Object, Truth]
    meant: Ghost[Variable, Option[Object]]  # what the id named when the variable got it


model = Model("user_handles", Handles, Design)


@model.start
def program_starts(new: Handles) -> None:
    """Every variable is empty."""
    new.alive.each(lambda _: FALSE)


def owns_ids(design: Design) -> bool:
    """Whether a variable owns its id: it is moved, and whoever drops it destroys the capability."""
    return design.user_handles is UserHandles.TYPED_HANDLES


@predicate
def is_named(s: Handles, object: Object) -> Truth:
    """Some entry names the object."""
    return exists(Id, lambda i: s.target[i].holds(object))


@predicate
def is_held(s: Handles, object: Object) -> Truth:
    """Some entry holds the object strongly."""
    return exists(Id, lambda i: s.target[i].holds(object) & ~s.weak[i])


@predicate
def entry(s: Handles, variable: Variable) -> Truth:
    """There is an entry under the id that the variable holds."""
    return s.target[s.holds[variable].value].is_some


@predicate
def leads_to_life(s: Handles, variable: Variable) -> Truth:
    """The object that the variable's id names is alive."""
    return s.alive[s.target[s.holds[variable].value].value]
