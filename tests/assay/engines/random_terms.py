"""Expressions of any sort over tables of any sort, drawn at random."""

from collections.abc import Callable
from dataclasses import dataclass

from assay.lang.recorded import Table
from assay.lang.sorts import (
    BOOL,
    BitsSort,
    BoolSort,
    EnumSort,
    IntSort,
    KindSort,
    OptionSort,
    Sort,
    WordSort,
)
from assay.lang.tree import (
    Apply,
    Constant,
    Element,
    Expr,
    Operator,
    Quantified,
    Read,
    Variable,
    Version,
    Where,
)

HERE = Where("model.py", 1)
KIND = KindSort("Kind", ("FIRST",))
COLOUR = EnumSort("Colour", ("RED", "BLUE"))
FLAGS = BitsSort("Flags", ("A", "B"))
SMALL = IntSort(1, 3)
WORD = WordSort(2)
SIZES = {"Kind": 2}
PLAIN = (BOOL, KIND, COLOUR, FLAGS, SMALL, WORD)
QUANTIFIED = (KIND, COLOUR, FLAGS)


def normal(sort: Sort) -> Expr:
    match sort:
        case BoolSort():
            return Constant(False, sort, HERE)
        case KindSort():
            return Element("FIRST", sort, HERE)
        case OptionSort():
            return Constant(None, sort, HERE)
        case IntSort():
            return Constant(2, sort, HERE)
        case _:
            return Constant(0, sort, HERE)


def table(name: str, keys: tuple[Sort, ...], value: Sort) -> Table:
    return Table(name, keys, value, normal(value), False, HERE)


OPTIONS = (OptionSort(KIND), OptionSort(SMALL), OptionSort(BOOL))
VALUES: tuple[Sort, ...] = (*PLAIN, *OPTIONS)
TABLES = (
    *(table(f"one_{index}", (), sort) for index, sort in enumerate(VALUES)),
    table("pairs", (KIND, KIND), BOOL),
    table("next", (KIND,), OptionSort(KIND)),
    table("shade", (COLOUR,), SMALL),
    table("queue", (SMALL,), KIND),
    table("masks", (FLAGS, KIND), FLAGS),
    table("words", (WORD,), WORD),
    table("maybe", (OptionSort(KIND),), COLOUR),
)


@dataclass(frozen=True)
class Builder:
    """Draws expressions of a sort over some tables; variables are those bound around.

    `pick` chooses a number from 0 to before another.
    """

    pick: Callable[[int], int]
    tables: tuple[Table, ...] = TABLES

    def expr(self, sort: Sort, depth: int, bound: tuple[Variable, ...]) -> Expr:
        variables = [variable for variable in bound if variable.sort == sort]
        tables = [each for each in self.tables if each.value == sort]
        if depth == 0:
            return variables[self.pick(len(variables))] if variables else normal(sort)
        options = ["read"] * bool(tables) + ["choose", "operate"] + ["variable"] * bool(variables)
        match options[self.pick(len(options))]:
            case "read":
                chosen = tables[self.pick(len(tables))]
                keys = tuple(self.key(key, depth - 1, bound) for key in chosen.keys)
                return Read(chosen.name, keys, Version.OLD, sort, HERE)
            case "choose":
                parts = (BOOL, sort, sort)
                return self.apply(Operator.CHOOSE, parts, sort, depth, bound)
            case "variable":
                return variables[self.pick(len(variables))]
            case _:
                return self.operation(sort, depth, bound)

    def key(self, sort: Sort, depth: int, bound: tuple[Variable, ...]) -> Expr:
        """A key within its range: beyond it the formulas know no cell, the interpreter a start."""
        if sort == SMALL:
            return Constant(1 + self.pick(3), sort, HERE)
        return self.expr(sort, depth, bound)

    def apply(
        self,
        operator: Operator,
        sorts: tuple[Sort, ...],
        sort: Sort,
        depth: int,
        bound: tuple[Variable, ...],
    ) -> Expr:
        arguments = tuple(self.expr(each, depth - 1, bound) for each in sorts)
        return Apply(operator, arguments, sort, HERE)

    def operation(self, sort: Sort, depth: int, bound: tuple[Variable, ...]) -> Expr:
        operators: tuple[Operator, ...] = (Operator.VALUE,)
        match sort:
            case BoolSort():
                return self.truth(depth, bound)
            case OptionSort(inner=inner):
                return self.apply(Operator.SOME, (inner,), sort, depth, bound)
            case BitsSort():
                operators = (
                    Operator.UNION,
                    Operator.INTERSECT,
                    Operator.WITHOUT,
                )
            case WordSort():
                if self.pick(5) < 2:
                    return self.shift(sort, depth, bound)
                operators = (Operator.ADD, Operator.SUBTRACT, Operator.WITHOUT)
            case IntSort():
                operators = (Operator.ADD, Operator.SUBTRACT, Operator.VALUE)
            case _:
                pass
        operator = operators[self.pick(len(operators))]
        if operator is Operator.VALUE and OptionSort(sort) in VALUES:
            return self.apply(operator, (OptionSort(sort),), sort, depth, bound)
        if operator is Operator.VALUE:
            return normal(sort)
        return self.apply(operator, (sort, sort), sort, depth, bound)

    def shift(self, sort: WordSort, depth: int, bound: tuple[Variable, ...]) -> Expr:
        operator = (Operator.SHIFT_LEFT, Operator.SHIFT_RIGHT)[self.pick(2)]
        places = Constant(1 + self.pick(sort.width - 1), sort, HERE)
        return Apply(operator, (self.expr(sort, depth - 1, bound), places), sort, HERE)

    def truth(self, depth: int, bound: tuple[Variable, ...]) -> Expr:
        match self.pick(8):
            case 0:
                over = QUANTIFIED[self.pick(len(QUANTIFIED))]
                binder = Variable(f"x_{len(bound)}", over, HERE)
                body = self.expr(BOOL, depth - 1, (*bound, binder))
                return Quantified(self.pick(2) == 0, binder, body, HERE)
            case 1:
                either = VALUES[self.pick(len(VALUES))]
                return self.apply(Operator.EQUAL, (either, either), BOOL, depth, bound)
            case 2:
                number = (SMALL, WORD)[self.pick(2)]
                operator = (Operator.LESS, Operator.AT_MOST)[self.pick(2)]
                return self.apply(operator, (number, number), BOOL, depth, bound)
            case 3:
                return self.apply(Operator.WITHIN, (FLAGS, FLAGS), BOOL, depth, bound)
            case 4:
                option = OPTIONS[self.pick(len(OPTIONS))]
                return self.apply(Operator.IS_SOME, (option,), BOOL, depth, bound)
            case 5:
                return self.apply(Operator.NOT, (BOOL,), BOOL, depth, bound)
            case 6:
                return self.apply(Operator.IMPLIES, (BOOL, BOOL), BOOL, depth, bound)
            case _:
                operator = (Operator.AND, Operator.OR)[self.pick(2)]
                return self.apply(operator, (BOOL,) * self.pick(4), BOOL, depth, bound)
