"""Python source for the operators of the language: what generated engines are made of.

Every text is atomic: it can stand beside any operator without brackets of its own.
"""

from collections.abc import Sequence

from assay.engines.domains import least
from assay.lang.sorts import Sort, WordSort
from assay.lang.tree import Operator

_INFIX = {
    Operator.EQUAL: "==",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.UNION: "|",
    Operator.INTERSECT: "&",
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.SHIFT_LEFT: "<<",
    Operator.SHIFT_RIGHT: ">>",
}


def operator_text(operator: Operator, texts: Sequence[str], sort: Sort) -> str:
    """The operator applied to atomic texts, as an atomic text; `sort` is that of the result."""
    match operator, texts:
        case ((Operator.AND | Operator.OR), _):
            return joined(operator, texts)
        case Operator.NOT, [truth]:
            return negated(truth)
        case Operator.IMPLIES, [left, right]:
            return joined(Operator.OR, [negated(left), right])
        case Operator.EQUAL, [left, right] if "None" in (left, right):
            return none_text(left if right == "None" else right)
        case (
            (Operator.ADD | Operator.SUBTRACT | Operator.SHIFT_LEFT),
            [left, right],
        ) if isinstance(sort, WordSort):
            return f"(({left} {_INFIX[operator]} {right}) & {(1 << sort.width) - 1})"
        case Operator.CHOOSE, [truth, then, otherwise]:
            return f"({then} if {truth} else {otherwise})"
        case Operator.WITHOUT, [left, right]:
            return f"({left} & ~{right})"
        case Operator.WITHIN, [left, right]:
            return f"(({left} & ~{right}) == 0)"
        case Operator.SOME, [inner]:
            return inner
        case Operator.IS_SOME, [option]:
            return negated(none_text(option))
        case Operator.VALUE, [option]:
            return _value_text(option, sort)
        case _, [left, right]:
            return f"({left} {_INFIX[operator]} {right})"
        case _:
            raise AssertionError(operator, texts)


def negated(truth: str) -> str:
    """The truth's opposite; two negations cancel."""
    if truth.startswith("(not "):
        return truth.removeprefix("(not ").removesuffix(")")
    return f"(not {truth})"


def joined(operator: Operator, truths: Sequence[str]) -> str:
    """The truths joined by and, or by or."""
    if not truths:
        return str(operator is Operator.AND)
    word = " and " if operator is Operator.AND else " or "
    return truths[0] if len(truths) == 1 else f"({word.join(truths)})"


def none_text(option: str) -> str:
    """Whether there is no value; of a literal it is known, and Python warns of such a test."""
    literal = option in ("None", "True", "False") or option.strip("(-)").isdecimal()
    return str(option == "None") if literal else f"({option} is None)"


def _value_text(option: str, sort: Sort) -> str:
    missing = least(sort)
    if missing:
        return f"({missing} if {none_text(option)} else {option})"
    return f"({option} or {missing})"
