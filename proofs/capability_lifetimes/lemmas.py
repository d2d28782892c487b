"""Why the guarantees of capability_lifetimes are inductive, for any number of objects and ids.

That nothing keeps itself alive follows from where spaces can be named: once no drop is left, a
living object that nothing outside holds is held by an entry of a living space
(`strong_references_keep_alive`, `ids_lie_in_spaces`); that space is held from outside, because no
entry can hold a space (`spaces_are_named_weakly_for_ever`).
"""

from assay.lang import Claims, Truth, forall
from models.capability_lifetimes.actions import keeps_weak
from models.capability_lifetimes.state import (
    Allows,
    Capabilities,
    Capability,
    Object,
    Rights,
)
from spec.design import Design, UpgradeRight

lemmas = Claims(Capabilities, Design)


def _spaces_stay_weak(design: Design) -> bool:
    """Whether what `thread_new` gives is weak and may not become strong."""
    return keeps_weak(design) and design.upgrade_right is UpgradeRight.CHECKED


@lemmas.auxiliary()
def entries_have_ids(s: Capabilities) -> Truth:
    """An id that names something was given out: a new id names nothing yet."""
    return forall(Capability, lambda c: s.target[c].is_some.implies(s.space[c].is_some))


@lemmas.auxiliary()
def empty_entries_are_bare(s: Capabilities) -> Truth:
    """An id that names nothing is in normal form."""
    return forall(
        Capability,
        lambda c: s.target[c].is_none.implies(~s.weak[c] & (s.rights[c] == Rights.none())),
    )


@lemmas.auxiliary()
def spaces_are_alive(s: Capabilities) -> Truth:
    """What died is no space any more."""
    return forall(Object, lambda o: s.is_space[o].implies(s.alive[o]))


@lemmas.auxiliary()
def ids_lie_in_spaces(s: Capabilities) -> Truth:
    """What gave out an id is a space, or dead: nothing else is made in its place."""
    return forall(
        Capability,
        Object,
        lambda c, o: (s.space[c].holds(o) & s.alive[o]).implies(s.is_space[o]),
    )


@lemmas.auxiliary(when=_spaces_stay_weak)
def spaces_are_named_weakly_for_ever(s: Capabilities) -> Truth:
    """A capability to a space is weak and may not become strong."""
    return forall(
        Capability,
        Object,
        lambda c, o: (s.target[c].holds(o) & s.is_space[o]).implies(
            s.weak[c] & ~s.rights[c].has(Allows.UPGRADE)
        ),
    )


@lemmas.auxiliary(when=_spaces_stay_weak)
def spaces_are_held_from_outside(s: Capabilities) -> Truth:
    """What holds a space is no entry."""
    return forall(Object, lambda o: s.is_space[o].implies(s.anchored[o] | s.released[o]))
