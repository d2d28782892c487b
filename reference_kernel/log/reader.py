"""A log of the kernel as the checker takes it: items in order, and what each may have been."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reference_kernel.choosing import Chooser
from reference_kernel.events import CallMade, Event
from reference_kernel.log.endings import Ending, EndingVerdict, ending, judged
from reference_kernel.log.grammar import Booted, Line, Raw, Torn, Trace, lines
from reference_kernel.log.machines import worlds
from reference_kernel.log.program import run
from reference_kernel.log.reading import Printed, UnreadableCall, printed_call
from reference_kernel.log.ways import Later, Told, Way, begins, ways
from reference_kernel.log.worlds import Chosen, World
from reference_kernel.log.writing import write
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.syscalls import BY_NUMBER


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a log tells: a call that returned, or one that is about to be made.

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


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read; `cut` counts the lines of calls that cannot be put together.

    `torn` are those lines; `booted` tells that the log shows the kernel starting.
    """

    items: tuple[Item, ...]
    lines: int
    calls: int
    cut: int
    ending: Ending
    torn: tuple[int, ...] = ()
    booted: bool = False


class KernelLogs:
    """Logs of the kernel: read, followed, and written."""

    def read(self, text: str, /, *, ignore_raw: bool) -> Log:
        """The items of a log's text; a text without any line of the kernel has none."""
        found = list(lines(text))
        kept = [line for line in found if not (ignore_raw and isinstance(line, Raw))]
        sure = any(isinstance(line, Raw) for line in kept)
        later = _later(kept)
        torn = tuple(line.line for line in found if isinstance(line, Torn) and line.of_call)
        items = tuple(_items(kept, later, sure=sure))
        traces = sum(isinstance(line, Trace) for line in found)
        booted = any(isinstance(line, Booted) for line in found)
        calls = traces + len(torn)
        return Log(items, text.count("\n"), calls, len(torn), ending(found), torn, booted)

    def start(
        self, design: Design, log: Log, memory_mib: int, /
    ) -> tuple[tuple[World, Chosen], ...]:
        """The worlds before the first line, each with what was chosen for it."""
        told = (item.told for item in log.items if item.told is not None)
        return worlds(design, told, log.ending, memory_mib)

    def ways(self, design: Design, world: World, item: Item, effort: int, /) -> Iterator[Way]:
        """How the item may have come about, cheapest first."""
        if item.raw is not None:
            yield from begins(design, world, item.raw, effort)
        elif item.told is not None and not item.wrong:
            yield from ways(design, world, item.told, effort)

    def ends(self, design: Design, worlds: Iterable[World], log: Log, /) -> EndingVerdict:
        """Whether the log may end as it does."""
        return judged(design, worlds, log.ending)

    def run(self, design: Design, chooser: Chooser, steps: int, /) -> Iterator[Event]:
        """Events of a run from boot that a log can tell whole."""
        return run(design, chooser, steps)

    def write(self, design: Design, events: Iterable[Event], /, *, raw: bool) -> str:
        """What the kernel prints in a run; with `raw`, the true words of each call too."""
        return write(design, events, raw=raw)


def _items(kept: list[Line], later: Later, *, sure: bool) -> Iterator[Item]:
    for line in kept:
        if isinstance(line, Trace):
            yield _traced(line, later, sure=sure)
        elif isinstance(line, Raw):
            call = BY_NUMBER.get(line.number)
            name = "unknown" if call is None else call.name
            yield Item(line.line, name, "", raw=line)


def _traced(line: Trace, later: Later, *, sure: bool) -> Item:
    try:
        printed = printed_call(line.call)
    except UnreadableCall as error:
        return Item(line.line, "", line.call, line.gave, unread=str(error))
    call = BY_NUMBER.get(printed.number)
    name = "unknown" if call is None else call.name
    told = Told(line, printed, later, sure)
    return Item(line.line, name, line.call, line.gave, wrong=printed.wrong, told=told)


def _later(kept: list[Line]) -> Later:
    """The calls in which a thread waits, each with the last line that prints it."""
    last: dict[str, int] = {line.call: line.line for line in kept if isinstance(line, Trace)}
    found: list[tuple[int, CallMade]] = []
    for text, at in last.items():
        try:
            printed = printed_call(text)
        except UnreadableCall:
            continue
        if _waits(printed):
            made = CallMade(NOTHING, printed.number, printed.options, printed.arguments)
            found.append((at, made))
    return Later(tuple(found))


def _waits(printed: Printed) -> bool:
    call = BY_NUMBER.get(printed.number)
    return call is not None and (
        call.name == "thread_yield" or any(each.name == "timeout" for each in call.arguments)
    )


LOGS = KernelLogs()
"""What the project names under `logs`."""
