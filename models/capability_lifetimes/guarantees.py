"""What the actions keep: CAP-1 to CAP-6 and CAP-8; and what must be able to happen."""

from collections.abc import Callable

from assay.lang import Step, Truth, all_of, any_of, exists, forall, predicate
from models.capability_lifetimes.actions import (
    cap_clone,
    cap_move,
    cap_move_ends,
    capability_is_used,
    dead_weak_can_go,
    dead_weak_goes,
    holder_comes,
    keeps_weak,
    model,
)
from models.capability_lifetimes.state import (
    Allows,
    Capabilities,
    Capability,
    Object,
    Rights,
    at_rest,
    is_held,
    is_spoken_of,
    is_strong,
    leads_to_life,
)
from spec.design import Move


@model.guarantee("CAP-1")
def strong_references_keep_alive(s: Capabilities) -> Truth:
    """An object is alive exactly while something holds it, a drop that is still to do included."""
    return forall(Object, lambda o: s.alive[o] == (is_held(s, o) | s.released[o]))


@predicate
def appears(old: Capabilities, new: Capabilities, capability: Capability) -> Truth:
    """The id names something since this step."""
    return old.target[capability].is_none & new.target[capability].is_some


@predicate
def is_of_new_object(old: Capabilities, new: Capabilities, capability: Capability) -> Truth:
    """The object that the capability names came to life in this step."""
    return ~old.alive[new.target[capability].value]


def _made_from(step: Step, made: Capability, how: Callable[[Capability], Truth]) -> Truth:
    """The step made the capability from one of which `how` holds."""
    return any_of(
        *(
            step.took(copies)
            & (step.argument(copies, "made", Capability) == made)
            & how(step.argument(copies, "source", Capability))
            for copies in (cap_clone, cap_move)
        )
    )


