"""The capabilities of messages that wait, where a message is what it was when it was sent.

A proposal: the kernel as built looks ids up when the message is delivered. Here each is looked up
when the message begins to wait, and an entry that is not announced holds what it named, in the
sender's own space: nothing is kept alive that the sender could not have kept alive.
"""

from reference_kernel.changing import replace
from reference_kernel.contents import WORD_BYTES, Word
from reference_kernel.draft import Draft
from reference_kernel.entries import insert, is_hidden, remove_unannounced
from reference_kernel.outcomes import Panic
from reference_kernel.parties import Party, Sender, Taken
from spec.design import EnumDecode
from spec.ids import TABLED, is_weak, parses, rights_of, type_of
from spec.panics import CLONE_UNTABLED


def named(draft: Draft, space: int, word: int) -> int | Panic | None:
    """The object that an id of a message names in the space of its sender.

    Panics: as built, an id of a type that has no table.
    """
    if not parses(word):
        return None
    if type_of(word) not in TABLED:
        partial = draft.design.enum_decode is EnumDecode.PARTIAL
        return Panic(CLONE_UNTABLED.place, CLONE_UNTABLED.why) if partial else None
    return None if is_hidden(draft, space, word) else draft.space(space).entries.get(word)


def begin_to_wait(draft: Draft, sender: Sender) -> Sender | Panic:
    """The sender as it is queued: what its message names is held, if the message was taken.

    Panics: as `named` does.
    """
    message = sender.message
    if not isinstance(message, Taken):
        return sender
    held: list[Word] = []
    for word in _ids(message):
        holder = None if word is None else _hold(draft, sender.space, word)
        if isinstance(holder, Panic):
            return holder
        held.append(holder)
    return replace(sender, message=message._replace(held=tuple(held)))


def _ids(message: Taken) -> tuple[Word, ...]:
    """The ids in the message: as many as it counts, and are whole."""
    if not message.words:
        return ()
    whole = message.size_bytes // WORD_BYTES - 1
    return message.words[1 : 1 + min(message.words[0] or 0, max(0, whole))]


def _hold(draft: Draft, space: int, word: int) -> int | Panic:
    """The id of the entry that holds what the word names, or 0 where it names nothing."""
    target = named(draft, space, word)
    if target is None or isinstance(target, Panic):
        return target or 0
    return insert(draft, space, target, rights=rights_of(word), weak=is_weak(word), announced=False)


def let_go(draft: Draft, party: Party) -> None:
    """The party waits no more: what its message named is not held for it any longer."""
    message = party.message if isinstance(party, Sender) else None
    if not isinstance(message, Taken) or not draft.is_alive(party.space):
        return
    for word in message.held or ():
        if word and word in draft.space(party.space).in_transit:
            remove_unannounced(draft, party.space, word)
