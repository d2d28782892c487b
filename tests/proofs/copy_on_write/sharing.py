"""Random runs of one program that does little but share memory, write to it, and run out of it."""

import random
from collections.abc import Iterator

from reference_kernel import spans
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, UserReads, UserWrites
from reference_kernel.frames import free_runs
from reference_kernel.outcomes import Outcome
from reference_kernel.records import MemoryRecord, Record
from reference_kernel.state import NOTHING, AddressSpace, CapabilitySpace, State, Thread
from reference_kernel.step import step
from spec.design import Design
from spec.ids import ObjectType, type_of
from spec.options import CapDestroy
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    IN_PLACE,
    LAZY,
    MAX_SIZE,
    READ,
    RIGHTS_ASKED,
    WRITE,
    ZEROED,
)

_BASE = 0x5_0000_0000
_PLACES = 12
_MOST_MEMORIES = 8


def share(
    design: Design, *, seed: int, steps: int
) -> Iterator[tuple[State, Event, Outcome, State]]:
    """The steps of one run from boot: before, event, outcome, after."""
    state = boot(design)
    program = _Program(random.Random(seed), state.next_object)
    for _ in range(steps):
        if state.panicked is not None or state.current == NOTHING:
            return
        event = program.event(state)
        after, outcome = step(design, state, event)
        yield state, event, outcome, after
        state = after


class _Program:
    """Chooses what the first thread does next; `first` is the name of its first own memory."""

    def __init__(self, chance: random.Random, first: int) -> None:
        self.chance = chance
        self.first = first

    def event(self, state: State) -> Event:
        """A call, or an access to a page that is mapped."""
        thread = state.body(state.current)
        assert isinstance(thread, Thread)
        space, own = state.body(thread.address_space), state.body(thread.capability_space)
        assert isinstance(space, AddressSpace)
        assert isinstance(own, CapabilitySpace)
        memories = [word for word, name in own.entries.items() if self._is_own(word, name)]
        records = [each for each in space.records if each.start >= _BASE]
        is_full = _left_pages(state) == 0
        choice = self.chance.randrange(20 if is_full else 40)
        if len(memories) > _MOST_MEMORIES and (not is_full or choice == 0):
            return self._destroy(state, memories)
        faulting = [each for each in records if _faults(space, each)]
        if choice < 8 and faulting:
            start = self.chance.choice(faulting).start
            return UserWrites(state.current, start * PAGE_BYTES, self.chance.randint(1, 3))
        if choice < 16 and records:
            access = self._access(state, space, self.chance.choice(records))
            if access is not None:
                return access
        if choice < 18 and records:
            start = self.chance.choice(records).start * PAGE_BYTES
            return _call(state, "address_space_unmap", 0, ADDRESS_SPACE, start)
        if (choice < 24 and not is_full) or not memories:
            return self._new(state, takes_all=self.chance.randrange(6) == 0)
        return self._use(state, 24 if is_full else choice, sorted(memories))

    def _is_own(self, word: int, name: int) -> bool:
        return type_of(word) == ObjectType.MEMORY and name >= self.first

    def _use(self, state: State, choice: int, memories: list[int]) -> CallMade:
        memory, count = self.chance.choice(memories), self.chance.randint(1, 2)
        if choice < 26:
            return self._destroy(state, memories)
        if choice < 32:
            offset = self.chance.randrange(2)
            return _call(state, "memory_clone", RIGHTS_ASKED, ALLOCATOR, memory, offset, count)
        if choice < 38:
            at = (_BASE + self.chance.randrange(_PLACES)) * PAGE_BYTES
            options = MAX_SIZE | self.chance.choice((READ, READ | WRITE, READ | WRITE))
            return _call(state, "memory_map", options, ADDRESS_SPACE, memory, at, count)
        return _call(state, "memory_resize", IN_PLACE, memory, self.chance.randint(1, 3))

    def _destroy(self, state: State, memories: list[int]) -> CallMade:
        word = self.chance.choice(memories)
        return _call(state, "cap_destroy", CapDestroy.CSPACE_SELF, 0, word)

    def _new(self, state: State, *, takes_all: bool) -> CallMade:
        pages, options = self.chance.randint(1, 3), self.chance.choice((0, 0, LAZY, ZEROED))
        if takes_all:
            pages, options = max(1, _left_pages(state) - self.chance.randrange(2)), 0
        return _call(state, "memory_new", RIGHTS_ASKED | options, ALLOCATOR, pages)

    def _access(self, state: State, space: AddressSpace, record: Record) -> Event | None:
        assert isinstance(record, MemoryRecord)
        page = record.start + self.chance.randrange(record.pages)
        address = page * PAGE_BYTES + 8 * self.chance.randrange(2)
        if spans.at(space.tables.entries, page) is None:
            return None
        if record.location.access & WRITE and self.chance.randrange(3):
            return UserWrites(state.current, address, self.chance.randint(1, 3))
        return UserReads(state.current, address)


def _faults(space: AddressSpace, record: Record) -> bool:
    """Whether the first page of the mapping may be written, and is shared."""
    entry = spans.at(space.tables.entries, record.start)
    is_writable = isinstance(record, MemoryRecord) and record.location.access & WRITE
    return bool(is_writable) and entry is not None and not entry.note & WRITE


def _left_pages(state: State) -> int:
    return sum(end - first for first, end in free_runs(state.frames, state.machine))


def _call(state: State, name: str, options: int, *arguments: int) -> CallMade:
    words = (*arguments, *(0 for _ in range(8 - len(arguments))))
    return CallMade(state.current, BY_NAME[name].number, int(options), words)