@model.step_guarantee("CAP-2")
def rights_never_grow(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """A copy has no right that its source lacked; a capability never gains one."""

    def covered(c: Capability) -> Truth:
        return _made_from(
            step,
            c,
            lambda source: (
                new.rights[c].within(old.rights[source]) & (new.target[c] == old.target[source])
            ),
        )

    return forall(
        Capability,
        lambda c: all_of(
            appears(old, new, c).implies(is_of_new_object(old, new, c) | covered(c)),
            old.target[c].is_some.implies(new.rights[c].within(old.rights[c])),
        ),
    )


@predicate
def may_be_strong(s: Capabilities, capability: Capability) -> Truth:
    """The capability is strong, or has the right to become so."""
    return ~s.weak[capability] | s.rights[capability].has(Allows.UPGRADE)


@model.step_guarantee("CAP-3", when=keeps_weak)
def strong_from_weak_needs_upgrade(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """A new strong capability is to a new object, or comes from one that may be strong."""
    return forall(
        Capability,
        lambda c: (appears(old, new, c) & ~new.weak[c]).implies(
            is_of_new_object(old, new, c)
            | _made_from(step, c, lambda source: may_be_strong(old, source))
        ),
    )


@model.step_guarantee("CAP-3", when=keeps_weak)
def holding_from_weak_needs_upgrade(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """What only spaces held is held by something else through what may be strong."""
    via = step.argument(holder_comes, "capability", Capability)
    return forall(
        Object,
        lambda o: (old.alive[o] & ~old.anchored[o] & new.anchored[o]).implies(
            step.took(holder_comes) & old.target[via].holds(o) & may_be_strong(old, via)
        ),
    )


@model.step_guarantee("CAP-4", when=keeps_weak)
def dead_weak_gives_nothing(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """What a call uses is alive."""
    used = step.argument(capability_is_used, "capability", Capability)
    return step.took(capability_is_used).implies(leads_to_life(old, used))


@model.step_guarantee("CAP-4", when=keeps_weak)
def the_dead_stay_dead(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """While an id names a dead object, nothing comes to life in its place."""
    return forall(
        Object,
        Capability,
        lambda o, c: (~old.alive[o] & old.target[c].holds(o)).implies(~new.alive[o]),
    )


@model.step_guarantee("CAP-5")
def ids_are_never_reused(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """What an id of a living space names never changes, but to nothing and for ever."""

    def unchanged(c: Capability) -> Truth:
        return all_of(
            new.target[c] == old.target[c],
            new.weak[c] == old.weak[c],
            new.rights[c] == old.rights[c],
        )

    return forall(
        Capability,
        lambda c: (old.space[c].is_some & old.alive[old.space[c].value]).implies(
            (new.space[c] == old.space[c]) & (new.target[c].is_none | unchanged(c))
        ),
    )


@model.step_guarantee("CAP-6", when=lambda design: design.move is Move.ATOMIC)
def a_move_leaves_one(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """After a move the source is gone and the new capability is there."""
    source = step.argument(cap_move, "source", Capability)
    made = step.argument(cap_move, "made", Capability)
    return step.took(cap_move).implies(
        new.target[source].is_none & (new.target[made] == old.target[source])
    )


@model.step_guarantee("CAP-6", when=lambda design: design.move is Move.INSERT_THEN_REMOVE)
def a_move_takes_its_source_away(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """When a move ends, its source was there till now, and is gone."""
    source = old.replaces[step.argument(cap_move_ends, "made", Capability)].value
    return step.took(cap_move_ends).implies(old.target[source].is_some & new.target[source].is_none)


@model.step_guarantee("CAP-10", when=dead_weak_can_go)
def only_the_dead_go_unasked(old: Capabilities, step: Step, new: Capabilities) -> Truth:
    """What a refused call removes was weak, and its object dead."""
    gone = step.argument(dead_weak_goes, "capability", Capability)
    return step.took(dead_weak_goes).implies(old.weak[gone] & ~leads_to_life(old, gone))


@predicate
def is_held_from_outside(s: Capabilities, object: Object) -> Truth:
    """Something that is no space holds the object, or a space that such a thing holds."""
    return s.anchored[object] | exists(
        Capability, lambda c: is_strong(s, c, object) & s.anchored[s.space[c].value]
    )


@model.guarantee("CAP-8")
def nothing_keeps_itself_alive(s: Capabilities) -> Truth:
    """Once the drops are done, every living object is held from outside."""
    return at_rest(s).implies(
        forall(Object, lambda o: s.alive[o].implies(is_held_from_outside(s, o)))
    )


@model.can(when=keeps_weak)
def can_name_the_dead(s: Capabilities) -> Truth:
    """A weak capability outlives its object."""
    return exists(Capability, lambda c: s.target[c].is_some & ~leads_to_life(s, c))


@model.can()
def can_be_held_twice(s: Capabilities) -> Truth:
    """Two capabilities hold one object strongly."""
    return exists(
        Capability,
        Capability,
        lambda a, b: all_of(
            a != b, s.target[a].is_some, s.target[a] == s.target[b], ~s.weak[a], ~s.weak[b]
        ),
    )


@model.can()
def can_share_every_right(s: Capabilities) -> Truth:
    """Two capabilities to one object have all rights."""
    return exists(
        Capability,
        Capability,
        lambda a, b: all_of(
            a != b,
            s.target[a].is_some,
            s.target[a] == s.target[b],
            s.rights[a] == Rights.all(),
            s.rights[b] == Rights.all(),
        ),
    )


@model.can()
def can_use_another_space(s: Capabilities) -> Truth:
    """A capability to a second space can be used."""
    return exists(
        Capability,
        Object,
        lambda c, o: all_of(
            s.target[c].holds(o),
            s.is_space[o],
            o != Object.BOOT_SPACE,
            s.rights[c].has(Allows.USE),
        ),
    )


@model.can()
def can_be_held_both_ways(s: Capabilities) -> Truth:
    """An entry and something that is no space hold one object."""
    return exists(Capability, Object, lambda c, o: is_strong(s, c, o) & s.anchored[o])


@model.can()
def can_live_without_a_name(s: Capabilities) -> Truth:
    """A living object has no id."""
    return exists(Object, lambda o: s.alive[o] & ~is_spoken_of(s, o))


@model.can()
def can_lose_the_last_right(s: Capabilities) -> Truth:
    """A strong capability without any right."""
    return exists(
        Capability, lambda c: s.target[c].is_some & ~s.weak[c] & (s.rights[c] == Rights.none())
    )


@model.can()
def can_die_with_its_space(s: Capabilities) -> Truth:
    """A dead space still has an entry that holds a living object."""
    return exists(
        Capability,
        lambda c: all_of(
            s.target[c].is_some, ~s.weak[c], leads_to_life(s, c), ~s.alive[s.space[c].value]
        ),
    )


@model.can()
def can_end(s: Capabilities) -> Truth:
    """Everything that was made is gone."""
    return at_rest(s) & forall(Object, lambda o: ~s.alive[o])
