"""A finite instance in Promela, the language of SPIN: a process that takes step after step.

Every step is one `d_step`, so that SPIN's states are the model's, and one more from before the
start. Kinds, enumerations, flags and truths are numbers; none is the number after the last value.
A claim is noted by C code where a state or step first breaks it, or satisfies it if it is a can
claim; each note over states is one more transition that leads back to its state.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.domains import Sizes, domain, least
from assay.engines.export.counted import ExportError
from assay.engines.export.ground import (
    FALSE,
    Cell,
    Grounder,
    Instance,
    Update,
    apply,
    fixed_keys,
    grounder,
)
from assay.engines.interpret import ModelStep, start_value
from assay.lang.recorded import Action, Claim, Recorded, Role, Start, Table
from assay.lang.sorts import BOOL, BoolSort, IntSort, OptionSort, Sort, WordSort, sort_name
from assay.lang.tree import Apply, Constant, Expr, Operator, Read
from assay.lang.values import Value, show
from assay.lang.walk import nodes

NO_NUMBER = -(1 << 30)
"""None where a number may stand: no model counts that far down."""
WIDEST_WORD = 30
"""Bits of the widest word whose sums SPIN's 32-bit integers hold."""
_TYPES = (("byte", 0, 255), ("short", -(1 << 15), (1 << 15) - 1))
_INFIX = {
    Operator.AND: "&&",
    Operator.OR: "||",
    Operator.EQUAL: "==",
    Operator.ADD: "+",
    Operator.SUBTRACT: "-",
    Operator.LESS: "<",
    Operator.AT_MOST: "<=",
    Operator.UNION: "|",
    Operator.INTERSECT: "&",
    Operator.SHIFT_LEFT: "<<",
    Operator.SHIFT_RIGHT: ">>",
}


@dataclass(frozen=True, slots=True)
class Promela:
    """A Promela model; `starts` counts the choices of a start, `claims` has their names in order.

    The first `over_states` of them are noted by a transition of their own. A state takes at most
    `size` bytes.
    """

    text: str
    starts: int
    claims: tuple[str, ...]
    over_states: int
    size: int


def promela(recorded: Recorded, sizes: Sizes) -> Promela:
    """The instance of the model with these sizes.

    Errors: SizesError for sizes that do not fit; ExportError for words too wide for SPIN.
    """
    writer = _Writer(grounder(recorded, sizes))
    claims = sorted(recorded.claims, key=lambda claim: claim.over_steps)
    over_states = [claim for claim in claims if not claim.over_steps]
    starts = [writer.start(step, update) for step, update in writer.ground.starts()]
    steps = [line for each in writer.ground.instances() for line in writer.step(each, claims)]
    notes = [line for each in over_states for line in writer.note(each, claims.index(each))]
    saved = [f"{writer.widest} saved[{writer.saved}] = 0;"] if writer.saved else []
    text = [
        f"/* {recorded.name} under {recorded.design}: {_sizes(sizes)} */",
        *_noting(max(1, len(claims))),
        *map(writer.variable, recorded.tables),
        *saved,
        "active proctype model() {",
        *("    if", *starts, "    fi;"),
        *("end:", "    do", *steps, *notes, "    od"),
        "}",
    ]
    names = tuple(claim.name for claim in claims)
    size = 4 * (len(writer.places) + writer.saved)
    return Promela("\n".join(text) + "\n", len(starts), names, len(over_states), size)


def _sizes(sizes: Sizes) -> str:
    return ", ".join(f"{kind}={size}" for kind, size in sizes.items())


def _noting(claims: int) -> list[str]:
    return [
        "c_decl {",
        f"    static int noted[{claims}];",
        "    static void note(int claim)",
        '    { if (!noted[claim]++) { printf("noted %d\\n", claim); } }',
        "}",
    ]


