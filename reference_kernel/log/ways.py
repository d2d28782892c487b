"""All ways in which a kernel may have come to print a line, cheapest first.

Effects are taken in the order of printing as long as that explains the line; only when nothing
does, a hidden input of the machine is chosen: a timer tick, a wait that ends, a silent call.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count

from reference_kernel.events import CallMade
from reference_kernel.log.data import WRITTEN, compared, is_free, wrote
from reference_kernel.log.doubts import Place, joined, places
from reference_kernel.log.grammar import Data, Raw, Trace
from reference_kernel.log.mail import carried
from reference_kernel.log.moves import CHEAPEST, GUESSED, Move, forced, hidden
from reference_kernel.log.printing import call_text, result_text
from reference_kernel.log.reading import Printed, Reading, readings
from reference_kernel.log.worlds import Begun, Choice, Chosen, World, perform, settled
from reference_kernel.outcomes import Blocked, Ended, NotModelled, Ok, Outcome, Panic, Refused
from reference_kernel.state import NOTHING
from spec.design import Design

_MOST_STAGES = 300
"""How many stages are looked at for one line."""
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
    this one only in what the line itself gives; of ways that are `given`, the line prints which one
    it was. Unread is what the kernel does not model. Of words that a program read, so many were
    `compared` and so many `wrong`.
    """

    gave: str
    world: World
    chosen: Chosen = ()
    price: int = 0
    refusal: str = ""
    accepts: int = 1
    unread: bool = False
    given: bool = False
    compared: int = 0
    wrong: int = 0


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


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a search is: a world, what was chosen on the way, and who has begun the line's call."""

    world: World
    chosen: Chosen = ()
    begun: int = NOTHING


class Search:
    """Stages that may come of a world before its next line, those that cost least first.

    Once `most` is set, none that costs more is looked for.
    """

    def __init__(
        self, design: Design, world: World, line: int, later: Later, *, sure: bool
    ) -> None:
        self._design = design
        self._line = line
        self._later = later
        self._sure = sure
        self.most: int | None = None
        self._order = count()
        self._queue: list[tuple[int, int, Stage, bool]] = []
        self.push(0, Stage(world))

    def push(self, price: int, stage: Stage, *, hidden: bool = False) -> None:
        """Look at the stage at this price; with `hidden`, at what hidden inputs lead to there."""
        heappush(self._queue, (price, next(self._order), stage, hidden))

    def __iter__(self) -> Iterator[tuple[int, Stage]]:
        seen: set[tuple[World, int]] = set()
        for looked in range(_MOST_STAGES):
            if not self._queue:
                return
            price, _, stage, dear = heappop(self._queue)
            if self.most is not None and price > self.most:
                return
            if dear:
                self._push_hidden(price, stage)
                continue
            if looked >= _STRAIGHT:
                known = (stage.world, stage.begun)
                if known in seen:
                    continue
                seen.add(known)
            yield price, stage
            for move in forced(self._design, stage.world, self._line):
                self._push_move(price, stage, move)
            self.push(price + CHEAPEST, stage, hidden=True)

    def _push_hidden(self, price: int, stage: Stage) -> None:
        guesses = () if self._sure else self._later.after(self._line)
        for move in hidden(self._design, stage.world, self._line, guesses, sure=self._sure):
            self._push_move(price - CHEAPEST, stage, move)

    def _push_move(self, price: int, stage: Stage, move: Move) -> None:
        after = replace(stage, world=move.world, chosen=stage.chosen + move.chosen)
        self.push(price + move.price, after)


