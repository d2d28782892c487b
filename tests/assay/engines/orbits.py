"""Which states differ by the places of elements alone, by going through all orders of these."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations, product
from math import inf
from typing import cast

from assay.engines.domains import Sizes
from assay.engines.explore import Engine, Exploration, Limits, explore
from assay.engines.explore import Path as Way
from assay.engines.explore.compiled.build import build
from assay.engines.explore.compiled.search import Search
from assay.engines.explore.compiled.words import Overflow
from assay.engines.explore.generate import Found, generate
from assay.engines.explore.known import NOTHING
from assay.engines.explore.patience import Patience
from assay.engines.interpret import Keys, ModelState, Taken, attempt, holds, starts
from assay.lang import Recorded
from assay.lang.recorded import Action, Assignment, Start, Table
from assay.lang.sorts import BOOL, KindSort, OptionSort, Sort
from assay.lang.tree import Constant, Variable, Where
from assay.lang.values import Value
from tests.assay.engines.brute_force import Frozen, frozen

HERE = Where("model.py", 1)
THING = KindSort("Thing")
_FEW = 600
Order = Mapping[str, tuple[int, ...]]


def orders(recorded: Recorded, sizes: Sizes, kinds: tuple[str, ...]) -> Iterator[Order]:
    """Every way to change the places of the elements that are no constants."""
    fixed = {kind.name: len(kind.constants) for kind in recorded.kinds}
    for chosen in product(*(permutations(range(fixed[kind], sizes[kind])) for kind in kinds)):
        yield {
            kind: (*range(fixed[kind]), *order) for kind, order in zip(kinds, chosen, strict=True)
        }


def moved(order: Order, sort: Sort, value: Value) -> Value:
    """Where the value goes."""
    plain = sort.inner if isinstance(sort, OptionSort) else sort
    if value is None or not isinstance(plain, KindSort) or plain.name not in order:
        return value
    return order[plain.name][value]


def changed(table: Table, cells: frozenset[object], order: Order) -> frozenset[object]:
    """The cells of a table where elements have changed places."""
    found: list[object] = []
    for cell in cells:
        keys, value = cast("tuple[tuple[Value, ...], Value]", cell)
        there = (moved(order, sort, key) for sort, key in zip(table.keys, keys, strict=True))
        found.append((tuple(there), moved(order, table.value, value)))
    return frozenset(found)


def orbit(recorded: Recorded, sizes: Sizes, kinds: tuple[str, ...], state: Frozen) -> set[Frozen]:
    """All states that differ from one by the places of elements."""
    tables = {table.name: table for table in recorded.tables}
    return {
        tuple((name, changed(tables[name], cells, order)) for name, cells in state)
        for order in orders(recorded, sizes, kinds)
    }


def orbits(recorded: Recorded, sizes: Sizes, kinds: tuple[str, ...]) -> int:
    """How many states there are, when those that differ by the places of elements are one."""
    left, count = reached(recorded, sizes), 0
    while left:
        together = orbit(recorded, sizes, kinds, next(iter(left)))
        assert together <= left
        left -= together
        count += 1
    return count


def assert_canonical(recorded: Recorded, sizes: Sizes, most: int = 2000) -> int:
    """The states kept are those that stand for some state at all, one for each orbit, from it.

    How many there are; 0 where a number outgrows its field or there are more than `most` states.
    """
    left = reached(recorded, sizes, most)
    if not left:
        return 0
    try:
        code = build(recorded, sizes, NOTHING, {}, shared=False, reduced=True)
    except Overflow:
        return 0
    search = Search(code, NOTHING, Patience(Limits(), None), 1, None)
    search.run()
    store, ordering, words = search.store, code.ordering, code.words
    assert ordering is not None
    kept = {
        store.words(at)
        for level in store.levels
        for begin, end in level
        for at in range(begin, end)
    }
    standing = set()
    while left:
        together = orbit(recorded, sizes, code.kinds, next(iter(left)))
        assert together <= left
        left -= together
        of_words = {words.words(words.layout.packed(thawed(each))) for each in together}
        (representative,) = {ordering.representative(each) for each in of_words}
        assert representative in of_words
        standing.add(representative)
    assert kept == standing
    return len(kept)


def thawed(state: Frozen) -> ModelState:
    """The state as the interpreter holds it."""
    return {table: dict(cast("frozenset[tuple[Keys, Value]]", cells)) for table, cells in state}


def reached(recorded: Recorded, sizes: Sizes, most: float = inf) -> set[Frozen]:
    """All states, by the plain engine; none if there are more than `most`."""
    code = generate(recorded, sizes)
    level = {code.layout.packed(state) for _, state in starts(recorded, sizes)}
    seen = set(level)
    while level:
        found: Found = []
        for state in level:
            code.expand(state, found, lambda *_: None)
        level = {new for _, new in found} - seen
        seen |= level
        if len(seen) > most:
            return set()
    return {frozen(code.layout.sparse(state)) for state in seen}


def walked(recorded: Recorded, sizes: Sizes, path: Way) -> list[ModelState]:
    """The states on a path, as the interpreter sees them."""
    found = [next(state for step, state in starts(recorded, sizes) if step == path.start)]
    for step in path.steps:
        result = attempt(recorded, sizes, found[-1], step.action, step.arguments)
        assert isinstance(result, Taken)
        found.append(result.new)
    return found


def assert_reduced(
    recorded: Recorded, sizes: Sizes, full: Exploration, *, threads: int = 1
) -> Exploration:
    """The same is found, in as many states as there are orbits, and its paths can be gone.

    The plain engine finds the same, if there are few states.
    """
    found = explore(recorded, sizes, engine=Engine.COMPILED, reduced=True, threads=threads)
    assert found.states == orbits(recorded, sizes, found.symmetry)
    assert_same_findings(recorded, sizes, found, full)
    if full.states <= _FEW:
        plain = explore(recorded, sizes, engine=Engine.PLAIN, reduced=True)
        assert_same_findings(recorded, sizes, plain, full)
        assert set(plain.symmetry) == set(found.symmetry)
        assert _counted(plain) == _counted(found)
    return found


def _counted(found: Exploration) -> Exploration:
    """What is counted alone, without the paths that are found."""
    return replace(found, seconds=0, broken=(), can={}, witness={}, symmetry=())


def assert_same_findings(
    recorded: Recorded, sizes: Sizes, found: Exploration, full: Exploration
) -> None:
    """A search with symmetry finds what the whole one does, and its paths can be gone."""
    assert found.depth == full.depth
    assert {each.claim: each.depth for each in found.broken} == {
        each.claim: each.depth for each in full.broken
    }
    assert {name: each and each.depth for name, each in found.can.items()} == {
        name: each and each.depth for name, each in full.can.items()
    }
    assert found.premises == full.premises
    for broken in found.broken:
        claim = recorded.claim(broken.claim)
        states = walked(recorded, sizes, broken.path)
        assert len(states) == broken.depth + 1
        if claim.over_steps:
            assert not holds(recorded, sizes, claim, *states[-2:], broken.path.steps[-1])
        else:
            assert not holds(recorded, sizes, claim, states[-1])
    for reached in filter(None, found.can.values()):
        assert len(walked(recorded, sizes, reached.path)) == reached.depth + 1
    for action, path in found.witness.items():
        assert (path is None) == (full.witness[action] is None)
        if path is not None:
            assert path.steps[-1].action == action
            walked(recorded, sizes, path)


def switches() -> Recorded:
    """Things that are switched on, each for itself."""
    thing = Variable("thing", THING, HERE)
    return _setting("on", (thing,))


def links() -> Recorded:
    """Things that are linked to each other, and to themselves."""
    return _setting("linked", (Variable("one", THING, HERE), Variable("two", THING, HERE)))


def _setting(name: str, keys: tuple[Variable, ...]) -> Recorded:
    """A table of truths, all false to begin with; one at a time becomes true."""
    off, on = Constant(False, BOOL, HERE), Constant(True, BOOL, HERE)
    table = Table(name, tuple(key.sort for key in keys), BOOL, off, False, HERE)
    action = Action("set", keys, (), (Assignment(name, (), keys, on, HERE),), "", HERE)
    start = Start("begin", (), (), HERE)
    return Recorded(name, "d", (THING,), (), (), (table,), (start,), (action,), ())
