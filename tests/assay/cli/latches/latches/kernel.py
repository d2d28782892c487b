"""Doors that run: one event at a time, everything as values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from latches.design import Design, Locking

T = TypeVar("T")
DOORS = ("front", "back")


class Chooser(Protocol):
    """Where proposals take their choices from."""

    def pick(self, among: Sequence[T], /) -> T:
        """One of them."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """Which doors are open, and which are locked."""

    open: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Event:
    """Something is done to a door."""

    name: str
    door: str


@dataclass(frozen=True, slots=True)
class Check:
    """What a step may break."""

    guarantee: str
    broken: Callable[[Design, Doors, Event, str, Doors], str | None]
    full: bool = True
    looks_at: frozenset[object] | None = None


def locked_doors_are_shut(
    _: Design, before: Doors, event: Event, gave: str, after: Doors
) -> str | None:
    """Why the guarantee is broken in the state after."""
    wrong = sorted(after.open & after.locked)
    return f"{', '.join(wrong)} is open and locked" if wrong else None


class Kernel:
    """The doors as the engines want them."""

    name = "latches"
    mode = "whole"
    checks = (Check("DOOR-1", locked_doors_are_shut),)
    kinds = ("push", "pull", "lock")
    scenes = ()

    def boot(self, design: Design) -> Doors:
        """Every door is shut."""
        return Doors()

    def step(self, design: Design, state: Doors, event: Event) -> tuple[Doors, str]:
        """What the event does to the doors."""
        door = frozenset((event.door,))
        match event.name:
            case "pull":
                if event.door in state.locked:
                    return state, "LOCKED"
                return replace(state, open=state.open | door), "OK"
            case "push":
                return replace(state, open=state.open - door), "OK"
            case _:
                if design.locking is Locking.SHUT_ONLY and event.door in state.open:
                    return state, "OPEN"
                return replace(state, locked=state.locked | door), "OK"

    def touched(self, before: Doors, event: Event, outcome: str, after: Doors) -> frozenset[object]:
        """Checks look at everything."""
        return frozenset()

    def counted_as(self, event: Event, outcome: str) -> tuple[str, str]:
        """The event's name and the answer."""
        return event.name, outcome

    def possible(self, design: Design, state: Doors, event: Event) -> bool:
        """Anything can be tried."""
        return True

    def encode(self, event: Event) -> tuple[str, tuple[tuple[str, str], ...]]:
        """The event in words."""
        return event.name, (("door", event.door),)

    def decode(self, name: str, arguments: Mapping[str, object]) -> Event:
        """The event that the words tell."""
        if name not in ("pull", "push", "lock") or arguments.get("door") not in DOORS:
            raise ValueError("expected pull, push or lock of the front or back door")
        return Event(name, str(arguments["door"]))

    def gave(self, outcome: str) -> str:
        """The outcome is a word already."""
        return outcome

    def prepares(self, event: Event) -> bool:
        """Whoever pulls or pushes a door means it."""
        return False

    def changed(self, before: Doors, after: Doors) -> tuple[tuple[str, str], ...]:
        """The doors that opened, shut or were locked."""
        return tuple(
            (f"{what}[{door}]", f"{door in was} -> {door in now}")
            for what, was, now in (
                ("open", before.open, after.open),
                ("locked", before.locked, after.locked),
            )
            for door in DOORS
            if (door in was) != (door in now)
        )

    def propose(self, design: Design, state: Doors, chooser: Chooser) -> Event:
        """Anything to any door."""
        return self.propose_one(design, state, chooser.pick(self.kinds), chooser)

    def offered(self, design: Design, state: Doors) -> frozenset[str]:
        """Anything can be tried."""
        return frozenset(self.kinds)

    def propose_one(self, design: Design, state: Doors, kind: str, chooser: Chooser) -> Event:
        """This to any door."""
        return Event(kind, chooser.pick(DOORS))

    def relative(self, design: Design, events: Sequence[Event]) -> list[Callable[[object], Event]]:
        """No event depends on another."""
        return [lambda _, event=event: event for event in events]

    def ended(self, state: Doors) -> bool:
        """Doors never end."""
        return False

    def subject_hash(self) -> str:
        """The version of the doors."""
        return "doors 1"


KERNEL = Kernel()
