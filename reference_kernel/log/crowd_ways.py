"""All ways to a line where nobody knows who runs, cheapest first.

A line is first taken for that of a call which is known to have been made: it has left the kernel,
or its wait is over, or its time comes now. Only then does some thread make it now.
"""

from collections.abc import Callable, Iterator
from math import log

from reference_kernel.changing import replace
from reference_kernel.events import CallMade
from reference_kernel.log import data as words
from reference_kernel.log.crowd import (
    alike,
    free,
    rested,
    returned,
    returning,
    running,
    sleeping,
    woken,
)
from reference_kernel.log.crowd_moves import ORDER, entered, printed_by, unseen
from reference_kernel.log.departed import noted
from reference_kernel.log.grammar import Data, Raw
from reference_kernel.log.moves import Move
from reference_kernel.log.printing import call_text, result_text
from reference_kernel.log.search import LOST, Search, Stage, Told, Way, way_of, way_to_print
from reference_kernel.log.ways import made_now
from reference_kernel.log.whose import likeliest, used
from reference_kernel.log.worlds import Begun, Choice, World, sleeps
from reference_kernel.outcomes import Panic
from reference_kernel.state import NOTHING
from spec.design import Design
from spec.errors import Error

WHO = "who calls"
_UNKNOWN_ID = f"Err(SysErr::{Error.INVL_ID.printed})"
_MOST_STAGES = 48
_AGAIN = 3
"""Two things that happened unseen are less likely than one that is dearer."""
_DEARER = 6
_SELDOM = log(100)
"""A thread so much less likely to call than one that may have called is not thought of."""
_LOST = 8
_LATER = 4


def ways(design: Design, world: World, told: Told, effort: int) -> Iterator[Way]:
    """The ways to print the line that cost least, with `effort` dearer ones.

    With none, those at once where one of them explains the line.
    """
    start = Stage(rested(design, world))

    def hidden(there: World) -> Iterator[Move]:
        return unseen(design, there, told)

    search = Search(start, _nothing, hidden, stages=_MOST_STAGES, again=_AGAIN)
    only_at_once = effort < 0
    for price, stage in search:
        if only_at_once and stage is not start:
            return
        for served in _served(design, stage, told, every=effort > 0):
            if not isinstance(served, Way):
                search.push(price, served)
                continue
            fits = _fits(served, told)
            if not fits and stage is not start:
                continue
            there = rested(design, served.world)
            unlikely = served.unlikely or (fits and _wakes_in_vain(design, world, there, told))
            if fits and not unlikely and search.most is None:
                search.most = price + max(effort, 0) * _DEARER
                only_at_once = effort <= 0 and stage is start
            then, chosen = noted(world, used(there, told)), stage.chosen + served.chosen
            yield replace(served, world=then, price=price, chosen=chosen, unlikely=unlikely)


def _wakes_in_vain(design: Design, before: World, after: World, told: Told) -> bool:
    """Whether a wait ended since then with what no later line prints: it is seldom so.

    Its thread would be ended before it runs again.
    """
    if told.sure:
        return False
    over = {name for name, _ in returning(before)}
    return any(
        name not in over and not _is_told(design, after, name, call, told)
        for name, call in returning(after)
    )


def _is_told(design: Design, world: World, name: int, call: CallMade, told: Told) -> bool:
    text = call_text(design, call)
    _, outcome = returned(design, world, name)
    gave = result_text(call.number, outcome)
    return text is None or told.later.tells(text, gave, told.trace.line)


def _nothing(_: World) -> tuple[Move, ...]:
    return ()


def _served(design: Design, stage: Stage, told: Told, *, every: bool) -> Iterator[Way | Stage]:
    """The line as the next one, by whichever thread; the surest ways first.

    Once a thread has begun the call, it is the one that prints it.
    """
    if stage.begun != NOTHING:
        yield from _returning(design, stage, told)
        return
    tiers: tuple[_Tier, ...] = (_printing, _entering, _returning, _sleeping)
    none = True
    for tier in tiers:
        found = list(tier(design, stage, told))
        none = none and not found
        yield from found
        if not every and any(isinstance(each, Way) and _fits(each, told) for each in found):
            return
    if (none and told.torn) or not told.sure:
        yield from _calling(design, stage, told, every=every)


_Tier = Callable[[Design, Stage, Told], Iterator[Way | Stage]]


def _fits(way: Way, told: Told) -> bool:
    return way.gave == told.trace.gave


