"""Python source of an action over a sparse state: `step(old, domains, arguments)`.

It returns the new state, or the index of the check that failed. Loops go over the cells that are
out of normal form where only they can matter, and over all elements elsewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from assay.engines.domains import domain
from assay.engines.folding import folded
from assay.engines.interpret import start_value
from assay.engines.python_text import operator_text
from assay.engines.support import Matters, known, speaks_of, where, where_changed
from assay.lang.recorded import Action, Assignment, Recorded
from assay.lang.sorts import IntSort, KindSort, OptionSort, Sort
from assay.lang.tree import (
    Apply,
    Argument,
    Constant,
    Element,
    Expr,
    Named,
    Quantified,
    Read,
    Taken,
    Variable,
)
from assay.lang.walk import nodes, of_action


@dataclass(frozen=True, slots=True)
class StepSource:
    """The source of an action, and whether it ranges over all elements of a kind."""

    text: str
    ranges: bool


def step_source(recorded: Recorded, action: Action) -> StepSource:
    """The source for one action; it calls `left(index, number)` where a range is left.

    One that does not range over all elements does not look at its `domains`.
    """
    writer = _Writer(recorded)
    arguments = "".join(f"v_{parameter.name}, " for parameter in action.parameters)
    kinds = "".join(f"every_{kind.name}, " for kind in recorded.kinds)
    tables = {node.table: None for expr in of_action(action) for node in _reads(expr)}
    lines = [f"    read_{table} = old[{table!r}].get" for table in tables]
    for position, check in enumerate(action.checks):
        lines.append(f"    if not {writer.text(folded(check.condition))}: return {position}")
    written = {assignment.table: None for assignment in action.assignments}
    lines += [f"    new_{table} = dict(old[{table!r}])" for table in written]
    for position, assignment in enumerate(action.assignments):
        lines += writer.assignment(position, _with_folded(assignment))
    changes = "".join(f", {table!r}: new_{table}" for table in written)
    ranges = any(" in every_" in line or "*every_" in line for line in lines)
    head = ["def step(old, domains, arguments):"]
    head += [f"    ({arguments}) = arguments"] if arguments else []
    head += [f"    ({kinds}) = domains"] if ranges else []
    return StepSource("\n".join([*head, *lines, f"    return {{**old{changes}}}"]), ranges)


def _with_folded(assignment: Assignment) -> Assignment:
    keys = tuple(folded(key) for key in assignment.keys)
    return replace(assignment, keys=keys, value=folded(assignment.value))


def _reads(expr: Expr) -> list[Read]:
    return [node for node in nodes(expr) if isinstance(node, Read)]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Python source of expressions and assignments; the old state alone is read."""

    recorded: Recorded

    def text(self, expr: Expr) -> str:
        """The expression as atomic source."""
        match expr:
            case Constant(value=value):
                return f"({value})" if isinstance(value, int) and value < 0 else str(value)
            case Element():
                return str(known(expr))
            case Variable(name=name):
                return f"v_{name}"
            case Read(table=table, keys=keys):
                return f"read_{table}({self.keys(keys)}, {self.normal(table)})"
            case Apply(operator=operator, arguments=arguments, sort=sort):
                return operator_text(operator, [self.text(each) for each in arguments], sort)
            case Quantified():
                return self._quantified(expr)
            case Named(body=body):
                return self.text(body)
            case Taken() | Argument():
                raise AssertionError(expr)
            case _:
                assert_never(expr)

    def keys(self, keys: tuple[Expr, ...]) -> str:
        """The keys as a tuple."""
        return f"({''.join(f'{self.text(key)}, ' for key in keys)})"

    def normal(self, table: str) -> str:
        """The normal form of the table's cells."""
        return str(start_value(self.recorded.table(table)))

    def _quantified(self, expr: Quantified) -> str:
        binders: list[Variable] = []
        body: Expr = expr
        while isinstance(body, Quantified) and body.universal is expr.universal:
            binders.append(body.binder)
            body = body.body
        matters = where(self.recorded, body, truth=not expr.universal)
        loops = " ".join(self.loops(binders, matters))
        return f"{'all' if expr.universal else 'any'}({self.text(body)} {loops})"

    def loops(self, binders: Sequence[Variable], matters: Matters) -> list[str]:
        """Loops over the values of the binders that matter."""
        unbound = {binder.name: binder for binder in binders}
        found: list[str] = []
        for binder, value in matters.pinned:
            if binder.name in unbound and not speaks_of(value, unbound):
                del unbound[binder.name]
                found.append(f"for v_{binder.name} in ({self.text(value)},)")
        for cell in matters.needed:
            if _binds(cell, unbound):
                found.append(self._loop_over_cells(cell, unbound))
        return [*found, *(f"for v_{b.name} in {_over(b.sort)}" for b in unbound.values())]

    def _loop_over_cells(self, cell: Read, unbound: dict[str, Variable]) -> str:
        names: list[str] = []
        tests: list[str] = []
        for position, key in enumerate(cell.keys):
            if isinstance(key, Variable) and unbound.pop(key.name, None) is not None:
                names.append(f"v_{key.name}")
            else:
                names.append(f"k_{position}")
                tests.append(f"k_{position} == {self.text(key)}")
        test = f" if {' and '.join(tests)}" if tests else ""
        return f"for ({', '.join(names)},) in old[{cell.table!r}]{test}"

    def assignment(self, position: int, assignment: Assignment) -> list[str]:
        """The lines that put the new values into the copies of the tables."""
        table = self.recorded.table(assignment.table)
        new, normal = f"new_{table.name}", self.normal(table.name)
        lines: list[str] = []
        indent = "    "
        if assignment.binders:
            bound = "".join(f"v_{binder.name}, " for binder in assignment.binders)
            lines.append(f"    read = old[{table.name!r}].get")
            lines.append(f"    for ({bound}) in {self._values(assignment, bound)}:")
            indent = "        "
        lines.append(f"{indent}value = {self.text(assignment.value)}")
        test = _range_test(table.value)
        if test:
            lines.append(f"{indent}if not ({test}): left({position}, value)")
        keys = self.keys(assignment.keys)
        if assignment.binders:
            lines.append(f"{indent}if value == read({keys}, {normal}): continue")
        lines.append(f"{indent}if value == {normal}: {new}.pop({keys}, None)")
        lines.append(f"{indent}else: {new}[{keys}] = value")
        return lines

    def _values(self, assignment: Assignment, bound: str) -> str:
        """The values of the binders for which the assignment may change its cell."""
        cases = where_changed(self.recorded, assignment)
        loops = dict.fromkeys(" ".join(self.loops(assignment.binders, case)) for case in cases)
        lists = [f"[({bound}) {each}]" for each in loops]
        if len(lists) == 1:
            return lists[0]
        return f"dict.fromkeys([{', '.join(f'*{each}' for each in lists)}])"


def _binds(cell: Read, unbound: Mapping[str, Variable]) -> bool:
    """Whether some keys of the cell are unbound variables, and the others speak of none."""
    others = [k for k in cell.keys if not (isinstance(k, Variable) and k.name in unbound)]
    return len(others) < len(cell.keys) and not any(speaks_of(key, unbound) for key in others)


def _over(sort: Sort) -> str:
    match sort:
        case KindSort(name=name):
            return f"every_{name}"
        case OptionSort(inner=KindSort(name=name)):
            return f"(None, *every_{name})"
        case _:
            return str(domain(sort, {}))


def _range_test(sort: Sort) -> str:
    match sort:
        case OptionSort(inner=inner):
            test = _range_test(inner)
            return f"value is None or ({test})" if test else ""
        case IntSort(low=low, high=high):
            bounds = [] if low is None else [f"{low} <= value"]
            bounds += [] if high is None else [f"value <= {high}"]
            return " and ".join(bounds)
        case _:
            return ""
