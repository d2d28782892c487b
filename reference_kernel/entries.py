"""The entries of a capability space: how they come and how they go, seen or not.

Source: cap/capability_space.rs. Entries that are not announced hold what waiting messages name.
"""

from reference_kernel.changing import replace
from reference_kernel.draft import Draft
from reference_kernel.locks import Lock, LockKind
from reference_kernel.state import Known
from spec.ids import is_weak, pack


def insert(
    draft: Draft, space: int, target: int, *, rights: int, weak: bool, announced: bool = True
) -> int:
    """A new entry of the living space for the object; gives its id, which no other had there."""
    if draft.fine is not None:
        draft.touch(Lock(LockKind.CAPABILITIES, space))
    body = draft.space(space)
    kind = draft.objects[target].type
    serial = body.next_serial[kind]
    word = pack(kind, rights, weak=weak, serial=serial)
    serials = (*body.next_serial[:kind], serial + 1, *body.next_serial[kind + 1 :])
    if announced:
        added = replace(body, entries=body.entries.set(word, target), next_serial=serials)
    else:
        added = replace(body, in_transit=body.in_transit.set(word, target), next_serial=serials)
    draft.put(space, added)
    if weak:
        draft.watch(target)
    else:
        draft.hold(target)
    return word


def is_hidden(draft: Draft, space: int, word: int) -> bool:
    """Whether the entry is a reply that is not visible yet: its delivery is under way."""
    if draft.fine is None:
        return False
    rests = (each.rest for each in draft.processors)
    return any(rest is not None and rest.hides(space, word) for rest in rests)


def remove(draft: Draft, space: int, word: int) -> None:
    """The announced entry goes, and with it the reference that it was."""
    body = draft.space(space)
    if draft.fine is not None:
        draft.touch(Lock(LockKind.CAPABILITIES, space))
    draft.put(space, replace(body, entries=body.entries.delete(word)))
    drop_reference(draft, space, word, body.entries[word])


def remove_unannounced(draft: Draft, space: int, word: int) -> None:
    """The entry that is not announced goes, and with it the reference that it was."""
    body = draft.space(space)
    draft.put(space, replace(body, in_transit=body.in_transit.delete(word)))
    drop_reference(draft, space, word, body.in_transit[word])


def drop_reference(draft: Draft, space: int, word: int, target: int) -> None:
    """The reference that a capability of the space with this id was goes."""
    if is_weak(word):
        draft.forget(target)
    else:
        draft.release(target, Known(space, word))
