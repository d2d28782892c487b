"""Look-ups, upgrades, and what goes into the tables of spaces and out of them, step by step."""

from assay.lang import Act, Model, Truth, choose, none, some
from models.references.state import (
    Object,
    Reference,
    References,
    Stack,
    Stage,
    Use,
    goes_on,
    is_counted,
    is_unheard_of,
    keeps_weak,
    may_stay,
    reaches,
)
from spec.design import Design, Move, UpgradeRight
from spec.errors import Error

model = Model("references", References, Design)


@model.start_when(keeps_weak)
def boot(new: References) -> None:
    """One space, which a thread holds, with a weak capability to itself."""
    _boot(new)
    new.weak[Reference.OWN_SPACE] = True


@model.start_when(lambda design: not keeps_weak(design))
def boot_without_weak(new: References) -> None:
    """One space, which a thread holds, and which holds itself."""
    _boot(new)


def _boot(new: References) -> None:
    new.stage[Object.BOOT_SPACE] = Stage.ALIVE
    new.is_owner[Object.BOOT_SPACE] = True
    new.anchored[Object.BOOT_SPACE] = True
    new.target[Reference.OWN_SPACE] = some(Object.BOOT_SPACE)
    new.keeper[Reference.OWN_SPACE] = some(Object.BOOT_SPACE)


def require_on_stack(
    act: Act[Design], old: References, stack: Stack, reference: Reference, *uses: Use
) -> None:
    """The call on that stack, which goes on, has the reference there, for one of these uses."""
    act.require(goes_on(old, stack), name="goes_on")
    act.require(old.stack[reference].holds(stack), name="on_stack")
    act.require(old.use[reference].one_of(*uses), name="may_be_used")


def require_new(act: Act[Design], old: References, stack: Stack, reference: Reference) -> None:
    """The call on that stack, which goes on, gets a reference that was not there."""
    act.require(goes_on(old, stack), name="goes_on")
    act.require(is_unheard_of(old, reference), name="reference_is_new")


def _copy(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    entry: Reference,
    copy: Reference,
    weak: Truth,
) -> None:
    act.check(old.keeper[entry].is_some, otherwise=Error.INVL_ID, name="unknown")
    if not keeps_weak(act.design):
        act.check(~weak, otherwise=Error.INVL_ARGS, name="would_be_weak")
    act.require(reaches(old, stack, old.keeper[entry].value), name="space_is_held")
    act.require(~(weak & old.weak[entry]), name="made_weak_once")
    require_new(act, old, stack, copy)
    new.stack[copy] = some(stack)
    new.target[copy] = old.target[entry]
    new.weak[copy] = weak | old.weak[entry]
    new.upgradable[copy] = old.upgradable[entry]
    new.use[copy] = choose(weak, Use.MADE_WEAK, Use.PLAIN)


@model.action()
def entry_is_copied(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    entry: Reference,
    copy: Reference,
    weak: Truth,
) -> None:
    """A look-up, under the table's lock: a reference of the same kind, or a weak one to keep."""
    _copy(act, old, new, stack, entry, copy, weak)


@model.action()
def entry_is_copied_to_move(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    entry: Reference,
    copy: Reference,
    weak: Truth,
) -> None:
    """The look-up of a move: the copy is to take the place of the entry."""
    _copy(act, old, new, stack, entry, copy, weak)
    new.replaces[copy] = some(entry)


def _load(act: Act[Design], old: References, new: References, reference: Reference) -> None:
    counted = is_counted(old, old.target[reference].value)
    act.check(counted, otherwise=Error.INVL_WEAK, name="dead")
    new.use[reference] = Use.LOADED


