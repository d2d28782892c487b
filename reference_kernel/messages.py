"""Messages: a count, so many capability ids, then bytes; the capabilities are cloned on the way.

Source: cap/channel/capability_writer.rs, event/mod.rs.
"""

from collections.abc import Iterable
from typing import NamedTuple

from reference_kernel.contents import (
    WORD_BYTES,
    Byte,
    Region,
    Word,
    bytes_of,
    first_word,
    load_bytes,
    own_words,
    store_words,
    word_of,
)
from reference_kernel.copying import (
    Fault,
    MemoryWriter,
    Writer,
    Written,
    copy_range,
    is_exact,
    range_of,
)
from reference_kernel.draft import Draft, Unseen
from reference_kernel.entries import insert
from reference_kernel.fine import Context
from reference_kernel.locks import LockKind
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Deadlock, Panic, Refused
from reference_kernel.parties import NOBODY, Buffer, Message, Taken
from reference_kernel.transit import named
from spec.design import PartialSend
from spec.errors import Error
from spec.ids import is_weak, rights_of
from spec.panics import SAME_MEMORY
from spec.sizes import PAGE_BYTES

_WORDS_OF_A_PAGE = PAGE_BYTES // WORD_BYTES
_OUTSIDE = Refused(Error.INVL_MEM_ZONE, "caller_buffer")
BUFFER_TOO_SMALL = Refused(Error.OUT_OF_CAPACITY, "message_too_long")
"""Who receives has no room for such a message."""
_SAME_MEMORY = Deadlock(SAME_MEMORY.place, SAME_MEMORY.why)


class Spaces(NamedTuple):
    """Whose capabilities are cloned, to whom, and the id that is not to be seen yet, or 0."""

    source: int
    target: int
    hidden: int = 0


class Transfer:
    """Writes a message and clones the capabilities that it names."""

    __slots__ = (
        "_count_at",
        "_draft",
        "_held",
        "_id",
        "_remaining",
        "_size_bytes",
        "_spaces",
        "_writer",
    )

    def __init__(
        self,
        draft: Draft,
        spaces: Spaces,
        writer: Writer,
        size_bytes: int,
        held: Iterable[Word] | None = None,
    ) -> None:
        self._draft = draft
        self._spaces = spaces
        self._writer = writer
        self._size_bytes = size_bytes
        self._held = None if held is None else iter(held)
        self._remaining: int | None = None
        self._count_at = (0, 0)
        self._id: list[Byte] = []

    @property
    def room(self) -> int:
        """How many bytes fit."""
        return self._writer.room

    def pointer(self) -> int | Fault:
        """The physical address to which the next byte goes."""
        return self._writer.pointer()

    def write(self, region: Region, /) -> Written | Fault:
        """Writes a part of the message; what is left of a region behind the ids are its bytes."""
        size = 0
        if self._remaining is None:
            if region.size < WORD_BYTES and not is_exact(self._draft):
                return Written(0, full=True)
            region = self._take(region)
            if len(self._id) < WORD_BYTES:
                return Written(0, full=False)
            count, self._id = word_of(self._id), []
            begun = self._begin(count)
            if not isinstance(begun, Written) or begun.full:
                return begun
            size = begun.size
        while self._remaining and region.size:
            region = self._take(region)
            if len(self._id) == WORD_BYTES:
                written = self._hand_over()
                if not isinstance(written, Written):
                    return written
                size += written.size
        rest = self._writer.write(region)
        return Written(rest.size + size, rest.full) if isinstance(rest, Written) else rest

    def _begin(self, count: Word) -> Written | Fault:
        """The count is written, zero at first; a count that nobody knows is taken for none."""
        if _counts_exactly(self._draft):
            return self._begin_exactly(count)
        pushed = push_word(self._writer)
        if not isinstance(pushed, Pushed):
            return pushed
        if pushed.address is None:
            return Written(pushed.size, full=True)
        self._remaining = count or 0
        if count is None:
            whole, cut = divmod(self._size_bytes, WORD_BYTES)
            runs_on = cut or pushed.size != WORD_BYTES
            self._note_unseen(_WORDS_OF_A_PAGE if runs_on else whole - 1)
        self._count_at = (pushed.address, 0)
        self._note_count(None if count is None else 0)
        return Written(pushed.size, full=False)

    def _begin_exactly(self, count: Word) -> Written | Fault:
        """The count of the ids that are in the message and fit is written, if it fits itself."""
        whole = min(self._size_bytes, self.room) // WORD_BYTES - 1
        if whole < 0:
            return Written(0, full=True)
        self._remaining = min(count or 0, whole)
        if count is None:
            self._note_unseen(whole)
        return self._writer.write(own_words(None if count is None else self._remaining))

    def _note_count(self, count: Word) -> None:
        if self._draft.machine.writes is not Writes.NONE:
            store_words(self._draft, self._count_at[0], (count,))

    def _note_unseen(self, most: int) -> None:
        """So many capabilities may go over, without anybody knowing it."""
        if most > 0:
            unseen = Unseen(self._spaces.source, self._spaces.target, most)
            self._draft.unseen.append(unseen)

    def _take(self, region: Region) -> Region:
        """The region behind the bytes of it that belong to the count or the next id."""
        count = min(WORD_BYTES - len(self._id), region.size)
        if not self._id and count == WORD_BYTES:
            self._id = list(bytes_of(first_word(self._draft, region)))
        else:
            self._id += load_bytes(self._draft, region, 0, count)
        return region.behind(count)

    def _hand_over(self) -> Written | Fault:
        """Writes the id of the clone, or 0 where there is none."""
        word, self._id = word_of(self._id), []
        assert self._remaining
        self._remaining -= 1
        address, consumed = self._count_at
        if not _counts_exactly(self._draft):
            self._count_at = (address, consumed + 1)
            self._note_count(consumed + 1)
        if word is None:
            self._note_unseen(1)
        if self._held is None:
            clone = _clone(self._draft, self._spaces, word)
        else:
            clone = _clone_held(self._draft, self._spaces, next(self._held))
        return clone if isinstance(clone, Panic) else self._writer.write(own_words(clone))


