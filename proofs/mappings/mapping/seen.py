"""What the model sees of a kernel state.

The address space of the first program is FIRST; other objects keep their names. A mapping of
a memory is named after that and its id there, another one after its space and its first page, a
frame after its memory and which page of it it is. Of each memory the model sees the first pages and
those that are noticed; the others are as if they had no frame.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from assay.lang.values import Value, parse
from models.mappings.state import Access, Count, counts_for_ever, ranges_may_overlap
from proofs.mappings.mapping.noticed import Noticed, noticed, seen_pages
from reference_kernel import spans
from reference_kernel.address_spaces import KERNEL_PAGE
from reference_kernel.boot import boot
from reference_kernel.records import ACCESS, WRITE, MemoryRecord, PhysRecord, PoolRecord, Record
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    Body,
    EventPool,
    Memory,
    Object,
    State,
)
from spec.design import Design
from spec.designs import AS_BUILT
from spec.ids import ObjectType
from spec.sizes import PAGE_BYTES, WORD_LIMIT

Cells = dict[tuple[Value, ...], Value]
Objects = Mapping[int, Object]

_SHIFT = 53
NONE_BESIDE = frozenset[int]()
NOWHERE = 0
"""A mapping that no space has."""

_FIRST_SPACE = next(
    name for name, each in boot(AS_BUILT).objects.items() if each.type is ObjectType.ADDRESS_SPACE
)
_ACCESS = {each: parse(each, Access.sort()) for each in ("NONE", "READ", "WRITE")}
_COUNTS = tuple(parse(each, Count.sort()) for each in ("NONE", "ONE", "MORE"))


def space(name: int) -> int:
    """The model's element for an address space."""
    return 0 if name == _FIRST_SPACE else name


def mapping(name: int, number: int) -> int:
    """The model's element for a mapping of the memory with this id.

    Or for what else is mapped in the space of that name from that page on.
    """
    return name << _SHIFT | number


def element(space: int, record: Record) -> int:
    """The model's element for what the space records."""
    if isinstance(record, MemoryRecord):
        return mapping(record.memory, record.location.id)
    return mapping(space, record.start)


def frame(memory: int, index: int) -> int:
    """The model's element for the frame of that page of the memory."""
    return memory << _SHIFT | index


def access(bits: int) -> Value:
    """What the model sees of the access of a mapping."""
    if not bits & ACCESS:
        return _ACCESS["NONE"]
    return _ACCESS["WRITE" if bits & WRITE else "READ"]


@dataclass(frozen=True, slots=True)
class Part:
    """What one object gives to the tables; `of` are the bodies that it was read from."""

    of: tuple[Body | None, ...]
    cells: Mapping[str, Cells]
    frames: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """The tables of the model, of each memory the pages that have frames, and what was noticed."""

    tables: Mapping[str, Cells]
    frames: Mapping[int, tuple[int, ...]]
    noticed: Noticed

    @property
    def universe(self) -> dict[str, frozenset[int]]:
        """The elements of each kind that may be out of normal form."""
        return {
            "Space": _elements(self.tables["alive"]) | {0},
            "Memory": _elements(self.tables["size"]) | _values(self.tables["memory"]),
            "Mapping": _elements(self.tables["recorded"]) | _elements(self.tables["known"]),
            "Pool": _values(self.tables["pool"]),
            "Frame": _elements(self.tables["owner"]),
        }


def _elements(cells: Cells) -> frozenset[int]:
    return frozenset(int(key or 0) for (key,) in cells)


def _values(cells: Cells) -> frozenset[int]:
    return frozenset(int(each or 0) for each in cells.values())


