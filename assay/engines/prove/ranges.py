"""The declared ranges of numbers, as formulas and as claims that an induction keeps."""

from collections.abc import Iterator

from assay.engines.prove import text
from assay.engines.prove.encode import Encoded, Maybe
from assay.lang.recorded import Claim, Recorded, Role, Table
from assay.lang.sorts import BOOL, IntSort, OptionSort, Sort
from assay.lang.tree import Apply, Constant, Expr, Operator, Quantified, Read, Variable, Version


def range_claims(recorded: Recorded) -> Iterator[Claim]:
    """For each table of bounded integers the claim that its cells lie in their range."""
    for table in recorded.tables:
        bounds = _range(table.value)
        if bounds is not None:
            yield Claim(
                f"{table.name} in range",
                None,
                Role.AUXILIARY,
                over_steps=False,
                body=_body(table, bounds),
                meaning=f"The cells of {table.name} lie in their range.",
                where=table.where,
            )


def inside(value: Encoded, sort: Sort) -> str:
    """That a value lies in the range of its sort."""
    bounds = _range(sort)
    if bounds is None:
        return text.TRUE
    number = value.value if isinstance(value, Maybe) else value
    limits = [] if bounds.low is None else [f"(<= {_number(bounds.low)} {number})"]
    limits += [] if bounds.high is None else [f"(<= {number} {_number(bounds.high)})"]
    held = text.conjunction(limits)
    return text.implication(value.has, held) if isinstance(value, Maybe) else held


def _number(value: int) -> str:
    return str(value) if value >= 0 else f"(- {-value})"


def _range(sort: Sort) -> IntSort | None:
    inner = sort.inner if isinstance(sort, OptionSort) else sort
    if isinstance(inner, IntSort) and (inner.low is not None or inner.high is not None):
        return inner
    return None


def _body(table: Table, bounds: IntSort) -> Expr:
    where = table.where
    keys = tuple(
        Variable(f"{table.name} key {index}", sort, where) for index, sort in enumerate(table.keys)
    )
    cell = Read(table.name, keys, Version.OLD, table.value, where)
    is_option = isinstance(table.value, OptionSort)
    number: Expr = Apply(Operator.VALUE, (cell,), bounds, where) if is_option else cell
    limits: list[Expr] = []
    if bounds.low is not None:
        low = Constant(bounds.low, bounds, where)
        limits.append(Apply(Operator.AT_MOST, (low, number), BOOL, where))
    if bounds.high is not None:
        high = Constant(bounds.high, bounds, where)
        limits.append(Apply(Operator.AT_MOST, (number, high), BOOL, where))
    body: Expr = Apply(Operator.AND, tuple(limits), BOOL, where)
    if is_option:
        some = Apply(Operator.IS_SOME, (cell,), BOOL, where)
        body = Apply(Operator.IMPLIES, (some, body), BOOL, where)
    for key in reversed(keys):
        body = Quantified(universal=True, binder=key, body=body, where=where)
    return body
