"""A log of the kernel as the checker takes it: items in order, and what each may have been."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reference_kernel.changing import replace
from reference_kernel.choosing import Chooser
from reference_kernel.events import Event
from reference_kernel.log import crowd_endings, crowd_moves, crowd_ways
from reference_kernel.log.data import WRITTEN
from reference_kernel.log.endings import Ending, Endings, EndingVerdict, judged
from reference_kernel.log.grammar import Booted, Data, Line, Raw, Torn, Trace, lines
from reference_kernel.log.machines import code_pages, first_world, has_room
from reference_kernel.log.program import run
from reference_kernel.log.reading import UnreadableCall, printed_call, waits
from reference_kernel.log.search import Ahead, Later, Told, Way, later_of
from reference_kernel.log.ways import begins, begins_at_the_edge, told_words, ways
from reference_kernel.log.whose import told_id
from reference_kernel.log.worlds import Choice, Chosen, World
from reference_kernel.log.writing import write
from reference_kernel.machine import Writes
from spec.call import Traced
from spec.design import Design, chosen
from spec.syscalls import BY_NAME, BY_NUMBER, CALLS

_CODE_SIZE = "size of the code"
_ENDS_THREADS = frozenset(
    BY_NAME[name].number for name in ("thread_group_exit", "cap_destroy", "cap_clone")
)
_AWAIT = "event_pool_await("
_AWAITED = re.compile(r"Ok\(0x([0-9a-f]+), ")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a log tells: a call that returned or is about to be made, or words.

    `call` is its name, `shown` the line's text of it, `gave` what it returned; `waits` says that
    nobody knows since when its thread may have waited, `unread` why the line cannot be read,
    `wrong` what no kernel prints. In a `crowd` nobody knows who runs. Some lines of its log may be
    `torn`.
    """

    line: int
    call: str
    shown: str
    gave: str = ""
    waits: bool = False
    unread: str = ""
    wrong: str = ""
    told: Told | None = None
    raw: Raw | None = None
    data: Data | None = None
    crowd: bool = False
    torn: bool = False


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read once: what has to be known of it before its first line.

    `calls` counts the lines that print one, `torn` are those of them that cannot be put together;
    `booted` tells that the log shows the kernel starting, `sure` that it gives every call's true
    words, `tells_writes` that it gives some words that programs wrote. `code_pages` are what the
    size of the first program's code may be, where the log gives it. In a `crowd` nobody knows which
    thread runs; `loses` says that some line is torn.
    """

    told: tuple[Line, ...]
    lines: int
    calls: int
    ending: Ending
    torn: tuple[int, ...]
    later: Later
    booted: bool
    sure: bool
    ignores_raw: bool
    code_pages: tuple[int, ...]
    tells_writes: bool
    processors: int
    crowd: bool
    loses: bool

    @property
    def cut(self) -> int:
        """How many lines of calls cannot be put together."""
        return len(self.torn)

    def items(self) -> Iterator[Item]:
        """What it tells, in order."""
        shown_at = 0
        for line in self.told:
            if isinstance(line, Trace):
                awaited = _AWAITED.match(line.gave) if _AWAIT in line.call else None
                shown_at = int(awaited[1], 16) if awaited else shown_at
                yield self._traced(line)
            elif isinstance(line, Raw) and not self.ignores_raw:
                call = BY_NUMBER.get(line.number)
                name = "unknown" if call is None else call.name
                yield Item(line.line, name, "", raw=line, crowd=self.crowd, torn=self.loses)
            elif isinstance(line, Data) and line.words:
                at = line if line.way else replace(line, address=shown_at)
                yield Item(line.line, "", "", data=at, crowd=self.crowd)

    def _traced(self, line: Trace) -> Item:
        try:
            printed = printed_call(line.call)
        except UnreadableCall as error:
            return Item(line.line, "", line.call, line.gave, unread=str(error))
        told = Told(line, printed, self.later, self.sure, self.loses, self.processors)
        call = BY_NUMBER.get(printed.number)
        name = "unknown" if call is None else call.name
        return Item(
            line.line,
            name,
            line.call,
            line.gave,
            waits=self.crowd and not self.sure and waits(line.call),
            wrong=printed.wrong,
            told=told,
            crowd=self.crowd,
        )


class KernelLogs:
    """Logs of the kernel: read, followed, and written."""

    def read(self, text: str, /, *, ignore_raw: bool) -> Log:
        """What a log tells; a text without any line of the kernel has no calls."""
        told = tuple(lines(text))
        endings = Endings()
        for line in told:
            endings.hear(line)
        traces = [line for line in told if isinstance(line, Trace)]
        torn = tuple(line.line for line in told if isinstance(line, Torn) and line.of_call)
        booted = [line.processors for line in told if isinstance(line, Booted)]
        sure = not ignore_raw and any(isinstance(line, Raw) for line in told)
        processors = max(booted, default=1)
        crowd = processors > 1 or (not sure and any(map(_starts, traces)))
        return Log(
            told=told,
            lines=max(max((line.line for line in told), default=0), text.count("\n")),
            calls=len(traces) + len(torn),
            ending=endings.ending(),
            torn=torn,
            later=_later(traces) if crowd and not sure else Later(),
            booted=bool(booted),
            sure=sure,
            ignores_raw=ignore_raw,
            code_pages=code_pages(traces),
            tells_writes=any(isinstance(line, Data) and line.way == WRITTEN for line in told),
            processors=processors,
            crowd=crowd,
            loses=any(isinstance(line, Torn) for line in told),
        )

    def start(
        self, design: Design, log: Log, memory_mib: int, /
    ) -> tuple[tuple[World, Chosen], ...]:
        """The worlds before the first line, each with what was chosen for it."""
        writes = Writes.SOME if log.tells_writes else Writes.NONE
        sizes = [pages for pages in log.code_pages if has_room(memory_mib, pages)]
        return tuple(
            (
                first_world(
                    design, log.ending, pages, memory_mib, writes=writes, processors=log.processors
                ),
                () if pages is None else (Choice(_CODE_SIZE, 1, f"{pages} pages"),),
            )
            for pages in sizes or (None,)
        )

    def ways(
        self, design: Design, world: World, item: Item, effort: int, because: Item | None, /
    ) -> Iterator[Way]:
        """How the item may have come about, cheapest first; perhaps for a later item's sake."""
        if because is None:
            told = item.told is not None
            yield from self._ways(design, world, item, effort if told else max(effort, 0))
            if effort > 0 and item.crowd and _may_end_threads(item):
                yield from self._with_others_running(design, world, item, effort)
        elif item.raw is not None and not item.crowd:
            if because.told is not None:
                yield from begins_at_the_edge(design, world, item.raw, because.told)
        elif item.raw is not None:
            yield from crowd_ways.begins_later(design, world, item.raw)

    def earlier(
        self, design: Design, world: World, item: Item, because: Item, /
    ) -> Iterator[tuple[World, Chosen]]:
        """The worlds before an item in which the later one, that nothing explains, had begun.

        Or in which the thread that made it ran on another processor when this item ended it.
        """
        told = because.told if item.crowd else None
        if told is not None and item.told is not None and not told.sure:
            for move in crowd_moves.begun_before(design, world, item.told, told):
                yield move.world, move.chosen
        if item.crowd and _may_end_threads(item):
            by = None if because.raw is None else because.raw.by
            for move in crowd_moves.running_elsewhere(design, world, item.line, by):
                yield move.world, move.chosen

    def _ways(self, design: Design, world: World, item: Item, effort: int) -> Iterator[Way]:
        if item.raw is not None and item.crowd:
            yield from crowd_ways.begins(design, world, item.raw, effort, torn=item.torn)
        elif item.raw is not None:
            yield from begins(design, world, item.raw, effort)
        elif item.data is not None and item.crowd:
            yield from crowd_ways.told_words(design, world, item.data)
        elif item.data is not None:
            yield from told_words(design, world, item.data, effort)
        elif item.told is not None and not item.wrong:
            follow = crowd_ways.ways if item.crowd else ways
            yield from follow(design, world, item.told, effort)

    def _with_others_running(
        self, design: Design, world: World, item: Item, effort: int
    ) -> Iterator[Way]:
        """The ways to the item while another processor runs a thread that it may end."""
        for move in crowd_moves.running_elsewhere(design, world, item.line, None):
            for way in self._ways(design, move.world, item, effort):
                yield replace(way, chosen=move.chosen + way.chosen, price=way.price + move.price)

    def refusals(self, design: Design, /) -> Mapping[str, tuple[str, ...]]:
        """For each call that a log prints, how it can refuse under the design, in order."""
        return {
            call.name: tuple(each.name for each in call.refusals if chosen(design, each.choice))
            for call in CALLS
            if call.traced is not Traced.NOT and chosen(design, call.choice)
        }

    def ends(self, design: Design, worlds: Iterable[World], log: Log, /) -> EndingVerdict:
        """Whether the log may end as it does."""
        if log.crowd:
            return crowd_endings.judged(design, worlds, log.ending, log.processors, sure=log.sure)
        return judged(design, worlds, log.ending, log.later, sure=log.sure)

    def run(self, design: Design, chooser: Chooser, steps: int, /) -> Iterator[Event]:
        """Events of a run from boot that a log can tell whole."""
        return run(design, chooser, steps)

    def write(self, design: Design, events: Iterable[Event], /, *, raw: bool) -> str:
        """What the kernel prints in a run; with `raw`, the true words of each call too."""
        return write(design, events, raw=raw)


def _may_end_threads(item: Item) -> bool:
    """Whether the item is a call that may end a group."""
    call = item.raw or (item.told.printed if item.told is not None else None)
    return call is not None and call.number in _ENDS_THREADS


def _starts(line: Trace) -> bool:
    """Whether the line tells that another thread may run from now on."""
    started = "sys thread_new(" in line.call and "THREAD_AUTOSTART" in line.call
    return line.gave.startswith("Ok") and (started or "sys thread_resume(" in line.call)


def _later(traces: Iterable[Trace]) -> Later:
    """The calls that a log prints, those that can be read."""
    found: list[Ahead] = []
    for line in traces:
        try:
            printed = printed_call(line.call)
        except UnreadableCall:
            continue
        own = told_id(printed, line.gave)
        found.append(Ahead(line.line, printed, line.call, line.gave, waits(line.call), own))
    return later_of(found)


LOGS = KernelLogs()
"""What the project names under `logs`."""
