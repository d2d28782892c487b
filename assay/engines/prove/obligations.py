"""The obligations of an induction: each claim in each start, and kept by each action.

An obligation is one SMT-LIB text: the claims before the step, the action's conditions, and the
negation of the claim after it, with the updates substituted. Unsatisfiable means proved.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from assay.engines.prove import text
from assay.engines.prove.encode import (
    Encoded,
    Encoder,
    Maybe,
    Reader,
    Scope,
    Step,
    after,
    before,
    element,
    normal,
    parts,
    plain,
    sort_text,
    variable,
)
from assay.lang.recorded import Action, Claim, Recorded, Role, Start, Table
from assay.lang.sorts import IntSort, KindSort, OptionSort, Sort
from assay.lang.tree import Read, Variable
from assay.lang.walk import nodes


@dataclass(frozen=True, slots=True)
class Obligation:
    """A claim over an action or a start; without `text` it holds since nothing it reads changes.

    A claim is by name, or `NAME in range` for the declared range of a table of that name.
    """

    action: str
    claim: str
    guarantee: str | None
    text: str | None


def obligations(recorded: Recorded) -> Iterator[Obligation]:
    """Every obligation of the model, in the order of starts and actions, then of claims."""
    claims = [claim for claim in recorded.claims if claim.role is not Role.CAN]
    bounded = [table for table in recorded.tables if _range(table.value) is not None]
    prelude = declarations(recorded)
    known = before(recorded)
    invariant = _invariant(recorded, claims, bounded, known)
    for start in recorded.starts:
        yield from _of_start(recorded, start, claims, bounded, prelude)
    for action in recorded.actions:
        yield from _of_action(action, claims, bounded, known, f"{prelude}{invariant}")


def _of_start(
    recorded: Recorded, start: Start, claims: list[Claim], bounded: list[Table], prelude: str
) -> Iterator[Obligation]:
    arguments = _scope(start.parameters)
    given = f"{prelude}{_parameters(start.parameters)}"
    nothing = normal(recorded)
    made = after(start.assignments, Encoder(nothing, nothing), arguments)
    encoder = Encoder(made, made)
    for claim in claims:
        if not claim.over_steps:
            goal = encoder.truth(claim.body, {})
            yield Obligation(start.name, claim.name, claim.guarantee, _refuted(given, goal))
    for table in bounded:
        goal = _in_range(table, made)
        yield Obligation(start.name, f"{table.name} in range", None, _refuted(given, goal))


def _of_action(
    action: Action, claims: list[Claim], bounded: list[Table], known: Reader, prelude: str
) -> Iterator[Obligation]:
    arguments = _scope(action.parameters)
    unchanged = Encoder(known, known)
    changed = after(action.assignments, unchanged, arguments)
    over_state = Encoder(changed, changed)
    over_step = Encoder(known, changed, Step(action.name, arguments))
    holds = (unchanged.truth(check.condition, arguments) for check in action.checks)
    given = f"{prelude}{_parameters(action.parameters)}{_asserted(holds)}"
    written = {assignment.table for assignment in action.assignments}
    for claim in claims:
        goal = None
        if claim.over_steps:
            goal = over_step.truth(claim.body, {})
        elif written & _tables(claim):
            goal = over_state.truth(claim.body, {})
        asked = None if goal is None else _refuted(given, goal)
        yield Obligation(action.name, claim.name, claim.guarantee, asked)
    for table in bounded:
        asked = _refuted(given, _in_range(table, changed)) if table.name in written else None
        yield Obligation(action.name, f"{table.name} in range", None, asked)


def declarations(recorded: Recorded) -> str:
    """The sorts, the constants of kinds and the tables."""
    lines = ["(set-logic ALL)"]
    for kind in recorded.kinds:
        name = text.symbol(kind.name)
        lines.append(f"(declare-sort {name} 0)")
        lines.append(f"(declare-const {text.symbol(f'any {kind.name}')} {name})")
        constants = [element(constant, kind) for constant in kind.constants]
        lines += [f"(declare-const {constant} {name})" for constant in constants]
        if len(constants) > 1:
            lines.append(f"(assert (distinct {' '.join(constants)}))")
    for enum in recorded.enums:
        members = " ".join(f"({text.symbol(f'{enum.name}.{each}')})" for each in enum.members)
        lines.append(f"(declare-datatypes (({text.symbol(enum.name)} 0)) (({members})))")
    for table in recorded.tables:
        keys = " ".join(sort for key in table.keys for sort in _sorts(key))
        names = parts(variable(table.name, table.value))
        for name, sort in zip(names, _sorts(table.value), strict=True):
            lines.append(f"(declare-fun {name} ({keys}) {sort})")
    return "\n".join(lines) + "\n"


def _sorts(sort: Sort) -> tuple[str, ...]:
    return ("Bool", sort_text(sort)) if isinstance(sort, OptionSort) else (sort_text(sort),)


def _scope(parameters: tuple[Variable, ...]) -> Scope:
    return {each.name: variable(f"argument {each.name}", each.sort) for each in parameters}


def _parameters(parameters: tuple[Variable, ...]) -> str:
    lines = []
    for name, parameter in zip(_scope(parameters).values(), parameters, strict=True):
        for part, sort in zip(parts(name), _sorts(parameter.sort), strict=True):
            lines.append(f"(declare-const {part} {sort})\n")
        lines.append(_asserted([_inside(name, parameter.sort)]))
    return "".join(lines)


def _asserted(formulas: Iterator[str] | list[str]) -> str:
    return "".join(f"(assert {formula})\n" for formula in formulas if formula != text.TRUE)


def _refuted(given: str, goal: str) -> str:
    return f"{given}(assert {text.negation(goal)})\n(check-sat)\n"


def _invariant(recorded: Recorded, claims: list[Claim], bounded: list[Table], known: Reader) -> str:
    encoder = Encoder(known, known)
    stated = (encoder.truth(claim.body, {}) for claim in claims if not claim.over_steps)
    return _asserted(chain(stated, (_in_range(table, known) for table in bounded)))


def _tables(claim: Claim) -> set[str]:
    return {node.table for node in nodes(claim.body) if isinstance(node, Read)}


def _range(sort: Sort) -> IntSort | None:
    inner = sort.inner if isinstance(sort, OptionSort) else sort
    if isinstance(inner, IntSort) and (inner.low is not None or inner.high is not None):
        return inner
    return None


def _inside(value: Encoded, sort: Sort) -> str:
    bounds = _range(sort)
    if bounds is None:
        return text.TRUE
    number = value.value if isinstance(value, Maybe) else value
    limits = []
    if bounds.low is not None:
        limits.append(f"(<= {bounds.low} {number})")
    if bounds.high is not None:
        limits.append(f"(<= {number} {bounds.high})")
    inside = text.conjunction(limits)
    return text.implication(value.has, inside) if isinstance(value, Maybe) else inside


def _in_range(table: Table, read: Reader) -> str:
    names = [f"key{index}" for index in range(len(table.keys))]
    keys = tuple(variable(name, key) for name, key in zip(names, table.keys, strict=True))
    formula = _inside(read(table.name, keys), table.value)
    for key, sort in zip(keys, table.keys, strict=True):
        if not isinstance(sort, KindSort):
            raise AssertionError(f"{table.name}: a range over keys that are no kind")
        formula = text.quantified(plain(key), sort_text(sort), formula, universal=True)
    return formula
