"""What recording a model gives: plain frozen data, the same for every engine."""

from dataclasses import dataclass
from enum import Enum

from assay.lang.sorts import BitsSort, EnumSort, KindSort, NaturalSort, OptionSort, Sort
from assay.lang.tree import Expr, Variable, Where


@dataclass(frozen=True, slots=True)
class Table:
    """A part of the state: a value for each tuple of keys; without keys it is a single variable.

    `start` is the normal form: the value of every cell that a start state does not assign, and of
    cells that hold nothing. It is a constant expression. A ghost table is read by claims and by
    ghosts alone.
    """

    name: str
    keys: tuple[Sort, ...]
    value: Sort
    start: Expr
    ghost: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of an action, in order.

    With `error` it is a refusal: where the condition fails (and all before it hold) the call
    answers `error` and nothing changes. Without, it is a guard: where it fails the action cannot
    happen. `name` is unique in its action.
    """

    name: str
    condition: Expr
    error: str | None
    where: Where


@dataclass(frozen=True, slots=True)
class Assignment:
    """`table[keys] := value`, once for every value of `binders` (none: one cell).

    Keys and value read the old state only. For an assignment to all elements at once the keys are
    the binders themselves, in order, or fixed expressions. No two assignments of one action write
    one cell: recording refuses a model in which they could.
    """

    table: str
    binders: tuple[Variable, ...]
    keys: tuple[Expr, ...]
    value: Expr
    where: Where


@dataclass(frozen=True, slots=True)
class Action:
    """A named step with parameters: checks in order, then one simultaneous update."""

    name: str
    parameters: tuple[Variable, ...]
    checks: tuple[Check, ...]
    assignments: tuple[Assignment, ...]
    meaning: str
    where: Where


@dataclass(frozen=True, slots=True)
class Start:
    """A start state for each value of the parameters; other cells hold their table's `start`."""

    name: str
    parameters: tuple[Variable, ...]
    assignments: tuple[Assignment, ...]
    where: Where


class Role(Enum):
    """What a claim is for."""

    GUARANTEE = "guarantee"  # must hold always; over states, or over steps
    AUXILIARY = "auxiliary"  # holds always as well; strengthens the induction, promises nothing
    CAN = "can"  # some reachable state satisfies it


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement over one state, or (`over_steps`) over a state, the action taken and the next.

    One that stands `apart` is used in proofs of those that do so too, and in no others.
    """

    name: str
    guarantee: str | None
    role: Role
    over_steps: bool
    body: Expr
    meaning: str
    where: Where
    apart: bool = False


class Fairness(Enum):
    """When an action may not be passed over for ever."""

    WEAK = "weak"  # where it can be taken always
    STRONG = "strong"  # where it can be taken again and again


@dataclass(frozen=True, slots=True)
class Fair:
    """An action that is fair, for every choice of the parameters `each` on its own.

    The other parameters do not matter: the action is taken with any of them.
    """

    action: str
    each: tuple[str, ...]
    fairness: Fairness


@dataclass(frozen=True, slots=True)
class Progress:
    """For every choice of the parameters: whenever `premise` holds, `goal` holds then or later.

    It speaks of the runs in which what is in `fair` is not passed over.
    """

    name: str
    guarantee: str
    parameters: tuple[Variable, ...]
    premise: Expr
    goal: Expr
    fair: tuple[Fair, ...]
    meaning: str
    where: Where


@dataclass(frozen=True, slots=True)
class Ranked:
    """What proves a claim on progress for every finite size: claims over steps, the model's beside.

    They speak of one step more than the model has, NOTHING_HAPPENS: what they say of it, they say
    of every state.
    """

    progress: str
    claims: tuple[Claim, ...]


NOTHING_HAPPENS = Action(
    "nothing_happens", (), (), (), "A step that changes nothing.", Where("", 0)
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A model under one design."""

    name: str
    design: str
    kinds: tuple[KindSort, ...]
    enums: tuple[EnumSort, ...]
    bit_sets: tuple[BitsSort, ...]
    tables: tuple[Table, ...]
    starts: tuple[Start, ...]
    actions: tuple[Action, ...]
    claims: tuple[Claim, ...]
    progress: tuple[Progress, ...] = ()
    ranked: tuple[Ranked, ...] = ()

    @property
    def sized(self) -> dict[str, int]:
        """What a finite instance gives a size: kinds, then numbers; with the least that will do."""
        kinds = {kind.name: max(1, len(kind.constants)) for kind in self.kinds}
        steps: tuple[Start | Action | Progress, ...]
        steps = (*self.starts, *self.actions, *self.progress)
        sorts = [sort for table in self.tables for sort in (*table.keys, table.value)]
        sorts += [parameter.sort for step in steps for parameter in step.parameters]
        plain = [sort.inner if isinstance(sort, OptionSort) else sort for sort in sorts]
        return kinds | {sort.name: 1 for sort in plain if isinstance(sort, NaturalSort)}

    @property
    def promises(self) -> tuple[Claim | Progress, ...]:
        """Everything that speaks of a guarantee."""
        claims = (claim for claim in self.claims if claim.guarantee is not None)
        return (*claims, *self.progress)

    def table(self, name: str) -> Table:
        """The table of that name; KeyError when there is none."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)

    def action(self, name: str) -> Action:
        """The action of that name; KeyError when there is none."""
        for action in self.actions:
            if action.name == name:
                return action
        raise KeyError(name)

    def claim(self, name: str) -> Claim:
        """The claim of that name; KeyError when there is none."""
        for claim in self.claims:
            if claim.name == name:
                return claim
        raise KeyError(name)

    def of_role(self, role: Role) -> tuple[Claim, ...]:
        """The claims of one role, in the order of the source."""
        return tuple(claim for claim in self.claims if claim.role is role)