def _printing(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    for begun in printed_by(design, stage.world, told.trace.call):
        yield way_to_print(replace(stage.world, last=begun.thread), begun)


def _entering(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """Who has told of the call makes it now."""
    for begun in stage.world.told:
        if call_text(design, begun.made) == told.trace.call:
            there = entered(design, stage.world, begun)
            if there is not None:
                after = replace(stage, world=there)
                yield from _printing(design, after, told)
                yield from _returning(design, after, told)
                yield from _sleeping(design, after, told)


def _returning(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """The wait of a thread in this call is over."""
    for name, call in returning(stage.world):
        its_own = stage.begun in (NOTHING, name)
        if its_own and call_text(design, call) == told.trace.call:
            then, outcome = returned(design, stage.world, name)
            if not isinstance(outcome, Panic):
                yield way_of(then, call.number, outcome)


def _sleeping(design: Design, stage: Stage, told: Told) -> Iterator[Way | Stage]:
    """The time of a thread's wait in this call has come."""
    for name, call in sleeping(stage.world):
        if call_text(design, call) == told.trace.call:
            then, outcome = returned(design, woken(design, stage.world, name), name)
            yield way_of(then, call.number, outcome)


def _calling(design: Design, stage: Stage, told: Told, *, every: bool) -> Iterator[Way | Stage]:
    """A free thread makes the call. Of threads that are alike, one that does not wait is enough.

    Ids that a line prints tell whose they are: who has none of them is not thought of.
    """
    lost = (Choice(LOST, told.trace.line, "the true words"),) if told.sure else ()
    fits = False
    for number, (less, names) in enumerate(likeliest(stage.world, told)):
        who = (Choice(WHO, told.trace.line, f"thread {names[0]}"),) if number else ()
        unlikely = fits and (told.processors == 1 or less > _SELDOM)
        for found in _called(design, stage, told, names, every=every):
            if not isinstance(found, Way):
                yield found
                continue
            fit = _fits(found, told)
            fits = fits or fit
            if not number or fit or found.gave != _UNKNOWN_ID:
                yield replace(found, chosen=lost + who + found.chosen, unlikely=unlikely)


def _called(
    design: Design, stage: Stage, told: Told, names: list[int], *, every: bool
) -> Iterator[Way | Stage]:
    """One of these threads, which are alike, makes the call; the next one where it waits."""
    for name in names:
        there = replace(stage, world=running(design, stage.world, name))
        waits = fits = False
        for served in made_now(design, there, told, every=every):
            if isinstance(served, Way):
                known = replace(served.world, last=name)
                found: Way | Stage = replace(served, world=rested(design, known))
            else:
                found, waits = _after_wait(design, served, name), True
            fits = fits or (isinstance(found, Way) and _fits(found, told))
            yield found
        if fits or not waits:
            return


def _after_wait(design: Design, stage: Stage, name: int) -> Way | Stage:
    """The thread's line, if its wait ends by itself; or the stage in which it waits."""
    world = rested(design, stage.world)
    if sleeps(world.state, name):
        world = woken(design, world, name)
    call = dict(returning(world)).get(name)
    if call is None:
        return replace(stage, world=world)
    then, outcome = returned(design, world, name)
    return way_of(then, call.number, outcome, stage.chosen)


def begins_later(design: Design, world: World, raw: Raw) -> Iterator[Way]:
    """The ways in which a thread may have told of its next call, which it does not make yet."""
    for then in _telling(rested(design, world), raw):
        choice = Choice(ORDER, raw.line, f"thread {then.told[-1].thread} later")
        yield Way("", then, (choice,), _LATER)


def begins(design: Design, world: World, raw: Raw, effort: int, *, torn: bool) -> Iterator[Way]:
    """The ways in which a thread may have told of its next call, which it makes at once.

    With effort, also those in which it makes it later, or is another one than it seems. Where lines
    are `torn`, its last one may have been.
    """
    none = True
    there = rested(design, world)
    telling = list(_telling(there, raw))
    others = set() if raw.by is None or raw.by in dict(world.names) else _unlike(there)
    for number, then in enumerate(telling):
        if number and effort <= 0 and then.told[-1].thread not in others:
            continue
        open_ = number or (len(telling) > 1 and raw.by not in dict(world.names))
        who = (Choice(WHO, raw.line, f"thread {then.told[-1].thread}"),) if open_ else ()
        none = False
        now = entered(design, then, then.told[-1])
        if now is not None:
            yield Way("", now, who, number)
        if effort > 0 or now is None:
            choice = Choice(ORDER, raw.line, f"thread {then.told[-1].thread} later")
            yield Way("", then, (*who, choice), number + _LATER)
    if none and torn:
        yield from _after_lost(design, there, raw)


def _unlike(world: World) -> set[int]:
    """The first of the threads that are alike, where there are several sorts of them."""
    return {min(names) for names in alike(world, group=True)}


def _after_lost(design: Design, world: World, raw: Raw) -> Iterator[Way]:
    """The thread's last line was lost: it has left the kernel without one that can be read."""
    name = dict(world.names).get(raw.by) if raw.by is not None else None
    choice = Choice(LOST, raw.line, "its last line")
    if name is None:
        return
    there = replace(world, printing=tuple(e for e in world.printing if e.thread != name))
    if there.printing == world.printing:
        if name in dict(sleeping(world)):
            there = woken(design, world, name)
        if name not in dict(returning(there)):
            return
        there, _ = returned(design, there, name)
    for then in _telling(there, raw):
        now = entered(design, then, then.told[-1])
        if now is not None:
            yield Way("", now, (choice,), _LOST)


def _telling(world: World, raw: Raw) -> Iterator[World]:
    """The worlds in which a free thread that may be the one has told of the call."""
    names = dict(world.names)
    for name, _ in sorted(free(world), key=lambda each: (each[0] != world.last, each[0])):
        if raw.by is not None and not _may_be(names, raw.by, name):
            continue
        made = CallMade(name, raw.number, raw.options, raw.arguments)
        told = (*world.told, Begun(name, raw.line, made))
        named = {**names, raw.by: name} if raw.by is not None else names
        yield replace(world, told=told, names=tuple(sorted(named.items())))


def _may_be(names: dict[int, int], number: int, thread: int) -> bool:
    """Whether the log may give the thread this number."""
    if number in names:
        return names[number] == thread
    return thread not in names.values()


def told_words(design: Design, world: World, data: Data) -> Iterator[Way]:
    """The way in which a thread may have told of words of its memory: who last called, if it can.

    Where no free thread reaches the words, they are passed over.
    """
    there = rested(design, world)
    names = [name for name, _ in free(there)]
    for name in sorted(names, key=lambda each: (each != there.last, each)):
        now = running(design, there, name)
        if not words.reaches(now.state, data.address):
            continue
        if data.way == words.WRITTEN:
            wrote = words.wrote(design, now, data)
            yield Way("", rested(design, replace(wrote, last=name)))
        else:
            known, wrong = words.compared(design, now, data)
            yield Way("", there, compared=known, wrong=wrong)
        return
    yield Way("", there)
