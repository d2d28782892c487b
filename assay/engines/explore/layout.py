"""How the explorer holds a state: one tuple with the cells of all tables, in a fixed order."""

from dataclasses import dataclass
from itertools import product

from assay.engines.domains import Sizes, check_sizes, domain
from assay.engines.interpret import Keys, ModelState, start_value
from assay.engines.python_text import none_text
from assay.lang.recorded import Recorded
from assay.lang.sorts import IntSort, OptionSort, Sort
from assay.lang.values import Value

Packed = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The cells of a finite instance in order, and where each of them stands."""

    cells: tuple[tuple[str, Keys], ...]
    normal: Packed
    positions: dict[tuple[str, Keys], int]
    firsts: dict[str, int]
    strides: dict[str, tuple[int, ...]]

    def sparse(self, packed: Packed) -> ModelState:
        """The state as the interpreter holds it."""
        state: dict[str, dict[Keys, Value]] = {table: {} for table, _ in self.cells}
        for (table, keys), value, normal in zip(self.cells, packed, self.normal, strict=True):
            if value != normal:
                state[table][keys] = value
        return state

    def packed(self, state: ModelState) -> Packed:
        """The state as the explorer holds it."""
        return tuple(
            state.get(table, {}).get(keys, normal)
            for (table, keys), normal in zip(self.cells, self.normal, strict=True)
        )


def layout_of(recorded: Recorded, sizes: Sizes) -> Layout:
    """The layout of the instance with these sizes.

    Errors: SizesError as `check_sizes`, and for a table over a sort with too many values.
    """
    check_sizes(recorded, sizes)
    cells: list[tuple[str, Keys]] = []
    normal: list[Value] = []
    firsts: dict[str, int] = {}
    strides: dict[str, tuple[int, ...]] = {}
    for table in recorded.tables:
        domains = [domain(sort, sizes) for sort in table.keys]
        steps = [1]
        for values in reversed(domains[1:]):
            steps.append(steps[-1] * len(values))
        firsts[table.name] = len(cells)
        strides[table.name] = tuple(reversed(steps))[: len(domains)]
        for keys in product(*domains):
            cells.append((table.name, keys))
            normal.append(start_value(table))
    positions = {cell: position for position, cell in enumerate(cells)}
    return Layout(tuple(cells), tuple(normal), positions, firsts, strides)


def rank_text(key: str, sort: Sort) -> str:
    """Python source for the place of a key among the values of its sort."""
    match sort:
        case IntSort(low=int(low)) if low:
            return f"({key} - {low})"
        case OptionSort(inner=inner):
            return f"(0 if {none_text(key)} else {rank_text(key, inner)} + 1)"
        case _:
            return key