class Sight:
    """Sees states of one design; what an object gives is kept as long as its body is the same."""

    def __init__(self, design: Design) -> None:
        self._counts = counts_for_ever(design)
        self._overlaps = ranges_may_overlap(design)
        self._noticed: Noticed = {}
        self._parts: dict[int, Part] = {}

    def seen(self, state: State, before: Noticed) -> Seen:
        """The kernel's state as the model sees it, where this was noticed in the run before."""
        now = noticed(state.objects, before) if self._overlaps else before
        if now != self._noticed:
            self._noticed, self._parts = now, {}
        tables: dict[str, Cells] = {name: {} for name in _NAMES}
        tables["kernel"][()] = KERNEL_PAGE
        tables["limit"][()] = WORD_LIMIT // PAGE_BYTES
        parts: dict[int, Part] = {}
        for name, known in state.objects.items():
            if isinstance(known.body, Memory | EventPool | AddressSpace):
                parts[name] = self._part(state.objects, name, known.body)
        for part in parts.values():
            for table, cells in part.cells.items():
                tables[table].update(cells)
        self._parts = parts
        frames = {name: part.frames for name, part in parts.items() if part.frames}
        return Seen(tables, frames, now)

    def _part(self, objects: Objects, name: int, body: Memory | EventPool | AddressSpace) -> Part:
        of = (body, *_mapped(objects, body)) if isinstance(body, AddressSpace) else (body,)
        known = self._parts.get(name)
        if known is not None and list(map(id, known.of)) == list(map(id, of)):
            return known
        part = self._read(objects, name, body, of)
        return replace(part, cells={t: _out_of_normal(t, c) for t, c in part.cells.items()})

    def _read(
        self,
        objects: Objects,
        name: int,
        body: Memory | EventPool | AddressSpace,
        of: tuple[Body | None, ...],
    ) -> Part:
        match body:
            case Memory():
                return self._of_memory(name, body)
            case EventPool():
                return _of_pool(name, body)
            case AddressSpace():
                return _of_space(objects, name, body, of, self._noticed)

    def _of_memory(self, name: int, body: Memory) -> Part:
        beside = self._noticed.get(name, NONE_BESIDE)
        frames = tuple(index for index, _ in seen_pages(body, beside, 0, body.size_pages))
        ends = [mapping(name, each.location.id) for each in body.mappings]
        counted: Cells = {(name,): _COUNTS[min(body.counted, 2)]} if self._counts else {}
        cells: dict[str, Cells] = {
            "size": {(name,): body.size_pages},
            "counted": counted,
            "owner": {(frame(name, index),): name for index in frames},
            "index": {(frame(name, index),): index for index in frames},
            "known": {(each,): True for each in ends},
            "memory": {(each,): name for each in ends},
        }
        return Part((body,), cells, frames)


def _out_of_normal(table: str, cells: Cells) -> Cells:
    """The cells without those that are in normal form."""
    if table not in _NOTHING_IS_NORMAL:
        return cells
    return {key: value for key, value in cells.items() if value}


_NOTHING_IS_NORMAL = frozenset(
    ("size", "counted", "index", "base", "length", "offset", "access", "may_write")
)
"""The tables that start with 0, with a truth that is not, or with NONE."""


def _mapped(objects: Objects, body: AddressSpace) -> Iterator[Body | None]:
    """The memories that the space maps."""
    for record in body.records:
        if isinstance(record, MemoryRecord):
            yield objects[record.memory].body


def _of_pool(name: int, body: EventPool) -> Part:
    if body.mapped_in == NOTHING:
        return Part((body,), {})
    key = (mapping(body.mapped_in, body.mapped_at),)
    return Part((body,), {"known": {key: True}, "pool": {key: name}})


def _of_space(
    objects: Objects, name: int, body: AddressSpace, of: tuple[Body | None, ...], beside: Noticed
) -> Part:
    cells: dict[str, Cells] = {each: {} for each in _NAMES}
    cells["alive"][space(name),] = True
    for record in body.records:
        _add_record(cells, name, record)
        if isinstance(record, MemoryRecord):
            cells["entry"].update(_entries(objects, body, record, beside))
    return Part(of, cells)


def _add_record(cells: dict[str, Cells], name: int, record: Record) -> None:
    key = (element(name, record),)
    cells["recorded"][key] = True
    cells["space"][key] = space(name)
    cells["base"][key] = record.start
    cells["length"][key] = record.pages
    match record:
        case MemoryRecord(location=location, memory=memory):
            cells["memory"][key] = memory
            cells["offset"][key] = location.offset
            cells["access"][key] = access(location.access)
            cells["may_write"][key] = bool(location.granted & WRITE)
        case PoolRecord(pool=pool):
            cells["pool"][key] = pool
        case PhysRecord():
            cells["known"][key] = True


def _entries(
    objects: Objects, body: AddressSpace, record: MemoryRecord, beside: Noticed
) -> Iterator[tuple[tuple[Value, ...], Value]]:
    """The pages of the mapping at which the page table has the frame of the memory's page."""
    location, memory = record.location, objects[record.memory].body
    assert isinstance(memory, Memory), record
    more, end = beside.get(record.memory, NONE_BESIDE), location.offset + location.pages
    for index, its_frame in seen_pages(memory, more, location.offset, end):
        at = record.start + index - location.offset
        if spans.frame_at(body.tables.entries, at) == its_frame:
            yield (mapping(record.memory, location.id), frame(record.memory, index)), at


_NAMES = (
    "kernel",
    "limit",
    "alive",
    "size",
    "counted",
    "owner",
    "index",
    "recorded",
    "known",
    "space",
    "memory",
    "pool",
    "base",
    "length",
    "offset",
    "access",
    "may_write",
    "entry",
)
