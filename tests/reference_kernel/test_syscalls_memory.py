"""Memories, mappings and page tables: what the calls do in each design and build."""

from dataclasses import replace

import pytest

from reference_kernel.machine import MACHINE, Machine, Zone
from reference_kernel.outcomes import Done, Ended, Ok, Panic, Refused
from reference_kernel.pages import PageState, Run
from reference_kernel.records import MemoryRecord
from reference_kernel.state import AddressSpace
from spec.design import (
    Design,
    EmptyAccess,
    FreshPages,
    LazyPages,
    MapOffset,
    MappingCount,
    MappingUpdate,
    OptionBits,
    Overflow,
    PageUnit,
    PoolUnmap,
    RangeRule,
    ResizeInPlace,
    SizeTypes,
    UpdateSteps,
    UserFaults,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.options import UpdateMappingApart
from spec.panics import (
    HEAP_LIST,
    NO_LEAF,
    NO_PAGES_MORE,
    NO_TABLE,
    PAGE_FAULT,
    SIZE_SUM,
    PanicPlace,
)
from spec.sizes import KERNEL_START, PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALL,
    ALLOCATOR,
    EXACT_SIZE,
    GROW_MAPPING,
    IN_PLACE,
    LAZY,
    MAX_SIZE,
    MEMORY,
    MMIO_ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    UPDATE_BASE,
    UPDATE_FLAGS,
    UPDATE_SIZE,
    WEAK,
    WRITE,
    ZEROED,
    Program,
)

AT = 0x50_0000_0000
TABLE_BYTES = PAGE_BYTES * 512
NO_MEMORY = "no_memory_for_memory"
TRAPPING = replace(MACHINE, overflow=Overflow.PANICS)


def with_choice(**choices: object) -> Design:
    """As built, but for these choices."""
    return replace(AS_BUILT, **choices)  # type: ignore[arg-type]


class Mapped(Program):
    """A program with some calls in short."""

    def new(self, pages: int, options: int = 0) -> int:
        """A new memory."""
        return self.ok("memory_new", ALLOCATOR, pages, options=options | RIGHTS_ASKED)[0]

    def map(self, memory: int, address: int, options: int = READ | WRITE, **part: int) -> int:
        """A mapping in the caller's address space; gives its pages."""
        words = (ADDRESS_SPACE, memory, address, part.get("pages", 0), part.get("offset", 0))
        limited = MAX_SIZE if "pages" in part else 0
        return self.ok("memory_map", *words, options=options | limited)[0]

    def unmap(self, address: int) -> None:
        """The mapping goes."""
        self.ok("address_space_unmap", ADDRESS_SPACE, address)

    def update(self, address: int, options: int, pages: int = 0, base: int = 0) -> int:
        """The mapping is updated; gives its pages."""
        words = (ADDRESS_SPACE, address, pages, base)
        return self.ok("memory_update_mapping", *words, options=options)[0]

    def starts(self) -> list[int]:
        """Where mappings start that boot did not make."""
        body = self.state.body(self.named(ADDRESS_SPACE))
        assert isinstance(body, AddressSpace)
        own = AT // PAGE_BYTES
        return [each.start * PAGE_BYTES for each in body.records if each.start >= own]

    def panics(self, name: str, *words: int, options: int = 0) -> str:
        """The call panics the kernel: there."""
        outcome = self.call(name, *words, options=options)
        assert isinstance(outcome, Panic), outcome
        return outcome.place


def test_pages_come_in_blocks_and_a_memory_may_have_more_than_its_size() -> None:
    program = Mapped(AS_BUILT)
    body = program.memory_body(program.new(5))
    assert (body.size_pages, [run.length for run in body.pages]) == (5, [8])
    exact = Mapped(PROPOSED)
    assert sum(run.length for run in exact.memory_body(exact.new(5)).pages) == 5


@pytest.mark.parametrize("lazy", [False, True])
def test_growing_into_pages_that_are_there_panics(lazy: bool) -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(5)
    if lazy:
        program.ok("memory_resize", memory, 8, options=LAZY)
        assert program.memory_body(memory).size_pages == 8
    else:
        assert program.panics("memory_resize", memory, 8) == NO_PAGES_MORE.place


