"""In plain Python: of the states that differ by the places of elements, the one for all.

As `compiled.choosing` says it, but signatures are lists of all that is told of an element, each
replaced by its rank among those of the kind, and no kind is sorted by its records. It stands for
the same states as the compiled one does, and may be another one of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import inf

from assay.engines.domains import Sizes
from assay.engines.explore.layout import Layout, Packed
from assay.lang.recorded import Recorded
from assay.lang.sorts import KindSort, OptionSort, Sort
from assay.lang.values import Value

_MOST_KNOWN = 100_000
Element = tuple[str, Value]
Ranks = Mapping[Element, int]
"""How many elements of its kind have a lesser signature than each that may change places."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell: its table, also by number, its keys with their kinds, and the kind that it names.

    No kind is the empty name; an element of it is what it is.
    """

    table: str
    number: int
    keys: tuple[Element, ...]
    named: str


@dataclass(slots=True)
class _Found:
    """The least state until here, and what it is compared by."""

    best: Packed = ()
    key: tuple[float, ...] = (inf,)


@dataclass(frozen=True, slots=True)
class Representatives:
    """The function from states to those that stand for them; `kinds` may change places."""

    layout: Layout
    kinds: Mapping[str, range]
    cells: tuple[_Cell, ...]
    known: dict[Packed, Packed] = field(default_factory=dict)

    def of(self, state: Packed) -> Packed:
        """The state that stands for one."""
        if len(self.known) > _MOST_KNOWN:
            self.known.clear()
        if state not in self.known:
            found = _Found()
            ranks = dict.fromkeys(self._elements(), 0)
            self._search(state, ranks, None, found)
            self.known[state] = found.best
        return self.known[state]

    def _elements(self) -> Iterator[Element]:
        """The elements that may change places."""
        for kind, free in self.kinds.items():
            yield from ((kind, each) for each in free)

    def _search(
        self, state: Packed, ranks: Ranks, expected: Packed | None, found: _Found
    ) -> Packed:
        """Find the least state; what is met first, and no more where that is expected."""
        while (finer := self._round(state, ranks)) != ranks:
            ranks = finer
        for kind, free in self.kinds.items():
            for one in free:
                alike = [each for each in free if ranks[kind, each] == ranks[kind, one]]
                if not all(self._is_free(state, kind, one, each) for each in alike):
                    return self._choose(state, ranks, kind, alike, expected, found)
        return self._ordered(state, ranks, found)

    def _choose(
        self,
        state: Packed,
        ranks: Ranks,
        kind: str,
        alike: list[int],
        expected: Packed | None,
        found: _Found,
    ) -> Packed:
        """Let each of some elements stand before the others in turn."""
        first: Packed | None = None
        for each in alike:
            if first is None or not self._is_free(state, kind, alike[0], each):
                chosen = dict(ranks)
                for other in alike:
                    chosen[kind, other] += other != each
                met = self._search(state, chosen, first or expected, found)
                first = first or met
                if first == expected:
                    break
        assert first is not None
        return first

    def _ordered(self, state: Packed, ranks: Ranks, found: _Found) -> Packed:
        """The state with elements in the order of their ranks."""
        places: dict[Element, Value] = {}
        for kind, free in self.kinds.items():
            order = sorted(free, key=lambda each: ranks[kind, each])
            places |= {(kind, each): place for each, place in zip(order, free, strict=True)}
        new = self._moved(state, places)
        key = tuple(map(_number, new))
        if not found.best or key < found.key:
            found.best, found.key = new, key
        return new

    def _round(self, state: Packed, ranks: Ranks) -> Ranks:
        """Ranks by the old ones and by what the cells tell of each element."""
        told: dict[Element, list[tuple[float, ...]]] = {element: [] for element in ranks}
        for cell, value in zip(self.cells, state, strict=True):
            about = ((cell.named, value), *cell.keys)
            says = (float(cell.number), *(_told(each, ranks) for each in about))
            for place, element in enumerate(about):
                if element in told:
                    told[element].append((place, *says))
        signatures = {each: (ranks[each], sorted(told[each])) for each in ranks}
        return {
            (kind, each): sum(signatures[kind, other] < signatures[kind, each] for other in free)
            for kind, free in self.kinds.items()
            for each in free
        }

    def _is_free(self, state: Packed, kind: str, one: int, other: int) -> bool:
        """Whether two elements may change places without changing the state."""
        return self._moved(state, {(kind, one): other, (kind, other): one}) == state

    def _moved(self, state: Packed, places: Mapping[Element, Value]) -> Packed:
        """The state where elements have gone to other places, in keys and in values."""
        new = list(state)
        for cell, value in zip(self.cells, state, strict=True):
            keys = tuple(places.get(key, key[1]) for key in cell.keys)
            new[self.layout.positions[cell.table, keys]] = places.get((cell.named, value), value)
        return tuple(new)


def representatives_of(recorded: Recorded, sizes: Sizes, layout: Layout) -> Representatives:
    """The representatives of an instance."""
    kinds = {
        kind.name: range(len(kind.constants), sizes[kind.name])
        for kind in recorded.kinds
        if sizes[kind.name] - len(kind.constants) > 1
    }
    tables = {table.name: (number, table) for number, table in enumerate(recorded.tables)}
    cells: list[_Cell] = []
    for name, keys in layout.cells:
        number, table = tables[name]
        about = tuple(
            (_kind_of(sort, kinds), key) for sort, key in zip(table.keys, keys, strict=True)
        )
        cells.append(_Cell(name, number, about, _kind_of(table.value, kinds)))
    return Representatives(layout, kinds, tuple(cells))


def _kind_of(sort: Sort, kinds: Mapping[str, range]) -> str:
    plain = sort.inner if isinstance(sort, OptionSort) else sort
    return plain.name if isinstance(plain, KindSort) and plain.name in kinds else ""


def _told(element: Element, ranks: Ranks) -> float:
    """What is told of an element to another: its rank, if it may change places."""
    kind, value = element
    if element in ranks:
        return ranks[element]
    return -1 - _number(value) if kind and value is not None else _number(value)


def _number(value: Value) -> float:
    return -inf if value is None else value
