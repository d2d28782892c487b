"""What a program does with its variables, and what calls do to the entries under their ids."""

from assay.lang import Act, none, some
from models.user_handles.state import (
    Handles,
    Id,
    Object,
    Variable,
    entry,
    is_held,
    is_named,
    leads_to_life,
    model,
    owns_ids,
)
from spec.design import Design, WeakAutoDestroy
from spec.errors import Error


def _require_room(act: Act[Design], old: Handles, variable: Variable, id: Id) -> None:
    act.require(old.holds[variable].is_none, name="is_empty")
    act.require(~old.given[id], name="id_is_new")


def _come(new: Handles, variable: Variable, id: Id, object: Object) -> None:
    """A new entry, whose id goes into the empty variable."""
    new.given[id] = True
    new.target[id] = some(object)
    _keep(new, variable, id, object)


def _keep(new: Handles, variable: Variable, id: Id, object: Object) -> None:
    new.holds[variable] = some(id)
    new.meant[variable] = some(object)


def _empty(new: Handles, variable: Variable) -> None:
    new.holds[variable] = none(Id)
    new.meant[variable] = none(Object)


def _remove(new: Handles, id: Id) -> None:
    new.target[id] = none(Object)
    new.weak[id] = False


@model.action()
def strong_capability_comes(
    act: Act[Design], old: Handles, new: Handles, variable: Variable, id: Id, object: Object
) -> None:
    """A call makes an object, or a message brings a strong capability to a living one."""
    _require_room(act, old, variable, id)
    act.require(old.alive[object] | ~is_named(old, object), name="object_is_new_or_lives")
    _come(new, variable, id, object)
    new.alive[object] = True


@model.action()
def weak_capability_comes(
    act: Act[Design], old: Handles, new: Handles, variable: Variable, id: Id, object: Object
) -> None:
    """A call or a message brings a weak capability to a living object."""
    _require_room(act, old, variable, id)
    act.require(old.alive[object], name="lives")
    _come(new, variable, id, object)
    new.weak[id] = True


@model.action()
def object_dies(act: Act[Design], old: Handles, new: Handles, object: Object) -> None:
    """Nothing holds the object any more; what others held is not seen."""
    act.require(old.alive[object] & ~is_held(old, object), name="may_die")
    new.alive[object] = False


def _require_id(act: Act[Design], old: Handles, variable: Variable) -> None:
    act.require(old.holds[variable].is_some, name="holds_an_id")


def _refuse_unknown(act: Act[Design], old: Handles, variable: Variable) -> None:
    """What a handle owns is there: `every_handle_has_its_entry`."""
    if not owns_ids(act.design):
        act.check(entry(old, variable), otherwise=Error.INVL_ID, name="unknown")


@model.action()
def variable_is_used(act: Act[Design], old: Handles, new: Handles, variable: Variable) -> None:
    """A call with the id succeeds, or is refused."""
    _require_id(act, old, variable)
    _refuse_unknown(act, old, variable)
    if act.design.weak_auto_destroy is WeakAutoDestroy.ALWAYS:
        act.require(leads_to_life(old, variable), name="dead_goes_instead")
    else:
        act.check(leads_to_life(old, variable), otherwise=Error.INVL_WEAK, name="dead")


def dead_weak_can_go(design: Design) -> bool:
    """Whether calls remove dead weak capabilities, or may."""
    return design.weak_auto_destroy is not WeakAutoDestroy.NEVER


@model.action(when=dead_weak_can_go)
def dead_weak_goes(act: Act[Design], old: Handles, new: Handles, variable: Variable) -> None:
    """A call refuses the id of something dead, and the entry goes; a handle is empty then."""
    _require_id(act, old, variable)
    act.require(entry(old, variable) & ~leads_to_life(old, variable), name="dead")
    _remove(new, old.holds[variable].value)
    if owns_ids(act.design):
        _empty(new, variable)


@model.action()
def capability_is_cloned(
    act: Act[Design], old: Handles, new: Handles, variable: Variable, other: Variable, id: Id
) -> None:
    """cap_clone: a capability of its own for another variable, to the same object."""
    _require_id(act, old, variable)
    _refuse_unknown(act, old, variable)
    _require_room(act, old, other, id)
    source = old.holds[variable].value
    _come(new, other, id, old.target[source].value)
    new.weak[id] = old.weak[source]


@model.action(when=lambda design: not owns_ids(design))
def id_is_copied(
    act: Act[Design], old: Handles, new: Handles, variable: Variable, other: Variable
) -> None:
    """The same id in two variables: a number is copied, and the kernel hears nothing of it."""
    _require_id(act, old, variable)
    act.require(old.holds[other].is_none, name="is_empty")
    new.holds[other] = old.holds[variable]
    new.meant[other] = old.meant[variable]


@model.action(when=lambda design: not owns_ids(design))
def capability_is_destroyed(
    act: Act[Design], old: Handles, new: Handles, variable: Variable
) -> None:
    """cap_destroy: the entry goes, and the variable holds its id still."""
    _require_id(act, old, variable)
    _refuse_unknown(act, old, variable)
    _remove(new, old.holds[variable].value)


@model.action(when=lambda design: not owns_ids(design))
def id_is_forgotten(act: Act[Design], old: Handles, new: Handles, variable: Variable) -> None:
    """The variable is used for something else; the kernel hears nothing of it."""
    _require_id(act, old, variable)
    _empty(new, variable)


@model.action(when=owns_ids)
def handle_is_moved(
    act: Act[Design], old: Handles, new: Handles, variable: Variable, other: Variable
) -> None:
    """The other variable owns the id from now on."""
    _require_id(act, old, variable)
    act.require(old.holds[other].is_none, name="is_empty")
    act.require(variable != other, name="two_variables")
    new.holds[other] = old.holds[variable]
    new.meant[other] = old.meant[variable]
    _empty(new, variable)


@model.action(when=owns_ids)
def handle_is_dropped(act: Act[Design], old: Handles, new: Handles, variable: Variable) -> None:
    """The handle goes, and with it the capability, dead or alive."""
    _require_id(act, old, variable)
    _remove(new, old.holds[variable].value)
    _empty(new, variable)