@pytest.mark.parametrize("options", [0, LAZY])
def test_growing_by_less_than_there_is_wraps_or_traps(options: int) -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(5)
    refused = program.refusal("memory_resize", memory, 6, options=options)
    assert refused == "no_memory_for_pages"
    trapping = Mapped(AS_BUILT, TRAPPING)
    assert trapping.panics("memory_resize", trapping.new(5), 6)
    other = Mapped(replace(AS_BUILT, page_unit=PageUnit.WHOLE_BLOCK))
    memory = other.new(5)
    for count, pages in ((5, 8), (6, 8), (8, 8), (9, 9)):
        assert other.ok("memory_resize", memory, count) == (count,)
        assert sum(run.length for run in other.memory_body(memory).pages) == pages


@pytest.mark.parametrize(("options", "rights"), [(0, ALL & ~8), (WEAK, ALL)])
def test_who_may_hold_a_memory_maps_it(options: int, rights: int) -> None:
    """A strong capability needs no right for that, a weak one UPGRADE."""
    program = Mapped(PROPOSED)
    memory = program.clone(program.new(1), options, rights=rights)
    assert program.map(memory, AT) == 1
    assert not program.broken


def test_the_list_of_the_pages_of_a_memory_has_to_fit_the_machine() -> None:
    program = Mapped(PROPOSED)
    most = MACHINE.frames * PAGE_BYTES // 8
    words = (ALLOCATOR, most)
    assert program.refusal("memory_new", *words, options=LAZY | RIGHTS_ASKED) == NO_MEMORY
    assert program.memory_body(program.new(most - 1, LAZY)).size_pages == most - 1


def test_a_mapping_counts_as_long_as_its_offset() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(4)
    program.map(memory, AT, pages=1, offset=3)
    words = (ADDRESS_SPACE, memory, AT + PAGE_BYTES, 0, 0)
    assert program.refusal("memory_map", *words, options=READ) == "zone_taken"
    right = Mapped(with_choice(range_rule=RangeRule.TRUE_SIZE))
    memory = right.new(4)
    right.map(memory, AT, pages=1, offset=3)
    right.map(memory, AT + PAGE_BYTES, pages=1)


@pytest.mark.parametrize(("pages", "place"), [(2, NO_LEAF), (1, NO_TABLE)])
def test_unmapping_what_another_mapping_took_away_panics(pages: int, place: PanicPlace) -> None:
    """Whether the leaf table is still there decides where: it goes with its last entry."""
    program = Mapped(AS_BUILT)
    program.map(program.new(2), AT)
    program.map(program.new(pages), AT + PAGE_BYTES)
    program.unmap(AT)
    unmaps = (ADDRESS_SPACE, AT + PAGE_BYTES)
    assert program.panics("address_space_unmap", *unmaps) == place.place


def test_tables_go_with_their_last_entry() -> None:
    program = Mapped(AS_BUILT)
    before = program.state.body(program.named(ADDRESS_SPACE))
    program.map(MEMORY, AT)
    program.map(MEMORY, AT + TABLE_BYTES - PAGE_BYTES)
    program.unmap(AT)
    program.unmap(AT + TABLE_BYTES - PAGE_BYTES)
    assert program.state.body(program.named(ADDRESS_SPACE)) == before


def test_a_mapping_over_the_kernel_damages_its_heap() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(2)
    words = (ADDRESS_SPACE, memory, KERNEL_START - PAGE_BYTES, 0, 0)
    assert program.panics("memory_map", *words, options=READ) == HEAP_LIST.place
    safe = Mapped(PROPOSED)
    words = (ADDRESS_SPACE, safe.new(2), KERNEL_START - PAGE_BYTES, 0, 0)
    assert safe.refusal("memory_map", *words, options=READ) == "zone_taken"


@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("types", list(SizeTypes))
def test_a_size_that_is_too_large_for_a_word(overflow: Overflow, types: SizeTypes) -> None:
    machine = replace(MACHINE, overflow=overflow)
    program = Mapped(with_choice(size_types=types), machine)
    words = (ADDRESS_SPACE, program.new(4), AT, (1 << 52) - 1, 1)
    outcome = program.call("memory_map", *words, options=READ | MAX_SIZE)
    if types is SizeTypes.PAGE_SIZE_TYPE:
        assert isinstance(outcome, Refused)
        assert outcome.refusal == "outside_the_memory"
    else:
        assert isinstance(outcome, Panic)
        assert (outcome.place == SIZE_SUM.place) == (overflow is Overflow.PANICS)


