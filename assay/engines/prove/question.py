"""The question behind a failed induction step: a smallest state, in the model's words.

The solver's state is run through the interpreter: what does not show there is not shown.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from assay.engines.domains import choices, domain
from assay.engines.interpret import (
    ModelState,
    ModelStep,
    Taken,
    attempt,
    evaluate,
    holds,
    normal,
    starts,
)
from assay.engines.prove import text
from assay.engines.prove.encode import (
    Encoded,
    Maybe,
    before,
    element,
    literal,
    plain,
    sort_text,
    variable,
)
from assay.engines.prove.obligations import Obligation
from assay.engines.prove.result import Question
from assay.engines.prove.solve import z3_model
from assay.lang.recorded import Claim, Recorded, Table
from assay.lang.sorts import BitsSort, EnumSort, KindSort, OptionSort, Sort, WordSort
from assay.lang.tree import Apply, Expr, Operator, Quantified, Variable
from assay.lang.values import Value
from assay.lang.walk import conjuncts

_MOST = 4

Sizes = Mapping[str, int]


def question(recorded: Recorded, obligation: Obligation, time_limit_s: float) -> Question | None:
    """A smallest state and step that the obligation does not exclude; None where none is found."""
    if obligation.text is None:
        return None
    for start in recorded.starts:
        if start.name == obligation.action:
            return _at_start(recorded, obligation)
    for sizes in _ladder(recorded):
        model = z3_model(_bounded(recorded, obligation, sizes), time_limit_s)
        if model is not None:
            return _read(recorded, obligation, sizes, model)
    return None


def _ladder(recorded: Recorded) -> Iterator[Sizes]:
    """Sizes from the smallest on: few elements first, whichever kind they are of."""
    least = [max(1, len(kind.constants)) for kind in recorded.kinds]
    ranges = [range(low, max(low, _MOST) + 1) for low in least]
    for numbers in sorted(product(*ranges), key=lambda each: (sum(each), each)):
        yield {kind.name: number for kind, number in zip(recorded.kinds, numbers, strict=True)}


def _at_start(recorded: Recorded, obligation: Obligation) -> Question | None:
    for sizes in _ladder(recorded):
        for step, state in starts(recorded, sizes):
            if step.action == obligation.action:
                found = _question(recorded, obligation, sizes, state, step, state)
                if found is not None:
                    return found
    return None


def _bounded(recorded: Recorded, obligation: Obligation, sizes: Sizes) -> str:
    """The obligation over so many elements, with a constant for each cell and argument."""
    lines = [str(obligation.text).removesuffix("(check-sat)\n")]
    for kind in recorded.kinds:
        names = [_element(kind, index) for index in range(sizes[kind.name])]
        sort = sort_text(kind)
        lines += [f"(declare-const {name} {sort})\n" for name in names[len(kind.constants) :]]
        if len(names) > 1:
            lines.append(f"(assert (distinct {' '.join(names)}))\n")
        some = text.disjunction(text.equality("x", name) for name in names)
        lines.append(f"(assert (forall ((x {sort})) {some}))\n")
    read = before(recorded)
    for table in recorded.tables:
        for keys in _keys(table, sizes):
            cell = read(table.name, tuple(_term(key, sort) for key, sort in keys))
            lines += _named(_cell(table, tuple(key for key, _ in keys)), cell, table.value)
    return "".join(lines) + "(check-sat)\n"


def _keys(table: Table, sizes: Sizes) -> Iterator[tuple[tuple[Value, Sort], ...]]:
    for values in product(*(domain(sort, sizes) for sort in table.keys)):
        yield tuple(zip(values, table.keys, strict=True))


def _element(kind: KindSort, index: int) -> str:
    if index < len(kind.constants):
        return element(kind.constants[index], kind)
    return text.symbol(f"{kind.name} {index}")


def _term(value: Value, sort: Sort) -> Encoded:
    if isinstance(sort, OptionSort):
        if value is None:
            return literal(None, sort)
        return Maybe(text.TRUE, plain(_term(value, sort.inner)))
    return _element(sort, int(value or 0)) if isinstance(sort, KindSort) else literal(value, sort)


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
    recorded: Recorded, obligation: Obligation, sizes: Sizes, model: Mapping[str, Any]
) -> Question | None:
    numbers = {
        str(model[_element(kind, index).strip("|")]): index
        for kind in recorded.kinds
        for index in range(sizes[kind.name])
        if _element(kind, index).strip("|") in model
    }

    def value(name: str, sort: Sort) -> Value:
        if isinstance(sort, OptionSort):
            return value(name, sort.inner) if str(model.get(f"{name}?")) == "True" else None
        return _value(model.get(name), sort, numbers)

    state: dict[str, dict[tuple[Value, ...], Value]] = {}
    for table in recorded.tables:
        cells = state.setdefault(table.name, {})
        for keys in _keys(table, sizes):
            at = tuple(key for key, _ in keys)
            cells[at] = value(_cell(table, at), table.value)
    action = recorded.action(obligation.action)
    arguments = {each.name: value(f"argument {each.name}", each.sort) for each in action.parameters}
    known = normal(recorded, state)
    taken = attempt(recorded, sizes, known, action.name, arguments)
    if not isinstance(taken, Taken):
        return None
    step = ModelStep(action.name, arguments)
    return _question(recorded, obligation, sizes, known, step, taken.new)


def _value(found: Any, sort: Sort, elements: Mapping[str, int]) -> Value:
    if found is None:
        return False if sort_text(sort) == "Bool" else 0
    shown = str(found)
    match sort:
        case KindSort():
            return elements.get(shown, 0)
        case EnumSort(name=name, members=members):
            return members.index(shown.strip("|").removeprefix(f"{name}."))
        case BitsSort() | WordSort():
            return int(found.as_long())
        case _:
            return shown == "True" if shown in ("True", "False") else int(shown)


def _question(
    recorded: Recorded,
    obligation: Obligation,
    sizes: Sizes,
    known: ModelState,
    step: ModelStep,
    new: ModelState,
) -> Question | None:
    claims = [claim for claim in recorded.claims if claim.name == obligation.claim]
    shape = tuple(sorted(sizes.items()))
    if not claims:
        return Question(shape, known, step, new, obligation.claim, "")
    claim = claims[0]
    before_step = known if claim.over_steps else new
    if holds(recorded, sizes, claim, before_step, new, step):
        return None
    part = _smallest(recorded, sizes, claim, before_step, new, step)
    return Question(shape, known, step, new, f"line {part.where.line}", str(part.where))


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
