"""How mappings change: what is refused leaves no trace but those that the design knows of."""

from dataclasses import replace

import pytest

from reference_kernel.guarantees.changes import free_frames
from reference_kernel.machine import MACHINE, Machine, Zone
from reference_kernel.outcomes import Done, Ok, Outcome, Panic, Refused
from reference_kernel.state import AddressSpace
from spec.design import (
    Design,
    MappingCount,
    MappingUpdate,
    OptionBits,
    Overflow,
    RangeRule,
    UpdateSteps,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.options import UpdateMappingApart
from spec.panics import PAST_THE_END, SIZE_SUM
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    MAX_SIZE,
    READ,
    RIGHTS_ASKED,
    WRITE,
)
from tests.reference_kernel.test_syscalls_memory import AT, TABLE_BYTES, Mapped

SMALL = Machine((Zone(1 << 12, 6),), code_pages=1)
FAR = 0x20_0000_0000
"""No table for this address is there yet."""
SIZE, EXACT = int(UpdateMappingApart.UPDATE_SIZE), int(UpdateMappingApart.EXACT_SIZE)
FLAGS, BASE = int(UpdateMappingApart.UPDATE_FLAGS), int(UpdateMappingApart.UPDATE_BASE)
NO_TABLES = (Error.OUT_OF_MEM, "no_memory_for_tables")
STEPS = pytest.mark.parametrize("steps", list(UpdateSteps), ids=lambda each: each.name)


def updates(steps: UpdateSteps, **choices: object) -> Design:
    """As built, but that a mapping can move, and for these choices."""
    chosen = {
        "mapping_update": MappingUpdate.SIZE_FLAGS_BASE,
        "option_bits": OptionBits.DISJOINT,
        "update_steps": steps,
        **choices,
    }
    return replace(AS_BUILT, **chosen)  # type: ignore[arg-type]


class Tight(Mapped):
    """A memory of four pages, of which one is mapped at the end of what a page table holds."""

    def __init__(self, design: Design, machine: Machine = SMALL) -> None:
        super().__init__(design, machine)
        self.memory = self.new(4)
        self.at = AT + (1 << 30) - PAGE_BYTES
        self.map(self.memory, self.at, pages=1)

    def leave(self, left: int) -> None:
        """So many frames are free, and no more."""
        free = sum(end - first for first, end in free_frames(self.state.frames, SMALL))
        self.fillers = [self.new(1) for _ in range(free - left)]

    def seen(self) -> tuple[object, ...]:
        """What both sides say of mappings, and what the program can read of this one."""
        body = self.state.body(self.named(ADDRESS_SPACE))
        assert isinstance(body, AddressSpace)
        return body.records, self.memory_body(self.memory), self.reads(self.at)

    def tries(self, options: int, pages: int = 0, base: int = 0) -> Outcome:
        """The mapping is to be updated."""
        words = (ADDRESS_SPACE, self.at, pages, base)
        return self.call("memory_update_mapping", *words, options=options)


@STEPS
@pytest.mark.parametrize("left", [0, 1])
@pytest.mark.parametrize("part", ["size", "base", "size and base"])
def test_an_update_for_whose_tables_there_is_no_frame_changes_no_mapping(
    part: str, left: int, steps: UpdateSteps
) -> None:
    program = Tight(updates(steps))
    program.map(program.memory, program.at - PAGE_BYTES, pages=1)  # keeps the tables from going
    options = (SIZE | EXACT if "size" in part else 0) | (BASE if "base" in part else 0)
    asked = (options, 2, FAR)
    program.leave(left)
    before = program.seen()
    outcome = program.tries(*asked)
    assert isinstance(outcome, Refused)
    assert (outcome.error, outcome.refusal) == NO_TABLES
    grows_alone = part == "size" and steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    assert outcome.after is (grows_alone and left > 0)
    assert program.seen() == before
    for filler in program.fillers:
        program.destroy(filler)
    assert program.tries(*asked) == Ok((2 if "size" in part else 1,))


@STEPS
@pytest.mark.parametrize(("other", "to"), [(2, -1), (-1, 1)])
def test_a_mapping_moves_over_itself_and_not_over_another(
    other: int, to: int, steps: UpdateSteps
) -> None:
    """It has two pages, and that of the other is just before or behind them."""
    program = Tight(updates(steps, range_rule=RangeRule.TRUE_SIZE), MACHINE)
    program.update(program.at, SIZE | EXACT, 2)
    program.map(program.new(1), program.at + other * PAGE_BYTES)
    program.writes(program.at, 5)
    before = program.seen()
    assert program.tries(BASE, base=program.at) == Ok((2,))
    over = Refused(Error.INVL_MEM_ZONE, "new_zone_taken")
    assert program.tries(BASE, base=program.at - to * PAGE_BYTES) == over
    assert program.seen() == before
    assert program.tries(BASE, base=program.at + to * PAGE_BYTES) == Ok((2,))
    assert program.reads(program.at + to * PAGE_BYTES) == 5
    assert program.broken <= {"MEM-3", "MEM-8"}  # as built nothing is flushed or cleared


