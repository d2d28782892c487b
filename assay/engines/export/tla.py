"""A finite instance in TLA+, with the quantifiers of the model, for TLC.

Elements of kinds are numbers, members and flags are strings, an option is a sequence of one value
or of none. TLC stops at what is false and cannot say which claim it was of many; here a claim is an
invariant that is always true and notes where the claim is to be noted.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.domains import Sizes, check_sizes, domain, least
from assay.engines.export.counted import ExportError
from assay.engines.export.promela import WIDEST_WORD
from assay.engines.interpret import start_value
from assay.lang.recorded import Action, Assignment, Recorded, Role, Start, Table
from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    OptionSort,
    Sort,
    WordSort,
    sort_name,
)
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
    Version,
)
from assay.lang.values import Value

MODULE = "model"
_HEAD = f"""---- MODULE {MODULE} ----
EXTENDS Integers, Sequences, TLC

RECURSIVE BitsAnd(_, _)
BitsAnd(a, b) ==
    IF a = 0 \\/ b = 0 THEN 0
    ELSE 2 * BitsAnd(a \\div 2, b \\div 2) + (IF a % 2 = 1 /\\ b % 2 = 1 THEN 1 ELSE 0)
ValueOr(option, missing) == IF option = <<>> THEN missing ELSE option[1]
Note(claim) == IF TLCGet(claim) THEN TRUE ELSE TLCSet(claim, TRUE) /\\ PrintT(<<"noted", claim>>)
"""
_CONFIGURATION = "INIT Init\nNEXT Next\nINVARIANT Noting\n"
_INFIX = {
    Operator.AND: "/\\",
    Operator.OR: "\\/",
    Operator.IMPLIES: "=>",
    Operator.EQUAL: "=",
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
}
_OF_SETS = {
    Operator.UNION: "\\cup",
    Operator.INTERSECT: "\\cap",
    Operator.WITHOUT: "\\",
    Operator.WITHIN: "\\subseteq",
}


@dataclass(frozen=True, slots=True)
class Specification:
    """A TLA+ module named model, TLC's configuration, and the claims by their number from 1."""

    text: str
    configuration: str
    claims: tuple[str, ...]


