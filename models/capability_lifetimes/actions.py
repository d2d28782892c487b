"""What calls do with capabilities, what they refuse, and the drops that they set off."""

from assay.lang import Act, Model, Truth, none, some
from models.capability_lifetimes.state import (
    Allows,
    Capabilities,
    Capability,
    Object,
    Rights,
    at_rest,
    is_held,
    is_spoken_of,
    leads_to_life,
)
from spec.design import CreatedRights, Design, Move, UpgradeRight, WeakAutoDestroy, WeakCapabilities
from spec.errors import Error

model = Model("capability_lifetimes", Capabilities, Design)


def keeps_weak(design: Design) -> bool:
    """Whether there are weak capabilities."""
    return design.weak_capabilities is WeakCapabilities.KEPT


@model.start_when(keeps_weak)
def boot(new: Capabilities) -> None:
    """One space, which a thread holds, with a weak capability to itself."""
    _boot(new)
    new.weak[Capability.OWN_SPACE] = True
    new.rights[Capability.OWN_SPACE] = Rights.of(Allows.USE)


@model.start_when(lambda design: not keeps_weak(design))
def boot_without_weak(new: Capabilities) -> None:
    """One space, which a thread holds, and which holds itself."""
    _boot(new)
    new.rights[Capability.OWN_SPACE] = Rights.of(Allows.USE)


def _boot(new: Capabilities) -> None:
    new.alive[Object.BOOT_SPACE] = True
    new.is_space[Object.BOOT_SPACE] = True
    new.anchored[Object.BOOT_SPACE] = True
    _put(new, Capability.OWN_SPACE, Object.BOOT_SPACE, Object.BOOT_SPACE)


def _put(new: Capabilities, made: Capability, space: Object, target: Object) -> None:
    new.space[made] = some(space)
    new.target[made] = some(target)


def _remove(old: Capabilities, new: Capabilities, capability: Capability) -> None:
    """The entry goes, if there is one; its id stays given out."""
    target = old.target[capability]
    was_strong = target.is_some & ~old.weak[capability]
    new.target[capability] = none(Object)
    new.weak[capability] = False
    new.rights[capability] = Rights.none()
    new.released[target.value] = old.released[target.value] | was_strong


def _require_rest(act: Act[Design], old: Capabilities) -> None:
    act.require(at_rest(old), name="at_rest")


def _require_free(act: Act[Design], old: Capabilities, space: Object, made: Capability) -> None:
    act.require(old.alive[space] & old.is_space[space], name="space_lives")
    act.require(old.space[made].is_none, name="id_is_new")


def _refuse_dead(act: Act[Design], condition: Truth) -> None:
    """The refusal of a dead weak capability; where it always goes, `dead_weak_goes` is the step."""
    if not keeps_weak(act.design):
        return
    if act.design.weak_auto_destroy is WeakAutoDestroy.ALWAYS:
        act.require(condition, name="dead_goes_instead")
    else:
        act.check(condition, otherwise=Error.INVL_WEAK, name="dead")


@model.action()
def capability_is_used(
    act: Act[Design], old: Capabilities, new: Capabilities, capability: Capability, needed: Rights
) -> None:
    """A call looks up one of its arguments; whatever it does then, it holds no longer than that."""
    _require_rest(act, old)
    act.check(old.target[capability].is_some, otherwise=Error.INVL_ID, name="unknown")
    act.check(needed.within(old.rights[capability]), otherwise=Error.INVL_PERM, name="lacks_right")
    _refuse_dead(act, leads_to_life(old, capability))


def dead_weak_can_go(design: Design) -> bool:
    """Whether calls remove dead weak capabilities, or may."""
    return keeps_weak(design) and design.weak_auto_destroy is not WeakAutoDestroy.NEVER


@model.action(when=dead_weak_can_go)
def dead_weak_goes(
    act: Act[Design], old: Capabilities, new: Capabilities, capability: Capability, needed: Rights
) -> None:
    """A call refuses a dead weak capability and removes it, always or with option bit 31."""
    _require_rest(act, old)
    act.require(old.target[capability].is_some, name="known")
    act.require(needed.within(old.rights[capability]), name="has_right")
    act.require(~leads_to_life(old, capability), name="dead")
    _remove(old, new, capability)


def _check_source(act: Act[Design], old: Capabilities, source: Capability, weak: Truth) -> None:
    act.check(old.target[source].is_some, otherwise=Error.INVL_ID, name="cap_unknown")
    if not keeps_weak(act.design):
        act.check(~weak, otherwise=Error.INVL_ARGS, name="cap_would_be_weak")
    elif act.design.upgrade_right is UpgradeRight.CHECKED:
        may = weak | ~old.weak[source] | old.rights[source].has(Allows.UPGRADE)
        act.check(may, otherwise=Error.INVL_PERM, name="cap_lacks_upgrade")
    _refuse_dead(act, weak | leads_to_life(old, source))


@model.action()
def cap_clone(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    source: Capability,
    space: Object,
    made: Capability,
    mask: Rights,
    weak: Truth,
) -> None:
    """A second capability to the same object, in a living space, with some of the rights."""
    _require_rest(act, old)
    _check_source(act, old, source, weak)
    _require_free(act, old, space, made)
    _put(new, made, space, old.target[source].value)
    new.weak[made] = weak
    new.rights[made] = old.rights[source] & mask


