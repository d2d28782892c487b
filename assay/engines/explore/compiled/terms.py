"""Ground terms over the cells of one state: each exists once, and is folded as it is made.

A term is a truth or a number. An option is a number too, or `none`; an optional truth is 0, 1 or
`none`. Disjunction is the negation of a conjunction of negations, so that folding is written once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from assay.engines.explore.compiled.words import WIDEST, Field
from assay.engines.explore.result import Unsupported
from assay.engines.interpret import applied
from assay.lang.sorts import BOOL, Sort, WordSort
from assay.lang.tree import Operator
from assay.lang.values import Value


class Form(Enum):
    """What a term is; the comment gives its parts."""

    CONSTANT = "constant"  # none; `value`
    CELL = "cell"  # none; `value` is the position
    NOT = "not"  # a truth
    AND = "and"  # two or more truths
    EQUAL = "equal"  # two truths, or two numbers; a constant stands second
    CHOOSE = "choose"  # a truth, then two terms of one type
    NUMBER = "number"  # a truth, as 0 or 1
    CALCULATE = "calculate"  # two numbers; `value` is the operator, `width` that of a word or None


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """A term; terms with the same parts are the same object. `serial` numbers them."""

    form: Form
    parts: tuple["Term", ...]
    value: Value | Operator
    width: int | None
    truth: bool
    serial: int

    @property
    def is_constant(self) -> bool:
        """Whether its value is known."""
        return self.form is Form.CONSTANT

    @property
    def known(self) -> Value:
        """The value of a constant."""
        if self.form is not Form.CONSTANT or isinstance(self.value, Operator):
            raise AssertionError(self)
        return self.value

    @property
    def position(self) -> int:
        """The position of a cell."""
        if self.form is not Form.CELL or not isinstance(self.value, int):
            raise AssertionError(self)
        return self.value

    @property
    def fixes_a_cell(self) -> bool:
        """Whether it says of a cell that holds a number what the number is."""
        if self.form is not Form.EQUAL:
            return False
        subject, other = self.parts
        return subject.form is Form.CELL and other.is_constant


_CALCULATED_TRUTHS = {Operator.LESS, Operator.AT_MOST, Operator.WITHIN}
_REFLEXIVE = {Operator.AT_MOST, Operator.WITHIN}
Range = tuple[int, int]


class Terms:
    """Makes terms over the cells that `fields` describes."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self._fields = fields
        self._known: dict[tuple[object, ...], Term] = {}
        self._ranges: dict[Term, Range | None] = {}
        self.true = self.constant(True)  # noqa: FBT003
        self.false = self.constant(False)  # noqa: FBT003
        self.none = self.constant(None)

    def constant(self, value: Value) -> Term:
        """A known value; a Python bool is a truth, all else a number; Unsupported if it is wide."""
        if value is not None and abs(value) >> WIDEST:
            raise Unsupported(f"the number {value} is too large")
        return self._term(Form.CONSTANT, (), value, truth=isinstance(value, bool))

    def cell(self, position: int) -> Term:
        """What stands in a cell of the state."""
        field = self._fields[position]
        if not field.width:
            return self.constant(field.value(0))
        return self._term(Form.CELL, (), position, truth=field.truth)

    def negation(self, truth: Term) -> Term:
        """The opposite."""
        if truth.is_constant:
            return self.false if truth.value else self.true
        if truth.form is Form.NOT:
            return truth.parts[0]
        return self._term(Form.NOT, (truth,), None, truth=True)

    def conjunction(self, truths: Iterable[Term]) -> Term:
        """Whether all are true; contradictions are false, what others imply is left out."""
        members: dict[Term, None] = {}
        for truth in truths:
            for member in truth.parts if truth.form is Form.AND else (truth,):
                if member is self.false:
                    return self.false
                if member is not self.true:
                    members[member] = None
        fixed: dict[Term, Term] = {}
        for member in members:
            if self.negation(member) in members:
                return self.false
            if _is_fixing(member):
                subject, constant = member.parts
                if fixed.setdefault(subject, constant) is not constant:
                    return self.false
        kept = [each for each in members if not _is_implied(each, fixed)]
        if len(kept) < 2:
            return kept[0] if kept else self.true
        kept.sort(key=lambda term: term.serial)
        return self._term(Form.AND, tuple(kept), None, truth=True)

    def disjunction(self, truths: Iterable[Term]) -> Term:
        """Whether some is true."""
        return self.negation(self.conjunction(map(self.negation, truths)))

    def equal(self, left: Term, right: Term) -> Term:
        """Whether both are the same value."""
        if left is right:
            return self.true
        if left.is_constant:
            left, right = right, left
        if left.is_constant:
            return self.false
        if right.is_constant:
            return self._equals(left, right)
        if left.serial > right.serial:
            left, right = right, left
        return self._term(Form.EQUAL, (left, right), None, truth=True)

    def _equals(self, term: Term, constant: Term) -> Term:
        value = constant.known
        if term.truth:
            return term if value else self.negation(term)
        if term.form is Form.CHOOSE:
            condition, then, otherwise = term.parts
            return self.choose(
                condition, self.equal(then, constant), self.equal(otherwise, constant)
            )
        if term.form is Form.NUMBER:
            if value not in (0, 1):
                return self.false
            return term.parts[0] if value else self.negation(term.parts[0])
        if term.form is Form.CELL:
            if not self._fields[term.position].holds(value):
                return self.false
        elif value is None:
            return self.false
        return self._term(Form.EQUAL, (term, constant), None, truth=True)

    def choose(self, condition: Term, then: Term, otherwise: Term) -> Term:
        """`then` where the condition holds, else `otherwise`."""
        if condition.form is Form.NOT:
            condition, then, otherwise = condition.parts[0], otherwise, then
        if condition.is_constant:
            return then if condition.value else otherwise
        if then.form is Form.CHOOSE and then.parts[0] is condition:
            then = then.parts[1]
        if otherwise.form is Form.CHOOSE and otherwise.parts[0] is condition:
            otherwise = otherwise.parts[2]
        if then is otherwise:
            return then
        if then.truth and (then.is_constant or otherwise.is_constant):
            first = self.disjunction((self.negation(condition), then))
            return self.conjunction((first, self.disjunction((condition, otherwise))))
        return self._term(Form.CHOOSE, (condition, then, otherwise), None, truth=then.truth)

    def number(self, term: Term) -> Term:
        """A truth as the number 0 or 1; a number as it is."""
        if not term.truth:
            return term
        if term.is_constant:
            return self.constant(int(term.known or 0))
        return self._term(Form.NUMBER, (term,), None, truth=False)

    def calculate(self, operator: Operator, left: Term, right: Term, sort: Sort) -> Term:
        """An operator on two numbers; `sort` is that of the result."""
        if left.is_constant and right.is_constant:
            return self.constant(applied(operator, [left.known, right.known], sort))
        if left is right and operator in _REFLEXIVE:
            return self.true
        width = sort.width if isinstance(sort, WordSort) else None
        truth = operator in _CALCULATED_TRUTHS
        return self._term(Form.CALCULATE, (left, right), operator, width, truth=truth)

    def less(self, left: Term, right: Term) -> Term:
        """Whether one number is below another."""
        return self.calculate(Operator.LESS, left, right, BOOL)

    def range(self, term: Term) -> Range | None:
        """Numbers between which the term lies where it is not none; None when nothing is known."""
        if term not in self._ranges:
            self._ranges[term] = self._range(term)
        return self._ranges[term]

    def _range(self, term: Term) -> Range | None:
        match term.form:
            case Form.CONSTANT:
                number = int(term.known or 0)
                return number, number
            case Form.CELL:
                field = self._fields[term.position]
                return field.low, field.high
            case Form.CHOOSE:
                ranges = [self.range(p) for p in term.parts[1:] if p is not self.none]
                known = [each for each in ranges if each is not None]
                if len(known) < len(ranges):
                    return None
                return min(low for low, _ in known), max(high for _, high in known)
            case Form.CALCULATE if term.width is not None:
                return 0, (1 << term.width) - 1
            case Form.CALCULATE:
                return self._sum(term)
            case _:
                return 0, 1

    def _sum(self, term: Term) -> Range | None:
        left, right = map(self.range, term.parts)
        if left is None or right is None:
            return None
        match term.value:
            case Operator.ADD:
                return left[0] + right[0], left[1] + right[1]
            case Operator.SUBTRACT:
                return left[0] - right[1], left[1] - right[0]
            case Operator.INTERSECT | Operator.WITHOUT:
                return 0, left[1]
            case Operator.UNION:
                return 0, (1 << max(left[1], right[1]).bit_length()) - 1
            case _:
                return None

    def may_be_none(self, term: Term) -> bool:
        """Whether the term may have no value."""
        return self.equal(term, self.none) is not self.false

    def _term(
        self,
        form: Form,
        parts: tuple[Term, ...],
        value: Value | Operator,
        width: int | None = None,
        *,
        truth: bool,
    ) -> Term:
        key = (form, parts, type(value), value, width)
        term = self._known.get(key)
        if term is None:
            term = Term(form, parts, value, width, truth, len(self._known))
            self._known[key] = term
        return term


def _is_fixing(term: Term) -> bool:
    """Whether the term says which value some number has."""
    return term.form is Form.EQUAL and term.parts[1].is_constant


def _is_implied(term: Term, fixed: dict[Term, Term]) -> bool:
    """Whether the term denies a value of a number that is known to have another."""
    if term.form is not Form.NOT or not _is_fixing(term.parts[0]):
        return False
    subject, constant = term.parts[0].parts
    return fixed.get(subject, constant) is not constant
