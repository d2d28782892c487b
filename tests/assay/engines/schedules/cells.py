"""A toy kernel: cells that programs of a few processors read and write, one access in each step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assay.engines.kernel import KernelCheck
from assay.engines.walk import Subject

Cells = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An access to a cell by a processor."""

    actor: int
    does: str
    cell: str
    value: int = 0


def of(cells: Cells, name: str) -> int:
    """What the cell holds; 0 unless something was put there."""
    return dict(cells).get(name, 0)


def put(cells: Cells, name: str, value: int) -> Cells:
    """The same cells, one with another value; 0 is no entry."""
    known = {**dict(cells), name: value}
    return tuple(sorted((each, held) for each, held in known.items() if held))


def no_claim(*_: Any) -> str | None:
    """Nothing is promised."""
    return None


Broken = Callable[[Any, Cells, Event, int, Cells], str | None]


@dataclass
class CellKernel:
    """The cells as a kernel; `before` is put there when it boots."""

    broken: Broken = no_claim
    before: Cells = ()
    name: str = "cells"
    mode: str = "cells"
    kinds: tuple[str, ...] = ()
    scenes: tuple[Any, ...] = ()
    checks: tuple[KernelCheck[Any, Cells, Event, int], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.checks = (KernelCheck("CELL-1", self.broken, full=True),)

    def boot(self, _design: str) -> Cells:
        return self.before

    def step(self, _design: str, cells: Cells, event: Event) -> tuple[Cells, int]:
        held = of(cells, event.cell)
        match event.does:
            case "set":
                return put(cells, event.cell, event.value), 0
            case "lock":
                return put(cells, event.cell, event.actor + 1), 0
            case "own":
                return put(cells, event.cell, held + 1), 0
            case _:
                return cells, held

    def possible(self, _design: str, cells: Cells, event: Event) -> bool:
        return event.does != "lock" or not of(cells, event.cell)

    def encode(self, event: Event) -> tuple[str, tuple[tuple[str, Any], ...]]:
        told = (("actor", event.actor), ("cell", event.cell), ("value", event.value))
        return event.does, told

    def decode(self, name: str, arguments: Mapping[str, Any]) -> Event:
        return Event(arguments["actor"], name, arguments["cell"], arguments["value"])

    def gave(self, outcome: int) -> str:
        return str(outcome)

    def prepares(self, _event: Event) -> bool:
        return False

    def changed(self, before: Cells, after: Cells) -> tuple[tuple[str, str], ...]:
        return () if before == after else (("cells", f"{before} -> {after}"),)

    def touched(self, *_: Any) -> frozenset[object]:
        return frozenset()

    def relative(self, _design: str, events: Sequence[Event]) -> list[Any]:
        return [lambda _, event=event: event for event in events]

    def ended(self, _cells: Cells) -> bool:
        return False

    def subject_hash(self) -> str:
        return "cells"


Step = tuple[str, str] | tuple[str, str, int]
"""load CELL, add CELL (what was loaded last and one more), set CELL VALUE, lock CELL, unlock CELL,
own CELL (nobody else uses the cell), await CELL VALUE (again and again), then CELL VALUE (set it,
in one with the step before)."""


@dataclass(frozen=True, slots=True)
class Move:
    """Of the processor with that number; the rest as engines want it."""

    actor: int | None
    event: Event
    asked: bool = True
    goes_on: bool = False
    alone: bool = False


Place = tuple[tuple[int, int], ...]
"""For each program its next step, and what it loaded last."""


@dataclass
class CellPlay:
    """Programs over cells, one for each processor; the last comes `outside` of all of them."""

    state: Cells
    programs: Sequence[Sequence[Step]]
    before: Sequence[Sequence[Event]] = ()
    outside: bool = False

    @property
    def place(self) -> Place:
        return ((0, 0),) * len(self.programs)

    def moves(self, cells: Cells, place: Place) -> Sequence[Move]:
        return list(self._moves(cells, place))

    def _moves(self, cells: Cells, place: Place) -> Iterator[Move]:
        for actor, (at, loaded) in enumerate(place):
            if at == len(self.programs[actor]):
                continue
            does, cell, *value = self.programs[actor][at]
            match does:
                case "add":
                    event = Event(actor, "set", cell, loaded + 1)
                case "then":
                    event = Event(actor, "set", cell, *value)
                case "unlock":
                    event = Event(actor, "set", cell, 0)
                case _:
                    event = Event(actor, does, cell, *value)
            if does != "lock" or not of(cells, cell):
                comes = self.outside and actor == len(place) - 1
                yield Move(
                    None if comes else actor,
                    event,
                    asked=not comes,
                    goes_on=does == "then",
                    alone=does in ("own", "idle"),
                )

    def after(self, _cells: Cells, place: Place, move: Move, outcome: int) -> Place:
        actor = move.event.actor
        at, loaded = place[actor]
        if move.event.does == "await" and outcome != move.event.value:
            return place
        if move.event.does == "idle":
            return place
        loaded = outcome if move.event.does == "load" else loaded
        return (*place[:actor], (at + 1, loaded), *place[actor + 1 :])

    def standing(self, cells: Cells, place: Place) -> tuple[str, str]:
        left = [n for n, (at, _) in enumerate(place) if at < len(self.programs[n])]
        return ("stuck", f"{left} cannot go on") if left else ("finished", str(cells))


@dataclass
class CellScenario:
    """Programs as a scenario."""

    programs: Sequence[Sequence[Step]]
    start: Cells = ()
    first: tuple[Event, ...] = ()
    outside: bool = False
    name: str = "cells"
    about: str = "Programs use cells."
    mode: str = "cells"
    modes: tuple[str, ...] = ("cells",)
    bounds: tuple[tuple[str, int], ...] = ()

    def at(self, _mode: str) -> "CellScenario":
        return self

    def lacks(self, _design: str) -> str:
        return ""

    def begin(self, _design: str) -> CellPlay:
        return CellPlay(self.start, self.programs, [[each] for each in self.first], self.outside)


def subject(broken: Broken = no_claim, before: Cells = ()) -> Subject[Any, Any, Any, Any]:
    """The cells under the only design there is."""
    kernel: Any = CellKernel(broken, before)
    return Subject(kernel, "plain")


def every_end(scenario: CellScenario, preemptions: int = 99) -> set[str]:
    """How runs end, found by taking every order of steps and remembering nothing.

    At most so many times another one acts, or something comes from outside, though who acted last
    can go on.
    """
    play, kernel = scenario.begin("plain"), CellKernel()
    found = set()

    def go_on(cells: Cells, place: Place, last: int | None, left: int) -> None:
        moves = play.moves(cells, place)
        if not moves:
            found.add(play.standing(cells, place)[1])
        can_go_on = any(each.actor == last and each.asked for each in moves)
        for move in moves:
            costs = can_go_on and (move.actor != last or not move.asked)
            if costs and not left:
                continue
            after, gave = kernel.step("plain", cells, move.event)
            now = last if move.actor is None else move.actor
            go_on(after, play.after(cells, place, move, gave), now, left - costs)

    go_on(play.state, play.place, None, preemptions)
    return found


def faulty(subject_: Subject[Any, Any, Any, Any], steps: int) -> Subject[Any, Any, Any, Any]:
    """The same kernel, which forgets what it does after so many steps."""
    count = 0

    class Forgetful(CellKernel):
        def step(self, design: str, cells: Cells, event: Event) -> tuple[Cells, int]:
            nonlocal count
            count += 1
            after, gave = super().step(design, cells, event)
            return (after, gave) if count <= steps else ((), gave)

    kernel: Any = Forgetful(subject_.kernel.broken)  # type: ignore[attr-defined]
    return replace(subject_, kernel=kernel)