@model.action()
def cap_move(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    source: Capability,
    space: Object,
    made: Capability,
    mask: Rights,
    weak: Truth,
) -> None:
    """cap_clone with DESTROY_SRC_CAP; inserted first, the source goes in `cap_move_ends`."""
    act.require(at_rest(old), name="at_rest")
    _check_source(act, old, source, weak)
    _require_free(act, old, space, made)
    act.require(source != made, name="two_ids")
    if act.design.move is Move.ATOMIC:
        _remove(old, new, source)
    else:
        new.replaces[made] = some(source)
    _put(new, made, space, old.target[source].value)
    new.weak[made] = weak
    new.rights[made] = old.rights[source] & mask


@model.action(when=lambda design: design.move is Move.INSERT_THEN_REMOVE)
def cap_move_ends(act: Act[Design], old: Capabilities, new: Capabilities, made: Capability) -> None:
    """The move removes its source, whether that is still there or not."""
    act.require(at_rest(old), name="at_rest")
    act.require(old.replaces[made].is_some, name="move_under_way")
    new.replaces[made] = none(Capability)
    _remove(old, new, old.replaces[made].value)


@model.action()
def cap_destroy(
    act: Act[Design], old: Capabilities, new: Capabilities, capability: Capability
) -> None:
    """The entry goes, dead or alive; no right is needed for that."""
    _require_rest(act, old)
    act.check(old.target[capability].is_some, otherwise=Error.INVL_ID, name="cap_unknown")
    _remove(old, new, capability)


def _create(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
) -> None:
    _require_rest(act, old)
    _require_free(act, old, space, made)
    act.require(~old.alive[object] & ~is_spoken_of(old, object), name="object_is_new")
    new.alive[object] = True
    _put(new, made, space, object)


@model.action()
def object_new(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
    asked: Rights,
) -> None:
    """key_new, channel_new, with OPTION every other: a strong capability with the asked rights."""
    _create(act, old, new, space, made, object)
    new.rights[made] = asked


@model.action(when=lambda design: design.created_rights is CreatedRights.FIXED_ALL)
def object_new_with_all_rights(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
) -> None:
    """memory_new and the others that take no rights: a strong capability with all of them."""
    _create(act, old, new, space, made, object)
    new.rights[made] = Rights.all()


def _create_held(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
) -> None:
    _create(act, old, new, space, made, object)
    new.anchored[object] = True
    if keeps_weak(act.design):
        new.weak[made] = True


@model.action(when=lambda design: design.created_rights is CreatedRights.OPTION)
def thread_new(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
    is_space: Truth,
    asked: Rights,
) -> None:
    """A thread, held by its group, or its new space: weak if anything is, never with UPGRADE."""
    _create_held(act, old, new, space, made, object)
    new.is_space[object] = is_space
    new.rights[made] = asked & Rights.of(Allows.USE)


@model.action(when=lambda design: design.created_rights is CreatedRights.FIXED_ALL)
def thread_new_with_weak_rights(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    space: Object,
    made: Capability,
    object: Object,
    is_space: Truth,
) -> None:
    """A thread, held by its group, or its new space: weak if anything is, without UPGRADE."""
    _create_held(act, old, new, space, made, object)
    new.is_space[object] = is_space
    new.rights[made] = Rights.of(Allows.USE)


@model.action()
def holder_comes(
    act: Act[Design],
    old: Capabilities,
    new: Capabilities,
    capability: Capability,
    shared: Truth,
) -> None:
    """What is no space holds the object from now on: a new thread its spaces, a drop check its end.

    `shared`: the caller's own thread holds it too.
    """
    _require_rest(act, old)
    act.require(old.target[capability].is_some & leads_to_life(old, capability), name="lives")
    object = old.target[capability].value
    act.require(shared.implies(old.anchored[object]), name="shared_is_held")
    if keeps_weak(act.design) and act.design.upgrade_right is UpgradeRight.CHECKED:
        may = shared | ~old.weak[capability] | old.rights[capability].has(Allows.UPGRADE)
        act.check(may, otherwise=Error.INVL_PERM, name="lacks_upgrade")
    new.anchored[object] = True


@model.action()
def last_holder_goes(
    act: Act[Design], old: Capabilities, new: Capabilities, object: Object
) -> None:
    """Nothing but spaces holds the object from now on: its thread or its group has ended."""
    _require_rest(act, old)
    act.require(old.anchored[object], name="anchored")
    new.anchored[object] = False
    new.released[object] = True


@model.action()
def object_lives_on(act: Act[Design], old: Capabilities, new: Capabilities, object: Object) -> None:
    """What was let go was not the last strong reference."""
    act.require(old.released[object] & is_held(old, object), name="held")
    new.released[object] = False


@model.action()
def object_dies(act: Act[Design], old: Capabilities, new: Capabilities, object: Object) -> None:
    """What was let go was the last strong reference."""
    act.require(old.released[object] & ~is_held(old, object), name="not_held")
    new.released[object] = False
    new.alive[object] = False
    new.is_space[object] = False


@model.action()
def id_goes_with_its_space(
    act: Act[Design], old: Capabilities, new: Capabilities, capability: Capability
) -> None:
    """A dead space lets go of an entry; as nobody can name the space, its ids are forgotten."""
    space = old.space[capability]
    act.require(space.is_some & ~old.alive[space.value], name="space_is_dead")
    new.space[capability] = none(Object)
    _remove(old, new, capability)
