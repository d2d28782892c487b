"""A log of the kernel as the checker takes it: items in order, and what each may have been."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reference_kernel.choosing import Chooser
from reference_kernel.events import CallMade, Event
from reference_kernel.log.data import WRITTEN
from reference_kernel.log.endings import Ending, Endings, EndingVerdict, judged
from reference_kernel.log.grammar import Booted, Data, Raw, Torn, Trace, lines
from reference_kernel.log.machines import code_pages, first_world
from reference_kernel.log.program import run
from reference_kernel.log.reading import UnreadableCall, printed_call, waits
from reference_kernel.log.ways import Later, Told, Way, begins, told_words, ways
from reference_kernel.log.worlds import Choice, Chosen, World
from reference_kernel.log.writing import write
from reference_kernel.machine import Writes
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.syscalls import BY_NUMBER

_CODE_SIZE = "size of the code"
_AWAIT = "event_pool_await("
_AWAITED = re.compile(r"Ok\(0x([0-9a-f]+), ")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a log tells: a call that returned or is about to be made, or words.

    `call` is its name, `shown` the line's text of it, `gave` what it returned; `unread` says why
    the line cannot be read, `wrong` what no kernel prints.
    """

    line: int
    call: str
    shown: str
    gave: str = ""
    unread: str = ""
    wrong: str = ""
    told: Told | None = None
    raw: Raw | None = None
    data: Data | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read once: what has to be known of it before its first line.

    `calls` counts the lines that print one, `torn` are those of them that cannot be put together;
    `booted` tells that the log shows the kernel starting, `sure` that it gives every call's true
    words, `tells_writes` that it gives some words that programs wrote. `code_pages` is the size of
    the first program's code, where the log gives it.
    """

    text: str
    lines: int
    calls: int
    ending: Ending
    torn: tuple[int, ...]
    later: Later
    booted: bool
    sure: bool
    ignores_raw: bool
    code_pages: int | None
    tells_writes: bool

    @property
    def cut(self) -> int:
        """How many lines of calls cannot be put together."""
        return len(self.torn)

    def items(self) -> Iterator[Item]:
        """What it tells, in order, read again: a long log is never held in parts."""
        shown_at = 0
        for line in lines(self.text):
            if isinstance(line, Trace):
                awaited = _AWAITED.match(line.gave) if _AWAIT in line.call else None
                shown_at = int(awaited[1], 16) if awaited else shown_at
                yield _traced(line, self.later, sure=self.sure)
            elif isinstance(line, Raw) and not self.ignores_raw:
                call = BY_NUMBER.get(line.number)
                name = "unknown" if call is None else call.name
                yield Item(line.line, name, "", raw=line)
            elif isinstance(line, Data) and line.words:
                at = line if line.way else replace(line, address=shown_at)
                yield Item(line.line, "", "", data=at)


class KernelLogs:
    """Logs of the kernel: read, followed, and written."""

    def read(self, text: str, /, *, ignore_raw: bool) -> Log:
        """What a log tells; a text without any line of the kernel has no calls."""
        endings, last, torn = Endings(), dict[str, int](), list[int]()
        calls = count = 0
        sure = booted = writes = False
        for line in lines(text):
            count = line.line
            endings.hear(line)
            sure = sure or isinstance(line, Raw)
            writes = writes or (isinstance(line, Data) and line.way == WRITTEN)
            booted = booted or isinstance(line, Booted)
            if isinstance(line, Trace):
                calls += 1
                if waits(line.call):
                    last[line.call] = line.line
            elif isinstance(line, Torn) and line.of_call:
                calls += 1
                torn.append(line.line)
        return Log(
            text=text,
            lines=max(count, text.count("\n")),
            calls=calls,
            ending=endings.ending(),
            torn=tuple(torn),
            later=_later(last),
            booted=booted,
            sure=sure and not ignore_raw,
            ignores_raw=ignore_raw,
            code_pages=code_pages(text),
            tells_writes=writes,
        )

    def start(
        self, design: Design, log: Log, memory_mib: int, /
    ) -> tuple[tuple[World, Chosen], ...]:
        """The worlds before the first line, each with what was chosen for it."""
        writes = Writes.SOME if log.tells_writes else Writes.NONE
        first = first_world(design, log.ending, log.code_pages, memory_mib, writes=writes)
        pages = log.code_pages
        told = () if pages is None else (Choice(_CODE_SIZE, 1, f"{pages} pages"),)
        return ((first, told),)

    def ways(self, design: Design, world: World, item: Item, effort: int, /) -> Iterator[Way]:
        """How the item may have come about, cheapest first."""
        if item.raw is not None:
            yield from begins(design, world, item.raw, effort)
        elif item.data is not None:
            yield from told_words(design, world, item.data, effort)
        elif item.told is not None and not item.wrong:
            yield from ways(design, world, item.told, effort)

    def ends(self, design: Design, worlds: Iterable[World], log: Log, /) -> EndingVerdict:
        """Whether the log may end as it does."""
        return judged(design, worlds, log.ending, log.later, sure=log.sure)

    def run(self, design: Design, chooser: Chooser, steps: int, /) -> Iterator[Event]:
        """Events of a run from boot that a log can tell whole."""
        return run(design, chooser, steps)

    def write(self, design: Design, events: Iterable[Event], /, *, raw: bool) -> str:
        """What the kernel prints in a run; with `raw`, the true words of each call too."""
        return write(design, events, raw=raw)


def _traced(line: Trace, later: Later, *, sure: bool) -> Item:
    try:
        printed = printed_call(line.call)
    except UnreadableCall as error:
        return Item(line.line, "", line.call, line.gave, unread=str(error))
    call = BY_NUMBER.get(printed.number)
    name = "unknown" if call is None else call.name
    told = Told(line, printed, later, sure)
    return Item(line.line, name, line.call, line.gave, wrong=printed.wrong, told=told)


def _later(last: dict[str, int]) -> Later:
    """The calls in which a thread waits, each with the last line that prints it."""
    found: list[tuple[int, CallMade]] = []
    for text, at in last.items():
        try:
            printed = printed_call(text)
        except UnreadableCall:
            continue
        made = CallMade(NOTHING, printed.number, printed.options, printed.arguments)
        found.append((at, made))
    return Later(tuple(found))


LOGS = KernelLogs()
"""What the project names under `logs`."""
