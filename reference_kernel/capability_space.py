"""The look-up in a capability space that every call begins with.

Source: cap/capability_space.rs.
"""

from reference_kernel.draft import Draft
from reference_kernel.entries import is_hidden, remove
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Refused, Stopped
from spec.design import UpgradeRight, WeakAutoDestroy
from spec.errors import Error
from spec.ids import ObjectType, is_weak, parses, rights_of, type_of
from spec.options import WEAK_AUTO_DESTROY
from spec.rights import Right, covers


def find(
    draft: Draft, call: CallMade, at: int, *, kind: ObjectType, needed: int, name: str
) -> int | Stopped:
    """The living object of this kind that argument number `at` names in the caller's space.

    Where the call is a row of sections, each look-up is one: what it found the stack holds, and
    the call begins again with that. Refuses, first match wins: malformed id, unknown id, a right
    is missing, dead weak capability.
    """
    fine = draft.fine
    if fine is not None and (known := fine.found()) is not None:
        return known
    word = call.arguments[at]
    if not parses(word):
        return Refused(Error.INVL_ID, f"{name}_malformed")
    space = draft.thread(call.thread).capability_space
    target = None if is_hidden(draft, space, word) else draft.space(space).entries.get(word)
    if target is None or type_of(word) != kind:
        return Refused(Error.INVL_ID, f"{name}_unknown")
    if not covers(rights_of(word), needed):
        return Refused(Error.INVL_PERM, f"{name}_lacks_right")
    if is_weak(word) and not draft.is_alive(target):
        return refuse_dead(draft, call, space, refusal=f"{name}_dead", word=word)
    if fine is None:
        return target
    draft.hold(target)
    return draft.looked_up(call, word, target)


def may_hold(draft: Draft, call: CallMade, at: int, target: int) -> bool:
    """Whether the object may be held strongly, beyond the call, through this argument.

    What the caller's own thread holds may be shared, however weak the capability.
    """
    word = call.arguments[at]
    caller = draft.thread(call.thread)
    return (
        draft.design.upgrade_right is UpgradeRight.UNCHECKED
        or not is_weak(word)
        or bool(rights_of(word) & Right.UPGRADE)
        or target in (caller.address_space, caller.capability_space)
    )


def refuse_dead(draft: Draft, call: CallMade, space: int, *, word: int, refusal: str) -> Refused:
    """The refusal of a dead weak capability, which removes it if the design or the caller says so.

    The one place where a refusal has an effect.
    """
    destroys = _destroys_dead(draft, call.options)
    if destroys:
        remove(draft, space, word)
    return Refused(Error.INVL_WEAK, refusal, after=destroys)


def _destroys_dead(draft: Draft, options: int) -> bool:
    match draft.design.weak_auto_destroy:
        case WeakAutoDestroy.OPTION_BIT:
            return bool(options & WEAK_AUTO_DESTROY)
        case WeakAutoDestroy.ALWAYS:
            return True
        case WeakAutoDestroy.NEVER:
            return False
