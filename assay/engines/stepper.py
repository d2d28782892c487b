"""Steps of a model over a sparse state with any elements: the interpreter's meaning, compiled.

Quantifiers go over a universe: for each kind the elements that may differ from the normal form, and
one more that stands for all the others. Elements are any integers of at least 0.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import is_, itemgetter

from assay.engines.interpret import (
    Attempt,
    Bindings,
    Disabled,
    ModelState,
    Refused,
    Taken,
    left_range,
)
from assay.engines.step_source import Condition, step_source
from assay.lang.recorded import Action, Check, Recorded
from assay.lang.sorts import KindSort, OptionSort
from assay.lang.values import Value

ANY_OTHER = -1
"""The element that stands for all that are in normal form."""

Universe = Mapping[str, Iterable[int]]
Domains = tuple[tuple[int, ...], ...]
NO_DOMAINS: Domains = ()
"""What a step gets that does not range over all elements of a kind."""

_Run = Callable[[ModelState, Domains, tuple[Value, ...]], ModelState | int]
_Holds = Callable[[ModelState], bool]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """An action, how it runs, and whether it ranges over all elements of a kind."""

    action: Action
    run: _Run
    ranges: bool


@dataclass(frozen=True, slots=True)
class Stepper:
    """The actions of a recorded model, compiled."""

    recorded: Recorded
    compiled: Mapping[str, _Compiled]

    def ranges(self, action: str) -> bool:
        """Whether the action needs domains: it ranges over all elements of a kind.

        Errors: KeyError for an unknown action.
        """
        return self.compiled[action].ranges

    def domains(self, universe: Universe, extra: Iterable[tuple[str, int]] = ()) -> Domains:
        """What quantifiers range over: the universe, more elements by kind, constants, one other.

        The universe must hold at least what `elements_of` gives.
        """
        found = {kind.name: set(range(len(kind.constants))) for kind in self.recorded.kinds}
        for name, elements in universe.items():
            found[name].update(elements)
        for name, element in extra:
            found[name].add(element)
        return tuple((ANY_OTHER, *(found[kind.name] - {ANY_OTHER})) for kind in self.recorded.kinds)

    def elements(self, action: str, arguments: Bindings) -> list[tuple[str, int]]:
        """The elements of kinds among the arguments."""
        return [
            (parameter.sort.name, int(arguments[parameter.name] or 0))
            for parameter in self.compiled[action].action.parameters
            if isinstance(parameter.sort, KindSort)
        ]

    def attempt(
        self, state: ModelState, domains: Domains, name: str, arguments: Bindings
    ) -> Attempt:
        """What happens when the action is tried; the state must be in normal form.

        `domains` must hold the elements of the arguments, where `ranges` asks for domains. Errors:
        KeyError for an unknown action or a missing argument; ModelError where an update leaves a
        declared range.
        """
        compiled = self.compiled[name]
        action = compiled.action
        given = tuple(arguments[each.name] for each in action.parameters)
        result = compiled.run(state, domains, given)
        return _failed(action.checks[result]) if isinstance(result, int) else Taken(result)


def _failed(check: Check) -> Attempt:
    return Disabled(check.name) if check.error is None else Refused(check.name, check.error)


def elements_of(recorded: Recorded, state: ModelState) -> dict[str, frozenset[int]]:
    """The elements that the cells of a state in normal form name, as keys or as values.

    They are a universe of the state: all others have nothing but normal cells, and nobody has them.
    """
    found: dict[str, set[int]] = {
        kind.name: set(range(len(kind.constants))) for kind in recorded.kinds
    }
    for table in recorded.tables:
        for keys, value in state[table.name].items():
            for given, sort in zip((*keys, value), (*table.keys, table.value), strict=True):
                plain = sort.inner if isinstance(sort, OptionSort) else sort
                if isinstance(plain, KindSort) and given is not None:
                    found[plain.name].add(int(given))
    return {name: frozenset(elements) for name, elements in found.items()}


@lru_cache(maxsize=16)
def stepper(recorded: Recorded) -> Stepper:
    """The model, compiled; those that were asked for last are kept.

    Errors: SizesError for a quantifier over a sort with too many values.
    """
    known: dict[Condition, _Remembered] = {}
    compiled = {action.name: _compiled(recorded, action, known) for action in recorded.actions}
    return Stepper(recorded, compiled)


def _compiled(
    recorded: Recorded, action: Action, known: dict[Condition, "_Remembered"]
) -> _Compiled:
    """The action; conditions that others have too are `known` and shared with them."""
    scope: dict[str, object] = {"left": _thrower(recorded, action)}
    source = step_source(recorded, action)
    for number, condition in enumerate(source.conditions):
        if condition not in known:
            known[condition] = _Remembered(condition)
        scope[f"holds_{number}"] = known[condition]
    exec(compile(source.text, f"<stepper {action.name}>", "exec"), scope)
    run: _Run = scope["step"]  # type: ignore[assignment]
    return _Compiled(action, run, source.ranges)


class _Remembered:
    """A condition of the state, worked out again only when a table that it reads is another."""

    __slots__ = ("_holds", "_known", "_last", "_tables")

    def __init__(self, condition: Condition) -> None:
        scope: dict[str, object] = {}
        exec(compile(condition.text, "<stepper condition>", "exec"), scope)
        self._holds: _Holds = scope["holds"]  # type: ignore[assignment]
        # A getter of one item gives it without a tuple: the first is asked for twice.
        self._tables = itemgetter(condition.tables[0], *condition.tables)
        self._last: tuple[object, ...] = ()
        self._known = False

    def __call__(self, old: ModelState) -> bool:
        """Whether it holds there; nobody changes a table."""
        tables = self._tables(old)
        if not self._last or not all(map(is_, tables, self._last)):
            self._last, self._known = tables, self._holds(old)
        return self._known


def _thrower(recorded: Recorded, action: Action) -> Callable[[int, Value], None]:
    def left(position: int, number: Value) -> None:
        assignment = action.assignments[position]
        raise left_range(assignment, recorded.table(assignment.table).value, number)

    return left
