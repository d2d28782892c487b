"""Small well-typed models, drawn at random: tables, starts, actions with checks, claims."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from assay.lang.recorded import (
    Action,
    Assignment,
    Check,
    Claim,
    Recorded,
    Role,
    Start,
    Table,
)
from assay.lang.sorts import BOOL, KindSort, OptionSort, Sort
from assay.lang.tree import Argument, Expr, Read, Taken, Variable, Version
from assay.lang.walk import mapped
from tests.assay.engines.random_terms import (
    COLOUR,
    FLAGS,
    HERE,
    KIND,
    OPTIONS,
    PLAIN,
    SMALL,
    TABLES,
    Builder,
    normal,
    table,
)

OTHER = KindSort("Other", ("FIRST",))
RELATIONS = (
    table("pairs", (KIND, KIND), BOOL),
    table("next", (KIND,), OptionSort(KIND)),
    table("mixed", (KIND, OTHER), BOOL),
    table("holds", (KIND,), OptionSort(OTHER)),
    table("held", (OTHER,), OptionSort(KIND)),
    table("of_pair", (OTHER, KIND), OptionSort(OTHER)),
    table("marks", (OTHER,), COLOUR),
    table("head", (), OTHER),
)
"""Tables over two kinds, whose elements name each other."""


@dataclass(frozen=True)
class ModelBuilder:
    """Draws a model; `pick` chooses a number from 0 to before another."""

    pick: Callable[[int], int]
    kinds: tuple[KindSort, ...] = (KIND,)
    tables: tuple[Table, ...] = TABLES

    def model(self) -> Recorded:
        """A model over some of the tables."""
        tables = tuple(self.tables[self.pick(len(self.tables))] for _ in range(1 + self.pick(4)))
        tables = tuple(dict.fromkeys(tables))
        builder = Builder(self.pick, tables)
        actions = tuple(self._action(f"act_{n}", builder) for n in range(2 + self.pick(3)))
        claims = tuple(self._claims(builder, actions))
        starts = tuple(self._start(f"begin_{n}", builder) for n in range(1 + self.pick(2)))
        return Recorded(
            "random", "d", self.kinds, (COLOUR,), (FLAGS,), tables, starts, actions, claims
        )

    def _variables(self, name: str, most: int) -> tuple[Variable, ...]:
        sorts: tuple[Sort, ...] = (*PLAIN, *self.kinds, *OPTIONS)
        return tuple(
            Variable(f"{name}_{n}", sorts[self.pick(len(sorts))], HERE)
            for n in range(self.pick(most + 1))
        )

    def _start(self, name: str, builder: Builder) -> Start:
        """A start that assigns constants and parameters alone."""
        parameters = self._variables(name, 1)
        table = builder.tables[self.pick(len(builder.tables))]
        fitting = [each for each in parameters if each.sort == table.value]
        keys = tuple(self._key(builder, sort, parameters) for sort in table.keys)
        value: Expr = fitting[0] if fitting else normal(table.value)
        return Start(name, parameters, (Assignment(table.name, (), keys, value, HERE),), HERE)

    def _key(self, builder: Builder, sort: Sort, bound: tuple[Variable, ...]) -> Expr:
        return builder.key(sort, 0, bound)

    def _action(self, name: str, builder: Builder) -> Action:
        parameters = self._variables(name, 3)
        checks = tuple(
            Check(f"check_{n}", builder.expr(BOOL, 3, parameters), ("E", None)[self.pick(2)], HERE)
            for n in range(self.pick(2))
        )
        written = dict.fromkeys(
            builder.tables[self.pick(len(builder.tables))] for _ in range(1 + self.pick(2))
        )
        assignments = tuple(
            self._assignment(f"{name}_{table.name}", table, builder, parameters)
            for table in written
        )
        return Action(name, parameters, checks, assignments, "", HERE)

    def _assignment(
        self, name: str, table: Table, builder: Builder, parameters: tuple[Variable, ...]
    ) -> Assignment:
        """One cell, or all cells of the table."""
        if table.keys and table.keys != (SMALL,) and self.pick(2):
            binders = tuple(
                Variable(f"{name}_{n}", sort, HERE) for n, sort in enumerate(table.keys)
            )
            value = builder.expr(table.value, 3, (*parameters, *binders))
            return Assignment(table.name, binders, binders, value, HERE)
        keys = tuple(builder.key(sort, 2, parameters) for sort in table.keys)
        return Assignment(table.name, (), keys, builder.expr(table.value, 3, parameters), HERE)

    def _claims(self, builder: Builder, actions: tuple[Action, ...]) -> Iterator[Claim]:
        for number, role in enumerate((Role.GUARANTEE, Role.AUXILIARY, Role.CAN)):
            body = builder.expr(BOOL, 4, ())
            yield Claim(f"claim_{number}", None, role, False, body, "", HERE)
        action = actions[self.pick(len(actions))]
        arguments = tuple(Variable(each.name, each.sort, HERE) for each in action.parameters)
        body = builder.expr(BOOL, 4, (*arguments, Variable("taken", BOOL, HERE)))
        given: dict[str, Expr] = {
            each.name: Argument(action.name, each.name, each.sort, HERE)
            for each in action.parameters
        }
        given["taken"] = Taken(action.name, HERE)

        def of_step(node: Expr) -> Expr:
            match node:
                case Variable(name=name) if name in given:
                    return given[name]
                case Read() if self.pick(2):
                    return replace(node, version=Version.NEW)
                case _:
                    return node

        yield Claim("claim_of_steps", None, Role.GUARANTEE, True, mapped(body, of_step), "", HERE)
