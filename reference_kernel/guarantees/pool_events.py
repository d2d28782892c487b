"""The events in the buffer of a pool, as the words in its pages tell them."""

from collections.abc import Iterator
from typing import NamedTuple

from reference_kernel.contents import WORD_BYTES, Word
from reference_kernel.frames import NEVER_TOUCHED
from reference_kernel.parties import ListeningPool
from reference_kernel.sections import Delivery, Section
from reference_kernel.state import EventBuffer, EventPool, State
from spec.event_words import EVENTS, HEADER
from spec.sizes import PAGE_BYTES

_KINDS = {each.tag: each for each in EVENTS}


class PoolEvent(NamedTuple):
    """An event: its tag, its words, where its data begin, and how many bytes they are."""

    tag: int
    words: tuple[Word, ...]
    data_at: int
    data_bytes: int

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.data_at + -(-self.data_bytes // WORD_BYTES) * WORD_BYTES


def events_from(state: State, buffer: EventBuffer, start: int) -> Iterator[PoolEvent]:
    """The events that begin there, up to the end of what is written or to one of no known kind."""
    at = start
    while at < buffer.written_bytes:
        kind = _KINDS.get(word_in_pool(state, buffer, at) or 0)
        if kind is None:
            return
        count = len(HEADER) + len(kind.payload)
        places = range(at, at + count * WORD_BYTES, WORD_BYTES)
        words = tuple(word_in_pool(state, buffer, each) for each in places)
        data = words[-1] if kind.carries_data else 0
        if data is None:
            return
        event = PoolEvent(kind.tag, words, at + count * WORD_BYTES, data)
        yield event
        at = event.end


def word_in_pool(state: State, buffer: EventBuffer, at: int) -> Word:
    """The word that begins with that byte, a multiple of eight; None where there is no page."""
    page, place = divmod(at, PAGE_BYTES)
    if page >= len(buffer.frames):
        return None
    held = state.frames.contents.get(buffer.frames[page], NEVER_TOUCHED)
    return held.word(place // WORD_BYTES)


def shows_others(old: EventPool | None, new: EventPool) -> bool:
    """Whether other events than before are shown."""
    if old is None or not new.is_shown or not new.reads.written_bytes:
        return False
    return new.reads is not old.reads and new.reads != old.reads


def given_amid(state: State) -> Iterator[Delivery]:
    """The deliveries that have written into a pool, before they wake who waits there."""
    for processor in state.processors:
        rest = processor.rest
        if rest is None or rest.delivery is None or rest.section is not Section.HANDS_OVER:
            continue
        if isinstance(rest.delivery.receiver.listener, ListeningPool):
            yield rest.delivery


def pools_given_amid(state: State) -> Iterator[int]:
    """The pools into which they have written."""
    for each in given_amid(state):
        assert isinstance(each.receiver.listener, ListeningPool), each
        yield each.receiver.listener.pool
