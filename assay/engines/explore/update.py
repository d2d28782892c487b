"""What one instance of an action changes: the ground value of each cell that it writes."""

from dataclasses import dataclass

from assay.engines.domains import choices, outside
from assay.engines.explore.ground import (
    Code,
    Ground,
    Grounder,
    Scope,
    chosen,
    fixed_keys,
    inside_text,
    text_of,
)
from assay.lang.recorded import Assignment
from assay.lang.sorts import IntSort, OptionSort, Sort


@dataclass(frozen=True, slots=True)
class Ranged:
    """A number that must lie in the bounds of its sort when the assignment is made."""

    assignment: Assignment
    sort: Sort
    number: Ground
    test: str


@dataclass(frozen=True, slots=True)
class Update:
    """The cells that change, by position, and the ranges that they must respect."""

    cells: dict[int, Ground]
    ranges: tuple[Ranged, ...]


def updated(grounder: Grounder, assignments: tuple[Assignment, ...], scope: Scope) -> Update:
    """All assignments made at once."""
    cells: dict[int, Ground] = {}
    ranges: list[Ranged] = []
    for assignment in assignments:
        table = grounder.recorded.table(assignment.table)
        for bound in choices(assignment.binders, grounder.sizes):
            inner = {**scope, **bound}
            keys = tuple(grounder.ground(key, inner) for key in assignment.keys)
            value = grounder.ground(assignment.value, inner)
            for number, sort in zip((*keys, value), (*table.keys, table.value), strict=True):
                ranges.extend(_ranged(grounder, assignment, sort, number))
            fixed = fixed_keys(keys)
            if fixed is None:
                _scatter(grounder, assignment, keys, value, cells)
            elif (assignment.table, fixed) in grounder.layout.positions:
                cells[grounder.layout.positions[assignment.table, fixed]] = value
    old = grounder.old.cells
    return Update({at: new for at, new in cells.items() if new != old[at]}, tuple(ranges))


def _scatter(
    grounder: Grounder,
    assignment: Assignment,
    keys: tuple[Ground, ...],
    value: Ground,
    cells: dict[int, Ground],
) -> None:
    """Write the cell whose keys are known only at run time: each cell that it may be, if it is."""
    for (table, candidate), position in grounder.layout.positions.items():
        if table != assignment.table:
            continue
        tests = []
        for key, fixed in zip(keys, candidate, strict=True):
            if isinstance(key, Code):
                tests.append(f"{key.text} == {text_of(fixed)}")
            elif key != fixed:
                break
        else:
            before = cells.get(position, grounder.old.cells[position])
            cells[position] = chosen(Code(f"({' and '.join(tests)})"), value, before)


def _ranged(
    grounder: Grounder, assignment: Assignment, sort: Sort, number: Ground
) -> tuple[Ranged, ...]:
    inner = sort.inner if isinstance(sort, OptionSort) else sort
    if not isinstance(inner, IntSort) or (inner.low is None and inner.high is None):
        return ()
    if not isinstance(number, Code):
        return (Ranged(assignment, sort, number, "False"),) if outside(number, sort) else ()
    if number in grounder.old.cells:
        return ()
    test = inside_text((number,), (inner,))
    if isinstance(sort, OptionSort):
        test = f"{number.text} is None or {test}"
    return (Ranged(assignment, sort, number, test),)
