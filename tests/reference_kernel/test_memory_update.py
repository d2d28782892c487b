"""`memory_update`: what one call does where a design merges two, and that it stands for both."""

from dataclasses import replace

import pytest

from reference_kernel.outcomes import Ok, Outcome, Refused
from spec.design import (
    Design,
    MappingCalls,
    MappingUpdate,
    RangeRule,
    ResizeInPlace,
    UpdateSteps,
)
from spec.designs import AS_BUILT, PROPOSED
from spec.errors import Error
from spec.options import MemoryUpdate
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import ADDRESS_SPACE, IN_PLACE, READ, WRITE
from tests.reference_kernel.test_syscalls_memory import AT, Mapped

RESIZE, SIZE, EXACT = MemoryUpdate.RESIZE, MemoryUpdate.UPDATE_SIZE, MemoryUpdate.EXACT_SIZE
FLAGS, BASE = MemoryUpdate.UPDATE_FLAGS, MemoryUpdate.UPDATE_BASE
MERGED = replace(PROPOSED, mapping_calls=MappingCalls.MERGED)
MERGED_AS_BUILT = replace(AS_BUILT, mapping_calls=MappingCalls.MERGED)
BEHIND = AT + 8 * PAGE_BYTES
UNKNOWN = Refused(Error.INVL_SYSCALL, "unknown_number")


class Updating(Mapped):
    """A program that has mapped all of a memory of two pages."""

    def __init__(self, design: Design, *, pages: int = 2) -> None:
        super().__init__(design)
        self.memory = self.new(2)
        self.map(self.memory, AT, pages=pages)

    def both(self, options: int, *, size: int = 0, pages: int = 0, base: int = 0) -> Outcome:
        """The call about that memory and the mapping at AT."""
        words = (self.memory, size, ADDRESS_SPACE, AT, pages, base)
        return self.call("memory_update", *words, options=options)

    def sizes(self) -> tuple[int, list[tuple[int, int]]]:
        """The pages of the memory, and where it is mapped with how many."""
        body = self.memory_body(self.memory)
        at = [(each.location.start * PAGE_BYTES, each.location.pages) for each in body.mappings]
        return body.size_pages, at


@pytest.mark.parametrize(
    ("calls", "known"), [(MappingCalls.SPLIT, False), (MappingCalls.MERGED, True)]
)
def test_a_design_has_the_one_call_or_the_two(calls: MappingCalls, *, known: bool) -> None:
    program = Updating(replace(PROPOSED, mapping_calls=calls))
    assert (program.both(RESIZE, size=3) == UNKNOWN) is not known
    resized = program.call("memory_resize", program.memory, 4, options=IN_PLACE)
    updated = program.call("memory_update_mapping", ADDRESS_SPACE, AT)
    assert ((resized, updated) == (UNKNOWN, UNKNOWN)) is known
    assert not program.broken


@pytest.mark.parametrize("design", [MERGED, MERGED_AS_BUILT], ids=["proposed", "as-built"])
def test_a_memory_grows_with_its_mapping_and_shrinks_with_it(design: Design) -> None:
    program = Updating(design)
    assert program.both(RESIZE | SIZE, size=4) == Ok((4, 4))
    assert program.sizes() == (4, [(AT, 4)])
    assert program.both(RESIZE | SIZE | EXACT, size=3, pages=1) == Ok((3, 1))
    assert program.sizes() == (3, [(AT, 1)])
    assert "CAP-9" not in program.broken


def test_each_part_can_be_asked_for_alone_or_none() -> None:
    program = Updating(MERGED)
    assert program.both(RESIZE, size=4) == Ok((4, 0))
    assert program.sizes() == (4, [(AT, 2)])
    assert program.both(SIZE) == Ok((0, 4))
    assert program.both(BASE, base=BEHIND) == Ok((0, 4))
    assert program.sizes() == (4, [(BEHIND, 4)])
    assert program.call("memory_update") == Ok((0, 0))
    assert not program.broken


