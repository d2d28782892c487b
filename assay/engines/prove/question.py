"""The question behind a failed induction step: a smallest state, in the model's words.

The solver's state is run through the interpreter: what does not show there is not shown.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from linecache import getline
from time import monotonic
from typing import Any

from assay.engines.domains import Sizes, SizesError, choices, domain, least
from assay.engines.interpret import (
    ModelState,
    ModelStep,
    Taken,
    attempt,
    evaluate,
    holds,
    starts,
)
from assay.engines.interpret import normal as without_normal
from assay.engines.prove import text
from assay.engines.prove.encode import (
    Encoded,
    Maybe,
    equal,
    normal,
    plain,
    sort_text,
    term,
    variable,
)
from assay.engines.prove.obligations import Statement, invariants
from assay.engines.prove.result import Question
from assay.engines.prove.solve import z3_model
from assay.lang.recorded import Claim, Recorded, Table
from assay.lang.sorts import BitsSort, BoolSort, EnumSort, KindSort, OptionSort, Sort, WordSort
from assay.lang.tree import Apply, Expr, Operator, Quantified, Variable
from assay.lang.values import Value
from assay.lang.walk import conjuncts

_MOST = 4


def question(recorded: Recorded, action: str, claim: str, time_limit_s: float) -> Question | None:
    """A smallest state and step that the induction step does not exclude.

    None where there is none with few elements, or none is found in time, or tables have too many
    cells to be written out.
    """
    end = monotonic() + time_limit_s
    try:
        if any(start.name == action for start in recorded.starts):
            return _at_start(recorded, action, claim)
        for sizes in _ladder(recorded):
            left = end - monotonic()
            found = _of_size(recorded, sizes, action, claim, left) if left > 0 else None
            if found is not None or left <= 0:
                return found
    except SizesError:
        pass
    return None


def _ladder(recorded: Recorded) -> Iterator[Sizes]:
    """Sizes from the smallest on: few elements first, whichever kind they are of."""
    ranges = [range(low, max(low, _MOST) + 1) for low in recorded.sized.values()]
    for numbers in sorted(product(*ranges), key=lambda each: (sum(each), each)):
        yield dict(zip(recorded.sized, numbers, strict=True))


def _at_start(recorded: Recorded, action: str, claim: str) -> Question | None:
    for sizes in _ladder(recorded):
        for step, state in starts(recorded, sizes):
            if step.action == action:
                found = _question(recorded, claim, sizes, state, step, state)
                if found is not None:
                    return found
    return None


def _of_size(
    recorded: Recorded, sizes: Sizes, action: str, claim: str, time_limit_s: float
) -> Question | None:
    statement = Statement(recorded, sizes)
    goal = statement.goal(action, statement.claims[claim])
    if goal is None:
        return None
    lines: list[str] = []
    wished: list[str] = []
    for table in recorded.tables:
        start = normal(recorded)(table.name, ())
        for keys in product(*(domain(sort, sizes) for sort in table.keys)):
            encoded = tuple(term(key, sort) for key, sort in zip(keys, table.keys, strict=True))
            cell = statement.known(table.name, encoded)
            lines += _named(_cell(table, keys), cell, table.value)
            wish = f"{_cell(table, keys)} is normal"
            wished.append(wish)
            lines.append(f"(declare-const {text.symbol(wish)} Bool)\n")
            lines.append(f"(assert (= {text.symbol(wish)} {equal(cell, start)}))\n")
    given = statement.given(action, apart=statement.claims[claim].apart)
    asked = f"{given}{''.join(lines)}(assert {text.negation(goal)})\n"
    model = z3_model(asked, wished, time_limit_s)
    return None if model is None else _read(recorded, sizes, action, claim, model)


def _cell(table: Table, keys: tuple[Value, ...]) -> str:
    return f"{table.name} at {keys}"


def _named(name: str, cell: Encoded, sort: Sort) -> list[str]:
    constant = variable(name, sort)
    pairs = [(constant, cell, sort_text(sort))]
    if isinstance(constant, Maybe) and isinstance(cell, Maybe):
        pairs = [
            (constant.has, cell.has, "Bool"),
            (constant.value, cell.value, sort_text(sort)),
        ]
    return [f"(declare-const {new} {of})\n(assert (= {new} {old}))\n" for new, old, of in pairs]


def _read(
    recorded: Recorded, sizes: Sizes, action: str, claim: str, model: Mapping[str, Any]
) -> Question | None:
    def value(name: str, sort: Sort) -> Value:
        if isinstance(sort, OptionSort):
            return value(name, sort.inner) if str(model.get(f"{name}?")) == "True" else None
        return _value(model.get(name), sort, sizes)

    state = {
        table.name: {
            keys: value(_cell(table, keys), table.value)
            for keys in product(*(domain(sort, sizes) for sort in table.keys))
        }
        for table in recorded.tables
    }
    parameters = recorded.action(action).parameters
    given = {each.name: value(f"argument {each.name}", each.sort) for each in parameters}
    known = without_normal(recorded, state)
    taken = attempt(recorded, sizes, known, action, given)
    if not isinstance(taken, Taken):
        return None
    return _question(recorded, claim, sizes, known, ModelStep(action, given), taken.new)


def _value(found: Any, sort: Sort, sizes: Sizes) -> Value:
    """The value of the sort that the solver's value stands for; one it left open is the least."""
    if found is None:
        return least(sort)
    shown = str(found).strip("|")
    match sort:
        case BitsSort() | WordSort():
            return int(found.as_long())
        case BoolSort():
            return shown == "True"
        case EnumSort() | KindSort():
            known = [str(plain(term(each, sort))).strip("|") for each in domain(sort, sizes)]
            return known.index(shown)
        case _:
            return int(shown)


def _question(
    recorded: Recorded,
    name: str,
    sizes: Sizes,
    known: ModelState,
    step: ModelStep,
    new: ModelState,
) -> Question | None:
    claim = next(each for each in invariants(recorded) if each.name == name)
    before_step = known if claim.over_steps else new
    if holds(recorded, sizes, claim, before_step, new, step):
        return None
    part = _smallest(recorded, sizes, claim, before_step, new, step)
    shape = tuple(sorted(sizes.items()))
    return Question(shape, known, step, new, _source(part, claim), str(part.where))


def _source(part: Expr, claim: Claim) -> str:
    """The line of the model that says it."""
    return getline(part.where.file, part.where.line).strip() or claim.meaning


def _smallest(
    recorded: Recorded,
    sizes: Sizes,
    claim: Claim,
    state: ModelState,
    new: ModelState,
    step: ModelStep,
) -> Expr:
    """The innermost conjunct, consequence or instance that is false."""

    def false_part(expr: Expr, scope: Mapping[str, Value]) -> Expr:
        for part in conjuncts(expr):
            if evaluate(recorded, sizes, part, state, scope, new=new, step=step):
                continue
            match part:
                case Quantified(universal=True, binder=Variable() as binder, body=body):
                    for bound in choices((binder,), sizes):
                        inner = {**scope, **bound}
                        if not evaluate(recorded, sizes, body, state, inner, new=new, step=step):
                            return false_part(body, inner)
                case Apply(operator=Operator.IMPLIES, arguments=(_, consequence)):
                    return false_part(consequence, scope)
                case _:
                    pass
            return part
        return expr

    return false_part(claim.body, {})
