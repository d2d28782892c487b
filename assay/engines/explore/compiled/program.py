"""The actions of an instance as a program: branches on checks, and the steps that they lead to.

Actions are written out for each choice of arguments, in the order of the plain explorer, so that
both reach states in the same order. A parameter is chosen only where the next check needs it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from assay.engines.domains import choices, outside
from assay.engines.explore.compiled.ground import Cells, Grounder, Instance, Scope
from assay.engines.explore.compiled.terms import Form, Term
from assay.engines.explore.compiled.words import Field
from assay.engines.explore.generate import Watch
from assay.engines.explore.result import Unsupported
from assay.engines.interpret import ModelStep
from assay.lang.recorded import Action, Assignment, Claim
from assay.lang.sorts import BitsSort, BoolSort, IntSort, OptionSort, Sort, WordSort
from assay.lang.tree import Expr, Variable
from assay.lang.values import Value
from assay.lang.walk import conjuncts, nodes

_MOST_STEPS = 1 << 14
"""Instances of actions that are written out; an explorer that loops does better with more."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """A claim is false of a state or of a step."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Shows:
    """A state or a step shows what is watched for."""

    watch: Watch


@dataclass(frozen=True, slots=True)
class Fails:
    """An update has no result: it leaves a declared range, or a field of the layout."""


Event = Breaks | Shows | Fails
"""What the compiled code notes when it happens first, with the state and the step."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """`amount` choices of arguments are refused by the check with this number."""

    check: int
    amount: int


@dataclass(frozen=True, slots=True)
class Take:
    """The step with number `step` is taken.

    `cells` has what it writes, by position. Each of `events` happens where its truth holds; the
    step has no result where `fails` does.
    """

    step: int
    cells: dict[int, Term]
    fails: Term
    events: tuple[tuple[Event, Term], ...]


@dataclass(frozen=True, slots=True)
class If:
    """Go on with `then` where the condition holds; else some choices are refused."""

    condition: Term
    then: "tuple[Statement, ...]"
    otherwise: Refuse


Statement = If | Refuse | Take


@dataclass(frozen=True, slots=True)
class Program:
    """What to do in a state, and the steps that `Take` numbers."""

    statements: tuple[Statement, ...]
    steps: tuple[ModelStep, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known where some checks have held: what cells hold, and which truths."""

    cells: Cells
    known: dict[Term, bool]

    def with_true(self, truth: Term) -> "_Facts":
        """The same, where one more truth holds."""
        cells, known = list(self.cells), dict(self.known)
        for each in truth.parts if truth.form is Form.AND else (truth,):
            plain, value = (each.parts[0], False) if each.form is Form.NOT else (each, True)
            known[plain] = value
            if value and plain.fixes_a_cell:
                cells[plain.parts[0].position] = plain.parts[1]
        return _Facts(cells, known)


def program_of(
    instance: Instance,
    fields: tuple[Field, ...],
    claims: tuple[Claim, ...],
    watches: tuple[Watch, ...],
) -> Program:
    """The program of an instance; claims and watches over steps are noted where they are due.

    Errors: Unsupported where there are too many choices of arguments.
    """
    writer = _Writer(instance, fields, claims, watches)
    first = 0
    statements: list[Statement] = []
    for action in instance.recorded.actions:
        checks = [
            (first + position, conjunct)
            for position, check in enumerate(action.checks)
            for conjunct in conjuncts(check.condition)
        ]
        first += len(action.checks)
        statements += writer.action(action, checks)
    return Program(tuple(statements), tuple(writer.steps))


_Checks = list[tuple[int, Expr]]


class _Writer:
    def __init__(
        self,
        instance: Instance,
        fields: tuple[Field, ...],
        claims: tuple[Claim, ...],
        watches: tuple[Watch, ...],
    ) -> None:
        self.instance = instance
        self.fields = fields
        self.cells = [instance.terms.cell(position) for position in range(len(fields))]
        self.claims = [claim for claim in claims if claim.over_steps]
        self.watches = [watch for watch in watches if watch.claim.over_steps]
        self.steps: list[ModelStep] = []

    def action(self, action: Action, checks: _Checks) -> Iterator[Statement]:
        """The statements of an action."""
        facts = _Facts(self.cells, {})
        return _ActionWriter(self, action).checks(checks, {}, facts)


