"""Words that a program tells of: those it wrote, and those it read."""

from collections.abc import Iterator

from reference_kernel import spans
from reference_kernel.changing import replace
from reference_kernel.contents import store_words, word_at
from reference_kernel.draft import Draft
from reference_kernel.events import UserReads, UserWrites
from reference_kernel.log.grammar import Data
from reference_kernel.log.worlds import World
from reference_kernel.outcomes import Done, Seen
from reference_kernel.state import NOTHING, AddressSpace, State, Thread
from reference_kernel.user_access import user_reads, user_writes
from spec.design import Design
from spec.sizes import PAGE_BYTES

_WORD_BYTES = 8
WRITTEN = "w"


def is_free(world: World) -> bool:
    """Whether the running thread is in its program, and has told of no call."""
    runs = world.state.current
    if runs == NOTHING or world.state.panicked is not None:
        return False
    body = world.state.body(runs)
    free = isinstance(body, Thread) and body.call is None
    return free and world.telling(runs) is None and world.leaving(runs) is None


def reaches(state: State, address: int) -> bool:
    """Whether the running thread has something mapped there."""
    thread = state.body(state.current)
    space = state.body(thread.address_space) if isinstance(thread, Thread) else None
    if not isinstance(space, AddressSpace):
        return False
    return spans.at(space.tables.entries, address // PAGE_BYTES) is not None


def _words(data: Data) -> Iterator[tuple[int, int]]:
    """Each word with its address."""
    for number, word in enumerate(data.words):
        yield data.address + number * _WORD_BYTES, word


def wrote(design: Design, world: World, data: Data) -> World:
    """The world after the running thread wrote the words, as far as it reaches their addresses.

    A program need not tell of all: what was known behind them, without a gap, is not known any
    more.
    """
    draft = Draft(design, world.state)
    for address, word in _words(data):
        if reaches(world.state, address):
            done = user_writes(draft, UserWrites(draft.current, address, word))
            assert isinstance(done, Done), address
    _doubt(draft, data.address + len(data.words) * _WORD_BYTES)
    return replace(world, state=draft.finish())


def _doubt(draft: Draft, address: int) -> None:
    """The known words of a page from the address on, up to the first unknown one, are so too."""
    frame = _frame(draft, address)
    while frame is not None and address % PAGE_BYTES:
        target = frame * PAGE_BYTES + address % PAGE_BYTES
        if word_at(draft, target) is None:
            return
        store_words(draft, target, (None,))
        address += _WORD_BYTES


def _frame(draft: Draft, address: int) -> int | None:
    space = draft.thread(draft.current).address_space
    return spans.frame_at(draft.address_space(space).tables.entries, address // PAGE_BYTES)


def compared(design: Design, world: World, data: Data) -> tuple[int, int]:
    """How many of the words that the running thread read are known, and how many are others."""
    draft = Draft(design, world.state)
    known = wrong = 0
    for address, word in _words(data):
        if not reaches(world.state, address):
            continue
        seen = user_reads(draft, UserReads(draft.current, address))
        if isinstance(seen, Seen) and seen.value is not None:
            known += 1
            wrong += seen.value != word
    return known, wrong