@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize("types", list(SizeTypes))
def test_a_device_that_ends_at_no_address(overflow: Overflow, types: SizeTypes) -> None:
    machine = replace(MACHINE, overflow=overflow)
    program = Mapped(with_choice(size_types=types), machine)
    words = (MMIO_ALLOCATOR, ALLOCATOR, 0xFEE0_0000, (1 << 52) - 1)
    outcome = program.call("mmio_allocator_alloc", *words)
    if types is SizeTypes.PAGE_SIZE_TYPE:
        assert outcome == Refused(Error.OVERFLOW, "too_many_pages")
    elif overflow is Overflow.PANICS:
        assert outcome == Panic(SIZE_SUM.place, SIZE_SUM.why)
    else:
        assert isinstance(outcome, Ok)


def test_an_end_beyond_the_last_address_wraps_as_built() -> None:
    last = (1 << 64) - PAGE_BYTES
    program = Mapped(AS_BUILT)
    memory = program.new(2, LAZY)
    assert program.map(memory, last, READ, offset=1) == 1
    trapping = Mapped(AS_BUILT, TRAPPING)
    words = (ADDRESS_SPACE, trapping.new(2, LAZY), last, 0, 1)
    assert trapping.panics("memory_map", *words, options=READ) == SIZE_SUM.place


def test_the_count_of_mappings_is_renewed_when_its_table_doubles() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(1, LAZY)
    counts = []
    for _ in range(4):
        program.map(memory, AT)
        program.unmap(AT)
        counts.append((program.memory_body(memory).counted, program.memory_body(memory).buckets))
    assert counts == [(1, 1), (1, 2), (2, 2), (1, 4)]
    exact = Mapped(with_choice(mapping_count=MappingCount.EXACT))
    memory = exact.new(1, LAZY)
    exact.map(memory, AT)
    exact.unmap(AT)
    assert exact.ok("memory_resize", memory, 3) == (3,)


def test_the_table_of_mappings_doubles_when_it_is_more_than_three_quarters_full() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(1, LAZY)
    counts = []
    for number in range(8):
        program.map(memory, AT + number * PAGE_BYTES)
        counts.append((program.memory_body(memory).counted, program.memory_body(memory).buckets))
    assert counts == [(1, 1), (2, 2), (3, 4), (4, 4), (5, 8), (6, 8), (7, 8), (8, 16)]


def test_a_memory_learns_of_the_end_of_an_address_space_where_it_counts() -> None:
    for count, left in ((MappingCount.INSERTS_ONLY, 1), (MappingCount.EXACT, 0)):
        program = Mapped(with_choice(mapping_count=count))
        (space,) = program.ok("address_space_new", ALLOCATOR)
        program.ok("memory_map", space, MEMORY, AT, 0, 0, options=READ)
        program.destroy(space)
        assert len(program.memory_body(MEMORY).mappings) == 1 + left


def test_cache_bits_are_size_bits_unless_they_are_apart() -> None:
    """K32: asking for write-through makes the mapping grow."""
    program = Mapped(AS_BUILT)
    memory = program.new(4)
    program.map(memory, AT, pages=2)
    assert program.update(AT, UPDATE_FLAGS | READ | 8) == 4
    apart = Mapped(with_choice(option_bits=OptionBits.DISJOINT))
    memory = apart.new(4)
    apart.map(memory, AT, pages=2)
    assert apart.update(AT, UPDATE_FLAGS | READ | 8) == 2
    assert apart.update(AT, int(UpdateMappingApart.UPDATE_SIZE)) == 4


@pytest.mark.parametrize("steps", list(UpdateSteps))
def test_an_update_of_two_parts_fails_in_steps_or_as_a_whole(steps: UpdateSteps) -> None:
    program = Mapped(with_choice(update_steps=steps))
    program.map(program.new(4), AT, pages=2)
    words = (ADDRESS_SPACE, AT, 1)
    options = UPDATE_SIZE | EXACT_SIZE | UPDATE_FLAGS
    outcome = program.call("memory_update_mapping", *words, options=options)
    committed = steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    assert isinstance(outcome, Refused)
    assert (outcome.refusal, outcome.after) == ("no_access", committed)
    assert program.update(AT, 0) == (1 if committed else 2)
    assert ("CAP-10" in program.broken) == committed


@pytest.mark.parametrize("steps", list(UpdateSteps))
def test_a_mapping_moves_where_the_design_lets_it(steps: UpdateSteps) -> None:
    choice = MappingUpdate.SIZE_FLAGS_BASE
    program = Mapped(with_choice(mapping_update=choice, update_steps=steps))
    program.map(program.new(4, ZEROED), AT, pages=2)
    program.writes(AT, 77)
    there = AT + TABLE_BYTES
    assert program.update(AT, UPDATE_BASE | UPDATE_SIZE | EXACT_SIZE, 3, there) == 3
    assert program.starts() == [there]
    assert program.reads(there) == 77
    fixed = Mapped(AS_BUILT)
    fixed.map(fixed.new(4), AT)
    assert fixed.update(AT, UPDATE_BASE, 0, there) == 4
    assert fixed.starts() == [AT]


