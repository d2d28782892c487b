"""Why the guarantees of references are inductive, for any number of objects, references, stacks."""

from assay.lang import Claims, Truth, all_of, exists, forall
from models.references.state import (
    Object,
    Reference,
    References,
    Stage,
    Use,
    is_strong,
    upgrades_are_checked,
)
from spec.design import Design, KilledWaits

lemmas = Claims(References, Design)


def nothing_leaks(design: Design) -> bool:
    """UPGRADE is asked for, and what killed calls held is dropped."""
    return upgrades_are_checked(design) and design.killed_waits is KilledWaits.RELEASED


@lemmas.auxiliary()
def references_lie_in_one_place(s: References) -> Truth:
    """A reference lies in a table or on a stack."""
    return forall(
        Reference,
        lambda r: all_of(
            (s.keeper[r].is_some | s.stack[r].is_some).implies(s.target[r].is_some),
            s.keeper[r].is_none | s.stack[r].is_none,
        ),
    )


@lemmas.auxiliary()
def what_is_not_there_is_bare(s: References) -> Truth:
    """A reference that is not there is in normal form; only on a stack is one put to a use."""
    return all_of(
        forall(
            Reference,
            lambda r: s.target[r].is_none.implies(~s.weak[r] & ~s.upgradable[r]),
        ),
        forall(
            Reference,
            lambda r: s.stack[r].is_none.implies((s.use[r] == Use.PLAIN) & s.replaces[r].is_none),
        ),
    )


@lemmas.auxiliary()
def keepers_are_spaces(s: References) -> Truth:
    """What has entries is a space, till it is destroyed."""
    return forall(Reference, Object, lambda r, o: s.keeper[r].holds(o).implies(s.is_owner[o]))


@lemmas.auxiliary()
def spaces_live_or_die(s: References) -> Truth:
    """A space is alive or dying."""
    return forall(
        Object, lambda o: s.is_owner[o].implies(s.stage[o].one_of(Stage.ALIVE, Stage.DYING))
    )


@lemmas.auxiliary()
def upgrades_are_of_weak_references(s: References) -> Truth:
    """What has loaded a count is weak; what is borrowed or shared is strong, without the right."""
    return forall(
        Reference,
        lambda r: all_of(
            s.use[r].one_of(Use.LOADED, Use.MADE_WEAK).implies(s.weak[r]),
            s.use[r].one_of(Use.BORROWED, Use.SHARED).implies(~s.weak[r] & ~s.upgradable[r]),
        ),
    )


@lemmas.auxiliary(when=nothing_leaks)
def spaces_are_named_weakly_for_ever(s: References) -> Truth:
    """A reference to a space is weak and may not become strong, but for the time of a call."""
    return forall(
        Reference,
        Object,
        lambda r, o: (s.target[r].holds(o) & s.is_owner[o]).implies(
            ~s.upgradable[r] & (s.weak[r] | (s.stack[r].is_some & (s.use[r] != Use.PLAIN)))
        ),
    )


@lemmas.auxiliary(when=nothing_leaks)
def owners_are_held_by_threads_or_calls(s: References) -> Truth:
    """A living owner is held by threads, or by what a call will drop."""
    return forall(
        Object,
        lambda o: (s.is_owner[o] & (s.stage[o] == Stage.ALIVE)).implies(
            s.anchored[o] | exists(Reference, lambda r: is_strong(s, r, o) & s.stack[r].is_some)
        ),
    )
