"""MEM-1 to MEM-6: mappings, page tables and the rights behind them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from reference_kernel import spans
from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import Broken, full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Outcome
from reference_kernel.page_tables import key
from reference_kernel.pages import PageState, resident_within
from reference_kernel.records import (
    ACCESS,
    READ,
    WRITE,
    Mapping,
    MemoryRecord,
    PhysRecord,
    PoolRecord,
    access_given,
)
from reference_kernel.spans import Span
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    CapabilitySpace,
    EventPool,
    Memory,
    State,
    Thread,
)
from spec.design import Design
from spec.ids import ObjectType, rights_of, type_of
from spec.rights import Right
from spec.sizes import KERNEL_START, PAGE_BYTES, pages_of
from spec.syscalls import BY_NAME

_KERNEL_PAGE = KERNEL_START // PAGE_BYTES
_MAP = BY_NAME["memory_map"].number
_PHYS_MAP = BY_NAME["phys_mem_map"].number
_RESIZES = frozenset({BY_NAME["memory_resize"].number, BY_NAME["memory_update"].number})

_Looks = Callable[[State, int, AddressSpace], str | None]


def _spaces(state: State, names: Iterable[int]) -> Iterator[tuple[int, AddressSpace]]:
    for name in sorted(names):
        body = state.body(name)
        if isinstance(body, AddressSpace):
            yield name, body


def _of_each_space(looks: _Looks) -> Broken:
    def check(
        _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
    ) -> str | None:
        found = (looks(after, *each) for each in _spaces(after, after.objects))
        return next((why for why in found if why), None)

    return check


def _of_changed_spaces(looks: _Looks) -> Broken:
    """The same of address spaces that changed, or map a memory that did."""

    def check(
        _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
    ) -> str | None:
        found = (looks(after, *each) for each in _spaces(after, _touched(before, after)))
        return next((why for why in found if why), None)

    return check


def _touched(before: State, after: State) -> set[int]:
    names = set()
    for name in changed_objects(before, after):
        names.add(name)
        for body in (before.body(name), after.body(name)):
            if isinstance(body, Memory):
                names.update(each.space for each in body.mappings)
            elif isinstance(body, EventPool):
                names.add(body.mapped_in)
    return names


def _mappings_are_disjoint(after: State, name: int, body: AddressSpace) -> str | None:
    reached = 0
    for record in body.records:
        end = record.start + record.pages
        if record.pages and record.start < reached:
            return f"two mappings of {title(after, name)} share page {record.start:#x}"
        if end > _KERNEL_PAGE:
            return f"a mapping of {title(after, name)} reaches into the kernel"
        reached = max(reached, end)
    return None


def _page_tables_match_records(after: State, name: int, body: AddressSpace) -> str | None:
    expected: list[Span] = []
    for record in body.records:
        expected += _entries(after, name, record)
    expected.sort()
    for first, second in pairwise(expected):
        if second.first < first.end:
            return f"two records of {title(after, name)} cover page {second.first:#x}"
    present = spans.joined(expected)
    if present != body.tables.entries:
        wrong = set(present) ^ set(body.tables.entries)
        page = min(each.first for each in wrong)
        return f"the entries of {title(after, name)} are not what its records say of {page:#x}"
    return _tables_count_their_entries(after, name, body)


def _entries(
    after: State, name: int, record: MemoryRecord | PoolRecord | PhysRecord
) -> Iterator[Span]:
    """What the page tables of the space have to hold for the record."""
    match record:
        case MemoryRecord(location=location):
            memory = after.body(record.memory)
            assert isinstance(memory, Memory), record
            shift = location.start - location.offset
            end = location.offset + location.pages
            for at, run in resident_within(memory.pages, location.offset, end):
                shared = run.state is PageState.SHARED
                note = location.access & ~WRITE if shared else location.access
                yield Span(at + shift, at + shift + run.length, run.frame, note)
        case PhysRecord() if record.pages:
            yield Span(record.start, record.start + record.pages, record.frame, record.access)
        case PoolRecord():
            pool = after.body(record.pool)
            assert isinstance(pool, EventPool), record
            yield from (
                _shown(pool) if (pool.mapped_in, pool.mapped_at) == (name, record.start) else ()
            )
        case PhysRecord():
            pass


def _shown(pool: EventPool) -> Iterator[Span]:
    """The pages in which the pool shows the events that were read last."""
    count = pages_of(pool.reads.written_bytes) if pool.is_shown else 0
    for page, frame in enumerate(pool.reads.frames[:count], start=pool.mapped_at):
        yield Span(page, page + 1, frame, READ | WRITE)


def _tables_count_their_entries(after: State, name: int, body: AddressSpace) -> str | None:
    counts: dict[int, int] = {}
    for entry in body.tables.entries:
        for leaf in range(entry.first >> 9, (entry.end - 1 >> 9) + 1):
            covered = min(entry.end, leaf + 1 << 9) - max(entry.first, leaf << 9)
            own = key(1, leaf << 9)
            counts[own] = counts.get(own, 0) + covered
    for level in (2, 3):
        below = [each for each in counts if each >> 56 == level - 1]
        for each in below:
            own = key(level, (each & (1 << 56) - 1) << 9 * (level - 1))
            counts[own] = counts.get(own, 0) + 1
    found = {own: count for own, (_, count) in body.tables.tables.items()}
    if found != counts:
        return f"the tables of {title(after, name)} do not count what they hold"
    return None


def _mapping_is_granted(after: State, name: int, body: AddressSpace) -> str | None:
    """What can be written or executed can be read: page tables know no other access."""
    for record in body.records:
        if isinstance(record, MemoryRecord):
            access = access_given(record.location.access)
            if access & ~record.location.granted:
                return (
                    f"the mapping at page {record.start:#x} of {title(after, name)} allows "
                    "what its capability did not"
                )
    return None


def mapping_rights_come_from_the_capability(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """No mapping allows more than its capability did, and no new one was granted more."""
    why = _of_each_space(_mapping_is_granted)(design, before, event, outcome, after)
    return why or _new_mapping_is_granted(before, event, after)


def _mapping_rights_come_from_the_capability_here(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    why = _of_changed_spaces(_mapping_is_granted)(design, before, event, outcome, after)
    return why or _new_mapping_is_granted(before, event, after)


def _new_mapping_is_granted(before: State, event: Event, after: State) -> str | None:
    if not isinstance(event, CallMade) or event.number not in (_MAP, _PHYS_MAP):
        return None
    word = event.arguments[1]
    allowed = 0
    if rights_of(word) & Right.READ:
        allowed |= READ | ACCESS & ~WRITE
    if rights_of(word) & Right.WRITE:
        allowed |= WRITE
    for name, body in _spaces(after, changed_objects(before, after)):
        old = before.body(name)
        known = old.records if isinstance(old, AddressSpace) else ()
        for record in body.records:
            if record in known:
                continue
            granted = record.location.granted if isinstance(record, MemoryRecord) else 0
            access = access_given(record.access) if isinstance(record, PhysRecord) else granted
            if access & ~allowed:
                return f"{word:x} gave a mapping that it does not allow"
    return None


def both_sides_agree(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Memories and pools know of just the records of address spaces, and count them right."""
    return _disagreement(after, sorted(after.objects))


