"""What frames hold, by physical address: how the kernel reads and writes bytes.

A byte of which nobody knows what it is, is None, and so is a word with such a byte.
"""

from collections.abc import Sequence
from typing import NamedTuple

from reference_kernel.draft import Draft
from reference_kernel.frames import CLEARED, NEVER_TOUCHED, Content
from reference_kernel.machine import Writes
from spec.sizes import PAGE_BYTES

WORD_BYTES = 8
_WORDS = PAGE_BYTES // WORD_BYTES

Byte = int | None
Word = int | None


class Region(NamedTuple):
    """Bytes to be copied: so many from a physical address on, or the kernel's own words.

    As built the kernel reads on behind a region; what is behind its own words nobody knows.
    """

    address: int
    size: int
    own: tuple[Word, ...] | None = None

    def behind(self, count: int) -> "Region":
        """The region without its first bytes; of the kernel's own, without first words."""
        own = None if self.own is None else self.own[count // WORD_BYTES :]
        return Region(self.address + count, self.size - count, own)


def own_words(*words: Word) -> Region:
    """These words of the kernel."""
    return Region(0, len(words) * WORD_BYTES, words)


def know_cleared(draft: Draft, frame: int) -> None:
    """Notes of a frame that nobody wrote to so far that its owner got it cleared."""
    if draft.machine.writes is Writes.EVENTS and frame not in draft.frames.contents:
        draft.frames = draft.frames.with_contents(draft.frames.contents.set(frame, CLEARED))


def word_at(draft: Draft, address: int) -> Word:
    """The word at the address, which is a multiple of eight."""
    held = draft.frames.contents.get(address // PAGE_BYTES, NEVER_TOUCHED)
    return held.word(address % PAGE_BYTES // WORD_BYTES)


def first_word(draft: Draft, region: Region) -> Word:
    """The first word of a region that has one, wherever it begins."""
    if region.own is not None:
        return region.own[0]
    if region.address % WORD_BYTES == 0:
        return word_at(draft, region.address)
    return word_of(load_bytes(draft, region, 0, WORD_BYTES))


def copy(draft: Draft, region: Region, at: int, target: int, count: int) -> None:
    """Copies bytes of the region, from its byte number `at` on, to an address; within one page."""
    if not count:
        return
    if (region.address + at) % WORD_BYTES or target % WORD_BYTES or count % WORD_BYTES:
        _store_bytes(draft, target, load_bytes(draft, region, at, count))
    else:
        store_words(draft, target, load_words(draft, region, at, count // WORD_BYTES))


def load_words(draft: Draft, region: Region, at: int, count: int) -> list[Word]:
    """Words of the region, from its byte number `at` on, which is a word's first."""
    if region.own is not None:
        first = at // WORD_BYTES
        known = list(region.own[first : first + count])
        return known + [None] * (count - len(known))
    address = region.address + at
    words: list[Word] = []
    while len(words) < count:
        first = address % PAGE_BYTES // WORD_BYTES
        end = min(_WORDS, first + count - len(words))
        held = draft.frames.contents.get(address // PAGE_BYTES, NEVER_TOUCHED)
        missing = 0 if held.cleared else None
        known_words = held.words
        words += [known_words.get(number, missing) for number in range(first, end)]
        address += (end - first) * WORD_BYTES
    return words


def load_bytes(draft: Draft, region: Region, at: int, count: int) -> list[Byte]:
    """Bytes of the region, from its byte number `at` on."""
    before = at % WORD_BYTES if region.own is not None else (region.address + at) % WORD_BYTES
    number = -(-(before + count) // WORD_BYTES)
    found: list[Byte] = []
    for word in load_words(draft, region, at - before, number):
        found += bytes_of(word)
    return found[before : before + count]


def bytes_of(word: Word) -> Sequence[Byte]:
    """The bytes of a word, the lowest first."""
    return (None,) * WORD_BYTES if word is None else word.to_bytes(WORD_BYTES, "little")


def word_of(found: Sequence[Byte]) -> Word:
    """The word of eight bytes."""
    known = [each for each in found if each is not None]
    return int.from_bytes(bytes(known), "little") if len(known) == WORD_BYTES else None


def store_words(draft: Draft, target: int, words: Sequence[Word]) -> None:
    """Writes words to an address that is a multiple of eight; within one page."""
    contents = draft.frames.contents
    frame = target // PAGE_BYTES
    held = contents.get(frame, NEVER_TOUCHED)
    first = target % PAGE_BYTES // WORD_BYTES
    with held.words.mutate() as changed:
        for number, word in enumerate(words, start=first):
            changed[number] = word
        after = Content(held.cleared, changed.finish())
    draft.frames = draft.frames.with_contents(contents.set(frame, after))


def _store_bytes(draft: Draft, target: int, found: list[Byte]) -> None:
    before = target % WORD_BYTES
    behind = -(before + len(found)) % WORD_BYTES
    start = target - before
    count = (before + len(found) + behind) // WORD_BYTES
    old: list[Byte] = []
    for word in load_words(draft, Region(start, count * WORD_BYTES), 0, count):
        old += bytes_of(word)
    new = [*old[:before], *found, *old[len(old) - behind :]]
    words = [word_of(new[at : at + WORD_BYTES]) for at in range(0, len(new), WORD_BYTES)]
    store_words(draft, start, words)
