"""cap_clone and cap_destroy.

Source: syscall/cap.rs, cap/capability_space.rs.
"""

from reference_kernel.capability_space import find, refuse_dead
from reference_kernel.creation import keeps_weak
from reference_kernel.draft import Draft
from reference_kernel.entries import insert, is_hidden, remove, remove_unannounced
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Ok, Outcome, Panic, Refused, Stopped
from reference_kernel.sections import Rest, Section
from spec.design import EnumDecode, InvisibleEntries, Move, UpgradeRight
from spec.errors import Error
from spec.ids import TABLED, ObjectType, is_weak, parses, rights_of, type_of
from spec.options import CapClone, CapDestroy
from spec.rights import Right, attenuate

_NO_CLONE = Panic("src/cap/capability_space.rs:423", "a type without a table cannot be cloned")
_NO_DESTROY = Panic("src/syscall/cap.rs:104", "a type without a table cannot be destroyed")


def cap_clone(draft: Draft, call: CallMade) -> Outcome:
    """A second capability to the same object, or with DESTROY_SRC_CAP the only one."""
    word = call.arguments[2]
    if not parses(word):
        return Refused(Error.INVL_ID, "cap_malformed")
    source = _space(draft, call, 1, CapClone.SRC_CSPACE_SELF, "src_cspace")
    if not isinstance(source, int):
        return source
    destination = _space(draft, call, 0, CapClone.DST_CSPACE_SELF, "dst_cspace")
    if not isinstance(destination, int):
        return destination
    if type_of(word) not in TABLED:
        return _untabled(draft, _NO_CLONE)
    target = draft.space(source).entries.get(word)
    if target is None or is_hidden(draft, source, word):
        return Refused(Error.INVL_ID, "cap_unknown")
    weak = _result_is_weak(call.options, word)
    if weak and not keeps_weak(draft.design):
        return Refused(Error.INVL_ARGS, "cap_would_be_weak")
    if is_weak(word) and not weak:
        checked = draft.design.upgrade_right is UpgradeRight.CHECKED
        if checked and not rights_of(word) & Right.UPGRADE:
            return Refused(Error.INVL_PERM, "cap_lacks_upgrade")
        if not draft.is_alive(target):
            return refuse_dead(draft, call, source, word=word, refusal="cap_dead")
    rights = attenuate(rights_of(word), call.options & CapClone.RIGHTS)
    if not call.options & CapClone.DESTROY_SRC_CAP:
        return Ok((insert(draft, destination, target, rights=rights, weak=weak),))
    if draft.fine is not None and draft.design.move is Move.INSERT_THEN_REMOVE:
        inserted = insert(draft, destination, target, rights=rights, weak=weak)
        return draft.cut(Section.MOVED, call, source, inserted)
    return Ok((_move(draft, source, word, destination, rights=rights, weak=weak),))


def moved(draft: Draft, rest: Rest) -> Outcome:
    """The capability is where it goes; it is removed where it was, if it is there still."""
    source, inserted = rest.words
    assert isinstance(rest.event, CallMade), rest
    word = rest.event.arguments[2]
    if word in draft.space(source).entries:
        remove(draft, source, word)
    return Ok((inserted,))


def _space(draft: Draft, call: CallMade, at: int, own: int, name: str) -> int | Stopped:
    if call.options & own:
        return draft.thread(call.thread).capability_space
    return find(draft, call, at, kind=ObjectType.CAPABILITY_SPACE, needed=Right.WRITE, name=name)


def _result_is_weak(options: int, word: int) -> bool:
    if options & CapClone.CHANGE_CAP_WEAKNESS:
        return bool(options & CapClone.MAKE_WEAK)
    return is_weak(word)


def _move(
    draft: Draft, source: int, word: int, destination: int, *, rights: int, weak: bool
) -> int:
    """The only capability from now on; in between there are two, or none."""
    target = draft.space(source).entries[word]
    if draft.design.move is Move.INSERT_THEN_REMOVE:
        moved = insert(draft, destination, target, rights=rights, weak=weak)
        remove(draft, source, word)
        return moved
    draft.watch(target)  # the last weak reference would take the block of a dead object with it
    remove(draft, source, word)
    moved = insert(draft, destination, target, rights=rights, weak=weak)
    draft.forget(target)
    return moved


def cap_destroy(draft: Draft, call: CallMade) -> Outcome:
    """The capability goes; it needs no right for that, and may be dead."""
    word = call.arguments[1]
    if not parses(word):
        return Refused(Error.INVL_ID, "cap_malformed")
    space = _space(draft, call, 0, CapDestroy.CSPACE_SELF, "cspace")
    if not isinstance(space, int):
        return space
    if type_of(word) not in TABLED:
        return _untabled(draft, _NO_DESTROY)
    body = draft.space(space)
    if word in body.entries and not _is_untouchable(draft, space, word):
        remove(draft, space, word)
        return Ok()
    removable = draft.design.invisible_entries is InvisibleEntries.REMOVABLE
    if removable and word in body.in_transit:
        remove_unannounced(draft, space, word)
        return Ok()
    return Refused(Error.INVL_ID, "cap_unknown")


def _is_untouchable(draft: Draft, space: int, word: int) -> bool:
    """Whether the entry is not visible yet, and nobody may take such a one."""
    untouchable = draft.design.invisible_entries is not InvisibleEntries.REMOVABLE
    return untouchable and is_hidden(draft, space, word)


def _untabled(draft: Draft, panic: Panic) -> Outcome:
    if draft.design.enum_decode is EnumDecode.TOTAL:
        return Refused(Error.INVL_ID, "cap_untabled")
    return panic
