"""Expressions of a finite instance: quantifiers written out, constants folded, the rest as Python.

What is left speaks of cells alone: local variables of the generated function.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from assay.engines.domains import Sizes, domain, least
from assay.engines.explore.layout import Layout, rank_text
from assay.engines.interpret import Keys, applied
from assay.engines.python_text import joined, negated, operator_text
from assay.lang.recorded import Recorded
from assay.lang.sorts import BoolSort, IntSort, Sort
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


@dataclass(frozen=True, slots=True)
class Code:
    """Atomic Python source of a value that depends on the state."""

    text: str


Ground = bool | int | None | Code
Scope = Mapping[str, Ground]


def text_of(ground: Ground) -> str:
    """The value as atomic Python source."""
    match ground:
        case Code(text=text):
            return text
        case bool() | None:
            return str(ground)
        case int() if ground < 0:
            return f"({ground})"
        case _:
            return str(ground)


@dataclass(frozen=True, slots=True)
class View:
    """A state in generated code: the tuple's name, and what stands in each cell."""

    name: str
    cells: Sequence[Ground]


@dataclass(frozen=True, slots=True)
class Grounder:
    """Grounds expressions of one instance, in one state or in one step.

    `action` is the action that the step takes and `arguments` its arguments.
    """

    recorded: Recorded
    sizes: Sizes
    layout: Layout
    old: View
    new: View | None = None
    action: str | None = None
    arguments: Scope = field(default_factory=dict)

    def ground(self, expr: Expr, scope: Scope) -> Ground:
        """The expression where the variables have the values in `scope`."""
        match expr:
            case Constant(value=value):
                return value
            case Element(name=name, sort=sort):
                return sort.constants.index(name)
            case Variable(name=name):
                return scope[name]
            case Read(table=table, keys=keys, version=version):
                view = self.old if version is Version.OLD or self.new is None else self.new
                return self._read(view, table, tuple(self.ground(key, scope) for key in keys))
            case Apply():
                return self._apply(expr, scope)
            case Quantified(universal=universal, binder=binder, body=body):
                operator = Operator.AND if universal else Operator.OR
                values = domain(binder.sort, self.sizes)
                return self._joined(operator, [(body, {**scope, binder.name: v}) for v in values])
            case Named(body=body):
                return self.ground(body, scope)
            case Taken(action=action):
                return self.action == action
            case Argument(action=action, parameter=parameter, sort=sort):
                return self.arguments[parameter] if self.action == action else least(sort)
            case _:
                assert_never(expr)

    def truth(self, expr: Expr, scope: Scope) -> bool | Code:
        """A ground truth."""
        ground = self.ground(expr, scope)
        if not isinstance(ground, bool | Code):
            raise AssertionError(expr)
        return ground

    def _apply(self, expr: Apply, scope: Scope) -> Ground:
        operator, arguments = expr.operator, expr.arguments
        match operator:
            case Operator.AND | Operator.OR:
                return self._joined(operator, [(each, scope) for each in arguments])
            case Operator.IMPLIES:
                denied = Apply(Operator.NOT, arguments[:1], expr.sort, expr.where)
                return self._joined(Operator.OR, [(denied, scope), (arguments[1], scope)])
            case Operator.CHOOSE:
                return self._choose(expr, scope)
            case _:
                pass
        grounds = [self.ground(each, scope) for each in arguments]
        values = [each for each in grounds if not isinstance(each, Code)]
        if len(values) == len(grounds):
            return applied(operator, values, expr.sort)
        if operator is Operator.EQUAL:
            return _equal(grounds[0], grounds[1], arguments[0].sort)
        return Code(operator_text(operator, [text_of(each) for each in grounds], expr.sort))

    def _joined(self, operator: Operator, parts: Sequence[tuple[Expr, Scope]]) -> Ground:
        neutral = operator is Operator.AND
        texts: dict[str, None] = {}
        for expr, scope in parts:
            truth = self.truth(expr, scope)
            if isinstance(truth, Code):
                if negated(truth.text) in texts:
                    return not neutral
                texts[truth.text] = None
            elif truth is not neutral:
                return truth
        return Code(joined(operator, list(texts))) if texts else neutral

    def _choose(self, expr: Apply, scope: Scope) -> Ground:
        truth = self.truth(expr.arguments[0], scope)
        if not isinstance(truth, Code):
            return self.ground(expr.arguments[1 if truth else 2], scope)
        then, otherwise = (self.ground(each, scope) for each in expr.arguments[1:])
        return chosen(truth, then, otherwise)

    def _read(self, view: View, table: str, keys: tuple[Ground, ...]) -> Ground:
        fixed = fixed_keys(keys)
        if fixed is not None:
            position = self.layout.positions.get((table, fixed))
            return self._normal(table) if position is None else view.cells[position]
        sorts = self.recorded.table(table).keys
        text = f"{view.name}[{self._position(table, keys, sorts)}]"
        inside = inside_text(keys, sorts)
        return Code(f"({text} if {inside} else {text_of(self._normal(table))})" if inside else text)

    def _position(self, table: str, keys: tuple[Ground, ...], sorts: tuple[Sort, ...]) -> str:
        terms = [str(self.layout.firsts[table])]
        for key, sort, stride in zip(keys, sorts, self.layout.strides[table], strict=True):
            rank = rank_text(text_of(key), sort)
            terms.append(rank if stride == 1 else f"{rank} * {stride}")
        return " + ".join(terms)

    def _normal(self, table: str) -> Value:
        start = self.ground(self.recorded.table(table).start, {})
        if isinstance(start, Code):
            raise AssertionError(table)
        return start


def fixed_keys(keys: tuple[Ground, ...]) -> Keys | None:
    """The keys when all of them are known."""
    known = tuple(key for key in keys if not isinstance(key, Code))
    return known if len(known) == len(keys) else None


def inside_text(keys: tuple[Ground, ...], sorts: tuple[Sort, ...]) -> str:
    """Source of the condition that computed integers lie in the bounds of their sorts."""
    tests: list[str] = []
    for key, sort in zip(keys, sorts, strict=True):
        if isinstance(key, Code) and isinstance(sort, IntSort):
            low = [] if sort.low is None else [f"{sort.low} <= {key.text}"]
            high = [] if sort.high is None else [f"{key.text} <= {sort.high}"]
            tests += low + high
    return " and ".join(tests)


def chosen(truth: Code, then: Ground, otherwise: Ground) -> Ground:
    """`then` where the truth holds, else `otherwise`."""
    if then == otherwise and type(then) is type(otherwise):
        return then
    if then is True and otherwise is False:
        return truth
    if then is False and otherwise is True:
        return Code(negated(truth.text))
    return Code(f"({text_of(then)} if {truth.text} else {text_of(otherwise)})")


def _equal(left: Ground, right: Ground, sort: Sort) -> Ground:
    if left == right:
        return True
    if isinstance(sort, BoolSort):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, bool) and isinstance(other, Code):
                return other if one else Code(negated(other.text))
    texts = sorted((text_of(left), text_of(right)))
    return Code(operator_text(Operator.EQUAL, texts, BoolSort()))
