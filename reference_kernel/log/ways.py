"""All ways in which a kernel may have come to print a line, cheapest first.

Effects are taken in the order of printing as long as that explains the line; only when nothing
does, a hidden input of the machine is chosen: a timer tick, a wait that ends, a silent call.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from reference_kernel.changing import replace
from reference_kernel.events import CallMade
from reference_kernel.log.data import WRITTEN, compared, is_free, wrote
from reference_kernel.log.doubts import joined, places
from reference_kernel.log.edge import REFUSED, refused
from reference_kernel.log.grammar import Data, Raw
from reference_kernel.log.mail import carried
from reference_kernel.log.moves import GUESSED, Move, forced, hidden
from reference_kernel.log.printing import call_text
from reference_kernel.log.reading import Reading, readings
from reference_kernel.log.search import (
    LOST,
    Ahead,
    Later,
    Search,
    Stage,
    Told,
    Way,
    way_of,
    way_to_print,
)
from reference_kernel.log.worlds import Begun, Choice, World, perform, settled
from reference_kernel.outcomes import Blocked, Ended, Ok
from reference_kernel.state import NOTHING
from spec.design import Design

NOTHING_LATER = Later()
_MOST_GUESSED = 24
"""Among so many of the next calls that wait a thread may be in one unseen."""


def ways(design: Design, world: World, told: Told, effort: int) -> Iterator[Way]:
    """The ways to print the line that cost least, with `effort` dearer ones.

    With none, those at once where one of them explains the line. Where there are no ways, what the
    running thread would print instead.
    """
    at_once = tuple(_served(design, Stage(world), told, every=effort > 0))
    now = [each for each in at_once if isinstance(each, Way)]
    if effort < 0 or (not effort and any(_fits(each, told) for each in now)):
        yield from now
        return
    search = search_from(design, world, told.trace.line, told.later, sure=told.sure)
    none = True
    for number, (price, stage) in enumerate(search):
        later = _served(design, stage, told, every=effort > 0)
        for served in later if number else at_once:
            if isinstance(served, Way):
                none = False
                if search.most is None and _fits(served, told):
                    search.most = price + effort * GUESSED
                yield replace(served, price=price, chosen=stage.chosen + served.chosen)
            else:
                search.push(price, served)
    if none:
        yield from _instead(design, world, told.trace.line)


def search_from(design: Design, world: World, line: int, later: Later, *, sure: bool) -> Search:
    """The stages that may come of a world before a line, as the ready queue has it."""

    def unseen(there: World) -> Iterable[Move]:
        guesses = () if sure else later.waiting(line, _MOST_GUESSED)
        return hidden(design, there, line, map(_guess, guesses), sure=sure)

    return Search(Stage(world), partial(forced, design, line=line), unseen)


def _guess(ahead: Ahead) -> CallMade:
    printed = ahead.printed
    return CallMade(NOTHING, printed.number, printed.options, printed.arguments)


def _fits(way: Way, told: Told) -> bool:
    """Whether nothing else has to be looked for: the line is explained, or cannot be."""
    return way.gave == told.trace.gave


def _instead(design: Design, world: World, line: int) -> Iterator[Way]:
    """What the running thread prints next, if it has told of it: not the line."""
    left = world.leaving(world.state.current)
    if left is None:
        for move in forced(design, world, line):
            if move.world.leaving(world.state.current) is not None:
                yield from _instead(design, move.world, line)
        return
    way = way_to_print(world, left)
    yield replace(way, gave=f"{call_text(design, left.made)} -> {way.gave}", refusal="another call")


def _served(design: Design, stage: Stage, told: Told, *, every: bool) -> Iterator[Way | Stage]:
    """The line as the next thing that the running thread prints; or its call begins a wait."""
    world, state = stage.world, stage.world.state
    runs = state.current
    if runs == NOTHING or state.panicked is not None:
        return
    leaving = world.leaving(runs)
    if leaving is not None:
        its_own = stage.begun in (NOTHING, runs)
        if its_own and call_text(design, leaving.made) == told.trace.call:
            yield way_to_print(world, leaving)
        return
    if not is_free(world) or stage.begun != NOTHING:
        return
    if not told.sure:
        yield from made_now(design, stage, told, every=every)
    elif told.torn and not (world.told or world.printing):
        lost = Choice(LOST, told.trace.line, "the true words")
        for each in made_now(design, stage, told, every=every):
            yield replace(each, chosen=(*each.chosen, lost))


def made_now(design: Design, stage: Stage, told: Told, *, every: bool) -> Iterator[Way | Stage]:
    """The running thread makes the call of the line, whatever its hidden option bits are.

    Where that does not explain it, or where `every` way counts, also after unseen messages.
    """
    found = [
        each
        for reading in readings(design, told.printed, told.trace.gave)
        for each in _read(design, stage, told, reading)
    ]
    fits = any(isinstance(each, Way) and each.gave == told.trace.gave for each in found)
    if (every or not fits) and (stage.world.mail or stage.world.unnamed):
        yield from _made_after_mail(design, stage, told)
    if fits:
        found = _told_apart(found, told)
    else:
        found += _at_the_edge(stage, told)
    yield from _joined(found, stage, told)


def _at_the_edge(stage: Stage, told: Told) -> list[Way | Stage]:
    """The call is refused memory, if so little is left that it may be."""
    made = _named(stage, told)
    edge = refused(stage.world, made, told.trace.gave, told.trace.line)
    if edge is None:
        return []
    there, outcome, choice = edge
    return [way_of(there, made.number, outcome, (choice,))]


def _told_apart(found: list[Way | Stage], told: Told) -> list[Way | Stage]:
    """Of ways that the line itself decides among, those that it prints: nobody chose for them."""
    results = len({each.gave for each in found if isinstance(each, Way) and each.given})
    kept: list[Way | Stage] = []
    for each in found:
        if not (isinstance(each, Way) and each.given):
            kept.append(each)
        elif each.gave == told.trace.gave:
            kept.append(replace(each, accepts=results, chosen=each.chosen[:-1]))
    return kept


def _named(stage: Stage, told: Told) -> CallMade:
    """The call as printed, by the running thread."""
    printed = told.printed
    runs = stage.world.state.current
    return CallMade(runs, printed.number, printed.options, printed.arguments)


def _joined(found: list[Way | Stage], stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """The ways and stages, but one way for all that explain the line and differ in doubts only."""
    fit = [each for each in found if isinstance(each, Way) and each.gave == told.trace.gave]
    if len(fit) < 2:
        yield from found
        return
    asked = places(stage.world.state, _named(stage, told))
    worlds = joined((each.world for each in fit), asked, told.trace.line)
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
        gives = isinstance(outcome, Ok)
        accepts, given = (reading.accepts, reading.given) if gives else (1, False)
        chosen = settling + read
        yield way_of(then, made.number, outcome, chosen, accepts=accepts, given=given)


def begins(design: Design, world: World, raw: Raw, effort: int) -> Iterator[Way]:
    """The ways in which a thread may have told of its next call: which one, and what came before.

    A log that does not say who calls leaves it to the running thread.
    """
    search = search_from(design, world, raw.line, NOTHING_LATER, sure=True)
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


def begins_at_the_edge(design: Design, world: World, raw: Raw, told: Told) -> Iterator[Way]:
    """The ways in which a thread has told of the line's call, and it is refused memory."""
    if told.trace.gave != REFUSED:
        return
    for way in begins(design, world, raw, 0):
        begun = way.world.told[-1]
        edge = refused(way.world, begun.made, told.trace.gave, told.trace.line)
        if edge is not None and call_text(design, begun.made) == told.trace.call:
            known, outcome, choice = edge
            left = (*known.printing, replace(begun, outcome=outcome))
            there = replace(known, told=known.told[:-1], printing=left)
            yield replace(way, world=there, chosen=(*way.chosen, choice))


def told_words(design: Design, world: World, data: Data, effort: int) -> Iterator[Way]:
    """The ways in which a thread may have told of words of its memory.

    Where it is not seen how any could, the words are passed over.
    """
    none = True
    search = search_from(design, world, data.line, NOTHING_LATER, sure=True)
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
