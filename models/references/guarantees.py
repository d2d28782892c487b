"""What the steps keep: CAP-1, 3, 4, 6 and 8, GRP-4 and GRP-5; and what must be able to happen."""

from assay.lang import Step, Truth, all_of, exists, forall, predicate
from models.references.state import (
    Object,
    Reference,
    References,
    Stack,
    Stage,
    Use,
    at_rest,
    is_counted,
    is_lost,
    is_strong,
    upgrades_are_checked,
)
from models.references.tables import copy_takes_the_place, model
from models.references.teardown import thread_takes_hold
from spec.design import Move


@model.guarantee("CAP-1")
def strong_references_keep_alive(s: References) -> Truth:
    """An object is alive exactly while its strong count is not zero, wherever references lie."""
    return forall(Object, lambda o: (s.stage[o] == Stage.ALIVE) == is_counted(s, o))


@model.step_guarantee("CAP-3")
def strong_from_weak_needs_upgrade(old: References, step: Step, new: References) -> Truth:
    """What comes into a table, or lets threads hold what they did not, was not just borrowed."""
    held = step.argument(thread_takes_hold, "reference", Reference)

    def stays(r: Reference) -> Truth:
        entry = all_of(old.keeper[r].is_none, new.keeper[r].is_some, ~new.weak[r])
        fresh = ~old.anchored[old.target[r].value]
        return entry | all_of(step.took(thread_takes_hold), held == r, fresh)

    return forall(
        Reference, lambda r: stays(r).implies(~old.use[r].one_of(Use.BORROWED, Use.SHARED))
    )


@model.guarantee("CAP-4")
def blocks_outlive_their_names(s: References) -> Truth:
    """What a reference leads to is the object that it was made for, or what is left of it."""
    return forall(
        Reference, Object, lambda r, o: s.target[r].holds(o).implies(s.stage[o] != Stage.FREE)
    )


@model.step_guarantee("CAP-6", when=lambda design: design.move is Move.ATOMIC)
def a_move_leaves_one(old: References, step: Step, new: References) -> Truth:
    """As the copy comes into a table, its source goes from one."""
    copy = step.argument(copy_takes_the_place, "reference", Reference)
    source = old.replaces[copy].value
    return step.took(copy_takes_the_place).implies(
        all_of(old.keeper[source].is_some, new.keeper[source].is_none, new.keeper[copy].is_some)
    )


@model.guarantee("CAP-6", when=lambda design: design.move is Move.INSERT_THEN_REMOVE)
def one_move_inserts_for_an_entry(s: References) -> Truth:
    """No two calls have inserted a copy each of one entry that both have yet to remove."""
    return forall(
        Stack,
        Stack,
        lambda a, b: ((a != b) & s.removes[a].is_some).implies(s.removes[a] != s.removes[b]),
    )


@model.guarantee("CAP-8", when=upgrades_are_checked)
def threads_hold_what_has_entries(s: References) -> Truth:
    """Once calls and destructors are done, threads hold every living owner."""
    return forall(
        Object,
        lambda o: all_of(at_rest(s), s.is_owner[o], s.stage[o] == Stage.ALIVE).implies(
            s.anchored[o]
        ),
    )


@predicate
def is_held_from_outside(s: References, object: Object) -> Truth:
    """Threads hold the object, or a space that threads hold does."""
    return s.anchored[object] | exists(
        Reference,
        lambda r: all_of(
            is_strong(s, r, object), s.keeper[r].is_some, s.anchored[s.keeper[r].value]
        ),
    )


@model.guarantee("CAP-8", when=lambda design: not upgrades_are_checked(design))
def owners_do_not_keep_themselves(s: References) -> Truth:
    """Once calls and destructors are done, every living owner is held from outside."""
    return forall(
        Object,
        lambda o: all_of(at_rest(s), s.is_owner[o], s.stage[o] == Stage.ALIVE).implies(
            is_held_from_outside(s, o)
        ),
    )


@model.guarantee("CAP-8")
def nothing_lives_unheld(s: References) -> Truth:
    """Then whatever lives is held by threads, or by an entry of an owner."""
    return forall(
        Object,
        lambda o: (at_rest(s) & (s.stage[o] == Stage.ALIVE)).implies(
            s.anchored[o] | exists(Reference, lambda r: is_strong(s, r, o) & s.keeper[r].is_some)
        ),
    )


