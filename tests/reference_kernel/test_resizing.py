"""What becomes of the mappings of a memory that is resized in place."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ok, Panic, Refused
from reference_kernel.pages import PageState, count_of
from spec.design import Design, MappingCount, PageUnit, RangeRule, ResizeInPlace, UpdateSteps
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.panics import NO_ENTRY
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROW_MAPPING,
    IN_PLACE,
    LAZY,
    MAX_SIZE,
    READ,
    RIGHTS_ASKED,
)
from tests.reference_kernel.test_syscalls_memory import AT, TABLE_BYTES, Mapped

GROWS = IN_PLACE | GROW_MAPPING
PARTS = ((0, 4), (0, 2), (1, 2), (3, 1))
"""Where in a memory of four pages mappings of it begin, and how long they are."""


class Resizing(Mapped):
    """A memory of four pages, mapped by parts, each in a table of its own."""

    def __init__(self, design: Design = PROPOSED) -> None:
        super().__init__(design)
        self.memory = self.new(4)
        for number, (offset, pages) in enumerate(PARTS):
            self.map(self.memory, self.at(number), pages=pages, offset=offset)

    def at(self, number: int) -> int:
        """Where that part is mapped."""
        return AT + number * TABLE_BYTES

    def parts(self) -> dict[int, tuple[int, int]]:
        """What is mapped still: offset and pages by the number of the part."""
        mappings = [each.location for each in self.memory_body(self.memory).mappings]
        starts = {self.at(number) // PAGE_BYTES: number for number in range(len(PARTS))}
        return {starts[each.start]: (each.offset, each.pages) for each in mappings}


@pytest.mark.parametrize("grows", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7])
def test_mappings_end_with_their_memory_and_grow_with_it_if_asked(size: int, grows: bool) -> None:
    program = Resizing()
    options = GROWS if grows else IN_PLACE
    assert program.ok("memory_resize", program.memory, size, options=options) == (size,)
    expected = {}
    for number, (offset, pages) in enumerate(PARTS):
        rest = size - offset
        pages_now = rest if grows and size > 4 else min(pages, rest)
        if pages_now > 0:
            expected[number] = offset, pages_now
    assert program.parts() == expected
    for number, (_, pages) in expected.items():
        assert program.reads(program.at(number) + (pages - 1) * PAGE_BYTES) == 0
    assert not program.broken


@pytest.mark.parametrize("lazy", [False, True])
def test_the_pages_that_come_are_lazy_if_asked(lazy: bool) -> None:
    program = Resizing()
    options = GROWS | (LAZY if lazy else 0)
    program.ok("memory_resize", program.memory, 6, options=options)
    pages = program.memory_body(program.memory).pages
    assert count_of(pages) == 6
    assert (pages[-1].state in (PageState.LAZY, PageState.LAZY_ZEROED)) is lazy
    assert not program.broken


@pytest.mark.parametrize("steps", list(UpdateSteps))
@pytest.mark.parametrize("first", [0, 3])
def test_no_mapping_grows_where_one_cannot(first: int, steps: UpdateSteps) -> None:
    """Another memory is mapped behind the first or the last of them."""
    program = Resizing(replace(PROPOSED, update_steps=steps))
    _, pages = PARTS[first]
    program.map(program.new(1), program.at(first) + pages * PAGE_BYTES)
    before = program.parts()
    stays = steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    taken = Refused(Error.INVL_MEM_ZONE, "zone_taken", after=stays)
    assert program.call("memory_resize", program.memory, 5, options=GROWS) == taken
    assert program.parts() == before
    assert program.memory_body(program.memory).size_pages == (5 if stays else 4)
    assert program.broken <= {"CAP-10"}


def test_what_a_memory_maps_in_another_space_follows_it_too() -> None:
    program = Resizing()
    (other,) = program.ok("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)
    program.ok("memory_map", other, program.memory, AT, 0, 0, options=READ)
    assert program.call("memory_resize", program.memory, 5, options=GROWS) == Ok((5,))
    assert program.call("memory_resize", program.memory, 2, options=IN_PLACE) == Ok((2,))
    spaces = [each.space for each in program.memory_body(program.memory).mappings]
    assert spaces == [program.named(ADDRESS_SPACE)] * 3 + [program.named(other)]
    assert not program.broken


def test_as_built_a_count_of_one_without_a_mapping_panics() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(2)
    program.map(memory, AT)
    program.unmap(AT)
    outcome = program.call("memory_resize", memory, 1, options=IN_PLACE)
    assert outcome == Panic(NO_ENTRY.place, NO_ENTRY.why)


def test_as_built_a_memory_that_was_mapped_twice_counts_as_mapped_twice() -> None:
    program = Mapped(AS_BUILT)
    memory = program.new(2)
    for _ in range(3):
        program.map(memory, AT)
        program.unmap(AT)
    counted = program.memory_body(memory).counted
    assert counted == 2
    twice = Refused(Error.INVL_OP, "mapped_twice")
    assert program.call("memory_resize", memory, 1, options=IN_PLACE) == twice
    exact = replace(AS_BUILT, mapping_count=MappingCount.EXACT)
    design = replace(exact, resize_in_place=ResizeInPlace.ONE_MAPPING)
    program = Mapped(replace(design, range_rule=RangeRule.TRUE_SIZE))
    memory = program.new(2)
    program.map(memory, AT)
    program.unmap(AT)
    assert program.call("memory_resize", memory, 1, options=IN_PLACE) == Ok((1,))


def test_a_size_that_stays_changes_no_page() -> None:
    program = Mapped(replace(AS_BUILT, page_unit=PageUnit.BLOCK_FREED_SINGLY))
    memory = program.new(5)
    before = program.memory_body(memory)
    assert program.call("memory_resize", memory, 5) == Ok((5,))
    assert program.memory_body(memory) == before


@pytest.mark.parametrize(
    ("size", "options", "refused"),
    [
        (3, IN_PLACE, False),
        (2, IN_PLACE, False),
        (1, IN_PLACE, True),
        (5, IN_PLACE, False),
        (5, GROWS, True),
    ],
)
def test_only_a_mapping_that_changes_has_to_be_the_callers(
    size: int, options: int, refused: bool
) -> None:
    """The first two of four pages are mapped in a space in which the caller may not map."""
    program = Mapped(PROPOSED)
    memory = program.new(4)
    (other,) = program.ok("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)
    program.ok("memory_map", other, memory, AT, 2, 0, options=READ | MAX_SIZE)
    program.clone(other, rights=0)
    program.destroy(other)
    expected = Refused(Error.INVL_PERM, "mapping_of_others") if refused else Ok((size,))
    assert program.call("memory_resize", memory, size, options=options) == expected
    assert not program.broken
