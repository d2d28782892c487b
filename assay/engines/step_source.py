"""Python source of an action over a sparse state: `step(old, domains, arguments)`.

It returns the new state, or the index of the check that failed. Loops go over the cells that are
out of normal form where only they can matter, and over all elements elsewhere. What speaks of the
state alone is a condition of its own, which need not be worked out again for each step. A loop
inside another goes over those values alone that can matter whatever the other one has reached.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from assay.engines.domains import domain
from assay.engines.folding import folded
from assay.engines.interpret import start_value
from assay.engines.python_text import joined, negated, operator_text
from assay.engines.support import Matters, forced, known, speaks_of, where, where_changed
from assay.lang.recorded import Action, Assignment, Recorded
from assay.lang.sorts import IntSort, KindSort, OptionSort, Sort
from assay.lang.tree import (
    Apply,
    Argument,
    Constant,
    Element,
    Expr,
    Named,
    Operator,
    Quantified,
    Read,
    Taken,
    Variable,
)
from assay.lang.walk import mapped, nodes, of_action


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of the state alone: the tables that it reads, and the source of `holds(old)`."""

    tables: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class StepSource:
    """The source of an action, and whether it ranges over all elements of a kind.

    It calls its `conditions` as `holds_0(old)` and so on.
    """

    text: str
    ranges: bool
    conditions: tuple[Condition, ...]


def step_source(recorded: Recorded, action: Action) -> StepSource:
    """The source for one action; it calls `left(index, number)` where a range is left.

    One that does not range over all elements does not look at its `domains`. One that writes
    nothing returns the old state itself.
    """
    conditions: dict[Condition, int] = {}
    writer = _Writer(recorded, conditions, _Lists())
    arguments = "".join(f"v_{parameter.name}, " for parameter in action.parameters)
    kinds = "".join(f"every_{kind.name}, " for kind in recorded.kinds)
    lines = _readers(node for expr in of_action(action) for node in _reads(expr))
    for position, check in enumerate(action.checks):
        text = writer.text(folded(check.condition))
        lines += [*writer.new_lists(), f"    if not {text}: return {position}"]
    written = {assignment.table: None for assignment in action.assignments}
    lines += [f"    new_{table} = dict(old[{table!r}])" for table in written]
    for position, assignment in enumerate(action.assignments):
        assigning = writer.assignment(position, _with_folded(assignment))
        lines += [*writer.new_lists(), *assigning]
    changes = "".join(f", {table!r}: new_{table}" for table in written)
    ranges = any(map(_ranges, lines))
    head = ["def step(old, domains, arguments):"]
    head += [f"    ({arguments}) = arguments"] if arguments else []
    head += [f"    ({kinds}) = domains"] if ranges else []
    end = f"    return {{**old{changes}}}" if written else "    return old"
    return StepSource("\n".join([*head, *lines, end]), ranges, tuple(conditions))


def _ranges(text: str) -> bool:
    """Whether the source goes over all elements of a kind."""
    return " in every_" in text or "*every_" in text


def _with_folded(assignment: Assignment) -> Assignment:
    keys = tuple(folded(key) for key in assignment.keys)
    return replace(assignment, keys=keys, value=folded(assignment.value))


def _reads(expr: Expr) -> list[Read]:
    return [node for node in nodes(expr) if isinstance(node, Read)]


def _readers(reads: Iterable[Read]) -> list[str]:
    """The lines that make the readers of the tables."""
    tables = dict.fromkeys(read.table for read in reads)
    return [f"    read_{table} = old[{table!r}].get" for table in tables]


def _condition(recorded: Recorded, expr: Expr) -> Condition | None:
    """The condition that the expression is, if it goes over cells and speaks of no variable."""
    if not isinstance(expr, Named | Quantified):
        return None
    binders = [node.binder for node in nodes(expr) if isinstance(node, Quantified)]
    variables = {node.name for node in nodes(expr) if isinstance(node, Variable)}
    if not binders or variables - {binder.name for binder in binders}:
        return None
    plain = _renamed(expr, {b.name: f"each_{number}" for number, b in enumerate(binders)})
    text, reads = _Writer(recorded, None, None).text(plain), _reads(plain)
    if _ranges(text):
        return None
    lines = ["def holds(old):", *_readers(reads), f"    return {text}"]
    return Condition(tuple(dict.fromkeys(read.table for read in reads)), "\n".join(lines))


def _renamed(expr: Expr, names: Mapping[str, str]) -> Expr:
    """The same with other names for variables: then the same condition is the same text."""

    def change(node: Expr) -> Expr:
        match node:
            case Variable(name=name):
                return replace(node, name=names[name])
            case Quantified(binder=binder):
                return replace(node, binder=replace(binder, name=names[binder.name]))
            case _:
                return node

    return mapped(expr, change)