@model.action()
def count_is_loaded(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """An upgrade begins: it loads the count, and is over if that is zero."""
    require_on_stack(act, old, stack, reference, Use.PLAIN)
    act.require(old.weak[reference], name="weak")
    _load(act, old, new, reference)


@model.action(when=lambda design: design.upgrade_right is UpgradeRight.CHECKED)
def count_is_loaded_to_keep(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """The same for a reference that is to stay when the call is over."""
    require_on_stack(act, old, stack, reference, Use.PLAIN)
    act.require(old.weak[reference], name="weak")
    act.check(old.upgradable[reference], otherwise=Error.INVL_PERM, name="lacks_upgrade")
    _load(act, old, new, reference)


@model.action()
def count_is_raised(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """The compare-and-swap succeeds: the count was what was loaded, so it was not zero."""
    require_on_stack(act, old, stack, reference, Use.LOADED)
    act.require(is_counted(old, old.target[reference].value), name="not_zero")
    new.weak[reference] = False
    new.use[reference] = choose(old.upgradable[reference], Use.PLAIN, Use.BORROWED)


@model.action()
def count_has_changed(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """The compare-and-swap fails: the count is another, and is loaded anew."""
    require_on_stack(act, old, stack, reference, Use.LOADED)
    new.use[reference] = Use.PLAIN


def _require_may_stay(
    act: Act[Design], old: References, stack: Stack, reference: Reference
) -> None:
    require_on_stack(act, old, stack, reference, Use.PLAIN, Use.BORROWED, Use.MADE_WEAK)
    if act.design.upgrade_right is UpgradeRight.CHECKED:
        act.require(may_stay(old, reference), name="may_stay")


def _keep(
    old: References, new: References, reference: Reference, space: Object, upgradable: Truth
) -> None:
    new.stack[reference] = none(Stack)
    new.keeper[reference] = some(space)
    new.use[reference] = Use.PLAIN
    new.upgradable[reference] = old.upgradable[reference] & upgradable


@model.action()
def reference_is_kept(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    reference: Reference,
    space: Object,
    upgradable: Truth,
) -> None:
    """What the stack has becomes an entry of a table; of a move as built, its first half."""
    _require_may_stay(act, old, stack, reference)
    act.require(reaches(old, stack, space), name="space_is_held")
    if act.design.move is Move.ATOMIC:
        act.require(old.replaces[reference].is_none, name="no_move")
    else:
        new.removes[stack] = old.replaces[reference]
        new.replaces[reference] = none(Reference)
    _keep(old, new, reference, space, upgradable)


@model.action(when=lambda design: design.move is Move.ATOMIC)
def copy_takes_the_place(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    reference: Reference,
    space: Object,
    upgradable: Truth,
) -> None:
    """A move, under the locks of both tables: the source goes as the copy comes, if it is there."""
    _require_may_stay(act, old, stack, reference)
    act.require(old.replaces[reference].is_some, name="moves")
    source = old.replaces[reference].value
    act.require(reaches(old, stack, space), name="space_is_held")
    act.check(old.keeper[source].is_some, otherwise=Error.INVL_ID, name="source_gone")
    act.require(reference != source, name="two_references")
    new.replaces[reference] = none(Reference)
    _keep(old, new, reference, space, upgradable)
    take_out(new, stack, source)


@model.action(when=lambda design: design.move is Move.INSERT_THEN_REMOVE)
def source_is_removed(act: Act[Design], old: References, new: References, stack: Stack) -> None:
    """The second half of a move: its source goes, if it is still there."""
    act.require(old.removes[stack].is_some, name="move_under_way")
    source = old.removes[stack].value
    there = old.keeper[source].is_some
    new.removes[stack] = none(Reference)
    new.keeper[source] = none(Object)
    new.stack[source] = choose(there, some(stack), old.stack[source])
    new.use[source] = choose(there, Use.TO_DROP, old.use[source])
    new.upgradable[source] = old.upgradable[source] & ~there


def take_out(new: References, stack: Stack, entry: Reference) -> None:
    """The entry lies on the stack, and is good for nothing any more."""
    new.keeper[entry] = none(Object)
    new.stack[entry] = some(stack)
    new.use[entry] = Use.TO_DROP
    new.upgradable[entry] = False


@model.action()
def entry_is_taken_out(
    act: Act[Design], old: References, new: References, stack: Stack, entry: Reference
) -> None:
    """cap_destroy: the entry goes from its table, and is still to be dropped."""
    act.check(old.keeper[entry].is_some, otherwise=Error.INVL_ID, name="unknown")
    act.require(reaches(old, stack, old.keeper[entry].value), name="space_is_held")
    act.require(old.removes[stack].is_none, name="no_move_under_way")
    take_out(new, stack, entry)
