"""Other ways to break a claim than the one found: each does without something each other needs.

A way is told by how often each action is taken on it. One that takes all that another takes, and
more, is that other one with something added; so is one that differs in order or in elements only.
Where some are known, the next takes, for each of them, some action less often than it. Each choice
of such actions is an instance of its own, smaller than the first, in which a shortest way is looked
for; the choices are tried as a tree, shortest ways first.

Source: the hitting set tree of Reiter, A theory of diagnosis from first principles (1987).
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from heapq import heappop, heappush

from assay.engines.explore.patience import INTERRUPTED
from assay.engines.explore.result import Broken, Exploration, Path
from assay.lang.recorded import Action, Assignment, Check, Recorded, Table
from assay.lang.sorts import BOOL, IntSort
from assay.lang.tree import Apply, Constant, Operator, Read, Version

Look = Callable[[Recorded, str], Exploration]
"""Explores the model until the claim of this name is decided."""
Most = Mapping[str, int]
"""How often each of some actions may be taken."""


@dataclass(frozen=True, slots=True)
class Others:
    """Further paths to a broken claim, the shortest first; `reason` says why there are no more.

    It is empty where as many as were asked for are there, and NO_OTHER where all are. An interrupt
    from the keyboard ends the looking.
    """

    paths: tuple[Path, ...]
    reason: str


NO_OTHER = "there is no other way"
NOT_ASKED = Others((), "")


def other_paths(recorded: Recorded, broken: Broken, count: int, look: Look) -> Others:
    """At most `count` other paths that break the claim, none with all that another takes."""
    return _Tree(recorded, broken, look).grown(count)


class _Tree:
    def __init__(self, recorded: Recorded, broken: Broken, look: Look) -> None:
        self._recorded = replace(recorded, claims=(recorded.claim(broken.claim),))
        self._look = look
        self._claim = broken.claim
        self._ways = [_taken(broken.path)]
        self._met: set[frozenset[tuple[str, int]]] = set()
        self._none: list[Most] = []
        self._open: list[tuple[int, tuple[tuple[str, int], ...], Path]] = []
        self._reason = NO_OTHER

    def grown(self, count: int) -> Others:
        """The paths that the tree finds."""
        found: list[Path] = []
        if count:
            self._branch({}, self._ways[0])
        while self._open and len(found) < count and self._reason != INTERRUPTED:
            _, most, path = heappop(self._open)
            taken = _taken(path)
            known = next((way for way in self._ways if way <= taken), None)
            if known is None:
                found.append(path)
                self._ways.append(taken)
                known = taken
            if len(found) < count:
                self._branch(dict(most), known)
        return Others(tuple(found), "" if len(found) == count else self._reason)

    def _branch(self, most: Most, way: Counter[str]) -> None:
        """Look for a path for each action that could be taken less often than the way does."""
        for action, times in way.items():
            self._grow({**most, action: times - 1})

    def _grow(self, most: Most) -> None:
        key = frozenset(most.items())
        if (
            self._reason == INTERRUPTED
            or key in self._met
            or any(_is_within(most, none) for none in self._none)
        ):
            return
        self._met.add(key)
        explored = self._look(limited(self._recorded, most), self._claim)
        if explored.broken:
            path = explored.broken[0].path
            heappush(self._open, (len(path.steps), tuple(sorted(most.items())), path))
        elif explored.complete:
            self._none.append(most)
        else:
            self._reason = explored.reason


def _taken(path: Path) -> Counter[str]:
    return Counter(step.action for step in path.steps)


def _is_within(most: Most, other: Most) -> bool:
    """Whether nothing may be taken more often than the other allows."""
    return all(action in most and most[action] <= times for action, times in other.items())


def limited(recorded: Recorded, most: Most) -> Recorded:
    """The model in which some actions are taken at most so often, in all."""
    tables = list(recorded.tables)
    actions: list[Action] = []
    for action in recorded.actions:
        times = most.get(action.name)
        if times:
            tables.append(_count(action, times))
            action = _counted(action, tables[-1], times)
        elif times is not None:
            never = Check("never", Constant(False, BOOL, action.where), None, action.where)
            action = replace(action, checks=(never, *action.checks))
        actions.append(action)
    return replace(recorded, tables=tuple(tables), actions=tuple(actions))


def _count(action: Action, most: int) -> Table:
    """A table that counts how often the action is taken."""
    sort = IntSort(0, most)
    start = Constant(0, sort, action.where)
    return Table(f"times of {action.name}", (), sort, start, ghost=False, where=action.where)


def _counted(action: Action, table: Table, most: int) -> Action:
    """The action that counts itself, and is not taken more often."""
    sort, where = table.value, action.where
    times = Read(table.name, (), Version.OLD, sort, where)
    fewer = Apply(Operator.LESS, (times, Constant(most, sort, where)), BOOL, where)
    more = Apply(Operator.ADD, (times, Constant(1, sort, where)), sort, where)
    check = Check(f"not more than {most} times", fewer, None, where)
    count = Assignment(table.name, (), (), more, where)
    checks, assignments = (check, *action.checks), (*action.assignments, count)
    return replace(action, checks=checks, assignments=assignments)
