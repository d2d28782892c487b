"""What the actions keep, as the program sees it, and what must be able to happen."""

from assay.lang import Step, Truth, exists, forall
from models.user_handles.actions import dead_weak_can_go, dead_weak_goes, variable_is_used
from models.user_handles.state import (
    Handles,
    Id,
    Object,
    Variable,
    entry,
    is_named,
    leads_to_life,
    model,
    owns_ids,
)
from spec.design import Design


def _are_bare(design: Design) -> bool:
    return not owns_ids(design)


@model.step_guarantee("CAP-4")
def what_is_used_is_alive(old: Handles, step: Step, new: Handles) -> Truth:
    """A call that succeeds was about something alive."""
    used = step.argument(variable_is_used, "variable", Variable)
    return step.took(variable_is_used).implies(entry(old, used) & leads_to_life(old, used))


@model.guarantee("CAP-1")
def what_is_named_strongly_lives(s: Handles) -> Truth:
    """What a strong capability of the program names is alive."""
    return forall(
        Id, lambda i: (s.target[i].is_some & ~s.weak[i]).implies(s.alive[s.target[i].value])
    )


@model.step_guarantee("CAP-4")
def the_dead_stay_dead(old: Handles, step: Step, new: Handles) -> Truth:
    """While an id names something dead, nothing comes to life in its place."""
    return forall(Object, lambda o: (~old.alive[o] & is_named(old, o)).implies(~new.alive[o]))


@model.step_guarantee("CAP-10", when=dead_weak_can_go)
def only_the_dead_go_unasked(old: Handles, step: Step, new: Handles) -> Truth:
    """What a refused call takes away named something dead."""
    gone = step.argument(dead_weak_goes, "variable", Variable)
    return step.took(dead_weak_goes).implies(entry(old, gone) & ~leads_to_life(old, gone))


@model.guarantee("CAP-5")
def an_id_means_what_it_meant(s: Handles) -> Truth:
    """Under the id in a variable is nothing, or what was there when the variable got it."""
    return forall(
        Variable,
        lambda v: (s.holds[v].is_some & entry(s, v)).implies(
            s.target[s.holds[v].value] == s.meant[v]
        ),
    )


@model.guarantee("CAP-7")
def every_entry_has_its_variable(s: Handles) -> Truth:
    """No entry is left behind: for each there is a variable that holds its id."""
    return forall(
        Id, lambda i: s.target[i].is_some.implies(exists(Variable, lambda v: s.holds[v].holds(i)))
    )


@model.guarantee("CAP-7", when=owns_ids)
def every_handle_has_its_entry(s: Handles) -> Truth:
    """Nobody took away what a handle owns."""
    return forall(Variable, lambda v: s.holds[v].is_some.implies(entry(s, v)))


@model.can(when=_are_bare)
def can_hold_what_another_destroyed(s: Handles) -> Truth:
    """A variable holds an id under which nothing is."""
    return exists(Variable, lambda v: s.holds[v].is_some & ~entry(s, v))


@model.can(when=_are_bare)
def can_hold_one_id_twice(s: Handles) -> Truth:
    """Two variables hold the same id, and there is an entry under it."""
    return exists(
        Variable,
        Variable,
        lambda v, w: (v != w) & s.holds[v].is_some & (s.holds[v] == s.holds[w]) & entry(s, v),
    )


@model.can()
def can_hold_the_dead(s: Handles) -> Truth:
    """A variable names something that has died."""
    return exists(Variable, lambda v: s.holds[v].is_some & entry(s, v) & ~leads_to_life(s, v))


@model.can()
def can_name_one_object_twice(s: Handles) -> Truth:
    """Two ids name the same object."""
    return exists(
        Id, Id, lambda i, j: (i != j) & s.target[i].is_some & (s.target[i] == s.target[j])
    )


@model.can()
def can_be_empty_again(s: Handles) -> Truth:
    """No variable holds anything, and an id was given out."""
    return exists(Id, lambda i: s.given[i]) & forall(Variable, lambda v: s.holds[v].is_none)
