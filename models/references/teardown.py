"""How objects come, what else holds them, and how they go when their count comes to zero."""

from assay.lang import Act, Truth, all_of, choose, exists, forall, none, some
from models.references.state import (
    Object,
    Reference,
    References,
    Stack,
    Stage,
    Use,
    destroys,
    destructors_nest,
    goes_on,
    is_last,
    is_referred_to,
    keeps_weak,
    may_stay,
    reaches,
    somebody_runs,
)
from models.references.tables import model, require_new, require_on_stack, take_out
from spec.design import Design, KilledWaits, UpgradeRight


def _make(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    object: Object,
    reference: Reference,
    space: Object,
) -> None:
    require_new(act, old, stack, reference)
    act.require(reaches(old, stack, space), name="space_is_held")
    act.require(old.stage[object] == Stage.FREE, name="block_is_free")
    new.stage[object] = Stage.ALIVE
    new.target[reference] = some(object)
    new.keeper[reference] = some(space)


@model.action()
def object_is_made(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    object: Object,
    reference: Reference,
    space: Object,
    upgradable: Truth,
) -> None:
    """A block for an object that keeps nothing; nobody sees it before it has its strong entry."""
    _make(act, old, new, stack, object, reference, space)
    new.upgradable[reference] = upgradable


@model.action()
def owner_is_made(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    object: Object,
    reference: Reference,
    space: Object,
) -> None:
    """A thread, or its new space: threads hold it, and its maker names it, weakly if it can."""
    _make(act, old, new, stack, object, reference, space)
    new.is_owner[object] = True
    new.anchored[object] = True
    if keeps_weak(act.design):
        new.weak[reference] = True


def _forget(new: References, reference: Reference) -> None:
    """There is no such reference any more."""
    new.target[reference] = none(Object)
    new.weak[reference] = False
    new.upgradable[reference] = False
    new.stack[reference] = none(Stack)
    new.use[reference] = Use.PLAIN
    new.replaces[reference] = none(Reference)


