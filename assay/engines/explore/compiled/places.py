"""Where terms are computed: once, at the innermost place that all their uses lie in.

The branches of a program are a tree of places. What two of them need is computed where the way to
both begins, since nothing that is computed once for a state has to be computed again.
"""

from dataclasses import dataclass, field

from assay.engines.explore.compiled.program import If, Program, Statement, Take
from assay.engines.explore.compiled.terms import Form, Term

_ROOT = 0


@dataclass(slots=True)
class Places:
    """For each branch of a program, by the number in which it is met, the terms to compute first.

    Number 0 is the program itself. Terms come in an order in which each follows on its parts.
    """

    first: list[list[Term]]


def places_of(program: Program) -> Places:
    """The places of the terms of a program."""
    tree = _Tree()
    tree.walk(program.statements, _ROOT)
    return Places(tree.settled())


@dataclass(slots=True)
class _Tree:
    """The branches with the one around them, and for each term what uses it."""

    around: list[int] = field(default_factory=lambda: [_ROOT])
    depth: list[int] = field(default_factory=lambda: [0])
    place: dict[Term, int] = field(default_factory=dict)
    spread: set[Term] = field(default_factory=set)
    by_serial: dict[int, Term] = field(default_factory=dict)

    def walk(self, statements: tuple[Statement, ...], here: int) -> None:
        """Note what the statements of a branch use."""
        for statement in statements:
            match statement:
                case If(condition=condition, then=then):
                    self._use(condition, here)
                    self.walk(then, self._inside(here))
                case Take():
                    self._use(statement.fails, here)
                    for term in statement.cells.values():
                        self._use(term, here)
                    for _, term in statement.events:
                        self._use(term, self._inside(here))
                case _:
                    pass

    def settled(self) -> list[list[Term]]:
        """The terms that several branches use, where they are to be computed."""
        first: list[list[Term]] = [[] for _ in self.around]
        for serial in range(max(self.by_serial, default=-1), -1, -1):
            term = self.by_serial.get(serial)
            if term is None:
                continue
            here = self.place[term]
            if term in self.spread and _is_worth_it(term):
                first[here].append(term)
            for part in term.parts:
                self._use(part, here)
        for terms in first:
            terms.reverse()
        return first

    def _inside(self, here: int) -> int:
        self.around.append(here)
        self.depth.append(self.depth[here] + 1)
        return len(self.around) - 1

    def _use(self, term: Term, here: int) -> None:
        before = self.place.get(term)
        if before is None:
            self.by_serial[term.serial] = term
            self.place[term] = here
        elif before != here:
            self.place[term] = self._common(before, here)
            self.spread.add(term)

    def _common(self, one: int, other: int) -> int:
        while one != other:
            if self.depth[one] < self.depth[other]:
                one, other = other, one
            one = self.around[one]
        return one


def _is_worth_it(term: Term) -> bool:
    """Whether keeping the term costs less than computing it again."""
    match term.form:
        case Form.AND:
            return True
        case Form.CALCULATE:
            return True
        case Form.EQUAL:
            return not term.parts[1].is_constant or term.parts[0].form is not Form.CELL
        case Form.NOT:
            return False
        case _:
            return term.form is Form.CHOOSE and term.truth