class _Writer:
    """Writes statements over the cells; `saved` is how many values a step puts aside at most."""

    def __init__(self, ground: Grounder) -> None:
        self.ground = ground
        self.sizes = ground.sizes
        self.saved = 0
        firsts: dict[str, int] = {}
        self.places: dict[Cell, int] = {}
        for index, (table, keys) in enumerate(ground.cells):
            self.places[table, keys] = index - firsts.setdefault(table, index)

    @property
    def widest(self) -> str:
        """A type for the value of any cell."""
        types = {_type(table.value, self.sizes) for table in self.ground.recorded.tables}
        return next((each for each in ("int", "short", "byte") if each in types), "byte")

    def variable(self, table: Table) -> str:
        """The declaration of a table, its cells in normal form."""
        cells = sum(name == table.name for name, _ in self.places)
        array = f"[{cells}]" if table.keys else ""
        normal = _number(start_value(table), table.value, self.sizes)
        return f"{_type(table.value, self.sizes)} t_{table.name}{array} = {normal};"

    def start(self, step: ModelStep, update: Update) -> str:
        """One way to begin."""
        return f"    :: {self._d_step('true', [], update)} /* {self._words(step)} */"

    def step(self, instance: Instance, claims: list[Claim]) -> Iterator[str]:
        """One way to go on, with the claims over steps that it bears on."""
        notes: list[str] = []
        for index, claim in enumerate(claims):
            broken = apply(Operator.NOT, [self.ground.claim(claim, instance)], BOOL)
            if claim.over_steps and broken != FALSE:
                test = self._unnoted(index, broken)
                notes.append(f"if :: {test} -> c_code {{ note({index}); }} :: else fi")
        yield f"    :: {self._d_step(self.text(instance.guard), notes, instance.update)}"
        yield f"       /* {self._words(instance.step)} */"

    def note(self, claim: Claim, index: int) -> Iterator[str]:
        """A step back to the state where a claim over states is to be noted."""
        truth = self.ground.claim(claim)
        if claim.role is not Role.CAN:
            truth = apply(Operator.NOT, [truth], BOOL)
        if truth != FALSE:
            test = self._unnoted(index, truth)
            yield f"    :: d_step {{ {test} -> c_code {{ note({index}); }} }} /* {claim.name} */"

    def _unnoted(self, index: int, truth: Expr) -> str:
        return f"c_expr {{ !noted[{index}] }} && {self.text(truth)}"

    def _words(self, step: ModelStep) -> str:
        named: list[Start | Action] = [*self.ground.recorded.starts, *self.ground.recorded.actions]
        parameters = next(each.parameters for each in named if each.name == step.action)
        given = [f"{p.name}={show(step.arguments[p.name], p.sort)}" for p in parameters]
        return f"{step.action}({', '.join(given)})"

    def _d_step(self, guard: str, notes: list[str], update: Update) -> str:
        """A guarded change of all cells at once: none is written while another has to read it."""
        left = dict(update)
        statements = list(notes)
        last: list[str] = []
        while left:
            cell = next((each for each in left if not _is_read(each, left)), None)
            if cell is None:
                cell = next(iter(left))
                saved = f"saved[{len(last)}]"
                last.append(f"{self._cell(cell)} = {saved}; {saved} = 0")
            else:
                saved = self._cell(cell)
            statements.append(f"{saved} = {self.text(left.pop(cell))}")
        self.saved = max(self.saved, len(last))
        return f"d_step {{ {guard} -> {'; '.join([*statements, *last]) or 'skip'} }}"

    def _cell(self, cell: Cell) -> str:
        table, keys = cell
        return f"t_{table}[{self.places[cell]}]" if keys else f"t_{table}"

    def text(self, expr: Expr) -> str:
        """A ground expression, which can stand beside any operator."""
        match expr:
            case Constant(value=value, sort=sort):
                return str(_number(value, sort, self.sizes))
            case Read(table=table, keys=keys):
                fixed = fixed_keys(keys)
                if fixed is not None:
                    return self._cell((table, fixed))
                return self._computed(table, keys)
            case Apply(operator=operator, arguments=arguments, sort=sort):
                return self._apply(operator, arguments, sort)
            case _:
                raise AssertionError(expr)

    def _computed(self, table: str, keys: tuple[Expr, ...]) -> str:
        """The cell at keys that depend on the state; its normal form at numbers beyond the last."""
        place, inside = "", []
        for key in keys:
            values = domain(key.sort, self.sizes)
            text = self.text(key)
            rank = text
            if isinstance(key.sort, IntSort):
                low, high = values[0], values[-1]
                inside.append(f"{low} <= {text} && {text} <= {high}")
                rank = f"({text} - {low})"
            if isinstance(key.sort, OptionSort):
                rank = self._rank_of_option(text, key.sort)
            place = f"({place}) * {len(values)} + {rank}" if place else rank
        read = f"t_{table}[{place}]"
        of = self.ground.recorded.table(table)
        normal = _number(start_value(of), of.value, self.sizes)
        return f"({' && '.join(inside)} -> {read} : {normal})" if inside else read

    def _rank_of_option(self, text: str, sort: OptionSort) -> str:
        """None is the first key; a number before 0 is a key only if none is."""
        least_value, *_ = domain(sort.inner, self.sizes)
        first = int(least_value or 0)
        return f"({text} == {_number(None, sort, self.sizes)} -> 0 : {text} - {first} + 1)"

    def _apply(self, operator: Operator, arguments: tuple[Expr, ...], sort: Sort) -> str:
        texts = [self.text(each) for each in arguments]
        match operator, texts:
            case Operator.NOT, [truth]:
                return f"(!{truth})"
            case Operator.CHOOSE, [truth, then, otherwise]:
                return f"({truth} -> {then} : {otherwise})"
            case ((Operator.ADD | Operator.SUBTRACT | Operator.SHIFT_LEFT), [left, right]) if (
                isinstance(sort, WordSort)
            ):
                mask = (1 << _narrow(sort).width) - 1
                return f"(({left} {_INFIX[operator]} {right}) & {mask})"
            case Operator.WITHOUT, [left, right]:
                return f"({left} & ~{right})"
            case Operator.WITHIN, [left, right]:
                return f"(({left} & ~{right}) == 0)"
            case Operator.SOME, [inner]:
                return inner
            case Operator.IS_SOME, [option]:
                return f"({option} != {self._none(arguments[0])})"
            case Operator.VALUE, [option]:
                missing = _number(least(sort), sort, self.sizes)
                return f"({option} == {self._none(arguments[0])} -> {missing} : {option})"
            case _:
                return f"({f' {_INFIX[operator]} '.join(texts)})"

    def _none(self, option: Expr) -> int:
        return _number(None, option.sort, self.sizes)