def ways(design: Design, world: World, told: Told, effort: int) -> Iterator[Way]:
    """The ways to print the line that cost least, with `effort` dearer ones.

    Where there are none, what the running thread would print instead.
    """
    if effort == 0:
        at_once = list(_served(design, Stage(world), told))
        if at_once and all(isinstance(each, Way) and _fits(each, told) for each in at_once):
            yield from (each for each in at_once if isinstance(each, Way))
            return
    search = Search(design, world, told.trace.line, told.later, sure=told.sure)
    none = True
    for price, stage in search:
        for served in _served(design, stage, told):
            if isinstance(served, Way):
                none = False
                if search.most is None and _fits(served, told):
                    search.most = price + effort * GUESSED
                yield replace(served, price=price, chosen=stage.chosen + served.chosen)
            else:
                search.push(price, served)
    if none:
        yield from _instead(design, world, told.trace.line)


def _fits(way: Way, told: Told) -> bool:
    """Whether nothing else has to be looked for: the line is explained, or cannot be."""
    return way.unread or way.gave == told.trace.gave


def _instead(design: Design, world: World, line: int) -> Iterator[Way]:
    """What the running thread prints next, if it has told of it: not the line."""
    left = world.leaving(world.state.current)
    if left is None:
        for move in forced(design, world, line):
            if move.world.leaving(world.state.current) is not None:
                yield from _instead(design, move.world, line)
        return
    way = _printed(world, left)
    yield replace(way, gave=f"{call_text(design, left.made)} -> {way.gave}", refusal="another call")