@model.action()
def thread_takes_hold(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """A new thread holds its space, a waiting one its message: beyond this call.

    What threads hold already, the caller's own thread may share.
    """
    require_on_stack(act, old, stack, reference, Use.PLAIN, Use.BORROWED)
    act.require(~old.weak[reference], name="strong")
    act.require(somebody_runs(old), name="somebody_runs")
    if act.design.upgrade_right is UpgradeRight.CHECKED:
        shared = old.anchored[old.target[reference].value]
        act.require(shared | may_stay(old, reference), name="may_stay")
    new.anchored[old.target[reference].value] = True
    _forget(new, reference)


@model.action()
def call_shares_a_hold(
    act: Act[Design],
    old: References,
    new: References,
    stack: Stack,
    object: Object,
    copy: Reference,
) -> None:
    """What threads hold is counted once more while a call uses it: its own space, say."""
    require_new(act, old, stack, copy)
    act.require(old.anchored[object], name="anchored")
    new.stack[copy] = some(stack)
    new.target[copy] = some(object)
    new.use[copy] = Use.SHARED


@model.action()
def thread_lets_go(
    act: Act[Design], old: References, new: References, stack: Stack, object: Object
) -> None:
    """No thread holds the object any more; references do."""
    act.require(old.removes[stack].is_none, name="no_move_under_way")
    act.require(old.anchored[object], name="anchored")
    act.require(is_referred_to(old, object), name="not_last")
    new.anchored[object] = False


def _begin_destructor(
    act: Act[Design], old: References, new: References, stack: Stack, object: Object
) -> None:
    """The destructor of the object begins, which was met on that stack: within none, by design."""
    if not destructors_nest(act.design):
        act.require(~destroys(old, stack), name="no_destructor_under_way")
    new.stage[object] = Stage.DYING
    new.destroyer[object] = some(stack)


@model.action()
def last_thread_lets_go(
    act: Act[Design], old: References, new: References, stack: Stack, object: Object
) -> None:
    """The strong count falls to zero as a thread ends."""
    act.require(old.removes[stack].is_none, name="no_move_under_way")
    act.require(old.anchored[object], name="anchored")
    act.require(~is_referred_to(old, object), name="last")
    _begin_destructor(act, old, new, stack, object)
    new.anchored[object] = False


def _require_to_drop(act: Act[Design], old: References, stack: Stack, reference: Reference) -> None:
    act.require(old.stack[reference].holds(stack), name="on_stack")
    act.require(old.removes[stack].is_none, name="no_move_under_way")
    act.require(old.use[reference] != Use.LOADED, name="no_upgrade_under_way")


@model.action()
def reference_is_dropped(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """A count falls, and not the strong one to zero."""
    _require_to_drop(act, old, stack, reference)
    act.require(~is_last(old, reference), name="not_last")
    _forget(new, reference)


@model.action()
def last_reference_is_dropped(
    act: Act[Design], old: References, new: References, stack: Stack, reference: Reference
) -> None:
    """The strong count falls to zero: whoever sees that destroys the object."""
    _require_to_drop(act, old, stack, reference)
    act.require(is_last(old, reference), name="last")
    _begin_destructor(act, old, new, stack, old.target[reference].value)
    _forget(new, reference)


@model.action()
def entry_goes_with_its_space(
    act: Act[Design], old: References, new: References, stack: Stack, entry: Reference
) -> None:
    """The destructor of a space takes out an entry, which is still to be dropped."""
    act.require(old.keeper[entry].is_some, name="kept")
    act.require(old.destroyer[old.keeper[entry].value].holds(stack), name="destroys")
    take_out(new, stack, entry)


@model.action()
def object_is_destroyed(
    act: Act[Design], old: References, new: References, stack: Stack, object: Object
) -> None:
    """Nothing is left in the object; what is left of it is its block."""
    act.require(old.destroyer[object].holds(stack), name="destroys")
    act.require(forall(Reference, lambda r: ~old.keeper[r].holds(object)), name="empty")
    new.stage[object] = Stage.DEAD
    new.is_owner[object] = False
    new.destroyer[object] = none(Stack)


@model.action()
def block_is_freed(act: Act[Design], old: References, new: References, object: Object) -> None:
    """The weak count of a destroyed object has come to zero."""
    act.require(old.stage[object] == Stage.DEAD, name="dead")
    act.require(forall(Reference, lambda r: ~old.target[r].holds(object)), name="unnamed")
    new.stage[object] = Stage.FREE


@model.action()
def call_is_killed(
    act: Act[Design], old: References, new: References, stack: Stack, killer: Stack, space: Object
) -> None:
    """The thread of a waiting call is killed; its stack goes, and what lies there.

    `space`: the thread's own. Its killer drops the references, or nobody does.
    """
    act.require(stack != killer, name="two_stacks")
    act.require(goes_on(old, stack) & old.removes[killer].is_none, name="go_on")
    act.require(reaches(old, killer, space) & old.anchored[space], name="thread_lives")
    waits = all_of(
        exists(Reference, lambda r: old.stack[r].holds(stack)),
        forall(Reference, lambda r: old.stack[r].holds(stack).implies(~old.weak[r])),
    )
    act.require(waits, name="waits")
    released = act.design.killed_waits is KilledWaits.RELEASED
    left = some(killer) if released else none(Stack)
    new.stack.each(lambda r: choose(old.stack[r].holds(stack), left, old.stack[r]))
    use = Use.TO_DROP if released else Use.PLAIN
    new.use.each(lambda r: choose(old.stack[r].holds(stack), use, old.use[r]))
    new.upgradable.each(lambda r: old.upgradable[r] & ~old.stack[r].holds(stack))
    new.replaces.each(lambda r: choose(old.stack[r].holds(stack), none(Reference), old.replaces[r]))
