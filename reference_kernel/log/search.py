"""What all ways to a line share: what it tells, and how the stages before it are found."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count, islice

from reference_kernel.changing import replace
from reference_kernel.log.grammar import Trace
from reference_kernel.log.moves import CHEAPEST, Move
from reference_kernel.log.printing import result_text
from reference_kernel.log.reading import Printed
from reference_kernel.log.worlds import Begun, Chosen, World
from reference_kernel.outcomes import Outcome, Panic, Refused
from reference_kernel.state import NOTHING

LOST = "line that is lost"
_MOST_STAGES = 300
"""How many stages are looked at for one line."""
_STRAIGHT = 6
"""Whether so few were seen before is not worth asking."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A call that a log prints, what it gave, and whether a thread may wait in it.

    `own` is an id that its caller has in its own space, where the line tells one.
    """

    line: int
    printed: Printed
    text: str
    gave: str
    waits: bool
    own: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """The calls of a log in the order of their lines, as far as they have to be known ahead.

    `waits` are those of them in which a thread may wait, `owning` those that tell an id of their
    caller, and `lines` has the lines of each of the first; `last` has the last line of each of them
    that gives the same.
    """

    calls: tuple[Ahead, ...] = ()
    waits: tuple[Ahead, ...] = ()
    owning: tuple[Ahead, ...] = ()
    lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict, compare=False)
    last: Mapping[tuple[str, str], int] = field(default_factory=dict, compare=False)

    def after(self, line: int) -> Iterator[Ahead]:
        """Those that a line after this one prints, the next one first."""
        yield from _after(self.calls, line)

    def waiting(self, line: int, most: int) -> Iterator[Ahead]:
        """The next calls in which a thread may be waiting now, each once."""
        seen: set[str] = set()
        for each in _after(self.waits, line):
            if each.text not in seen:
                seen.add(each.text)
                yield each
                if len(seen) == most:
                    return

    def telling(self, line: int, most: int) -> Iterator[Ahead]:
        """Those that tell an id of their caller, of so many from this line on."""
        yield from islice(_after(self.owning, line - 1), most)

    def times(self, text: str, line: int) -> int:
        """How often a line after this one prints the end of such a wait."""
        lines = self.lines.get(text, ())
        return len(lines) - bisect_right(lines, line)

    def tells(self, text: str, gave: str, line: int) -> bool:
        """Whether a line after this one prints that such a wait ended so."""
        return self.last.get((text, gave), line) > line


def later_of(calls: Iterable[Ahead]) -> Later:
    """The calls, in the order of their lines, as they are looked up."""
    every = tuple(calls)
    waits = tuple(each for each in every if each.waits)
    lines: dict[str, tuple[int, ...]] = {}
    for each in waits:
        lines[each.text] = (*lines.get(each.text, ()), each.line)
    owning = tuple(each for each in every if each.own is not None)
    return Later(every, waits, owning, lines, {(each.text, each.gave): each.line for each in waits})


def _after(calls: tuple[Ahead, ...], line: int) -> Iterator[Ahead]:
    return islice(calls, bisect_right(calls, line, key=_line_of), None)


def _line_of(each: Ahead) -> int:
    return each.line


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a line: what it would print there, what was chosen, and the world after it.

    `refusal` names the outcome in the call's table. `accepts` counts the results that differ from
    this one only in what the line itself gives; of ways that are `given`, the line prints which one
    it was. Of words that a program read, so many were `compared` and so many `wrong`. A way is
    `unlikely` where one before it is likelier.
    """

    gave: str
    world: World
    chosen: Chosen = ()
    price: int = 0
    refusal: str = ""
    accepts: int = 1
    given: bool = False
    compared: int = 0
    wrong: int = 0
    unlikely: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A call's line as the reader gives it: printed, and what was made out of it.

    `later` are the calls of later lines; `sure` says that the log gives every call's true words,
    `torn` that some lines of it are, so that a call's words may be missing. It was printed on so
    many `processors`.
    """

    trace: Trace
    printed: Printed
    later: Later
    sure: bool
    torn: bool = False
    processors: int = 1


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a search is: a world, what was chosen on the way, and who has begun the line's call."""

    world: World
    chosen: Chosen = ()
    begun: int = NOTHING


class Search:
    """Stages that may come of one before its next line, those that cost least first.

    `forced` is what happens next where nothing else could, `hidden` what may happen besides, the
    cheapest first: no more of it is found than is looked at. What happens after another such thing
    costs `again` more. Once `most` is set, no stage that costs more is looked for.
    """

    def __init__(
        self,
        start: Stage,
        forced: Callable[[World], Iterable[Move]],
        hidden: Callable[[World], Iterable[Move]],
        *,
        stages: int = _MOST_STAGES,
        again: int = 0,
    ) -> None:
        self._forced = forced
        self._hidden = hidden
        self._stages = stages
        self._again = again
        self.most: int | None = None
        self._order = count()
        self._queue: list[tuple[int, int, Stage | _Besides]] = []
        self.push(0, start)

    def push(self, price: int, stage: Stage) -> None:
        """Look at the stage at this price."""
        self._push(price, stage)

    def _push(self, price: int, entry: "Stage | _Besides") -> None:
        heappush(self._queue, (price, next(self._order), entry))

    def __iter__(self) -> Iterator[tuple[int, Stage]]:
        seen: set[tuple[World, int]] = set()
        looked = 0
        while self._queue and looked < self._stages:
            price, _, entry = heappop(self._queue)
            if self.most is not None and price > self.most:
                return
            if isinstance(entry, _Besides):
                self._draw(price, entry)
                continue
            looked += 1
            if looked > _STRAIGHT:
                known = (entry.world, entry.begun)
                if known in seen:
                    continue
                seen.add(known)
            yield price, entry
            for move in self._forced(entry.world):
                self.push(price + move.price, _then(entry, move))
            besides = _Besides(price, entry, iter(self._hidden(entry.world)))
            self._push(price + CHEAPEST, besides)

    def _draw(self, price: int, besides: "_Besides") -> None:
        """The next thing that may happen besides at a stage; what is dearer waits for its turn."""
        move = next(besides.moves, None)
        if move is not None:
            dearer = self._again if besides.stage.chosen else 0
            cost = besides.price + move.price + dearer
            self.push(cost, _then(besides.stage, move))
            self._push(max(price, cost), besides)


@dataclass(frozen=True, slots=True, eq=False)
class _Besides:
    """What may happen besides at a stage that has this price."""

    price: int
    stage: Stage
    moves: Iterator[Move]


def _then(stage: Stage, move: Move) -> Stage:
    return replace(stage, world=move.world, chosen=stage.chosen + move.chosen)


def way_of(
    world: World,
    number: int,
    outcome: Outcome,
    chosen: Chosen = (),
    *,
    accepts: int = 1,
    given: bool = False,
) -> Way:
    """The way to the line of a call that gave this."""
    gave, refusal = result_text(number, outcome), _refusal(outcome)
    return Way(gave, world, chosen, 0, refusal, accepts, given)


def way_to_print(world: World, leaving: Begun) -> Way:
    """The way to the line of a call that has left the kernel."""
    assert leaving.outcome is not None, leaving
    left = tuple(each for each in world.printing if each is not leaving)
    return way_of(replace(world, printing=left), leaving.made.number, leaving.outcome)


def _refusal(outcome: Outcome) -> str:
    match outcome:
        case Refused(refusal=refusal):
            return refusal
        case Panic():
            return "panic"
        case _:
            return "ok"