def _served(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """The line as the next thing that the running thread prints; or its call begins a wait."""
    world, state = stage.world, stage.world.state
    runs = state.current
    if runs == NOTHING or state.panicked is not None:
        return
    leaving = world.leaving(runs)
    if leaving is not None:
        its_own = stage.begun in (NOTHING, runs)
        if its_own and call_text(design, leaving.made) == told.trace.call:
            yield _printed(world, leaving)
        return
    if is_free(world) and not told.sure and stage.begun == NOTHING:
        yield from _made(design, stage, told)


def _printed(world: World, leaving: Begun) -> Way:
    assert leaving.outcome is not None, leaving
    left = tuple(each for each in world.printing if each is not leaving)
    return _way(replace(world, printing=left), leaving.made.number, leaving.outcome)


def _made(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """The running thread makes the call of the line, whatever its hidden option bits are."""
    found = [
        each
        for reading in readings(design, told.printed, told.trace.gave)
        for each in _read(design, stage, told, reading)
    ]
    fits = any(isinstance(each, Way) and each.gave == told.trace.gave for each in found)
    if not fits and (stage.world.mail or stage.world.unnamed):
        yield from _made_after_mail(design, stage, told)
    if fits:
        found = _told_apart(found, told)
    yield from _joined(found, places(stage.world.state, _named(stage, told)), told)


def _told_apart(found: list[Way | Stage], told: Told) -> list[Way | Stage]:
    """Of ways that the line itself decides among, those that it prints."""
    results = len({each.gave for each in found if isinstance(each, Way) and each.given})
    kept: list[Way | Stage] = []
    for each in found:
        if not (isinstance(each, Way) and each.given):
            kept.append(each)
        elif each.gave == told.trace.gave:
            kept.append(replace(each, accepts=results))
    return kept


def _named(stage: Stage, told: Told) -> CallMade:
    """The call as printed, by the running thread."""
    printed = told.printed
    runs = stage.world.state.current
    return CallMade(runs, printed.number, printed.options, printed.arguments)


def _joined(
    found: list[Way | Stage], asked: tuple[Place, ...], told: Told
) -> Iterator[Way | Stage]:
    """The ways and stages, but one way for all that explain the line and differ at these places."""
    fit = [each for each in found if isinstance(each, Way) and each.gave == told.trace.gave]
    worlds = [each.world for each in fit]
    if len(fit) > 1:
        worlds = joined(worlds, asked, told.trace.line)
    if len(worlds) == len(fit):
        yield from found
        return
    common = tuple(each for each in fit[0].chosen if all(each in way.chosen for way in fit))
    yield from (replace(fit[0], world=world, chosen=common) for world in worlds)
    yield from (each for each in found if each not in fit)


def _made_after_mail(design: Design, stage: Stage, told: Told) -> Iterator[Way]:
    """The same, if it gives the line after messages that brought what the call names, or more."""
    for reading in readings(design, told.printed, told.trace.gave):
        words = told.printed.arguments
        made = CallMade(stage.world.state.current, told.printed.number, reading.options, words)
        for world, chosen in carried(design, stage.world, made, told.trace.line):
            brought = replace(stage, world=world, chosen=stage.chosen + chosen)
            for each in _read(design, brought, told, reading):
                if isinstance(each, Way) and each.gave == told.trace.gave:
                    yield replace(each, chosen=chosen + each.chosen)


def _read(design: Design, stage: Stage, told: Told, reading: Reading) -> Iterator[Way | Stage]:
    """The running thread makes the call with this option word."""
    line, world = told.trace.line, stage.world
    made = CallMade(
        world.state.current, told.printed.number, reading.options, told.printed.arguments
    )
    read = (Choice(reading.kind, line, reading.value),) if reading.kind else ()
    for known, settling in settled(design, world, made):
        then, outcome = perform(design, known, made, line=line, sure=False)
        if isinstance(outcome, Blocked | Ended):
            yield Stage(then, stage.chosen + settling + read, begun=made.thread)
            continue
        accepts = reading.accepts if isinstance(outcome, Ok) else 1
        given = reading.given and isinstance(outcome, Ok)
        yield _way(then, made.number, outcome, chosen=settling + read, accepts=accepts, given=given)


def _way(
    world: World,
    number: int,
    outcome: Outcome,
    *,
    chosen: Chosen = (),
    accepts: int = 1,
    given: bool = False,
) -> Way:
    return Way(
        result_text(number, outcome),
        world,
        chosen,
        refusal=_refusal(outcome),
        accepts=accepts,
        unread=isinstance(outcome, NotModelled),
        given=given,
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
    search = Search(design, world, raw.line, _NOTHING_LATER, sure=True)
    for price, stage in search:
        then = _telling(stage.world, raw)
        if then is not None:
            if search.most is None:
                search.most = price + effort * GUESSED
            yield Way("", then, stage.chosen, price)
            if effort:
                yield from _begins_otherwise(design, then, stage, raw, price)


def _begins_otherwise(
    design: Design, told: World, stage: Stage, raw: Raw, price: int
) -> Iterator[Way]:
    """The same after messages that brought what the call names, or more than was seen."""
    made = CallMade(told.state.current, raw.number, raw.options, raw.arguments)
    for then, chosen in carried(design, told, made, raw.line):
        yield Way("", then, stage.chosen + chosen, price + GUESSED)


def told_words(design: Design, world: World, data: Data, effort: int) -> Iterator[Way]:
    """The ways in which a thread may have told of words of its memory.

    Where it is not seen how any could, the words are passed over.
    """
    none = True
    search = Search(design, world, data.line, _NOTHING_LATER, sure=True)
    for price, stage in search:
        if not is_free(stage.world):
            continue
        if search.most is None:
            search.most = price + effort * GUESSED
        none = False
        if data.way == WRITTEN:
            yield Way("", wrote(design, stage.world, data), stage.chosen, price)
        else:
            known, wrong = compared(design, stage.world, data)
            yield Way("", stage.world, stage.chosen, price, compared=known, wrong=wrong)
    if none:
        yield Way("", world)


def _telling(world: World, raw: Raw) -> World | None:
    """The world in which the running thread has told of the call, if it is free and the one."""
    if not is_free(world):
        return None
    runs = world.state.current
    names = dict(world.names)
    if raw.by is not None:
        if names.get(raw.by, runs) != runs or (raw.by not in names and runs in names.values()):
            return None
        names[raw.by] = runs
    made = CallMade(runs, raw.number, raw.options, raw.arguments)
    told = (*world.told, Begun(runs, raw.line, made))
    return replace(world, told=told, names=tuple(sorted(names.items())))