def _is_read(cell: Cell, left: Update) -> bool:
    """Whether the new value of another cell depends on this one."""
    table, keys = cell
    return any(
        isinstance(node, Read) and node.table == table and fixed_keys(node.keys) in (keys, None)
        for other, value in left.items()
        if other != cell
        for node in nodes(value)
    )


def _number(value: Value, sort: Sort, sizes: Sizes) -> int:
    """The number that stands for a value; an ExportError where it may not fit."""
    if value is not None:
        return int(value)
    if not isinstance(sort, OptionSort):
        raise AssertionError(sort)
    return NO_NUMBER if isinstance(sort.inner, IntSort) else _last(sort.inner, sizes) + 1


def _last(sort: Sort, sizes: Sizes) -> int:
    """The greatest number that stands for a value of a sort without numbers below 0."""
    match sort:
        case WordSort():
            return (1 << _narrow(sort).width) - 1
        case OptionSort(inner=inner):
            return _last(inner, sizes) + 1
        case _:
            return int(domain(sort, sizes)[-1] or 0)


def _narrow(sort: WordSort) -> WordSort:
    if sort.width > WIDEST_WORD:
        raise ExportError(f"{sort_name(sort)}: SPIN has no words wider than {WIDEST_WORD} bits")
    return sort


def _type(sort: Sort, sizes: Sizes) -> str:
    """The narrowest type that holds every value of the sort."""
    match sort:
        case BoolSort():
            return "bool"
        case IntSort(low=int(low), high=int(high)):
            pass
        case IntSort() | OptionSort(inner=IntSort()):
            return "int"
        case _:
            low, high = 0, _last(sort, sizes)
    fitting = (name for name, least, most in _TYPES if least <= low and high <= most)
    return next(fitting, "int")