def tla(recorded: Recorded, sizes: Sizes) -> Specification:
    """The instance of the model with these sizes.

    Errors: SizesError for sizes that do not fit; ExportError for words too wide for TLC.
    """
    check_sizes(recorded, sizes)
    return Specification(
        "\n".join(Writer(recorded, sizes).lines()) + "\n",
        _CONFIGURATION,
        tuple(claim.name for claim in recorded.claims),
    )


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes the parts of a module; names of variables are those of the model after `v_`."""

    recorded: Recorded
    sizes: Sizes

    def lines(self) -> Iterator[str]:
        """The whole module."""
        tables = ", ".join(table.name for table in self.recorded.tables)
        given = ", ".join(f"{kind}={size}" for kind, size in self.sizes.items())
        yield f"\\* {self.recorded.name} under {self.recorded.design}: {given}"
        yield from (_HEAD, f"VARIABLES {tables}", "")
        numbers = range(1, len(self.recorded.claims) + 1)
        yield f"ASSUME {_all([f'TLCSet({number}, FALSE)' for number in numbers])}"
        for start in self.recorded.starts:
            yield from self._start(start)
        yield from self._any("Init", "Start", self.recorded.starts)
        for action in self.recorded.actions:
            yield from self._action(action)
        yield from self._any("Next", "Do", self.recorded.actions)
        yield from ("Noting ==", *self._notes(None), "====")

    def _any(
        self, name: str, prefix: str, steps: tuple[Start, ...] | tuple[Action, ...]
    ) -> Iterator[str]:
        yield f"{name} =="
        for step in steps:
            over = ", ".join(f"v_{p.name} \\in {self.domain(p.sort)}" for p in step.parameters)
            chosen = f"\\E {over} : " if over else ""
            yield f"    \\/ {chosen}{prefix}_{_with_parameters(step)}"
        yield ""

    def _start(self, start: Start) -> Iterator[str]:
        yield f"Start_{_with_parameters(start)} =="
        for table in self.recorded.tables:
            yield f"    /\\ {table.name} = {self._assigned(table, start, self._normally(table))}"
        yield ""

    def _action(self, action: Action) -> Iterator[str]:
        """TLC takes a condition that stands alone apart into cases; `= TRUE` keeps it whole."""
        yield f"Do_{_with_parameters(action)} =="
        for check in action.checks:
            yield f"    /\\ {self.text(check.condition, action)} = TRUE"
        written = {assignment.table for assignment in action.assignments}
        for table in self.recorded.tables:
            if table.name in written:
                yield f"    /\\ {table.name}' = {self._assigned(table, action, table.name)}"
        same = [table.name for table in self.recorded.tables if table.name not in written]
        if same:
            yield f"    /\\ UNCHANGED <<{', '.join(same)}>>"
        yield from self._notes(action)
        yield ""

    def _notes(self, action: Action | None) -> Iterator[str]:
        """Each claim over steps of that action, or over states: as it should be, or noted."""
        for number, claim in enumerate(self.recorded.claims, start=1):
            if claim.over_steps is (action is not None):
                fine = self.text(claim.body, action)
                fine = f"~{fine}" if claim.role is Role.CAN else fine
                yield f"    /\\ (IF {fine} THEN TRUE ELSE Note({number})) = TRUE"
        if action is None:
            yield "    /\\ TRUE"

    def _normally(self, table: Table) -> str:
        normal = self.value(start_value(table), table.value)
        over = [f"k_{i} \\in {self.domain(sort)}" for i, sort in enumerate(table.keys)]
        return f"[{', '.join(over)} |-> {normal}]" if over else normal

    def _assigned(self, table: Table, step: Start | Action, before: str) -> str:
        """The table with the assignments of the step made, one around the other."""
        action = step if isinstance(step, Action) else None
        for assignment in step.assignments:
            if assignment.table == table.name:
                before = self._with(table, assignment, action, before)
        return before

    def _with(
        self, table: Table, assignment: Assignment, action: Action | None, before: str
    ) -> str:
        value = self.text(assignment.value, action)
        keys = [self.text(key, action) for key in assignment.keys]
        if not keys:
            return value
        if not assignment.binders:
            return f"[{before} EXCEPT ![{', '.join(keys)}] = {value}]"
        bound = {f"v_{binder.name}" for binder in assignment.binders}
        names = [key if key in bound else f"k_{i}" for i, key in enumerate(keys)]
        over = [f"{n} \\in {self.domain(s)}" for n, s in zip(names, table.keys, strict=True)]
        tests = [f"{n} = {key}" for n, key in zip(names, keys, strict=True) if n != key]
        if tests:
            test = _all(tests)
            value = f"IF {test} THEN {value} ELSE {before}[{', '.join(names)}]"
        return f"[{', '.join(over)} |-> {value}]"

    def domain(self, sort: Sort) -> str:
        """The set of all values of the sort."""
        match sort:
            case BoolSort():
                return "BOOLEAN"
            case BitsSort(members=members):
                return f"(SUBSET {_set(members)})"
            case EnumSort(members=members):
                return _set(members)
            case OptionSort(inner=inner):
                return f"({{<<>>}} \\cup {{<<x>> : x \\in {self.domain(inner)}}})"
            case _:
                values = domain(sort, self.sizes)
                return f"({values[0]}..{values[-1]})"

    def value(self, value: Value, sort: Sort) -> str:
        """A value written out."""
        match sort:
            case OptionSort(inner=inner):
                return "<<>>" if value is None else f"<<{self.value(value, inner)}>>"
            case BoolSort():
                return "TRUE" if value else "FALSE"
            case BitsSort(members=members):
                return _set(m for bit, m in enumerate(members) if int(value or 0) >> bit & 1)
            case EnumSort(members=members):
                return f'"{members[int(value or 0)]}"'
            case _:
                return f"({value})" if int(value or 0) < 0 else str(value)

    def text(self, expr: Expr, action: Action | None) -> str:
        """An expression, which can stand beside any operator; `action` is what a step takes."""
        match expr:
            case Constant(value=value, sort=sort):
                return self.value(value, sort)
            case Element(name=name, sort=sort):
                return str(sort.constants.index(name))
            case Variable(name=name):
                return f"v_{name}"
            case Read(table=table, keys=keys, version=version):
                name = f"{table}'" if version is Version.NEW else table
                return self._read(name, table, keys, action)
            case Apply(operator=operator, arguments=arguments, sort=sort):
                texts = [self.text(each, action) for each in arguments]
                return self._apply(operator, texts, arguments, sort)
            case Quantified(universal=universal, binder=binder, body=body):
                sign = "\\A" if universal else "\\E"
                over = f"v_{binder.name} \\in {self.domain(binder.sort)}"
                return f"({sign} {over} : {self.text(body, action)})"
            case Named(body=body):
                return self.text(body, action)
            case Taken(action=name):
                return "TRUE" if action is not None and action.name == name else "FALSE"
            case Argument(action=name, parameter=parameter, sort=sort):
                taken = action is not None and action.name == name
                return f"v_{parameter}" if taken else self.value(least(sort), sort)
        raise AssertionError(expr)

    def _read(self, name: str, table: str, keys: tuple[Expr, ...], action: Action | None) -> str:
        if not keys:
            return name
        of = self.recorded.table(table)
        texts = [self.text(key, action) for key in keys]
        read = f"{name}[{', '.join(texts)}]"
        inside = [
            f"{text} \\in {self.domain(sort)}"
            for key, text, sort in zip(keys, texts, of.keys, strict=True)
            if isinstance(sort, IntSort) and not isinstance(key, Variable)
        ]
        normal = self.value(start_value(of), of.value)
        test = _all(inside)
        return f"(IF {test} THEN {read} ELSE {normal})" if inside else read

    def _apply(
        self, operator: Operator, texts: list[str], arguments: tuple[Expr, ...], sort: Sort
    ) -> str:
        match operator, texts:
            case Operator.NOT, [truth]:
                return f"(~{truth})"
            case Operator.CHOOSE, [truth, then, otherwise]:
                return f"(IF {truth} THEN {then} ELSE {otherwise})"
            case Operator.SOME, [inner]:
                return f"<<{inner}>>"
            case Operator.IS_SOME, [option]:
                return f"({option} # <<>>)"
            case Operator.VALUE, [option]:
                return f"ValueOr({option}, {self.value(least(sort), sort)})"
            case _, [left, right] if isinstance(arguments[0].sort, BitsSort):
                return f"({left} {_OF_SETS.get(operator) or _INFIX[operator]} {right})"
            case _, [left, right] if isinstance(sort, WordSort):
                return _of_words(operator, left, right, sort)
            case ((Operator.AND | Operator.OR), _):
                return _joined(operator, texts)
            case _, [left, right]:
                return f"({left} {_INFIX[operator]} {right})"
            case _:
                raise AssertionError(operator, texts)


def _with_parameters(step: Start | Action) -> str:
    names = ", ".join(f"v_{parameter.name}" for parameter in step.parameters)
    return f"{step.name}({names})" if names else step.name


def _set(members: Iterator[str] | tuple[str, ...]) -> str:
    texts = [f'"{member}"' for member in members]
    return f"{{{', '.join(texts)}}}"


def _all(texts: list[str]) -> str:
    return _joined(Operator.AND, texts)


def _joined(operator: Operator, texts: list[str]) -> str:
    """The truths joined by and, or by or; without any, what joining adds nothing to."""
    if not texts:
        return "TRUE" if operator is Operator.AND else "FALSE"
    return f"({f' {_INFIX[operator]} '.join(texts)})"


def _of_words(operator: Operator, left: str, right: str, sort: WordSort) -> str:
    if sort.width > WIDEST_WORD:
        raise ExportError(f"{sort_name(sort)}: TLC has no words wider than {WIDEST_WORD} bits")
    count = 1 << sort.width
    match operator:
        case Operator.ADD | Operator.SUBTRACT:
            return f"(({left} {_INFIX[operator]} {right}) % {count})"
        case Operator.INTERSECT:
            return f"BitsAnd({left}, {right})"
        case Operator.UNION:
            return f"({left} + {right} - BitsAnd({left}, {right}))"
        case Operator.WITHOUT:
            return f"({left} - BitsAnd({left}, {right}))"
        case Operator.SHIFT_LEFT:
            return f"(({left} * (2^{right})) % {count})"
        case Operator.SHIFT_RIGHT:
            return f"({left} \\div (2^{right}))"
        case _:
            raise AssertionError(operator)
