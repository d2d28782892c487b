"""The obligations of an induction: each claim in each start, and kept by each action.

An obligation is one SMT-LIB text: the claims before the step, the action's conditions, and the
negation of the claim after it, with the updates substituted. Unsatisfiable means proved. What is
given is the same for all claims over an action.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assay.engines.domains import Sizes
from assay.engines.prove import text
from assay.engines.prove.encode import (
    Encoder,
    Scope,
    Step,
    after,
    anything,
    before,
    element,
    normal,
    parts,
    sort_text,
    variable,
)
from assay.engines.prove.ranges import inside, range_claims
from assay.lang.recorded import NOTHING_HAPPENS, Action, Claim, Recorded, Role, Start
from assay.lang.sorts import OptionSort, Sort
from assay.lang.tree import Read
from assay.lang.walk import nodes


@dataclass(frozen=True, slots=True)
class Obligation:
    """A claim over an action or a start; without `goal` it cannot fail.

    A claim is by name, or `NAME in range` for the declared range of a table of that name.
    """

    action: str
    claim: str
    guarantee: str | None
    given: str
    goal: str | None

    @property
    def text(self) -> str:
        """The whole of it, for a solver that has read nothing yet."""
        return f"{self.given}{refuted(self.goal or text.TRUE)}"


def obligations(recorded: Recorded) -> Iterator[Obligation]:
    """Every obligation of the model, in the order of starts and actions, then of claims.

    Those of claims that stand apart are last; those of rankings are only where they can fail.
    """
    statement = Statement(with_rankings(recorded))
    claims = sorted(statement.claims.values(), key=lambda claim: claim.apart)
    ranked = {claim.name for each in recorded.ranked for claim in each.claims}
    for name in (*statement.starts, *statement.actions):
        given = {apart: statement.given(name, apart=apart) for apart in (False, True)}
        for claim in claims:
            if claim.over_steps and name in statement.starts:
                continue
            goal = statement.goal(name, claim)
            if goal is not None or (claim.name not in ranked and name != NOTHING_HAPPENS.name):
                yield Obligation(name, claim.name, claim.guarantee, given[claim.apart], goal)


def with_rankings(recorded: Recorded) -> Recorded:
    """The model with all that is to be shown of rankings among its claims."""
    if not recorded.ranked:
        return recorded
    found = {claim.name: claim for each in recorded.ranked for claim in each.claims}
    return replace(
        recorded,
        actions=(*recorded.actions, NOTHING_HAPPENS),
        claims=(*recorded.claims, *found.values()),
        ranked=(),
    )


class Statement:
    """What an induction has to show of a model, for any number of elements or for these sizes."""

    def __init__(self, recorded: Recorded, sizes: Sizes | None = None) -> None:
        self.recorded = recorded
        self.sizes = sizes
        self.known = before(recorded)
        self.starts = {start.name: start for start in recorded.starts}
        self.actions = {action.name: action for action in recorded.actions}
        self.claims = {claim.name: claim for claim in invariants(recorded)}
        unchanged = Encoder(self.known, self.known, sizes=sizes)
        self._invariant = {
            claim.name: unchanged.truth(claim.body, {})
            for claim in self.claims.values()
            if not claim.over_steps
        }
        self._tables = declarations(recorded, sizes)

    def declared(self, name: str) -> str:
        """The tables, and the parameters of the start or the action within their ranges."""
        return f"{self._tables}{_parameters(self.starts.get(name) or self.actions[name])}"

    def assumed(self, name: str, *, apart: bool = True) -> tuple[str, ...]:
        """What holds before: in a start nothing; in an action the claims and its conditions.

        Without those that stand `apart` it is what may be used for a claim that does not.
        """
        if name in self.starts:
            return ()
        action, unchanged = self.actions[name], Encoder(self.known, self.known, sizes=self.sizes)
        scope = arguments(action)
        used = (
            said for claim, said in self._invariant.items() if apart or not self.claims[claim].apart
        )
        return (*used, *(unchanged.truth(c.condition, scope) for c in action.checks))

    def given(self, name: str, *, apart: bool = True) -> str:
        """The text that says what may be used."""
        return f"{self.declared(name)}{asserted(self.assumed(name, apart=apart))}"

    def goal(self, name: str, claim: Claim) -> str | None:
        """The claim after the start or the action; None where it cannot fail.

        That is so where nothing that it reads changes, or where it speaks of other actions.
        """
        start = self.starts.get(name)
        if start is not None:
            nothing = normal(self.recorded)
            made = after(
                start.assignments, Encoder(nothing, nothing, sizes=self.sizes), arguments(start)
            )
            return Encoder(made, made, sizes=self.sizes).truth(claim.body, {})
        action = self.actions[name]
        if not claim.over_steps and not _touches(action, claim):
            return None
        unchanged = Encoder(self.known, self.known, sizes=self.sizes)
        changed = after(action.assignments, unchanged, arguments(action))
        old = self.known if claim.over_steps else changed
        step = Step(action.name, arguments(action))
        goal = Encoder(old, changed, step, self.sizes).truth(claim.body, {})
        return None if claim.over_steps and goal == text.TRUE else goal


def invariants(recorded: Recorded) -> tuple[Claim, ...]:
    """What the induction is over: the claims, and the declared ranges of tables."""
    claims = (claim for claim in recorded.claims if claim.role is not Role.CAN)
    return (*claims, *range_claims(recorded))


def refuted(goal: str) -> str:
    """What is unsatisfiable with all that is given when the goal follows from it."""
    return f"(assert {text.negation(goal)})\n(check-sat)\n"


def asserted(formulas: Iterable[str]) -> str:
    """The formulas as assertions, one on each line."""
    return "".join(f"(assert {formula})\n" for formula in formulas if formula != text.TRUE)


def arguments(of: Action | Start) -> Scope:
    """The constants that stand for the parameters, by name."""
    return {each.name: variable(f"argument {each.name}", each.sort) for each in of.parameters}


def declarations(recorded: Recorded, sizes: Sizes | None) -> str:
    """The sorts, the constants of kinds and the tables."""
    lines = ["(set-logic ALL)"]
    for kind in recorded.kinds:
        name, any_of_it = text.symbol(kind.name), anything(kind)
        count = len(kind.constants) if sizes is None else sizes[kind.name]
        elements = [element(index, kind) for index in range(count)]
        if sizes is None:
            lines.append(f"(declare-sort {name} 0)")
            lines += [f"(declare-const {each} {name})" for each in (any_of_it, *elements)]
            if len(elements) > 1:
                lines.append(f"(assert (distinct {' '.join(elements)}))")
        else:
            lines.append(_datatype(name, elements))
            lines.append(f"(define-fun {any_of_it} () {name} {elements[0]})")
    for enum in recorded.enums:
        members = [text.symbol(f"{enum.name}.{each}") for each in enum.members]
        lines.append(_datatype(text.symbol(enum.name), members))
    for table in recorded.tables:
        keys = " ".join(sort for key in table.keys for sort in _sorts(key))
        names = parts(variable(table.name, table.value))
        for each, sort in zip(names, _sorts(table.value), strict=True):
            lines.append(f"(declare-fun {each} ({keys}) {sort})")
    return "\n".join(lines) + "\n"


def _datatype(name: str, members: Iterable[str]) -> str:
    return f"(declare-datatypes (({name} 0)) (({' '.join(f'({each})' for each in members)})))"


def _sorts(sort: Sort) -> tuple[str, ...]:
    return ("Bool", sort_text(sort)) if isinstance(sort, OptionSort) else (sort_text(sort),)


def _parameters(of: Action | Start) -> str:
    lines = []
    for parameter in of.parameters:
        name = variable(f"argument {parameter.name}", parameter.sort)
        for part, sort in zip(parts(name), _sorts(parameter.sort), strict=True):
            lines.append(f"(declare-const {part} {sort})\n")
        lines.append(asserted([inside(name, parameter.sort)]))
    return "".join(lines)


def _touches(action: Action, claim: Claim) -> bool:
    written = {assignment.table for assignment in action.assignments}
    return any(isinstance(node, Read) and node.table in written for node in nodes(claim.body))
