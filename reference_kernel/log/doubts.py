"""Values of a state that a hidden option bit decided, and that nothing has shown since.

A call whose option word is not told may leave one of several values behind: how many mappings a
memory counts, what a mapping allows. As long as no call asks, one world stands for all of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self, TypeVar

from reference_kernel.address_spaces import record_at
from reference_kernel.changing import replace
from reference_kernel.events import CallMade
from reference_kernel.guarantees.asking import HANDS_OVER
from reference_kernel.log.reading import ACCESS, MAX_SIZE
from reference_kernel.records import Mapping, MemoryRecord
from reference_kernel.state import AddressSpace, CapabilitySpace, Memory, Object, State, Thread
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME

_MAP = BY_NAME["memory_map"].number
_UNMAP = BY_NAME["address_space_unmap"].number
_UPDATE = BY_NAME["memory_update_mapping"].number
_RESIZE = BY_NAME["memory_resize"].number
_ASKS = HANDS_OVER | {_MAP, _UNMAP, _UPDATE, _RESIZE}


class Count(NamedTuple):
    """How many mappings a memory counts, and in how large a table."""

    memory: int


class Access(NamedTuple):
    """What the mapping of a memory allows that starts at this page of an address space."""

    space: int
    start: int


Place = Count | Access
Value = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may be at a place, because of a line: the first value is the one that the state has."""

    place: Place
    values: tuple[Value, ...]
    line: int

    @property
    def kind(self) -> str:
        """The hidden input that decided it."""
        return MAX_SIZE if isinstance(self.place, Count) else ACCESS


class Doubtful(Protocol):
    """Something with a state and what is in doubt in it."""

    @property
    def state(self) -> State:
        """The state."""
        ...

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What else may be in it."""
        ...

    def but(self, *, state: State, doubts: tuple[Doubt, ...]) -> Self:
        """The same with these."""
        ...


_D = TypeVar("_D", bound=Doubtful)


def value_at(state: State, place: Place) -> Value | None:
    """What is there; None when the place is gone."""
    if isinstance(place, Count):
        body = state.body(place.memory)
        return (body.counted, body.buckets) if isinstance(body, Memory) else None
    record = _record(state, place)
    return None if record is None else (record.location.access,)


def with_value(state: State, place: Place, value: Value) -> State:
    """The state with this value at a place that it has."""
    if isinstance(place, Count):
        body = state.body(place.memory)
        assert isinstance(body, Memory), place
        counted, buckets = value
        return _put(state, place.memory, replace(body, counted=counted, buckets=buckets))
    record, space = _record(state, place), state.body(place.space)
    assert record is not None, place
    assert isinstance(space, AddressSpace), place
    (access,) = value
    new = record.location._replace(access=access)
    records = tuple(
        MemoryRecord(new, record.memory) if each is record else each for each in space.records
    )
    memory = state.body(record.memory)
    assert isinstance(memory, Memory), place
    old = Mapping(place.space, record.location)
    mappings = tuple(Mapping(place.space, new) if each == old else each for each in memory.mappings)
    state = _put(state, place.space, replace(space, records=records))
    return _put(state, record.memory, replace(memory, mappings=mappings))


def _put(state: State, name: int, body: Memory | AddressSpace) -> State:
    known = state.objects[name]
    again = Object(known.type, known.strong, known.weak, body)
    return replace(state, objects=state.objects.set(name, again))


def _record(state: State, place: Access) -> MemoryRecord | None:
    body = state.body(place.space)
    record = record_at(body, place.start) if isinstance(body, AddressSpace) else None
    return record if isinstance(record, MemoryRecord) else None


def places(state: State, made: CallMade) -> tuple[Place, ...]:
    """The places that the call may look at or change."""
    if made.number not in _ASKS:
        return ()
    named = tuple(_named(state, made))
    memories = [name for name in named if isinstance(state.body(name), Memory)]
    found: list[Place] = []
    if made.number in (_MAP, _RESIZE):
        found += [Count(name) for name in memories]
    if made.number in (_UPDATE, _UNMAP):
        found += [Access(name, made.arguments[1] // PAGE_BYTES) for name in named]
    if made.number == _RESIZE or made.number in HANDS_OVER:
        found += [
            Access(mapping.space, mapping.location.start)
            for name in memories
            for mapping in _mappings(state, name)
        ]
    return tuple(found)


def _mappings(state: State, name: int) -> tuple[Mapping, ...]:
    body = state.body(name)
    return body.mappings if isinstance(body, Memory) else ()


def _named(state: State, made: CallMade) -> Iterator[int]:
    thread = state.body(made.thread)
    own = state.body(thread.capability_space) if isinstance(thread, Thread) else None
    if isinstance(own, CapabilitySpace):
        for word in made.arguments:
            target = own.entries.get(word)
            if target is not None:
                yield target


def parted(world: _D, made: CallMade) -> Iterator[tuple[_D, tuple[Doubt, ...]]]:
    """The worlds in which the call meets no doubt, each with what was settled for it."""
    asked = places(world.state, made) if world.doubts else ()
    doubt = next((each for each in world.doubts if each.place in asked), None) if asked else None
    if doubt is None:
        yield world, ()
        return
    left = tuple(each for each in world.doubts if each is not doubt)
    if value_at(world.state, doubt.place) is None:
        yield from parted(world.but(state=world.state, doubts=left), made)
        return
    for value in doubt.values:
        there = world.but(state=with_value(world.state, doubt.place, value), doubts=left)
        settled = replace(doubt, values=(value,))
        for then, others in parted(there, made):
            yield then, (settled, *others)


def joined(worlds: Iterable[_D], asked: tuple[Place, ...], line: int) -> list[_D]:
    """As few worlds as stand for all of these, which may differ in what is at the places."""
    left = list(worlds)
    for place in asked:
        if len(left) == 1:
            break
        left = _joined_at(left, place, line)
    return left


def _joined_at(worlds: list[_D], place: Place, line: int) -> list[_D]:
    kept: list[_D] = []
    for world in worlds:
        for at, other in enumerate(kept):
            both = _both(other, world, place, line)
            if both is not None:
                kept[at] = both
                break
        else:
            kept.append(world)
    return kept


def _both(one: _D, other: _D, place: Place, line: int) -> _D | None:
    """The world that stands for both, if only what is at the place tells them apart."""
    value, mine = value_at(other.state, place), value_at(one.state, place)
    if value is None or mine is None:
        return one if one == other else None
    known = next((each for each in one.doubts if each.place == place), None)
    without = tuple(each for each in one.doubts if each is not known)
    same = other.but(state=with_value(other.state, place, mine), doubts=without)
    if same != one.but(state=one.state, doubts=without):
        return None
    values = (mine,) if known is None else known.values
    if value in values:
        return one
    doubt = Doubt(place, (*values, value), line)
    return one.but(state=one.state, doubts=(*without, doubt))