def _both_sides_agree_here(
    _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    names = set()
    for name in changed_objects(before, after):
        names.add(name)
        old = before.body(name)
        if isinstance(old, AddressSpace):
            names.update(_mapped_by(old))
    return _disagreement(after, sorted(names))


def _mapped_by(body: AddressSpace) -> Iterator[int]:
    for record in body.records:
        if isinstance(record, MemoryRecord):
            yield record.memory
        elif isinstance(record, PoolRecord):
            yield record.pool


def _disagreement(after: State, names: list[int]) -> str | None:
    for name in names:
        match after.body(name):
            case AddressSpace() as body:
                why = _space_disagrees(after, name, body)
            case Memory() as memory:
                why = _memory_disagrees(after, name, memory)
            case EventPool() as pool:
                why = _pool_disagrees(after, name, pool)
            case _:
                why = None
        if why:
            return why
    return None


def _space_disagrees(after: State, name: int, body: AddressSpace) -> str | None:
    for record in body.records:
        if isinstance(record, MemoryRecord):
            memory = after.body(record.memory)
            assert isinstance(memory, Memory), record
            if Mapping(name, record.location) not in memory.mappings:
                return f"{title(after, record.memory)} does not know of {title(after, name)}"
        elif isinstance(record, PoolRecord):
            pool = after.body(record.pool)
            assert isinstance(pool, EventPool), record
            if (pool.mapped_in, pool.mapped_at) != (name, record.start):
                return f"{title(after, record.pool)} does not know of {title(after, name)}"
    return None


def _memory_disagrees(after: State, name: int, memory: Memory) -> str | None:
    if memory.counted != len(memory.mappings):
        return f"{title(after, name)} counts {memory.counted} mappings"
    for space, location in memory.mappings:
        body = after.body(space)
        records = body.records if isinstance(body, AddressSpace) else ()
        if MemoryRecord(location, name) not in records:
            return f"{title(after, space)} does not know of {title(after, name)}"
    return None


def _pool_disagrees(after: State, name: int, pool: EventPool) -> str | None:
    if pool.mapped_in == NOTHING:
        return None
    body = after.body(pool.mapped_in)
    records = body.records if isinstance(body, AddressSpace) else ()
    if PoolRecord(pool.mapped_at, pool.max_pages, name) not in records:
        return f"{title(after, pool.mapped_in)} does not know of {title(after, name)}"
    return None


def resize_respects_other_spaces(
    _design: Design, before: State, event: Event, _outcome: Outcome, after: State
) -> str | None:
    """A resize changes only address spaces to which the caller has a capability with WRITE."""
    if not isinstance(event, CallMade) or event.number not in _RESIZES:
        return None
    caller = before.body(event.thread)
    assert isinstance(caller, Thread), event
    own = before.body(caller.capability_space)
    assert isinstance(own, CapabilitySpace), event
    allowed = {
        target
        for word, target in own.entries.items()
        if type_of(word) == ObjectType.ADDRESS_SPACE and rights_of(word) & Right.WRITE
    }
    for name, body in _spaces(after, changed_objects(before, after)):
        old = before.body(name)
        same = isinstance(old, AddressSpace) and old.records == body.records
        if name not in allowed and not same:
            return f"the resize changed what is mapped in {title(after, name)}"
    return None


CHECKS = (
    full("MEM-1", _of_each_space(_mappings_are_disjoint)),
    quick("MEM-1", _of_changed_spaces(_mappings_are_disjoint), AddressSpace),
    full("MEM-2", _of_each_space(_page_tables_match_records)),
    quick("MEM-2", _of_changed_spaces(_page_tables_match_records), AddressSpace, EventPool, Memory),
    full("MEM-4", mapping_rights_come_from_the_capability),
    quick("MEM-4", _mapping_rights_come_from_the_capability_here, AddressSpace),
    full("MEM-5", both_sides_agree),
    quick("MEM-5", _both_sides_agree_here, AddressSpace, EventPool, Memory),
    full("MEM-6", resize_respects_other_spaces),
    quick("MEM-6", resize_respects_other_spaces, *_RESIZES),
)