@dataclass(frozen=True, slots=True)
class _ActionWriter:
    to: _Writer
    action: Action

    def checks(self, checks: _Checks, scope: Scope, facts: _Facts) -> Iterator[Statement]:
        """The checks that are left, then the update, where `scope` is chosen already."""
        parameter = self._next(checks, scope)
        if parameter is not None:
            for value in self.to.instance.values(parameter.sort):
                yield from self.checks(checks, {**scope, parameter.name: value}, facts)
        elif not checks:
            yield self._take(scope, facts)
        else:
            grounder = Grounder(self.to.instance, facts.cells, known=facts.known)
            condition = grounder.ground(checks[0][1], scope)
            if not condition.is_constant:
                then = tuple(self.checks(checks[1:], scope, facts.with_true(condition)))
                yield If(condition, then, self._refuse(checks, scope))
            elif condition.value:
                yield from self.checks(checks[1:], scope, facts)
            else:
                yield self._refuse(checks, scope)

    def _next(self, checks: _Checks, scope: Scope) -> Variable | None:
        """The parameter to choose now: one that the next check needs, or any for the update."""
        left = self._left(scope)
        if checks and left:
            read = {n.name for n in nodes(checks[0][1]) if isinstance(n, Variable)}
            left = [parameter for parameter in left if parameter.name in read]
        return min(left, key=_is_chosen_late, default=None)

    def _left(self, scope: Scope) -> list[Variable]:
        return [parameter for parameter in self.action.parameters if parameter.name not in scope]

    def _refuse(self, checks: _Checks, scope: Scope) -> Refuse:
        amounts = (len(self.to.instance.values(each.sort)) for each in self._left(scope))
        return Refuse(checks[0][0], prod(amounts))

    def _take(self, scope: Scope, facts: _Facts) -> Take:
        to = self.to
        step = len(to.steps)
        if step == _MOST_STEPS:
            raise Unsupported(f"there are more than {step} choices of arguments")
        arguments = {p.name: _argument(scope[p.name], p.sort) for p in self.action.parameters}
        to.steps.append(ModelStep(self.action.name, arguments))
        update = _Update(Grounder(to.instance, facts.cells, known=facts.known), to.fields)
        for assignment in self.action.assignments:
            update.assign(assignment, scope)
        new = [update.cells.get(position, cell) for position, cell in enumerate(facts.cells)]
        changed = {at: term for at, term in update.cells.items() if term is not facts.cells[at]}
        grounder = Grounder(to.instance, facts.cells, new, facts.known, self.action.name, scope)
        return Take(step, changed, update.fails(changed), tuple(self._events(grounder)))

    def _events(self, step: Grounder) -> Iterator[tuple[Event, Term]]:
        terms = self.to.instance.terms
        for claim in self.to.claims:
            broken = terms.negation(step.ground(claim.body, {}))
            if broken is not terms.false:
                yield Breaks(claim), broken
        for watch in self.to.watches:
            shown = step.ground(watch.body, {})
            if shown is not terms.false:
                yield Shows(watch), shown


class _Update:
    """All assignments of a step made at once."""

    def __init__(self, grounder: Grounder, fields: tuple[Field, ...]) -> None:
        self.cells: dict[int, Term] = {}
        self._grounder = grounder
        self._fields = fields
        self._outside: dict[Term, None] = {}

    def assign(self, assignment: Assignment, scope: Scope) -> None:
        """Make an assignment, once for all values of its binders."""
        instance = self._grounder.instance
        table = instance.recorded.table(assignment.table)
        for bound in choices(assignment.binders, instance.sizes):
            sorts = {binder.name: binder.sort for binder in assignment.binders}
            terms = {name: instance.constant(each, sorts[name]) for name, each in bound.items()}
            inner = {**scope, **terms}
            keys = tuple(self._grounder.ground(key, inner) for key in assignment.keys)
            value = self._grounder.ground(assignment.value, inner)
            for term, sort in zip((*keys, value), (*table.keys, table.value), strict=True):
                self._check(term, sort)
            self._write(assignment.table, keys, value)

    def fails(self, changed: dict[int, Term]) -> Term:
        """Whether a number leaves its range or, of the cells that change, its field."""
        found = list(self._outside)
        for position, term in changed.items():
            field = self._fields[position]
            if field.wide is not None:
                found.append(self._beyond(term, field.low, field.high))
        return self._grounder.instance.terms.disjunction(found)

    def _write(self, table: str, keys: tuple[Term, ...], value: Term) -> None:
        layout, terms = self._grounder.instance.layout, self._grounder.instance.terms
        if all(key.is_constant for key in keys):
            position = layout.positions.get((table, tuple(key.known for key in keys)))
            if position is not None:
                self.cells[position] = value
            return
        sorts = self._grounder.instance.recorded.table(table).keys
        for (name, candidate), position in layout.positions.items():
            if name == table:
                here = terms.conjunction(
                    terms.equal(key, self._grounder.instance.constant(fixed, sort))
                    for key, fixed, sort in zip(keys, candidate, sorts, strict=True)
                )
                before = self.cells.get(position, self._grounder.old[position])
                self.cells[position] = terms.choose(here, value, before)

    def _check(self, term: Term, sort: Sort) -> None:
        inner = sort.inner if isinstance(sort, OptionSort) else sort
        terms = self._grounder.instance.terms
        if not isinstance(inner, IntSort) or (inner.low is None and inner.high is None):
            return
        if term.is_constant:
            beyond = terms.constant(outside(term.known, sort))
        else:
            beyond = self._beyond(term, inner.low, inner.high)
        if beyond is not terms.false:
            self._outside[beyond] = None

    def _beyond(self, term: Term, low: int | None, high: int | None) -> Term:
        """Whether a number, where it is not none, lies below `low` or above `high`."""
        terms = self._grounder.instance.terms
        lies = terms.range(term)
        low = None if lies is not None and low is not None and low <= lies[0] else low
        high = None if lies is not None and high is not None and lies[1] <= high else high
        found = []
        if low is not None:
            found.append(terms.less(term, terms.constant(low)))
        if high is not None:
            found.append(terms.less(terms.constant(high), term))
        some = terms.negation(terms.equal(term, terms.none))
        return terms.conjunction((some, terms.disjunction(found)))


def _argument(term: Term, sort: Sort) -> Value:
    value = term.known
    is_truth = isinstance(sort, OptionSort) and isinstance(sort.inner, BoolSort)
    return bool(value) if is_truth and value is not None else value


def _is_chosen_late(parameter: Variable) -> bool:
    return isinstance(parameter.sort, BitsSort | IntSort | WordSort)
