"""Which elements of kinds may change places, and how the state is chosen that stands for all.

The language knows no order of a kind's elements but its constants, so a permutation of the others
takes steps to steps. A kind that only keys name is put in order by sorting what each element holds.
Of the others all orders are tried where they are few, else those that signatures leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import factorial, prod

from assay.engines.domains import Sizes
from assay.engines.explore.compiled.words import Words
from assay.engines.explore.layout import Layout
from assay.lang.recorded import Recorded
from assay.lang.sorts import KindSort, OptionSort, Sort

_FEW_ORDERS = 8
"""So many are tried one by one: that takes less time than signatures."""
MOST_ELEMENTS = 15
"""Of a kind that cells name: so that the new codes of all, and of none, fit one word."""
_WIDEST_RECORD = 63

Records = Mapping[str, tuple[tuple[int, ...], ...]]
"""For each kind, the positions of the cells that each free element holds, in one order for all."""


@dataclass(frozen=True, slots=True)
class Symmetry:
    """The kinds whose elements may change places, by how that is done.

    `sorted` has the kinds that only keys name. `named` has the free elements of those that cells
    name too. `left` has the kinds whose elements may change places too, but are too many.
    """

    sorted: Records
    named: Mapping[str, range]
    left: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The names of the kinds."""
        return (*self.sorted, *self.named)

    @property
    def orders(self) -> int:
        """How many orders the elements have that cells name."""
        return prod(factorial(len(each)) for each in self.named.values())

    @property
    def is_signed(self) -> bool:
        """Whether elements are put in order by signatures."""
        return self.orders > _FEW_ORDERS


def symmetry_of(
    recorded: Recorded, sizes: Sizes, layout: Layout, *, sorting: bool = True
) -> Symmetry:
    """The symmetry of an instance; `sorting`: whether kinds that only keys name are sorted."""
    free = {
        kind.name: range(len(kind.constants), sizes[kind.name])
        for kind in recorded.kinds
        if sizes[kind.name] - len(kind.constants) > 1
    }
    records: dict[str, tuple[tuple[int, ...], ...]] = {}
    for kind in free if sorting else ():
        if _is_sortable(recorded, kind, records):
            records[kind] = tuple(_record(recorded, layout, kind, each) for each in free[kind])
    others = {kind: elements for kind, elements in free.items() if kind not in records}
    named = {
        kind: others[kind]
        for kind in sorted(others, key=lambda kind: len(others[kind]))
        if sizes[kind] <= MOST_ELEMENTS
    }
    return Symmetry(records, named, tuple(kind for kind in others if kind not in named))


def plain_sort(sort: Sort) -> Sort:
    """The sort of what an option may have."""
    return sort.inner if isinstance(sort, OptionSort) else sort


def is_of(sort: Sort, kind: str) -> bool:
    """Whether a value of the sort may name an element of the kind."""
    plain = plain_sort(sort)
    return isinstance(plain, KindSort) and plain.name == kind


def _is_sortable(recorded: Recorded, kind: str, others: Mapping[str, object]) -> bool:
    """Whether keys alone name the kind, once in a table, and no other kind that is sorted."""
    for table in recorded.tables:
        keys = sum(is_of(sort, kind) for sort in table.keys)
        shared = any(is_of(sort, other) for sort in table.keys for other in others)
        option = any(isinstance(sort, OptionSort) and is_of(sort, kind) for sort in table.keys)
        if is_of(table.value, kind) or keys > 1 or (keys and (shared or option)):
            return False
    return True


def _record(recorded: Recorded, layout: Layout, kind: str, element: int) -> tuple[int, ...]:
    """The cells that an element holds."""
    place = {
        table.name: index
        for table in recorded.tables
        for index, sort in enumerate(table.keys)
        if is_of(sort, kind)
    }
    return tuple(
        position
        for position, (table, keys) in enumerate(layout.cells)
        if table in place and keys[place[table]] == element
    )


def fits(words: Words, symmetry: Symmetry) -> bool:
    """Whether each record that is sorted stands in one piece of a word."""
    for records in symmetry.sorted.values():
        for record in records:
            fields = [words.fields[position] for position in record]
            width = sum(field.width for field in fields)
            if len({field.word for field in fields}) > 1 or width > _WIDEST_RECORD:
                return False
    return True
