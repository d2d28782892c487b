"""Expressions of a finite instance as ground terms: quantifiers written out, keys looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from assay.engines.domains import Sizes, domain, least
from assay.engines.explore.compiled.terms import Term, Terms
from assay.engines.explore.layout import Layout
from assay.engines.interpret import start_value
from assay.lang.recorded import Recorded
from assay.lang.sorts import OptionSort, Sort
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

Scope = Mapping[str, Term]
Cells = Sequence[Term]


@dataclass(frozen=True, slots=True)
class Instance:
    """A model with the sizes of its kinds, where its cells stand, and what makes its terms."""

    recorded: Recorded
    sizes: Sizes
    layout: Layout
    terms: Terms

    def constant(self, value: Value, sort: Sort) -> Term:
        """A value of the sort."""
        term = self.terms.constant(value)
        return self.terms.number(term) if isinstance(sort, OptionSort) else term

    def values(self, sort: Sort) -> list[Term]:
        """All values of the sort, the least first."""
        return [self.constant(value, sort) for value in domain(sort, self.sizes)]


@dataclass(frozen=True, slots=True)
class Grounder:
    """Grounds expressions in one state or in one step, with what is known to be true there.

    `old` and `new` say what stands in each cell. `action` is the action that the step takes and
    `arguments` its arguments.
    """

    instance: Instance
    old: Cells
    new: Cells | None = None
    known: Mapping[Term, bool] = field(default_factory=dict)
    action: str | None = None
    arguments: Scope = field(default_factory=dict)

    def ground(self, expr: Expr, scope: Scope) -> Term:
        """The expression where the variables have the values in `scope`."""
        term = self._ground(expr, scope)
        return self.instance.terms.constant(self.known[term]) if term in self.known else term

    def _ground(self, expr: Expr, scope: Scope) -> Term:
        match expr:
            case Constant(value=value, sort=sort):
                return self.instance.constant(value, sort)
            case Element(name=name, sort=kind):
                return self.instance.terms.constant(kind.constants.index(name))
            case Variable(name=name):
                return scope[name]
            case Read(table=table, keys=keys, version=version):
                cells = self.old if version is Version.OLD or self.new is None else self.new
                return self._read(cells, table, tuple(self.ground(key, scope) for key in keys))
            case Apply():
                return self._apply(expr, scope)
            case Quantified(universal=universal, binder=binder, body=body):
                each = (
                    self.ground(body, {**scope, binder.name: value})
                    for value in self.instance.values(binder.sort)
                )
                terms = self.instance.terms
                return terms.conjunction(each) if universal else terms.disjunction(each)
            case Named(body=body):
                return self.ground(body, scope)
            case Taken(action=action):
                return self.instance.terms.constant(self.action == action)
            case Argument(action=action, parameter=parameter, sort=sort):
                if self.action == action:
                    return self.arguments[parameter]
                return self.instance.constant(least(sort), sort)
            case _:
                assert_never(expr)

    def _apply(self, expr: Apply, scope: Scope) -> Term:
        terms, arguments = self.instance.terms, expr.arguments
        each = (self.ground(argument, scope) for argument in arguments)
        match expr.operator:
            case Operator.AND:
                return terms.conjunction(each)
            case Operator.OR:
                return terms.disjunction(each)
            case Operator.IMPLIES:
                return terms.disjunction((terms.negation(next(each)), next(each)))
            case Operator.CHOOSE:
                condition = next(each)
                if condition.is_constant:
                    return self.ground(arguments[1 if condition.value else 2], scope)
                return terms.choose(condition, next(each), next(each))
            case Operator.NOT:
                return terms.negation(next(each))
            case Operator.EQUAL:
                return terms.equal(next(each), next(each))
            case Operator.SOME:
                return terms.number(next(each))
            case Operator.IS_SOME:
                return terms.negation(terms.equal(next(each), terms.none))
            case Operator.VALUE:
                return self._value(next(each), expr.sort)
            case _:
                return terms.calculate(expr.operator, next(each), next(each), expr.sort)

    def _value(self, option: Term, sort: Sort) -> Term:
        terms, missing = self.instance.terms, self.instance.constant(least(sort), sort)
        if missing.truth:
            return terms.equal(option, terms.constant(1))
        return terms.choose(terms.equal(option, terms.none), missing, option)

    def _read(self, cells: Cells, table: str, keys: tuple[Term, ...]) -> Term:
        found = self.instance.recorded.table(table)
        normal = self.instance.constant(start_value(found), found.value)

        def read(fixed: tuple[Value, ...]) -> Term:
            if len(fixed) == len(keys):
                position = self.instance.layout.positions.get((table, fixed))
                return normal if position is None else cells[position]
            key, sort = keys[len(fixed)], found.keys[len(fixed)]
            if key.is_constant:
                return read((*fixed, key.known))
            values = self.instance.values(sort)
            term = read((*fixed, values.pop().known)) if self._covers(key, sort) else normal
            for value in reversed(values):
                here = self.instance.terms.equal(key, value)
                if here is not self.instance.terms.false:
                    there = read((*fixed, value.known))
                    term = self.instance.terms.choose(here, there, term)
            return term

        return read(())

    def _covers(self, key: Term, sort: Sort) -> bool:
        """Whether the key is certainly a value of the sort that the instance has."""
        if key.truth:
            return True
        values, lies = domain(sort, self.instance.sizes), self.instance.terms.range(key)
        numbers = [value for value in values if value is not None]
        inside = lies is not None and min(numbers) <= lies[0] and lies[1] <= max(numbers)
        return inside and (None in values or not self.instance.terms.may_be_none(key))
