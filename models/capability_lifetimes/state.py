"""What the model speaks of: objects, ids with the entries under them, and who holds what."""

from enum import STRICT, IntFlag

from assay.lang import Bits, Kind, Option, State, Table, Truth, exists, forall, member, predicate


class Object(Kind):
    """A kernel object. A dead one is made anew only when no id speaks of it any more."""

    BOOT_SPACE = member()


class Capability(Kind):
    """An id that a space gives out once, and the entry under it while there is one."""

    OWN_SPACE = member()


class Allows(IntFlag, boundary=STRICT):
    """USE is any one of READ, PROD and WRITE: nothing treats these differently."""

    USE = 1
    UPGRADE = 2


class Rights(Bits, flags=Allows):
    """What a capability allows."""


class Capabilities(State):
    """All spaces with their entries, and what else holds objects."""

    space: Table[Capability, Option[Object]]  # which gave out this id; none while nobody has
    target: Table[Capability, Option[Object]]  # what the id names; none once it is removed
    weak: Table[Capability, Truth]
    rights: Table[Capability, Rights]
    replaces: Table[Capability, Option[Capability]]  # what the move that made it has yet to remove
    alive: Table[Object, Truth]
    is_space: Table[Object, Truth]
    anchored: Table[Object, Truth]  # held strongly by something that is no space
    released: Table[Object, Truth]  # a strong reference was let go, and nobody has counted yet


@predicate
def is_strong(s: Capabilities, capability: Capability, object: Object) -> Truth:
    """The capability is a strong reference to the object."""
    return s.target[capability].holds(object) & ~s.weak[capability]


@predicate
def is_held(s: Capabilities, object: Object) -> Truth:
    """Something holds the object strongly, whatever was let go."""
    return s.anchored[object] | exists(Capability, lambda c: is_strong(s, c, object))


@predicate
def is_spoken_of(s: Capabilities, object: Object) -> Truth:
    """Some id names the object, or was given out by it."""
    return exists(Capability, lambda c: s.target[c].holds(object) | s.space[c].holds(object))


@predicate
def leads_to_life(s: Capabilities, capability: Capability) -> Truth:
    """The object that the capability names is alive."""
    return s.alive[s.target[capability].value]


@predicate
def at_rest(s: Capabilities) -> Truth:
    """No drop is left to do."""
    return forall(Object, lambda o: ~s.released[o]) & forall(
        Capability, lambda c: s.space[c].is_some.implies(s.alive[s.space[c].value])
    )