def test_an_update_of_the_size_only_ignores_the_access() -> None:
    program = Mapped(with_choice(mapping_update=MappingUpdate.SIZE_ONLY))
    program.map(program.new(2), AT, READ)
    program.update(AT, UPDATE_FLAGS | WRITE)
    assert isinstance(program.writes(AT, 1), Panic)


def test_without_offsets_a_mapping_begins_with_the_first_page() -> None:
    program = Mapped(with_choice(map_offset=MapOffset.ZERO_ONLY))
    assert program.map(program.new(4), AT, offset=3) == 4


@pytest.mark.parametrize("choice", list(ResizeInPlace))
def test_a_memory_that_is_mapped_twice_is_resized_where_any_is(choice: ResizeInPlace) -> None:
    program = Mapped(with_choice(resize_in_place=choice))
    memory = program.new(4)
    program.map(memory, AT)
    program.map(memory, AT + TABLE_BYTES, pages=1, offset=3)
    outcome = program.call("memory_resize", memory, 2, options=IN_PLACE)
    if choice is ResizeInPlace.ONE_MAPPING:
        assert outcome == Refused(outcome.error, "mapped_twice")  # type: ignore[union-attr]
    else:
        assert outcome == Ok((2,))
        assert program.starts() == [AT]
        assert program.update(AT, 0) == 2


@pytest.mark.parametrize("steps", list(UpdateSteps))
def test_a_mapping_that_cannot_grow_leaves_the_memory_grown_or_not(steps: UpdateSteps) -> None:
    design = with_choice(update_steps=steps, range_rule=RangeRule.TRUE_SIZE)
    program = Mapped(design)
    memory = program.new(1)
    program.map(memory, AT)
    program.map(program.new(1), AT + PAGE_BYTES)
    options = IN_PLACE | GROW_MAPPING
    assert program.refusal("memory_resize", memory, 2, options=options) == "zone_taken"
    committed = steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    assert program.ok("memory_get_size", memory) == (2 if committed else 1,)


@pytest.mark.parametrize("choice", list(FreshPages))
def test_a_new_page_shows_what_its_frame_held_unless_it_is_cleared(choice: FreshPages) -> None:
    program = Mapped(with_choice(fresh_pages=choice), Machine((Zone(1 << 12, 9),), code_pages=1))
    secret = program.new(1)
    program.map(secret, AT)
    assert program.reads(AT) == (None if choice is FreshPages.UNCLEARED else 0)
    program.writes(AT, 0x5EC)
    program.unmap(AT)
    program.destroy(secret)
    other = program.new(1)
    program.map(other, AT + TABLE_BYTES)
    assert program.reads(AT + TABLE_BYTES) == (0x5EC if choice is FreshPages.UNCLEARED else 0)
    assert ("MEM-8" in program.broken) == (choice is FreshPages.UNCLEARED)


@pytest.mark.parametrize("unit", list(PageUnit))
def test_what_is_freed_comes_back_as_the_unit_has_it(unit: PageUnit) -> None:
    program = Mapped(with_choice(page_unit=unit), Machine((Zone(1 << 12, 7),), code_pages=1))
    made = 0
    for _ in range(20):
        outcome = program.call("memory_new", ALLOCATOR, 16, options=ZEROED)
        if isinstance(outcome, Refused):
            break
        made += 1
        assert isinstance(outcome, Ok)
        program.destroy(outcome.values[0])
    assert made == (6 if unit is PageUnit.BLOCK_FREED_SINGLY else 20)


@pytest.mark.parametrize("choice", list(LazyPages))
@pytest.mark.parametrize("zeroed", [0, ZEROED])
def test_a_lazy_page_is_filled_at_the_fault_or_not(choice: LazyPages, zeroed: int) -> None:
    design = with_choice(lazy_pages=choice, user_faults=UserFaults.END_THREAD)
    program = Mapped(design)
    memory = program.new(3, LAZY | zeroed)
    program.map(memory, AT)
    outcome = program.writes(AT + PAGE_BYTES, 5)
    if choice is LazyPages.FAULT_IN_KERNEL:
        assert outcome == Done()
        states = [run.state for run in program.memory_body(memory).pages]
        lazy = PageState.LAZY_ZEROED if zeroed else PageState.LAZY
        assert states == [lazy, PageState.OWNED, lazy]
        assert program.reads(AT + PAGE_BYTES) == 5
        assert program.reads(AT + PAGE_BYTES + 8) == (0 if zeroed else None)
    else:
        assert outcome == Ended()


