"""Events told by what earlier ones made: a run from which some are left out is still a run.

Who calls, who wakes and which capability is meant follow from the events that made them. Ids and
objects are given out in order, so that without one event all later ones would mean others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reference_kernel.boot import boot
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    TimeoutFires,
    UserReads,
    UserWrites,
)
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.machine import Machine
from reference_kernel.state import CapabilitySpace, State, Thread
from reference_kernel.step import possible, step
from spec.design import Design
from spec.ids import serial_of, type_of

Happened = Mapping[int, tuple[State, State]]
"""For each event of the whole run that happened by its number: the states around it."""
Relative = Callable[[Happened], Event | None]


@dataclass(frozen=True, slots=True)
class _Made:
    """An object: the so manieth that the event of that number made."""

    by: int
    place: int


@dataclass(frozen=True, slots=True)
class _Given:
    """A capability: the so manieth of its type that the event of that number put into the space."""

    by: int
    space: "int | _Made"
    type: int
    place: int


@dataclass(frozen=True, slots=True)
class _Told:
    """An event; its thread, and those of its words that are capabilities, by their numbers."""

    event: Event
    thread: int | _Made
    words: tuple[tuple[int, _Given], ...] = ()

    def __call__(self, happened: Happened) -> Event | None:
        """The event as it is after those; None where nothing made what it speaks of."""
        thread = _object(self.thread, happened)
        words = [(at, _word(given, happened)) for at, given in self.words]
        if thread is None or any(word is None for _, word in words):
            return None
        match self.event:
            case CallMade(arguments=arguments):
                given = list(arguments)
                for at, word in words:
                    given[at] = word or 0
                return replace(self.event, thread=thread, arguments=tuple(given))
            case UserWrites(value=value):
                (new,) = [word for _, word in words] or [value]
                return replace(self.event, thread=thread, value=new or 0)
            case CallReturns() | TimeoutFires() | UserReads():
                return replace(self.event, thread=thread)
            case _:
                return self.event


def relative(design: Design, machine: Machine, events: Sequence[Event]) -> list[Relative]:
    """The events of a run from boot, each told by what those before it made."""
    origins = _Origins()
    state = boot(design, machine)
    told: list[Relative] = []
    for number, event in enumerate(events):
        told.append(origins.told(state, event))
        if possible(state, event):
            before, (state, _) = state, step(design, state, event)
            origins.note(number, before, state)
    return told


class _Origins:
    """Which event made what, as far as a run has come."""

    def __init__(self) -> None:
        self._objects: dict[int, _Made] = {}
        self._words: dict[tuple[int, int], _Given] = {}

    def note(self, number: int, before: State, after: State) -> None:
        """What the event of that number made."""
        for place, name in enumerate(range(before.next_object, after.next_object)):
            self._objects[name] = _Made(number, place)
        for space in changed_objects(before, after):
            for kind, place, word in _new_words(before, after, space):
                self._words[space, word] = _Given(number, self._object(space), kind, place)

    def told(self, state: State, event: Event) -> Relative:
        """The event, which happens in that state."""
        match event:
            case CallMade(thread=thread, arguments=arguments):
                return _Told(event, self._object(thread), self._named(state, thread, arguments))
            case UserWrites(thread=thread, value=value):
                return _Told(event, self._object(thread), self._named(state, thread, (value,)))
            case (
                CallReturns(thread=thread) | TimeoutFires(thread=thread) | UserReads(thread=thread)
            ):
                return _Told(event, self._object(thread))
            case _:
                return _Told(event, 0)

    def _object(self, name: int) -> int | _Made:
        return self._objects.get(name, name)

    def _named(
        self, state: State, thread: int, words: Sequence[int]
    ) -> tuple[tuple[int, _Given], ...]:
        """Those of the words that are capabilities: of the thread's own space, or of another."""
        body = state.body(thread)
        own = body.capability_space if isinstance(body, Thread) else 0
        spaces = [own, *sorted(_spaces(state))]
        found = []
        for at, word in enumerate(words):
            known = next((s for s in spaces if (s, word) in self._words), None)
            if known is not None and not _is_of_boot(state, own, word, self._words):
                found.append((at, self._words[known, word]))
        return tuple(found)


def _is_of_boot(state: State, own: int, word: int, given: Mapping[tuple[int, int], _Given]) -> bool:
    """Whether the thread's own space has the word, and had it when the first program began."""
    body = state.body(own)
    has = isinstance(body, CapabilitySpace) and word in body.entries
    return has and (own, word) not in given


def _spaces(state: State) -> Iterator[int]:
    return (n for n, known in state.objects.items() if isinstance(known.body, CapabilitySpace))


def _new_words(before: State, after: State, space: int) -> Iterator[tuple[int, int, int]]:
    """Type, place among those of its type and word of what came into the space."""
    old, new = before.body(space), after.body(space)
    if not isinstance(new, CapabilitySpace):
        return
    known = old.entries if isinstance(old, CapabilitySpace) else ()
    places: dict[int, int] = {}
    for word in sorted((w for w in new.entries if w not in known), key=serial_of):
        kind = type_of(word)
        places[kind] = places.get(kind, -1) + 1
        yield kind, places[kind], word


def _object(made: int | _Made, happened: Happened) -> int | None:
    if not isinstance(made, _Made):
        return made
    states = happened.get(made.by)
    if states is None:
        return None
    before, after = states
    name = before.next_object + made.place
    return name if name < after.next_object else None


def _word(given: _Given, happened: Happened) -> int | None:
    states, space = happened.get(given.by), _object(given.space, happened)
    if states is None or space is None:
        return None
    for kind, place, word in _new_words(*states, space):
        if (kind, place) == (given.type, given.place):
            return word
    return None
