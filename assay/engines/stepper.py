"""Steps of a model over a sparse state with any elements: the interpreter's meaning, compiled.

Quantifiers go over a universe: for each kind the elements that may differ from the normal form, and
one more that stands for all the others. Elements are any integers of at least 0.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from assay.engines.domains import domain
from assay.engines.interpret import (
    Attempt,
    Bindings,
    Disabled,
    ModelState,
    Refused,
    Taken,
    left_range,
    start_value,
)
from assay.engines.python_text import operator_text
from assay.lang.recorded import Action, Assignment, Check, Recorded
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
    Variable,
)
from assay.lang.tree import Taken as Took
from assay.lang.values import Value
from assay.lang.walk import nodes, of_action

ANY_OTHER = -1
"""The element that stands for all that are in normal form."""

Universe = Mapping[str, Iterable[int]]
_Domains = tuple[tuple[int, ...], ...]
_Compiled = Callable[[ModelState, _Domains, tuple[Value, ...]], ModelState | int]


@dataclass(frozen=True, slots=True)
class Stepper:
    """The actions of a recorded model, compiled."""

    recorded: Recorded
    compiled: Mapping[str, tuple[Action, _Compiled]]

    def domains(self, universe: Universe, extra: Iterable[tuple[str, int]] = ()) -> _Domains:
        """What quantifiers range over: the universe, more elements by kind, constants, one other.

        The universe must hold at least what `elements_of` gives.
        """
        found = {kind.name: set(range(len(kind.constants))) for kind in self.recorded.kinds}
        for name, elements in universe.items():
            found[name].update(elements)
        for name, element in extra:
            found[name].add(element)
        return tuple(
            (ANY_OTHER, *sorted(found[kind.name] - {ANY_OTHER})) for kind in self.recorded.kinds
        )

    def elements(self, action: str, arguments: Bindings) -> list[tuple[str, int]]:
        """The elements of kinds among the arguments."""
        return [
            (parameter.sort.name, int(arguments[parameter.name] or 0))
            for parameter in self.compiled[action][0].parameters
            if isinstance(parameter.sort, KindSort)
        ]

    def attempt(
        self, state: ModelState, domains: _Domains, name: str, arguments: Bindings
    ) -> Attempt:
        """What happens when the action is tried; the state must be in normal form.

        `domains` must hold the elements of the arguments. Errors: KeyError for an unknown action or
        a missing argument; ModelError where an update leaves a declared range.
        """
        action, compiled = self.compiled[name]
        result = compiled(state, domains, tuple(arguments[each.name] for each in action.parameters))
        return _failed(action.checks[result]) if isinstance(result, int) else Taken(result)


def _failed(check: Check) -> Attempt:
    return Disabled(check.name) if check.error is None else Refused(check.name, check.error)


def elements_of(recorded: Recorded, state: ModelState) -> dict[str, frozenset[int]]:
    """The elements that the cells of a state in normal form name, as keys or as values.

    They are a universe of the state: all others have nothing but normal cells, and nobody has them.
    """
    found: dict[str, set[int]] = {
        kind.name: set(range(len(kind.constants))) for kind in recorded.kinds
    }
    for table in recorded.tables:
        for keys, value in state[table.name].items():
            for given, sort in zip((*keys, value), (*table.keys, table.value), strict=True):
                plain = sort.inner if isinstance(sort, OptionSort) else sort
                if isinstance(plain, KindSort) and given is not None:
                    found[plain.name].add(int(given))
    return {name: frozenset(elements) for name, elements in found.items()}


def stepper(recorded: Recorded) -> Stepper:
    """The model, compiled.

    Errors: SizesError for a quantifier over a sort with too many values.
    """
    return Stepper(
        recorded,
        {action.name: (action, _compiled(recorded, action)) for action in recorded.actions},
    )


def _compiled(recorded: Recorded, action: Action) -> _Compiled:
    writer = _Writer(recorded)
    arguments = "".join(f"v_{parameter.name}, " for parameter in action.parameters)
    kinds = "".join(f"every_{kind.name}, " for kind in recorded.kinds)
    tables = {node.table: None for expr in of_action(action) for node in _reads(expr)}
    lines = ["def step(old, domains, arguments):"]
    lines += [f"    ({arguments}) = arguments"] if arguments else []
    lines += [f"    ({kinds}) = domains"] if kinds else []
    lines += [f"    read_{table} = old[{table!r}].get" for table in tables]
    for position, check in enumerate(action.checks):
        lines.append(f"    if not {writer.text(check.condition)}: return {position}")
    written = {assignment.table: None for assignment in action.assignments}
    lines += [f"    new_{table} = dict(old[{table!r}])" for table in written]
    for position, assignment in enumerate(action.assignments):
        lines += writer.assignment(position, assignment)
    changes = "".join(f", {table!r}: new_{table}" for table in written)
    lines.append(f"    return {{**old{changes}}}")
    scope: dict[str, object] = {"left": _thrower(recorded, action)}
    exec(compile("\n".join(lines), f"<stepper {action.name}>", "exec"), scope)
    return scope["step"]  # type: ignore[return-value]


def _reads(expr: Expr) -> list[Read]:
    return [node for node in nodes(expr) if isinstance(node, Read)]


def _thrower(recorded: Recorded, action: Action) -> Callable[[int, Value], None]:
    def left(position: int, number: Value) -> None:
        assignment = action.assignments[position]
        raise left_range(assignment, recorded.table(assignment.table).value, number)

    return left


@dataclass(frozen=True, slots=True)
class _Writer:
    """Python source of expressions and assignments; the old state alone is read."""

    recorded: Recorded

    def text(self, expr: Expr) -> str:
        """The expression as atomic source."""
        match expr:
            case Constant(value=value):
                return f"({value})" if isinstance(value, int) and value < 0 else str(value)
            case Element(name=name, sort=sort):
                return str(sort.constants.index(name))
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
            case Took() | Argument():
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
        loops: list[str] = []
        body: Expr = expr
        while isinstance(body, Quantified) and body.universal is expr.universal:
            loops.append(f"for v_{body.binder.name} in {_over(body.binder.sort)}")
            body = body.body
        return f"{'all' if expr.universal else 'any'}({self.text(body)} {' '.join(loops)})"

    def assignment(self, position: int, assignment: Assignment) -> list[str]:
        """The lines that put the new values into the copies of the tables."""
        table = self.recorded.table(assignment.table)
        new, normal = f"new_{table.name}", self.normal(table.name)
        lines: list[str] = []
        depth = 1
        for binder in assignment.binders:
            lines.append("    " * depth + f"for v_{binder.name} in {_over(binder.sort)}:")
            depth += 1
        indent = "    " * depth
        lines.append(f"{indent}value = {self.text(assignment.value)}")
        test = _range_test(table.value)
        if test:
            lines.append(f"{indent}if not ({test}): left({position}, value)")
        keys = self.keys(assignment.keys)
        if assignment.binders:
            lines.append(f"{indent}if value == read({keys}, {normal}): continue")
            lines.insert(0, f"    read = old[{table.name!r}].get")
        lines.append(f"{indent}if value == {normal}: {new}.pop({keys}, None)")
        lines.append(f"{indent}else: {new}[{keys}] = value")
        return lines


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