def test_a_lazy_page_that_is_mapped_without_access_too_cannot_be_filled() -> None:
    program = Mapped(with_choice(lazy_pages=LazyPages.FAULT_IN_KERNEL))
    memory = program.new(1, LAZY)
    program.map(memory, AT, 0)
    program.map(memory, AT + TABLE_BYTES)
    assert isinstance(program.writes(AT + TABLE_BYTES, 5), Panic)
    assert "ROB-1" in program.broken


def test_no_mapping_is_without_access_where_the_design_forbids_it() -> None:
    program = Mapped(
        with_choice(empty_access=EmptyAccess.REFUSED, mapping_count=MappingCount.EXACT)
    )
    memory = program.new(1, LAZY)
    words = (ADDRESS_SPACE, memory, AT, 0, 0)
    assert program.call("memory_map", *words) == Refused(Error.INVL_ARGS, "no_access")
    program.map(memory, AT)
    outcome = program.call("memory_update_mapping", ADDRESS_SPACE, AT, 0, 0, options=UPDATE_FLAGS)
    assert outcome == Refused(Error.INVL_ARGS, "no_access")
    assert not program.broken


def test_a_page_fault_panics_the_kernel_as_built() -> None:
    program = Mapped(AS_BUILT)
    outcome = program.writes(AT, 1)
    assert isinstance(outcome, Panic)
    assert outcome.place == PAGE_FAULT.place
    assert "ROB-1" in program.broken


@pytest.mark.parametrize("choice", list(PoolUnmap))
def test_an_unmapped_pool_leaves_its_record_or_not(choice: PoolUnmap) -> None:
    program = Mapped(with_choice(pool_unmap=choice))
    (pool,) = program.ok("event_pool_new", ALLOCATOR, 2)
    assert program.ok("event_pool_map", ADDRESS_SPACE, pool, AT) == (2,)
    program.unmap(AT)
    outcome = program.call("event_pool_map", ADDRESS_SPACE, pool, AT)
    leaves = choice is PoolUnmap.LEAVES_RECORD
    assert isinstance(outcome, Refused) == leaves
    assert ("MEM-5" in program.broken) == leaves


FULL = Machine((Zone(1 << 12, 5),), code_pages=1)
"""Boot leaves no frame of it."""


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_without_frames_calls_refuse(design: Design) -> None:
    program = Mapped(design, FULL)
    before = program.state
    assert program.refusal("memory_new", ALLOCATOR, 1) == "no_memory_for_memory"
    assert program.refusal("address_space_new", ALLOCATOR) == "no_memory_for_address_space"
    assert program.state == before
    words = (ADDRESS_SPACE, MEMORY, AT, 0, 0)
    assert program.refusal("memory_map", *words, options=READ) == "no_memory_for_tables"
    assert ("CAP-10" in program.broken) == (design is AS_BUILT)
    assert not program.broken - {"CAP-10", "MEM-5"}


def test_tables_that_were_made_on_the_way_stay_as_built() -> None:
    spare = replace(FULL, zones=(Zone(1 << 12, 6),), taken=(((1 << 12) + 32 + 1, 0),))
    taken = tuple(((1 << 12) + 63 - at, 0) for at in range(31))
    program = Mapped(AS_BUILT, replace(spare, taken=taken))
    words = (ADDRESS_SPACE, MEMORY, AT, 0, 0)
    outcome = program.call("memory_map", *words, options=READ)
    assert isinstance(outcome, Refused)
    assert (outcome.refusal, outcome.after) == ("no_memory_for_tables", True)
    assert "MEM-2" in program.broken
    assert program.refusal("address_space_new", ALLOCATOR) == "no_memory_for_address_space"


def test_a_memory_and_its_parts_are_runs() -> None:
    program = Mapped(PROPOSED)
    memory = program.new(6)
    (run,) = [each for each in program.memory_body(memory).pages if each.length >= 4]
    assert run == Run(PageState.OWNED, run.length, run.frame, cleared=True)
    program.map(memory, AT, pages=2, offset=3)
    body = program.state.body(program.named(ADDRESS_SPACE))
    assert isinstance(body, AddressSpace)
    (record,) = [each for each in body.records if each.start == AT // PAGE_BYTES]
    assert isinstance(record, MemoryRecord)
    assert (record.location.offset, record.location.end) == (3, AT // PAGE_BYTES + 2)
