"""What a call refuses that updates a mapping, as questions about the state before the call.

Where one call also resizes the memory, the mapping is changed last: what it meets then is worked
out here from the state before.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from reference_kernel.guarantees.asking import Asked, Question
from reference_kernel.guarantees.asking_memory import (
    PAGES_OF_A_WORD,
    misaligned,
    not_canonical,
    page,
    record_there,
    resident,
    taken,
    wants_access,
    writable_spaces,
)
from reference_kernel.records import ACCESS, CACHE, READ, Location, MemoryRecord, Record
from reference_kernel.state import NOTHING, Memory
from spec.design import Design, MappingUpdate, OptionBits, ResizeInPlace, UpdateSteps
from spec.options import MemoryUpdate, MemoryUpdateMapping, UpdateMappingApart
from spec.sizes import mapped_pages


@dataclass(frozen=True, slots=True)
class _Form:
    """Where a call has its arguments; the new address stands behind the pages of the mapping.

    `resizes` tells that the first two may be a memory and its new size.
    """

    space_at: int
    address_at: int
    pages_at: int
    resizes: bool

    def has(self, asked: Asked, name: str) -> bool:
        """Whether the option word has that bit, as the design numbers it."""
        if self.resizes:
            return bool(asked.call.options & MemoryUpdate[name])
        apart = asked.design.option_bits is OptionBits.DISJOINT
        bits = UpdateMappingApart if apart else MemoryUpdateMapping
        return bool(asked.call.options & bits[name])

    def resizes_now(self, asked: Asked) -> bool:
        """Whether another size of the memory is asked for."""
        return self.resizes and self.has(asked, "RESIZE")

    def changes(self, asked: Asked) -> bool:
        """Whether the call looks for a mapping."""
        asks = ("UPDATE_SIZE", "UPDATE_FLAGS", "UPDATE_BASE")
        return not self.resizes or any(self.has(asked, name) for name in asks)

    def moves(self, asked: Asked) -> bool:
        """Whether the mapping is to start elsewhere."""
        may = asked.design.mapping_update is MappingUpdate.SIZE_FLAGS_BASE
        return may and self.has(asked, "UPDATE_BASE")

    def changes_access(self, asked: Asked) -> bool:
        """Whether the mapping is to allow something else."""
        may = asked.design.mapping_update is not MappingUpdate.SIZE_ONLY
        return may and self.has(asked, "UPDATE_FLAGS")

    def record(self, asked: Asked) -> Record | None:
        """What starts where the call says."""
        return record_there(asked, self.space_at, self.address_at)


@dataclass(frozen=True, slots=True)
class _Met:
    """What the update meets: a mapping of a memory that has so many pages by then.

    `is_fresh` tells that pages which the memory has not had before have frames.
    """

    memory: Memory
    size_pages: int
    is_fresh: bool
    old: Location
    records: tuple[Record, ...]

    def has_frames(self, first: int, pages: int) -> bool:
        """Whether one of so many pages of the memory is resident by then."""
        end = min(first + pages, self.size_pages)
        fresh = self.is_fresh and max(first, self.memory.size_pages) < end
        return fresh or resident(self.memory, first, end - first)


def _met(form: _Form, asked: Asked) -> _Met:
    record = form.record(asked)
    assert isinstance(record, MemoryRecord), asked
    memory = asked.state.body(record.memory)
    assert isinstance(memory, Memory), asked
    records = asked.address_space(form.space_at).records
    size = memory.size_pages
    if form.resizes_now(asked):
        size = asked.word(1)
        records = tuple(_cut(each, record.memory, size) for each in records)
        records = tuple(each for each in records if each.pages >= 0)
        record = _cut(record, record.memory, size)
        assert isinstance(record, MemoryRecord), asked
    is_fresh = form.resizes_now(asked) and not form.has(asked, "LAZY_ALLOC")
    return _Met(memory, size, is_fresh, record.location, records)


def _cut(record: Record, memory: int, size_pages: int) -> Record:
    """The record when the memory has so many pages; with less than no page when it is gone."""
    if not isinstance(record, MemoryRecord) or record.memory != memory:
        return record
    location = record.location
    rest = size_pages - location.offset
    if rest >= location.pages:
        return record
    return MemoryRecord(location._replace(pages=rest or -1), memory)


def _pages(form: _Form, asked: Asked, met: _Met) -> int | None:
    """How many pages the mapping is to have; None where its memory has no such pages."""
    if met.old.pages < 0:
        return None
    if not form.has(asked, "UPDATE_SIZE"):
        return met.old.pages
    exact = asked.word(form.pages_at) if form.has(asked, "EXACT_SIZE") else None
    return mapped_pages(met.size_pages, met.old.offset, exact)


def _new(form: _Form, asked: Asked, met: _Met) -> Location:
    """Where the mapping is afterwards, if nothing is refused."""
    pages = _pages(form, asked, met)
    assert pages is not None, asked
    start = page(asked, form.pages_at + 1) if form.moves(asked) else met.old.start
    options = asked.call.options & (ACCESS | CACHE)
    access = options if form.changes_access(asked) else met.old.access
    return met.old._replace(start=start, pages=pages, access=access)


def _at_once(design: Design) -> bool:
    return design.update_steps is UpdateSteps.ALL_OR_NOTHING


def _too_many(form: _Form, asked: Asked) -> bool:
    exact = form.has(asked, "UPDATE_SIZE") and form.has(asked, "EXACT_SIZE")
    return exact and asked.word(form.pages_at) >= PAGES_OF_A_WORD


def _exceeds(form: _Form, asked: Asked) -> bool:
    access, old = asked.call.options & ACCESS, _met(form, asked).old
    return form.changes_access(asked) and bool(access and (access | READ) & ~old.granted)


def _outside(form: _Form, asked: Asked) -> bool:
    return _pages(form, asked, _met(form, asked)) is None


def _new_zone_taken(form: _Form, asked: Asked) -> bool:
    met = _met(form, asked)
    new = _new(form, asked, met)
    if new.start == met.old.start:
        return False
    moved = new if _at_once(asked.design) else met.old._replace(start=new.start)
    return taken(asked, met.records, MemoryRecord(moved, NOTHING), besides=met.old.start)


def _grown_zone_taken(form: _Form, asked: Asked) -> bool:
    met = _met(form, asked)
    new = _new(form, asked, met)
    if new.pages <= met.old.pages or (_at_once(asked.design) and new.start != met.old.start):
        return False
    return taken(asked, met.records, MemoryRecord(new, NOTHING), besides=met.old.start)


def _grows_without_access(form: _Form, asked: Asked) -> bool:
    met = _met(form, asked)
    old, new = met.old, _new(form, asked, met)
    if _at_once(asked.design):
        denied = not new.access & ACCESS and met.has_frames(new.offset, new.pages)
        return new.access & ACCESS == old.access & ACCESS and denied
    tail = old.offset + old.pages, new.pages - old.pages
    return new.pages > old.pages and not old.access & ACCESS and met.has_frames(*tail)


def _left_without_access(form: _Form, asked: Asked) -> bool:
    met = _met(form, asked)
    new = _new(form, asked, met)
    if not form.changes_access(asked) or new.access & ACCESS:
        return False
    return wants_access(asked.design) or met.has_frames(new.offset, new.pages)


def _maps_no_memory(form: _Form, asked: Asked) -> bool:
    return not isinstance(form.record(asked), MemoryRecord)


def _maps_another(form: _Form, asked: Asked) -> bool:
    record = form.record(asked)
    assert isinstance(record, MemoryRecord), asked
    return form.resizes_now(asked) and record.memory != asked.target(0)


def _mapped_twice(form: _Form, asked: Asked) -> bool:
    memory = asked.memory(0)
    one = asked.design.resize_in_place is ResizeInPlace.ONE_MAPPING
    return one and asked.word(1) != memory.size_pages and memory.counted > 1


def _mapping_of_others(form: _Form, asked: Asked) -> bool:
    own, size = writable_spaces(asked), asked.word(1)
    return any(
        space not in own
        and location.offset + location.pages > size
        and asked.state.body(space) is not None
        for space, location in asked.memory(0).mappings
    )


_Ask = Callable[[_Form, Asked], bool]


def _of_mapping(form: _Form, ask: _Ask) -> Question:
    return lambda asked: form.changes(asked) and ask(form, asked)


def _of_memory(form: _Form, ask: _Ask) -> Question:
    return lambda asked: form.resizes_now(asked) and ask(form, asked)


def _rows(form: _Form, too_many: str) -> dict[str, Question]:
    """What is asked of the mapping; the others of both forms are the callers' own."""
    new_at = form.pages_at + 1
    asks: dict[str, _Ask] = {
        "address_misaligned": lambda form, asked: misaligned(form.address_at)(asked),
        "address_not_canonical": lambda form, asked: not_canonical(form.address_at)(asked),
        "new_address_misaligned": lambda form, asked: (
            form.moves(asked) and misaligned(new_at)(asked)
        ),
        "new_address_not_canonical": lambda form, asked: (
            form.moves(asked) and not_canonical(new_at)(asked)
        ),
        too_many: _too_many,
        "no_mapping_there": lambda form, asked: form.record(asked) is None,
        "maps_no_memory": _maps_no_memory,
        "exceeds_the_capability": _exceeds,
        "outside_the_memory": _outside,
        "new_zone_taken": _new_zone_taken,
        "zone_taken": _grown_zone_taken,
        "grows_without_access": _grows_without_access,
        "no_access": _left_without_access,
    }
    return {name: _of_mapping(form, ask) for name, ask in asks.items()}


_MAPPING = _Form(0, 1, 2, resizes=False)
_BOTH = _Form(2, 3, 4, resizes=True)

UPDATING_CALLS: Mapping[str, dict[str, Question]] = {
    "memory_update_mapping": _rows(_MAPPING, "too_many_pages"),
    "memory_update": {
        **_rows(_BOTH, "too_many_mapped_pages"),
        "too_many_pages": _of_memory(_BOTH, lambda _, asked: asked.word(1) >= PAGES_OF_A_WORD),
        "maps_another_memory": _of_mapping(_BOTH, _maps_another),
        "no_pages": _of_memory(_BOTH, lambda _, asked: asked.word(1) == 0),
        "mapped_twice": _of_memory(_BOTH, _mapped_twice),
        "mapping_of_others": _of_memory(_BOTH, _mapping_of_others),
    },
}
"""What these calls refuse besides the look-up of their arguments."""
