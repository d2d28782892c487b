"""The bytes of a message, taken when it is sent.

A proposal: the kernel as built reads them when the message is delivered.
"""

from collections.abc import Iterator

from reference_kernel.contents import (
    WORD_BYTES,
    Byte,
    Region,
    Word,
    load_bytes,
    load_words,
    word_of,
)
from reference_kernel.copying import range_of
from reference_kernel.draft import Draft
from reference_kernel.machine import Writes
from reference_kernel.outcomes import Panic
from reference_kernel.pages import PageState, Run, page_at
from reference_kernel.parties import Buffer, Message, Taken
from spec.design import FreshPages, MessageTime
from spec.sizes import PAGE_BYTES

_NOTHING = Taken(0, ())


def sent(draft: Draft, message: Buffer) -> Message | Panic:
    """The message of a living memory as it is queued: as a part of it, or as its bytes are now."""
    if draft.design.message_time is MessageTime.AT_DELIVERY:
        return message
    known = range_of(draft, message)
    if not isinstance(known, tuple):
        return known or _NOTHING
    return Taken(known[1] - known[0], tuple(_words(draft, message.memory, *known)))


def _words(draft: Draft, memory: int, first: int, end: int) -> Iterator[Word]:
    """The words of the range, which begin with its first byte; zeros fill the last."""
    if first % WORD_BYTES == 0 and end % WORD_BYTES == 0:
        for page, place, count in _parts(first, end):
            yield from _of_page(draft, memory, page, place, count)
        return
    held: list[Byte] = []
    for page, place, count in _parts(first, end):
        held += _bytes_of_page(draft, memory, page, place, count)
    held += [0] * (-len(held) % WORD_BYTES)
    for at in range(0, len(held), WORD_BYTES):
        yield word_of(held[at : at + WORD_BYTES])


def _parts(first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The pages of the range: number, first byte there, and how many bytes of it."""
    while first < end:
        page, place = divmod(first, PAGE_BYTES)
        count = min(PAGE_BYTES - place, end - first)
        yield page, place, count
        first += count


def _of_page(draft: Draft, memory: int, page: int, place: int, count: int) -> list[Word]:
    run = page_at(draft.memory(memory).pages, page)
    if _is_written(draft, run):
        region = Region(run.frame * PAGE_BYTES + place, count)
        return load_words(draft, region, 0, count // WORD_BYTES)
    return [_unwritten(draft, run)] * (count // WORD_BYTES)


def _bytes_of_page(draft: Draft, memory: int, page: int, place: int, count: int) -> list[Byte]:
    run = page_at(draft.memory(memory).pages, page)
    if _is_written(draft, run):
        return load_bytes(draft, Region(run.frame * PAGE_BYTES + place, count), 0, count)
    return [_unwritten(draft, run)] * count


def _is_written(draft: Draft, run: Run) -> bool:
    """Whether anything is known of the page's frame, if it has one."""
    return run.resident and run.frame in draft.frames.contents


def _unwritten(draft: Draft, run: Run) -> Word:
    """What every word of a page is to which nobody wrote; a lazy page needs no frame to be sent."""
    if run.resident:
        return 0 if run.cleared and draft.machine.writes is Writes.EVENTS else None
    zeroed = run.state is PageState.LAZY_ZEROED
    return 0 if zeroed or draft.design.fresh_pages is FreshPages.ZEROED else None