def test_what_the_memory_loses_all_its_mappings_lose_first() -> None:
    """So a mapping may move to where another one of the same memory ended."""
    program = Updating(MERGED)
    program.map(program.memory, BEHIND, pages=1, offset=1)
    assert program.both(RESIZE | BASE, size=1, base=BEHIND) == Ok((1, 1))
    assert program.sizes() == (1, [(BEHIND, 1)])
    assert not program.broken


@pytest.mark.parametrize("steps", UpdateSteps)
def test_a_refused_mapping_takes_the_size_of_its_memory_back_or_not(steps: UpdateSteps) -> None:
    program = Updating(replace(MERGED, update_steps=steps))
    halfway = steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    outcome = program.both(RESIZE | SIZE | EXACT, size=4, pages=5)
    assert outcome == Refused(Error.INVL_ARGS, "outside_the_memory", after=halfway)
    assert program.sizes() == (4 if halfway else 2, [(AT, 2)])
    assert program.broken == ({"CAP-10"} if halfway else set())


@pytest.mark.parametrize("steps", UpdateSteps)
def test_a_mapping_that_its_memory_cuts_off_is_refused(steps: UpdateSteps) -> None:
    """Taken back, the mapping and the pages are there again, with what they held."""
    program = Mapped(replace(MERGED, update_steps=steps))
    memory = program.new(2)
    program.map(memory, AT, pages=1, offset=1)
    program.writes(AT, 7)
    words = (memory, 1, ADDRESS_SPACE, AT, 0, 0)
    outcome = program.call("memory_update", *words, options=RESIZE | FLAGS | READ)
    halfway = steps is UpdateSteps.COMMITTED_ONE_BY_ONE
    assert outcome == Refused(Error.INVL_ARGS, "outside_the_memory", after=halfway)
    assert program.starts() == ([] if halfway else [AT])
    assert halfway or program.reads(AT) == 7
    assert program.broken == ({"CAP-10"} if halfway else set())


@pytest.mark.parametrize("rule", RangeRule)
def test_a_mapping_grows_over_another_only_as_built(rule: RangeRule) -> None:
    program = Updating(replace(MERGED, range_rule=rule))
    program.map(program.new(1), AT + 2 * PAGE_BYTES)
    looks = rule is RangeRule.TRUE_SIZE
    taken = Refused(Error.INVL_MEM_ZONE, "zone_taken")
    assert program.both(RESIZE | SIZE, size=4) == (taken if looks else Ok((4, 4)))
    assert ("MEM-1" in program.broken) is not looks


@pytest.mark.parametrize("mappings", ResizeInPlace)
def test_a_memory_that_is_mapped_twice_is_resized_where_the_design_lets_it(
    mappings: ResizeInPlace,
) -> None:
    program = Updating(replace(MERGED, resize_in_place=mappings))
    program.map(program.memory, BEHIND)
    anyhow = mappings is ResizeInPlace.ANY_MAPPINGS
    twice = Refused(Error.INVL_OP, "mapped_twice")
    assert program.both(RESIZE | FLAGS | READ, size=1) == (Ok((1, 1)) if anyhow else twice)
    assert program.sizes() == (
        (1, [(AT, 1), (BEHIND, 1)]) if anyhow else (2, [(AT, 2), (BEHIND, 2)])
    )
    assert not program.broken


@pytest.mark.parametrize("update", MappingUpdate)
def test_of_a_mapping_the_call_changes_what_the_design_lets_change(update: MappingUpdate) -> None:
    program = Updating(replace(MERGED, mapping_update=update))
    asked = FLAGS | BASE | READ
    assert program.both(asked, base=BEHIND) == Ok((0, 2))
    moves = update is MappingUpdate.SIZE_FLAGS_BASE
    assert program.starts() == [BEHIND if moves else AT]
    (mapping,) = program.memory_body(program.memory).mappings
    kept = update is MappingUpdate.SIZE_ONLY
    assert mapping.location.access == (READ | WRITE if kept else READ)