@model.guarantee("GRP-4")
def no_reference_is_lost(s: References) -> Truth:
    """Every reference that is counted lies somewhere, so that somebody will drop it."""
    return forall(Reference, lambda r: ~is_lost(s, r))


@model.guarantee("GRP-4")
def what_is_destroyed_is_empty(s: References) -> Truth:
    """What lies in a table lies in that of a space that is not destroyed yet."""
    return forall(
        Reference,
        Object,
        lambda r, o: s.keeper[r].holds(o).implies(s.stage[o].one_of(Stage.ALIVE, Stage.DYING)),
    )


@model.guarantee("GRP-4")
def one_call_destroys(s: References) -> Truth:
    """An object has a destructor that runs exactly while it is dying."""
    return forall(Object, lambda o: s.destroyer[o].is_some == (s.stage[o] == Stage.DYING))


@model.step_guarantee("GRP-4")
def only_the_living_die(old: References, _step: Step, new: References) -> Truth:
    """What begins to die was alive, and who destroys it goes on with that."""
    return forall(
        Object,
        lambda o: (new.stage[o] == Stage.DYING).implies(
            (old.stage[o] == Stage.ALIVE) | (old.destroyer[o] == new.destroyer[o])
        ),
    )


@model.guarantee("GRP-5")
def destructors_run_one_after_the_other(s: References) -> Truth:
    """On a stack runs one destructor, however long the chain of owners is that goes."""
    return forall(
        Object,
        Object,
        lambda a, b: ((a != b) & s.destroyer[a].is_some).implies(s.destroyer[a] != s.destroyer[b]),
    )


@model.can()
def can_lose_the_race(s: References) -> Truth:
    """An upgrade has loaded a count that has come to zero since."""
    return exists(Reference, Object, lambda r, o: (s.use[r] == Use.LOADED) & is_dying_of(s, r, o))


def is_dying_of(s: References, reference: Reference, object: Object) -> Truth:
    """The reference leads to the object, which is dying."""
    return s.target[reference].holds(object) & (s.stage[object] == Stage.DYING)


@model.can()
def can_be_used_by_two(s: References) -> Truth:
    """Two calls have a strong reference to one object on their stacks."""
    return exists(
        Reference,
        Reference,
        lambda a, b: all_of(
            s.stack[a].is_some,
            s.stack[b].is_some,
            s.stack[a] != s.stack[b],
            s.target[a] == s.target[b],
            ~s.weak[a],
            ~s.weak[b],
        ),
    )


@model.can()
def can_be_moved_by_two(s: References) -> Truth:
    """Two calls move one entry."""
    return exists(
        Reference,
        Reference,
        lambda a, b: all_of(
            a != b,
            s.replaces[a].is_some,
            s.replaces[a] == s.replaces[b],
            s.stack[a] != s.stack[b],
        ),
    )


@model.can()
def can_name_the_dead(s: References) -> Truth:
    """An entry outlives its object."""
    return exists(
        Reference,
        lambda r: s.keeper[r].is_some & (s.stage[s.target[r].value] == Stage.DEAD),
    )


@model.can()
def can_die_with_entries(s: References) -> Truth:
    """A dying space has an entry that holds a living object."""
    return exists(
        Reference,
        Object,
        lambda r, o: all_of(
            s.keeper[r].holds(o),
            s.stage[o] == Stage.DYING,
            ~s.weak[r],
            s.stage[s.target[r].value] == Stage.ALIVE,
        ),
    )


@model.can()
def can_be_borrowed(s: References) -> Truth:
    """A call uses what it may not keep."""
    return exists(Reference, lambda r: s.use[r] == Use.BORROWED)


@model.can()
def can_live_by_a_call(s: References) -> Truth:
    """Only what is on a stack keeps an object alive."""
    return exists(
        Object,
        lambda o: all_of(
            s.stage[o] == Stage.ALIVE,
            ~s.anchored[o],
            forall(Reference, lambda r: ~is_strong(s, r, o) | s.stack[r].is_some),
        ),
    )


@model.can()
def can_end(s: References) -> Truth:
    """Everything that was made is gone."""
    return at_rest(s) & forall(Object, lambda o: s.stage[o] == Stage.FREE)