class _Lists:
    """The lists that loops go over, each made once in a step, before it is used."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._told = 0

    def name(self, text: str) -> str:
        """The name of the list that the text makes."""
        return self._names.setdefault(text, f"list_{len(self._names)}")

    def untold(self) -> list[str]:
        """The lines that make the lists which were not told of yet."""
        told, self._told = self._told, len(self._names)
        return [f"    {name} = {text}" for text, name in list(self._names.items())[told:]]


@dataclass(frozen=True, slots=True)
class _Writer:
    """Python source of expressions and assignments; the old state alone is read.

    `conditions` are those that the source calls so far, with their numbers; None writes them out.
    `lists` are those that its inner loops go over; None makes none. `outer` are the names of the
    variables of the loops around.
    """

    recorded: Recorded
    conditions: dict[Condition, int] | None
    lists: _Lists | None
    outer: frozenset[str] = frozenset()

    def new_lists(self) -> list[str]:
        """The lines that make the lists that were not made yet."""
        return [] if self.lists is None else self.lists.untold()

    def within(self, binders: Iterable[Variable]) -> "_Writer":
        """The writer of what stands in a loop over these."""
        return replace(self, outer=self.outer.union(binder.name for binder in binders))

    def text(self, expr: Expr) -> str:
        """The expression as atomic source."""
        condition = None if self.conditions is None else _condition(self.recorded, expr)
        if condition is not None and self.conditions is not None:
            number = self.conditions.setdefault(condition, len(self.conditions))
            return f"holds_{number}(old)"
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
        """A loop; or more, where each goes over cells only and one would go over all elements."""
        binders, body = _opened(expr)
        whole = self._loop(binders, body, universal=expr.universal)
        operator = Operator.AND if expr.universal else Operator.OR
        if not _ranges(whole) or not isinstance(body, Apply) or body.operator is not operator:
            return whole
        parts = [self._loop(binders, each, universal=expr.universal) for each in body.arguments]
        return whole if any(map(_ranges, parts)) else joined(operator, parts)

    def _loop(self, binders: Sequence[Variable], body: Expr, *, universal: bool) -> str:
        """The body for all values, or for any, of the variables that it speaks of."""
        spoken = [binder for binder in binders if speaks_of(body, {binder.name})]
        text = self.within(spoken).text(body)
        listed = self._list(spoken, body, truth=not universal)
        if listed is None:
            loops = " ".join(self.loops(spoken, where(self.recorded, body, truth=not universal)))
        else:
            loops = f"for ({_bound(spoken)}) in {listed}"
        return f"{'all' if universal else 'any'}({text} {loops})" if loops else text

    def _list(self, binders: Sequence[Variable], body: Expr, *, truth: bool) -> str | None:
        """The list of what can matter, if more than its loops is known whatever is around it."""
        if not self.outer or self.lists is None:
            return None
        matters = where(self.recorded, body, truth=truth)
        own = {binder.name for binder in binders}
        tests = [
            (atom, holds)
            for atom, holds in forced(body, truth=truth)
            if speaks_of(atom, own) and not speaks_of(atom, self.outer)
        ]
        depends = [value for _, value in matters.pinned]
        depends += [key for cell in matters.needed for key in cell.keys]
        is_free = not any(speaks_of(each, self.outer) for each in depends)
        if not is_free or len(tests) <= len(matters.pinned) + len(matters.needed):
            return None
        writer = replace(self, outer=frozenset(own))
        texts = [
            writer.text(atom) if holds else negated(writer.text(atom)) for atom, holds in tests
        ]
        loops = " ".join(self.loops(binders, matters))
        return self.lists.name(f"[({_bound(binders)}) {loops} if {' and '.join(texts)}]")

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
            lines.append(f"    read = old[{table.name!r}].get")
            lines.append(f"    for ({_bound(assignment.binders)}) in {self._values(assignment)}:")
            indent = "        "
        keys = self.keys(assignment.keys)
        value = self.within(assignment.binders).text(assignment.value)
        if not assignment.binders and value == normal:
            return [f"    {new}.pop({keys}, None)"]
        lines.append(f"{indent}value = {value}")
        test = _range_test(table.value)
        if test:
            lines.append(f"{indent}if not ({test}): left({position}, value)")
        if assignment.binders:
            lines.append(f"{indent}if value == read({keys}, {normal}): continue")
        lines.append(f"{indent}if value == {normal}: {new}.pop({keys}, None)")
        lines.append(f"{indent}else: {new}[{keys}] = value")
        return lines

    def _values(self, assignment: Assignment) -> str:
        """The values of the binders for which the assignment may change its cell."""
        cases = where_changed(self.recorded, assignment)
        loops = dict.fromkeys(self._case(assignment.binders, case) for case in cases)
        lists = [f"[({_bound(assignment.binders)}) {each}]" for each in loops]
        if len(lists) == 1:
            return lists[0]
        return f"dict.fromkeys([{', '.join(f'*{each}' for each in lists)}])"

    def _case(self, binders: Sequence[Variable], case: Matters) -> str:
        """The loops of a case; none where a list is empty of which it needs something."""
        inner, lists = self.within(binders), []
        for sought in case.sought:
            own, body = _opened(sought)
            lists.append(inner._list(own, body, truth=not sought.universal))
        tests = " and ".join(each for each in lists if each is not None)
        return " ".join(self.loops(binders, case)) + (f" if {tests}" if tests else "")


def _bound(binders: Iterable[Variable]) -> str:
    """The variables, as they stand in a tuple."""
    return "".join(f"v_{binder.name}, " for binder in binders)


def _opened(expr: Quantified) -> tuple[list[Variable], Expr]:
    """The variables of quantifiers of one kind that follow each other, and what is in them."""
    binders: list[Variable] = []
    body: Expr = expr
    while isinstance(body, Quantified) and body.universal is expr.universal:
        binders.append(body.binder)
        body = body.body
    return binders, body


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
