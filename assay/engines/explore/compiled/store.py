"""The memory of a compiled search: the queue of states, the table of them, and each thread's own.

A level is a list of ranges of the queue. Threads that share the queue take extents of it; what they
leave of one at the end of a level stays empty.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, BinaryIO

from assay.engines.explore.compiled.build import Compiled
from assay.engines.explore.compiled.functions import NEVER
from assay.engines.explore.compiled.kernel import EXTENT, RECENT_BITS, Context, Own
from assay.engines.explore.compiled.machine import Region, memory_words

Span = tuple[int, int]
_FIRST_ENTRIES = 1 << 16
_FULL = 0.6
"""How full the table may be: beyond it takes long to find that a state is new."""
_FOUR_TIMES_BELOW = 1 << 21
_ENDLESS = 1 << 62
_PIECE = 1 << 16
"""States that a thread enters at once."""


class Workplace:
    """What one thread has for itself."""

    def __init__(self, code: Compiled) -> None:
        shape, steps = code.shape, len(code.steps)
        room = shape.block * max(1, steps)
        self.own = Region(len(Own))
        self.out = Region(room * shape.words)
        self.steps = Region(room // 4 + 1)
        self.places = Region(max(room, shape.words))
        self.refused = Region(max(1, sum(len(a.checks) for a in code.recorded.actions)))
        self.taken = Region(max(1, steps))
        self.seen = Region(max(1, steps))
        self.recent = Region(1 << RECENT_BITS)
        self.first = Region(max(1, 2 * len(code.events)))
        self.first.fill(NEVER)
        for at, region in (
            (Own.OUT, self.out),
            (Own.STEPS, self.steps),
            (Own.PLACES, self.places),
            (Own.REFUSED, self.refused),
            (Own.TAKEN, self.taken),
            (Own.SEEN, self.seen),
            (Own.FIRST, self.first),
            (Own.RECENT, self.recent),
        ):
            self.own[at] = region.address

    def saved(self) -> dict[str, list[int]]:
        """What the thread has found, as numbers."""
        found = {name: [region[at] for at in range(len(region))] for name, region in self._kept()}
        return {**found, "deadlocks": [self.own[Own.DEADLOCKS]], "unused": list(self.unused)}

    def restore(self, saved: Mapping[str, Sequence[int]]) -> None:
        """Take up what was saved."""
        for name, region in self._kept():
            for index, number in enumerate(saved[name]):
                region[index] = number
        self.own[Own.DEADLOCKS] = saved["deadlocks"][0]
        self.use((saved["unused"][0], saved["unused"][1]))

    def _kept(self) -> tuple[tuple[str, Region], ...]:
        return (
            ("refused", self.refused),
            ("taken", self.taken),
            ("seen", self.seen),
            ("first", self.first),
        )

    @property
    def unused(self) -> Span:
        """What is left of the extent that the thread has."""
        return self.own[Own.AT], self.own[Own.STOP]

    def use(self, span: Span) -> None:
        """Give the thread a part of the queue for what it finds next."""
        self.own[Own.AT], self.own[Own.STOP] = span


class Store:
    """The queue and the table, with a workplace for each thread."""

    def __init__(self, code: Compiled, threads: int) -> None:
        self._code = code
        self.context = Region(len(Context))
        self.queue = Region(memory_words())
        self.workplaces = [Workplace(code) for _ in range(threads)]
        self.levels: list[list[Span]] = []
        self._empty: list[Span] = []
        self._entries = 0
        self._tail = 0
        self.context[Context.QUEUE] = self.queue.address
        self.context[Context.EXPAND] = code.model.address("expand")
        self.context[Context.CHECK] = code.model.address("check")
        if code.ordering is not None:
            self.context[Context.ORDER] = code.ordering.module.address("order")
        self._enter = code.kernel.function("enter", 3)

    @property
    def states(self) -> int:
        """How many states there are."""
        unused = sum(stop - at for at, stop in self._all_unused())
        return self._end() - unused

    @property
    def growth_mib(self) -> int:
        """What the table needs in addition when it grows."""
        return self._entries * self._factor * 8 >> 20

    @property
    def _factor(self) -> int:
        return 4 if self._entries < _FOUR_TIMES_BELOW else 2

    def begin(self, states: Sequence[tuple[int, ...]]) -> None:
        """Put the start states, all distinct, into the queue: the first level."""
        width = self._code.shape.words
        for index, words in enumerate(states):
            for word, bits in enumerate(words):
                self.queue[index * width + word] = bits - (bits >> 63 << 64)
        self._tail = len(states)
        self._release()
        self.grow(least=len(states))
        self.levels.append([(0, len(states))] if states else [])

    def grow(self, least: int = 0, pool: Executor | None = None) -> None:
        """Make the table larger, and enter all states again, by all threads of the pool."""
        entries = self._entries * self._factor or _FIRST_ENTRIES
        shape = self._code.shape
        reserve = len(self.workplaces) * (shape.block * len(self._code.steps) + EXTENT)
        while entries * _FULL < least + 2 * reserve:
            entries *= 2
        self._entries = entries
        self.table = Region(entries)
        self.context[Context.TABLE] = self.table.address
        self.context[Context.SHIFT] = 64 - (entries.bit_length() - 1)
        self.context[Context.MASK] = entries - 1
        self.context[Context.LIMIT] = int(entries * _FULL) - reserve
        spans = _pieces(_without([(0, self._end())], self._all_unused()))
        run = map if pool is None else pool.map
        deque(run(self._enter_span, spans), maxlen=0)

    def _enter_span(self, span: Span) -> None:
        self._enter(self.context.address, *span)

    def saved(self) -> dict[str, Any]:
        """All but the states, as numbers."""
        return {
            "levels": self.levels,
            "empty": self._empty,
            "end": self._end(),
            "tail": self._tail,
            "workplaces": [workplace.saved() for workplace in self.workplaces],
        }

    def queue_bytes(self) -> memoryview:
        """The memory of all states."""
        return self.queue.first_bytes(self._end() * self._code.shape.words)

    def restore(self, saved: Mapping[str, Any], states: BinaryIO) -> None:
        """Take up what was saved, and read the states."""
        self.levels = [[(begin, end) for begin, end in level] for level in saved["levels"]]
        self._empty = [(begin, end) for begin, end in saved["empty"]]
        self._tail = saved["tail"]
        self.context[Context.TAIL] = saved["end"]
        for workplace, each in zip(self.workplaces, saved["workplaces"], strict=True):
            workplace.restore(each)
        states.readinto(self.queue_bytes())  # type: ignore[attr-defined]
        self.grow(least=saved["end"])

    def close_level(self) -> list[Span]:
        """The states found since the last level was closed, which are the next level."""
        self._tail = self._end()
        unused = sorted(self._now_unused())
        while unused and unused[-1][1] == self._tail:
            self._tail = unused.pop()[0]
        self._empty += unused
        begin = max((end for level in self.levels for _, end in level[-1:]), default=0)
        level = list(_without([(begin, self._tail)], unused))
        self._release()
        if level:
            self.levels.append(level)
        return level

    def depth(self, index: int) -> int:
        """The level of a state."""
        return next(
            depth for depth, level in enumerate(self.levels) if level and index < level[-1][1]
        )

    def words(self, index: int) -> tuple[int, ...]:
        """A state of the queue."""
        width = self._code.shape.words
        return tuple(self.queue[index * width + word] & (1 << 64) - 1 for word in range(width))

    def address(self, index: int) -> int:
        """The address of a state of the queue."""
        return self.queue.at(index * self._code.shape.words)

    def _release(self) -> None:
        """Take back all extents."""
        if self._code.shape.shared:
            self.context[Context.TAIL] = self._tail
            for workplace in self.workplaces:
                workplace.use((0, 0))
        else:
            self.workplaces[0].use((self._tail, _ENDLESS))

    def _end(self) -> int:
        """Behind the last extent that was given out."""
        if self._code.shape.shared:
            return self.context[Context.TAIL]
        return self.workplaces[0].unused[0]

    def _now_unused(self) -> list[Span]:
        if not self._code.shape.shared:
            return []
        spans = (workplace.unused for workplace in self.workplaces)
        return [(at, stop) for at, stop in spans if at < stop]

    def _all_unused(self) -> list[Span]:
        return [*self._empty, *self._now_unused()]


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> Iterator[Span]:
    """The spans without the holes in them, in order."""
    for begin, end in spans:
        at = begin
        for first, past in sorted(holes):
            if at < past and first < end:
                if at < first:
                    yield at, first
                at = past
        if at < end:
            yield at, end


def _pieces(spans: Iterable[Span]) -> Iterator[Span]:
    """The same states in spans that are not long."""
    for begin, end in spans:
        for at in range(begin, end, _PIECE):
            yield at, min(at + _PIECE, end)
