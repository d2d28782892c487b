"""The worlds that a log leaves possible, and what one item does to them."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from assay.engines.conform.logs import Choice, Item, Logs, Way
from assay.engines.conform.result import Answer

_D = TypeVar("_D")
_W = TypeVar("_W", bound=Hashable)

AT_ONCE = 4
"""So many worlds are looked at together for what may have happened unseen."""
MOST_SEARCHED = 8
"""In so many of them, those that took fewest choices, it is looked for at all."""
MOST_WORLDS = 32
"""Beyond these the worlds that took most choices are let go."""


MOST_WIDELY = 64
MOST_SEARCHED_WIDELY = 32
"""The same where it is gone on from ways that are less likely too."""


class Breadth(Enum):
    """From which worlds it is gone on besides the likeliest ones that explain an item."""

    EVERY = "every"  # from all that explain it with nothing unseen
    UNSEEN = "unseen"  # also from those in which something unseen happened before it


@dataclass(frozen=True, slots=True)
class Candidate(Generic[_W]):
    """A possible world, with the choices that led to it and are still open."""

    world: _W
    open: frozenset[Choice] = frozenset()


@dataclass(frozen=True, slots=True)
class Path(Generic[_W]):
    """A way from a candidate to an item, with everything that was chosen for it and is open."""

    way: Way[_W]
    chosen: frozenset[Choice]


@dataclass(frozen=True, slots=True)
class Taken(Generic[_W]):
    """An item that was taken: the worlds after it, how the result follows, and what decides it.

    `paths` are all ways there, also those to other results. `words` are how many words of memory
    were compared, and how many are wrong in the best of them. `settled` are the choices that all
    worlds after it have made.
    """

    after: tuple[Candidate[_W], ...]
    answer: Answer
    kinds: tuple[str, ...]
    paths: tuple[Path[_W], ...]
    words: tuple[int, int] = (0, 0)
    settled: frozenset[Choice] = frozenset()

    @property
    def accepted(self) -> int:
        """How many different results the line would have accepted."""
        results: dict[str, int] = {}
        for path in self.paths:
            results[path.way.gave] = max(results.get(path.way.gave, 0), path.way.accepts)
        return sum(results.values())


def take(
    logs: Logs[_D, _W],
    design: _D,
    before: Iterable[Candidate[_W]],
    item: Item,
    effort: int,
    because: Item | None = None,
) -> Taken[_W]:
    """What the item does to the worlds before it.

    What explains it without anything unseen wins; only where nothing does, more is looked for, in
    one world after the other. With `effort` also dearer ways are looked for; with `because` only
    such as may make that later item explained.
    """
    before = tuple(before)
    if effort or because is not None:
        return _taken(item, _paths(logs, design, before, item, effort, because))
    if len(before) == 1:
        return _taken(item, _from_one(logs, design, before, item))
    paths = _paths(logs, design, before, item, -1, None, every=False)
    if not any(_is_likely(path.way, item) for path in paths):
        found = _first_to_fit(logs, design, before, item)
        none = not any(path.way.gave == item.gave for path in paths)
        paths = found if none or any(_is_likely(path.way, item) for path in found) else paths
    return _taken(item, paths)


def take_widely(
    logs: Logs[_D, _W],
    design: _D,
    before: tuple[Candidate[_W], ...],
    item: Item,
    breadth: Breadth,
) -> tuple[Taken[_W], int]:
    """The same with ways that are less likely than others, and more worlds after it.

    Gives too in how many worlds it was looked for what may have happened unseen.
    """
    paths: tuple[Path[_W], ...] = ()
    searched = 0
    for each in before:
        found = _paths(logs, design, (each,), item, -1, None)
        fits = any(path.way.gave == item.gave for path in found)
        if not fits and breadth is Breadth.UNSEEN and searched < MOST_SEARCHED_WIDELY:
            searched += 1
            found = _paths(logs, design, (each,), item, 0, None)
        paths += found
    if breadth is Breadth.EVERY and not any(path.way.gave == item.gave for path in paths):
        searched = min(len(before), MOST_SEARCHED)
        paths = _first_to_fit(logs, design, before, item)
    return _taken(item, paths, MOST_WIDELY), searched


def either(item: Item, one: Taken[_W], other: Taken[_W]) -> Taken[_W]:
    """What the item does to the worlds before it by the ways of both."""
    return _taken(item, (*one.paths, *other.paths))


def explains(logs: Logs[_D, _W], design: _D, candidate: Candidate[_W], item: Item) -> bool:
    """Whether the item follows in that world without anything unseen before it."""
    ways = logs.ways(design, candidate.world, item, -1, None)
    return any(way.gave == item.gave for way in ways)


def _paths(
    logs: Logs[_D, _W],
    design: _D,
    before: tuple[Candidate[_W], ...],
    item: Item,
    effort: int,
    because: Item | None,
    *,
    every: bool = True,
) -> tuple[Path[_W], ...]:
    """The ways from these worlds; unlikely ones if none is likely, or if `every` one counts."""
    found: list[Path[_W]] = []
    for candidate in before:
        likely = False
        for way in logs.ways(design, candidate.world, item, effort, because):
            if way.unlikely and likely and not every:
                break
            likely = likely or _is_likely(way, item)
            chosen = candidate.open.union(way.chosen) if way.chosen else candidate.open
            found.append(Path(way, chosen))
    if every or not any(_is_likely(path.way, item) for path in found):
        return tuple(found)
    return tuple(path for path in found if path.way.gave != item.gave or not path.way.unlikely)


def _is_likely(way: Way[_W], item: Item) -> bool:
    return way.gave == item.gave and not way.unlikely


def _from_one(
    logs: Logs[_D, _W], design: _D, before: tuple[Candidate[_W], ...], item: Item
) -> tuple[Path[_W], ...]:
    """The ways from the only world, of which all can be asked for in one go."""
    paths = _paths(logs, design, before, item, 0, None, every=False)
    fit = [path for path in paths if path.way.gave == item.gave]
    if fit and all(path.way.unlikely for path in fit):
        at_once = _paths(logs, design, before, item, -1, None, every=False)
        return at_once if any(path.way.gave == item.gave for path in at_once) else paths
    return paths


def _first_to_fit(
    logs: Logs[_D, _W], design: _D, before: tuple[Candidate[_W], ...], item: Item
) -> tuple[Path[_W], ...]:
    """The ways from some worlds, up to the first that is likely and explains the item."""
    found: tuple[Path[_W], ...] = ()
    for at in range(0, min(len(before), MOST_SEARCHED), AT_ONCE):
        found += _paths(logs, design, before[at : at + AT_ONCE], item, 0, None, every=False)
        if any(_is_likely(path.way, item) for path in found):
            break
    return found


def _taken(item: Item, paths: tuple[Path[_W], ...], most: int = MOST_WORLDS) -> Taken[_W]:
    fit = [path for path in paths if path.way.gave == item.gave]
    if any(path.way.wrong for path in fit):
        least = min(path.way.wrong for path in fit)
        fit = [path for path in fit if path.way.wrong == least]
    if not fit:
        return Taken((), Answer.CONTRADICTED, (), paths)
    after, settled = _settled(_distinct(fit, most))
    words = fit[0].way.compared, fit[0].way.wrong
    if len(fit) == len(paths):
        return Taken(after, Answer.PREDICTED, (), paths, words, settled)
    return Taken(after, Answer.EXPLAINED, _deciding(fit, paths), paths, words, settled)


def _distinct(fit: list[Path[_W]], most: int) -> list[Candidate[_W]]:
    """Each world once, with the fewest choices; not more than so many."""
    if len(fit) == 1:
        return [Candidate(fit[0].way.world, fit[0].chosen)]
    found: dict[_W, frozenset[Choice]] = {}
    for path in sorted(fit, key=lambda each: (each.way.price, len(each.chosen))):
        found.setdefault(path.way.world, path.chosen)
    cheapest = sorted(found.items(), key=lambda each: len(each[1]))
    return [Candidate(world, chosen) for world, chosen in cheapest[:most]]


def _settled(
    candidates: list[Candidate[_W]],
) -> tuple[tuple[Candidate[_W], ...], frozenset[Choice]]:
    """The candidates without the choices that all of them have made, which are open no longer."""
    common = frozenset.intersection(*(each.open for each in candidates))
    if not common:
        return tuple(candidates), common
    return tuple(Candidate(each.world, each.open - common) for each in candidates), common


def _deciding(fit: list[Path[_W]], paths: tuple[Path[_W], ...]) -> tuple[str, ...]:
    """The kinds of hidden inputs that tell the ways to this result from those to others."""
    others = [path for path in paths if path not in fit]
    chosen = frozenset.intersection(*(path.chosen for path in fit))
    apart = {choice for choice in chosen if any(choice not in path.chosen for path in others)}
    if not apart:
        taken = {choice for path in fit for choice in path.way.chosen}
        apart = taken or {choice for path in paths for choice in path.chosen}
    return tuple(sorted({choice.kind for choice in apart}))


def shown(paths: Iterable[Path[_W]], gave: str) -> Iterator[tuple[str, str, tuple[str, ...], bool]]:
    """Each result that was possible, its refusal, what was chosen for it, and if it is the one."""
    for path in paths:
        choices = sorted(path.chosen, key=lambda each: (each.line, each.kind))
        told = tuple(f"line {each.line}: {each.kind} {each.value}" for each in choices)
        yield path.way.gave, path.way.refusal, told, path.way.gave == gave
