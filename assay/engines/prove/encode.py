"""Expressions of a model as SMT-LIB text, over any number of elements or over a few.

Kinds are uninterpreted sorts, enumerations datatypes, sets of flags and words bit vectors. An
option is a pair: whether there is a value, and the value, which means nothing where there is none;
two options are equal when both are none or both hold equal values, so none has one form.

With sizes, kinds are enumerations too and quantifiers are written out: the same formula, which any
solver decides at once, and in which a missing value is the least, as the interpreter has it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from assay.engines.domains import Sizes, least
from assay.engines.prove import text
from assay.lang.recorded import Assignment, Recorded, Table
from assay.lang.sorts import (
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    Sort,
    WordSort,
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


@dataclass(frozen=True, slots=True)
class Maybe:
    """An option: whether it holds something, and what."""

    has: str
    value: str


Encoded = str | Maybe
Keys = tuple[Encoded, ...]
Reader = Callable[[str, Keys], Encoded]
Scope = Mapping[str, Encoded]


@dataclass(frozen=True, slots=True)
class Step:
    """The step that a claim speaks of: its action, and its arguments by name."""

    action: str
    arguments: Scope


def sort_text(sort: Sort) -> str:
    """The SMT-LIB sort of the values of a plain sort."""
    match sort:
        case BoolSort():
            return "Bool"
        case IntSort():
            return "Int"
        case WordSort(width=width):
            return f"(_ BitVec {width})"
        case BitsSort():
            return f"(_ BitVec {sort.width})"
        case EnumSort(name=name) | KindSort(name=name):
            return text.symbol(name)
        case OptionSort(inner=inner):
            return sort_text(inner)


def literal(value: Value, sort: Sort) -> Encoded:
    """A constant of the sort."""
    match sort:
        case OptionSort(inner=inner):
            if value is None:
                return Maybe(text.FALSE, anything(inner))
            return Maybe(text.TRUE, plain(literal(value, inner)))
        case BoolSort():
            return text.TRUE if value else text.FALSE
        case IntSort():
            number = int(value or 0)
            return str(number) if number >= 0 else f"(- {-number})"
        case WordSort(width=width):
            return f"(_ bv{int(value or 0) % (1 << width)} {width})"
        case BitsSort():
            return f"(_ bv{int(value or 0)} {sort.width})"
        case EnumSort(name=name, members=members):
            return text.symbol(f"{name}.{members[int(value or 0)]}")
        case KindSort():
            raise AssertionError(sort)


def anything(sort: Sort) -> str:
    """Some value of the sort, the same each time: what stands for a missing one."""
    if isinstance(sort, KindSort):
        return text.symbol(f"any {sort.name}")
    return plain(literal(least(sort), sort))


def plain(encoded: Encoded) -> str:
    """The term of a value that is no option."""
    if isinstance(encoded, Maybe):
        raise AssertionError(encoded)
    return encoded


def parts(encoded: Encoded) -> tuple[str, ...]:
    """The terms that stand for the value: two for an option."""
    return (encoded.has, encoded.value) if isinstance(encoded, Maybe) else (encoded,)


def equal(left: Encoded, right: Encoded) -> str:
    """That both are the same value."""
    if isinstance(left, Maybe) and isinstance(right, Maybe):
        same = text.equality(left.value, right.value)
        return text.conjunction(
            (text.equality(left.has, right.has), text.implication(left.has, same))
        )
    return text.equality(plain(left), plain(right))


def choose(test: str, then: Encoded, otherwise: Encoded) -> Encoded:
    """One of two values."""
    if isinstance(then, Maybe) and isinstance(otherwise, Maybe):
        has = text.choice(test, then.has, otherwise.has)
        return Maybe(has, text.choice(test, then.value, otherwise.value))
    return text.choice(test, plain(then), plain(otherwise))


def values(sort: Sort, sizes: Sizes | None) -> Iterator[Encoded] | None:
    """Every value of a finite sort; None for numbers, and for kinds of any size."""
    match sort:
        case BoolSort():
            return iter((text.FALSE, text.TRUE))
        case EnumSort(members=members):
            return (literal(index, sort) for index in range(len(members)))
        case BitsSort():
            return (literal(mask, sort) for mask in range(1 << sort.width))
        case IntSort(low=int(low), high=int(high)):
            return (literal(number, sort) for number in range(low, high + 1))
        case KindSort(name=name) if sizes is not None:
            return (element(index, sort) for index in range(sizes[name]))
        case _:
            return None


def element(index: int, sort: KindSort) -> str:
    """An element of a kind, the named constants first."""
    named = sort.constants[index] if index < len(sort.constants) else index
    return text.symbol(f"{sort.name}.{named}")


def term(value: Value, sort: Sort) -> Encoded:
    """Any value of the sort, elements of kinds included."""
    match sort:
        case OptionSort(inner=inner) if value is not None:
            return Maybe(text.TRUE, plain(term(value, inner)))
        case KindSort():
            return element(int(value or 0), sort)
        case _:
            return literal(value, sort)


def variable(name: str, sort: Sort) -> Encoded:
    """A constant, or bound variable, of the sort."""
    if isinstance(sort, OptionSort):
        return Maybe(text.symbol(f"{name}?"), text.symbol(name))
    return text.symbol(name)


_BINARY = {
    Operator.ADD: ("+", "bvadd"),
    Operator.SUBTRACT: ("-", "bvsub"),
    Operator.LESS: ("<", "bvult"),
    Operator.AT_MOST: ("<=", "bvule"),
    Operator.UNION: ("", "bvor"),
    Operator.INTERSECT: ("", "bvand"),
    Operator.SHIFT_LEFT: ("", "bvshl"),
    Operator.SHIFT_RIGHT: ("", "bvlshr"),
}


@dataclass(frozen=True, slots=True)
class Encoder:
    """Encodes expressions: how tables are read before and after, and which step is spoken of."""

    old: Reader
    new: Reader
    step: Step | None = None
    sizes: Sizes | None = None

    def __call__(self, expr: Expr, scope: Scope) -> Encoded:
        """The value of the expression, variables as `scope` gives them."""
        match expr:
            case Constant(value=value, sort=sort):
                return literal(value, sort)
            case Element(name=name, sort=sort):
                return element(sort.constants.index(name), sort)
            case Variable(name=name):
                return scope[name]
            case Read(table=table, keys=keys, version=version):
                read = self.old if version is Version.OLD else self.new
                return read(table, tuple(self(key, scope) for key in keys))
            case Apply(operator=Operator.VALUE, arguments=(option,), sort=sort):
                return self._value(self(option, scope), sort)
            case Apply(operator=operator, arguments=arguments):
                return _applied(operator, tuple(self(each, scope) for each in arguments), expr)
            case Quantified():
                return self._quantified(expr, scope)
            case Named(body=body):
                return self(body, scope)
            case Taken(action=action):
                return text.TRUE if self.step and self.step.action == action else text.FALSE
            case Argument(action=action, parameter=parameter, sort=sort):
                if self.step is not None and self.step.action == action:
                    return self.step.arguments[parameter]
                return _missing(sort)
            case _:
                assert_never(expr)

    def truth(self, expr: Expr, scope: Scope) -> str:
        """The expression as a formula."""
        return plain(self(expr, scope))

    def _value(self, option: Encoded, sort: Sort) -> Encoded:
        if not isinstance(option, Maybe):
            raise AssertionError(option)
        if self.sizes is None:
            return option.value
        return text.choice(option.has, option.value, anything(sort))

    def _quantified(self, expr: Quantified, scope: Scope) -> str:
        name, sort = expr.binder.name, expr.binder.sort
        finite = values(sort, self.sizes)
        if finite is not None:
            join = text.conjunction if expr.universal else text.disjunction
            return join(self.truth(expr.body, {**scope, name: value}) for value in finite)
        bound = variable(name, sort)
        body = self.truth(expr.body, {**scope, name: bound})
        return text.quantified(plain(bound), sort_text(sort), body, universal=expr.universal)


def _missing(sort: Sort) -> Encoded:
    return literal(None, sort) if isinstance(sort, OptionSort) else anything(sort)


def _applied(operator: Operator, given: Keys, expr: Apply) -> Encoded:
    match operator, given:
        case Operator.NOT, (str(term),):
            return text.negation(term)
        case Operator.AND, _:
            return text.conjunction(map(plain, given))
        case Operator.OR, _:
            return text.disjunction(map(plain, given))
        case Operator.IMPLIES, (str(left), str(right)):
            return text.implication(left, right)
        case Operator.EQUAL, (left, right):
            return equal(left, right)
        case Operator.CHOOSE, (str(test), then, otherwise):
            return choose(test, then, otherwise)
        case Operator.SOME, (str(value),):
            return Maybe(text.TRUE, value)
        case Operator.IS_SOME, (Maybe(has=has),):
            return has
        case Operator.WITHOUT, (str(left), str(right)):
            return f"(bvand {left} (bvnot {right}))"
        case Operator.WITHIN, (str(left), str(right)):
            return text.equality(f"(bvand {left} {right})", left)
        case _, (str(left), str(right)):
            numbers = isinstance(expr.arguments[0].sort, IntSort)
            return f"({_BINARY[operator][0 if numbers else 1]} {left} {right})"
        case _:
            raise AssertionError(operator, given)


def before(recorded: Recorded) -> Reader:
    """Reads the tables as uninterpreted functions: any state."""
    tables = {table.name: table for table in recorded.tables}

    def read(name: str, keys: Keys) -> Encoded:
        given = zip(keys, tables[name].keys, strict=True)
        terms = tuple(term for key, sort in given for term in _key(key, sort))
        value = variable(name, tables[name].value)
        if isinstance(value, Maybe):
            return Maybe(text.application(value.has, terms), text.application(value.value, terms))
        return text.application(value, terms)

    return read


def _key(key: Encoded, sort: Sort) -> tuple[str, ...]:
    """The terms of a key; all that are none are one key."""
    if isinstance(key, Maybe) and isinstance(sort, OptionSort):
        return key.has, text.choice(key.has, key.value, anything(sort.inner))
    return parts(key)


def normal(recorded: Recorded) -> Reader:
    """Reads every cell as its table's normal form: the state before a start's assignments."""
    tables = {table.name: table for table in recorded.tables}
    nothing = Encoder(lambda name, _: _normal(tables[name]), lambda name, _: _normal(tables[name]))

    def _normal(table: Table) -> Encoded:
        return nothing(table.start, {})

    return nothing.old


def after(assignments: tuple[Assignment, ...], encoder: Encoder, arguments: Scope) -> Reader:
    """Reads the tables after the assignments, by substitution: what is not assigned stays."""
    by_table: dict[str, list[Assignment]] = {}
    for assignment in assignments:
        by_table.setdefault(assignment.table, []).append(assignment)

    def read(name: str, keys: Keys) -> Encoded:
        value = encoder.old(name, keys)
        for assignment in by_table.get(name, ()):
            binders = {binder.name for binder in assignment.binders}
            scope, here = dict(arguments), []
            for target, key in zip(assignment.keys, keys, strict=True):
                if isinstance(target, Variable) and target.name in binders:
                    scope[target.name] = key
                else:
                    here.append((target, key))
            test = text.conjunction(equal(encoder(target, scope), key) for target, key in here)
            value = choose(test, encoder(assignment.value, scope), value)
        return value

    return read