def _clone(draft: Draft, spaces: Spaces, word: Word) -> Word | Panic:
    if word is None:
        return None
    target = named(draft, spaces.source, word)
    if isinstance(target, Panic):
        return target
    if target is None or (word == spaces.hidden and spaces.source == spaces.target):
        return 0
    return insert(draft, spaces.target, target, rights=rights_of(word), weak=is_weak(word))


def _clone_held(draft: Draft, spaces: Spaces, holder: Word) -> Word:
    """The clone of what a message held that waited; nothing, if somebody took that away."""
    target = draft.space(spaces.source).in_transit.get(holder or 0)
    if holder is None or target is None:
        return None if holder is None else 0
    return insert(draft, spaces.target, target, rights=rights_of(holder), weak=is_weak(holder))


def _counts_exactly(draft: Draft) -> bool:
    """Whether a message's count is that of the ids that arrive; only they are cloned then."""
    cut = draft.design.partial_send is PartialSend.TRUNCATE_SILENTLY
    return is_exact(draft) or not cut


class Pushed(NamedTuple):
    """Where a word was written, None where it did not fit, and how many bytes it took."""

    address: int | None
    size: int


def push_word(writer: Writer) -> Pushed | Fault:
    """Writes a zero to the next address that is a multiple of eight, and zeros before it."""
    address = writer.pointer()
    if not isinstance(address, int):
        return address
    padding = -address % WORD_BYTES
    padded = writer.write(Region(0, padding, (0,)))
    if not isinstance(padded, Written):
        return padded
    if padded.full:
        return Pushed(None, padded.size)
    address = writer.pointer()
    if not isinstance(address, int):
        return address
    written = writer.write(own_words(0))
    if not isinstance(written, Written):
        return written
    whole = written.size == WORD_BYTES
    return Pushed(address if whole else None, padded.size + written.size)


def message_bytes(draft: Draft, message: Message) -> int:
    """How long the message is, whose memory lives; one of bytes that are not there is empty."""
    if isinstance(message, Taken):
        return message.size_bytes
    known = range_of(draft, message)
    return known[1] - known[0] if isinstance(known, tuple) else 0


def copy_message(
    draft: Draft, message: Message, spaces: Spaces, writer: Writer, *, locked: int = NOBODY
) -> int | Fault:
    """Copies the message, of a living memory or as it was taken; gives how many bytes were written.

    A message of bytes that the memory does not have is empty. `locked` is a memory whose lock is
    held.
    """
    if isinstance(message, Taken):
        return _copy_taken(draft, message, spaces, writer)
    if message.memory == locked and not is_exact(draft):
        return _SAME_MEMORY
    known = range_of(draft, message)
    if not isinstance(known, tuple):
        return known or 0
    transfer = Transfer(draft, spaces, writer, known[1] - known[0])
    if message.memory == locked or (is_exact(draft) and message.memory < locked):
        return copy_range(draft, message.memory, *known, transfer)
    with draft.lock(LockKind.MEMORY, message.memory):
        return copy_range(draft, message.memory, *known, transfer)


def _copy_taken(draft: Draft, message: Taken, spaces: Spaces, writer: Writer) -> int | Fault:
    if not message.size_bytes:
        return 0
    transfer = Transfer(draft, spaces, writer, message.size_bytes, message.held)
    written = transfer.write(Region(0, message.size_bytes, message.words))
    return written.size if isinstance(written, Written) else written


def copy_to_memory(draft: Draft, message: Message, target: Buffer, spaces: Spaces) -> int | Fault:
    """Copies the message into a living memory.

    Refuses, first match wins: the target has no such bytes, too few of them where the design does
    not cut messages, no frame for a page.
    """
    known = range_of(draft, target)
    if not isinstance(known, tuple):
        return known or _OUTSIDE
    whole = draft.design.partial_send is PartialSend.REFUSE
    if whole and message_bytes(draft, message) > known[1] - known[0]:
        return BUFFER_TOO_SMALL
    writer = MemoryWriter(draft, target.memory, *known)
    with _locked(draft, message, target.memory):
        return copy_message(draft, message, spaces, writer, locked=target.memory)


def _locked(draft: Draft, message: Message, target: int) -> Context:
    """The locks of the target and, where copies are exact, of a source that is older.

    As built that of the source always comes second, so that two copies can wait for each other.
    """
    if not isinstance(message, Buffer) or not is_exact(draft) or message.memory >= target:
        return draft.lock(LockKind.MEMORY, target)
    return draft.lock(LockKind.MEMORY, message.memory, behind=target)


def desired_bytes(draft: Draft, message: Message) -> int:
    """The bytes that the kernel wants for the message in a pool: whole words.

    As built as many as were named, whether they are there or not.
    """
    size = message_bytes(draft, message) if is_exact(draft) else message.size_bytes
    return -(-size // WORD_BYTES) * WORD_BYTES
