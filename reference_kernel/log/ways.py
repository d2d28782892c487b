"""All ways in which a kernel may have come to print a line, cheapest first.

Effects are taken in the order of printing as long as that explains the line; only when nothing
does, a hidden input of the machine is chosen: a timer tick, a wait that ends, a silent call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from reference_kernel.events import CallMade
from reference_kernel.log.grammar import Raw, Trace
from reference_kernel.log.moves import forced, hidden
from reference_kernel.log.printing import call_text, result_text
from reference_kernel.log.reading import Printed, readings
from reference_kernel.log.worlds import Begun, Choice, Chosen, World, perform, settled
from reference_kernel.outcomes import Blocked, Ended, NotModelled, Ok, Outcome, Panic, Refused
from reference_kernel.state import NOTHING, Thread
from spec.design import Design

_MOST_WORLDS = 2000
"""How many worlds are looked at for one line."""
_STRAIGHT = 6
"""Whether so few were seen before is not worth asking."""


@dataclass(frozen=True, slots=True)
class Later:
    """The calls of a log in which threads wait, each with the last line that prints it."""

    calls: tuple[tuple[int, CallMade], ...] = ()

    def after(self, line: int) -> tuple[CallMade, ...]:
        """Those of them that a line after this one prints."""
        return tuple(call for last, call in self.calls if last > line)


_NOTHING_LATER = Later()


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a line: what it would print there, what was chosen, and the world after it.

    `refusal` names the outcome in the call's table. `accepts` counts the results that differ from
    this one only in what the line itself gives. Unread is what the kernel does not model.
    """

    gave: str
    world: World
    chosen: Chosen = ()
    price: int = 0
    refusal: str = ""
    accepts: int = 1
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A call's line as the reader gives it: printed, and what was made out of it.

    `later` are the calls of later lines in which a thread may be waiting now; `sure` says that the
    log gives every call's true words.
    """

    trace: Trace
    printed: Printed
    later: Later
    sure: bool


class Search:
    """Worlds that may come of one before its next line, those that cost least first."""

    def __init__(
        self, design: Design, world: World, line: int, later: "Later", *, sure: bool
    ) -> None:
        self._design = design
        self._line = line
        self._later = later
        self._sure = sure
        self._order = count()
        self._queue: list[tuple[int, int, World, Chosen, bool]] = []
        self.push(0, world, ())

    def push(self, price: int, world: World, chosen: Chosen, *, hidden: bool = False) -> None:
        """Look at the world at this price; with `hidden`, at what hidden inputs lead to there."""
        heappush(self._queue, (price, next(self._order), world, chosen, hidden))

    def __iter__(self) -> Iterator[tuple[int, World, Chosen]]:
        seen: set[World] = set()
        for looked in range(_MOST_WORLDS):
            if not self._queue:
                return
            price, _, world, chosen, dear = heappop(self._queue)
            if dear:
                self._push_hidden(price, world, chosen)
                continue
            if looked >= _STRAIGHT:
                if world in seen:
                    continue
                seen.add(world)
            yield price, world, chosen
            for move in forced(self._design, world, self._line):
                self.push(price, move.world, chosen + move.chosen)
            self.push(price + 1, world, chosen, hidden=True)

    def _push_hidden(self, price: int, world: World, chosen: Chosen) -> None:
        guesses = () if self._sure else self._later.after(self._line)
        found = hidden(self._design, world, self._line, guesses, sure=self._sure)
        for move in found:
            self.push(price, move.world, chosen + move.chosen)


def ways(design: Design, world: World, told: Told, effort: int) -> Iterator[Way]:
    """The ways to print the line that cost least, and those that cost up to `effort` more."""
    best: int | None = None
    search = Search(design, world, told.trace.line, told.later, sure=told.sure)
    for price, here, chosen in search:
        if best is not None and price > best + effort:
            return
        for served in _served(design, here, told):
            if isinstance(served, Way):
                if best is None and served.gave == told.trace.gave:
                    best = price
                yield replace(served, price=price, chosen=chosen + served.chosen)
            else:
                search.push(price, served[0], chosen + served[1])


def _served(design: Design, world: World, told: Told) -> Iterator[Way | tuple[World, Chosen]]:
    """The line as the next thing that the running thread prints; or its call begins a wait."""
    state = world.state
    runs = state.current
    if runs == NOTHING or state.panicked is not None:
        return
    leaving = world.leaving(runs)
    if leaving is not None:
        if call_text(leaving.made) == told.trace.call:
            yield _printed(world, leaving)
        return
    body = state.body(runs)
    free = isinstance(body, Thread) and body.call is None and world.telling(runs) is None
    if free and not told.sure:
        yield from _made(design, world, told)


def _printed(world: World, leaving: Begun) -> Way:
    assert leaving.outcome is not None, leaving
    left = tuple(each for each in world.printing if each is not leaving)
    return _way(replace(world, printing=left), leaving.made.number, leaving.outcome)


def _made(design: Design, world: World, told: Told) -> Iterator[Way | tuple[World, Chosen]]:
    """The running thread makes the call of the line, whatever its hidden option bits are."""
    printed, line = told.printed, told.trace.line
    runs = world.state.current
    for reading in readings(design, printed, told.trace.gave):
        made = CallMade(runs, printed.number, reading.options, printed.arguments)
        read = (Choice(reading.kind, line, reading.value),) if reading.kind else ()
        for known, settling in settled(design, world, made):
            then, outcome = perform(design, known, made, line=line, sure=False)
            chosen = settling + read
            if isinstance(outcome, Blocked | Ended):
                yield then, chosen
            else:
                accepts = reading.accepts if isinstance(outcome, Ok) else 1
                yield _way(then, made.number, outcome, chosen=chosen, accepts=accepts)


def _way(
    world: World, number: int, outcome: Outcome, *, chosen: Chosen = (), accepts: int = 1
) -> Way:
    return Way(
        result_text(number, outcome),
        world,
        chosen,
        refusal=_refusal(outcome),
        accepts=accepts,
        unread=isinstance(outcome, NotModelled),
    )


def _refusal(outcome: Outcome) -> str:
    match outcome:
        case Refused(refusal=refusal):
            return refusal
        case Panic():
            return "panic"
        case _:
            return "ok"


def begins(design: Design, world: World, raw: Raw, effort: int) -> Iterator[Way]:
    """The ways in which a thread may have told of its next call: which one, and what came before.

    A log that does not say who calls leaves it to the running thread.
    """
    best: int | None = None
    for price, here, chosen in Search(design, world, raw.line, _NOTHING_LATER, sure=True):
        if best is not None and price > best + effort:
            return
        then = _telling(here, raw)
        if then is not None:
            best = price if best is None else best
            yield Way("", then, chosen, price)


def _telling(world: World, raw: Raw) -> World | None:
    """The world in which the running thread has told of the call, if it is free and the one."""
    runs = world.state.current
    if runs == NOTHING or world.telling(runs) or world.leaving(runs):
        return None
    body = world.state.body(runs)
    if not isinstance(body, Thread) or body.call is not None:
        return None
    names = dict(world.names)
    if raw.by is not None:
        if names.get(raw.by, runs) != runs or (raw.by not in names and runs in names.values()):
            return None
        names[raw.by] = runs
    made = CallMade(runs, raw.number, raw.options, raw.arguments)
    told = (*world.told, Begun(runs, raw.line, made))
    return replace(world, told=told, names=tuple(sorted(names.items())))
