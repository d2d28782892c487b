"""CAP-7 owners_know_their_capabilities."""

from collections.abc import Iterator

from reference_kernel.contents import WORD_BYTES
from reference_kernel.events import CallMade, Event
from reference_kernel.frames import Content
from reference_kernel.guarantees.asking import HANDS_OVER
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.pool_events import given_amid
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Deadlock, Ok, Outcome, Panic
from reference_kernel.parties import Taken
from reference_kernel.state import Body, CapabilitySpace, Channel, State, Thread
from spec.design import Design


def owners_know_their_capabilities(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """What a message put into a space is told to its owner: as a result, or in some memory.

    What is not announced a waiting message holds.
    """
    left = _held_for_nobody(before, after)
    if left is not None:
        return left
    if not isinstance(event, CallMade) or event.number not in HANDS_OVER:
        return None
    if isinstance(outcome, Panic | Deadlock) or before.machine.writes is not Writes.EVENTS:
        return None
    results = set(outcome.values) if isinstance(outcome, Ok) else set()
    for _, old, new in changed_bodies(before, after):
        if isinstance(old, Thread) and isinstance(new, Thread) and old.reason != new.reason:
            results.update(new.reason.values)
    results.update(each.word for each in given_amid(before))
    for space, word in _new(before, after):
        if word not in results and not _is_written(before, after, word):
            return f"{title(after, space)} holds {word:x}, and nobody was told"
    return None


def _held_for_nobody(before: State, after: State) -> str | None:
    """Looks for entries that are not announced and that no message holds that waits."""
    changed = list(changed_bodies(before, after))
    if not any(isinstance(old, Channel) or _has_unannounced(new) for _, old, new in changed):
        return None
    waiting = {
        (sender.space, word)
        for known in after.objects.values()
        for sender in (known.body.senders if isinstance(known.body, Channel) else ())
        for word in (sender.message.held or () if isinstance(sender.message, Taken) else ())
    }
    for space, known in after.objects.items():
        if isinstance(known.body, CapabilitySpace):
            for word in known.body.in_transit:
                if (space, word) not in waiting:
                    return f"{title(after, space)} holds {word:x} for a message that is gone"
    return None


def _has_unannounced(body: Body | None) -> bool:
    return isinstance(body, CapabilitySpace) and bool(body.in_transit)


def _new(before: State, after: State) -> Iterator[tuple[int, int]]:
    for name, old, new in changed_bodies(before, after):
        if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
            yield from ((name, word) for word in new.entries if word not in old.entries)


def _is_written(before: State, after: State, word: int) -> bool:
    """Whether a frame that changed holds the word, wherever in it."""
    text = word.to_bytes(WORD_BYTES, "little")
    old = before.frames.contents
    for frame, held in after.frames.contents.items():
        is_new = old.get(frame) is not held
        if is_new and (word in held.words.values() or text in _bytes_of(held)):
            return True
    return False


def _bytes_of(held: Content) -> bytes:
    """The words of the frame in a row; what nobody knows is zero."""
    last = max(held.words, default=-1)
    words = ((held.word(number) or 0) for number in range(last + 1))
    return b"".join(each.to_bytes(WORD_BYTES, "little") for each in words)


CHECKS = (
    full("CAP-7", owners_know_their_capabilities),
    quick("CAP-7", owners_know_their_capabilities, CapabilitySpace, Channel),
)