@STEPS
def test_access_for_which_a_table_is_missing_is_refused(steps: UpdateSteps) -> None:
    """As built mappings may lie over each other, and one takes the tables of both along."""
    program = Tight(updates(steps))
    before = program.at - PAGE_BYTES
    program.map(program.new(2), before)
    program.unmap(before)
    program.leave(1)
    body = program.memory_body(program.memory)
    outcome = program.tries(FLAGS | READ)
    assert isinstance(outcome, Refused)
    assert (outcome.error, outcome.refusal) == NO_TABLES
    assert outcome.after is (steps is UpdateSteps.COMMITTED_ONE_BY_ONE)
    assert program.memory_body(program.memory) == body


@STEPS
@pytest.mark.parametrize("pages", [2, 3, 4])
def test_a_mapping_grows_by_just_the_pages_that_it_has_more(pages: int, steps: UpdateSteps) -> None:
    program = Tight(updates(steps), MACHINE)
    assert program.tries(SIZE | EXACT, pages) == Ok((pages,))
    (mapping,) = program.memory_body(program.memory).mappings
    assert mapping.location.pages == pages
    for page in range(pages):
        assert program.writes(program.at + page * PAGE_BYTES, 9) == Done()
    assert isinstance(program.writes(program.at + pages * PAGE_BYTES, 9), Panic)
    assert program.broken <= {"MEM-8", "ROB-1"}


@pytest.mark.parametrize("count", list(MappingCount))
@pytest.mark.parametrize("left", [0, 1, 4])
def test_a_mapping_that_is_refused_is_counted_as_built(left: int, count: MappingCount) -> None:
    program = Tight(updates(UpdateSteps.COMMITTED_ONE_BY_ONE, mapping_count=count))
    program.leave(left)
    before = program.memory_body(program.memory)
    options = READ if left < 3 else 0
    outcome = program.call("memory_map", ADDRESS_SPACE, program.memory, FAR, 0, 0, options=options)
    assert isinstance(outcome, Refused)
    assert outcome.refusal == ("no_memory_for_tables" if options else "no_access")
    counts = count is MappingCount.INSERTS_ONLY
    assert outcome.after is (counts or left == 1)
    expected = replace(before, counted=before.counted + 1, buckets=2) if counts else before
    assert program.memory_body(program.memory) == expected


@pytest.mark.parametrize("overflow", list(Overflow))
@pytest.mark.parametrize(("offset", "inside"), [(1, True), (3, True), (4, False)])
def test_a_sum_that_exceeds_a_word_panics_only_for_pages_that_there_are(
    offset: int, inside: bool, overflow: Overflow
) -> None:
    program = Mapped(AS_BUILT, replace(MACHINE, overflow=overflow))
    words = (ADDRESS_SPACE, program.new(4), AT, (1 << 52) - 1, offset)
    outcome = program.call("memory_map", *words, options=READ | MAX_SIZE)
    why = SIZE_SUM if overflow is Overflow.PANICS else PAST_THE_END
    if inside:
        assert outcome == Panic(why.place, why.why)
    else:
        assert outcome == Refused(Error.INVL_ARGS, "outside_the_memory")


@pytest.mark.parametrize("count", list(MappingCount))
def test_what_pages_become_each_mapping_that_has_them_shows(count: MappingCount) -> None:
    """A mapping that has none of them comes before one that has, and so does a dead space."""
    program = Mapped(replace(PROPOSED, mapping_count=count))
    (memory,) = program.ok("memory_new", ALLOCATOR, 6, options=RIGHTS_ASKED)[:1]
    dead, other = (
        program.ok("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)[0] for _ in "ab"
    )
    program.ok("memory_map", dead, memory, AT, 0, 0, options=READ | WRITE)
    for number, (offset, pages) in enumerate(((0, 2), (4, 2), (1, 4), (2, 2), (3, 1))):
        at = AT + number * TABLE_BYTES
        program.map(memory, at, pages=pages, offset=offset)
    program.ok("memory_map", other, memory, AT, 0, 0, options=READ | WRITE)
    program.destroy(dead)
    program.ok("memory_clone", ALLOCATOR, memory, 2, 2, options=RIGHTS_ASKED)
    for number, page in ((3, 0), (2, 2)):
        assert program.writes(AT + number * TABLE_BYTES + page * PAGE_BYTES, 40 + number) == Done()
    assert program.reads(AT + 2 * TABLE_BYTES + PAGE_BYTES) == 43
    assert program.reads(AT + 3 * TABLE_BYTES + PAGE_BYTES) == 42
    assert program.reads(AT + 4 * TABLE_BYTES) == 42
    assert program.reads(AT + PAGE_BYTES) == 0
    assert program.broken == ({"MEM-5"} if count is MappingCount.INSERTS_ONLY else set())


def test_no_two_mappings_of_a_memory_have_one_number() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(1)
    for number in range(4):
        program.map(memory, AT + number * TABLE_BYTES)
    program.unmap(AT + TABLE_BYTES)
    program.map(memory, AT + 5 * TABLE_BYTES)
    numbers = [each.location.id for each in program.memory_body(memory).mappings]
    assert numbers == [0, 2, 3, 4]
