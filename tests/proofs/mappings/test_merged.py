"""Random calls that change a memory and a mapping of it at once are runs of the model."""

import random
from dataclasses import replace

import pytest

from assay.engines.follow import Follower
from proofs.mappings.mapping import MappingsMapping
from reference_kernel.records import MemoryRecord
from reference_kernel.state import AddressSpace
from spec.design import Design, MappingCalls, MappingUpdate, UpdateSteps
from spec.designs import AS_BUILT, PROPOSED
from spec.options import MemoryUpdate
from spec.sizes import PAGE_BYTES
from tests.models.mappings.recording import recorded
from tests.proofs.test_messages import Watched
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    LAZY,
    MAX_SIZE,
    READ,
    RIGHTS_ASKED,
    WRITE,
)

AT, PLACES, CALLS, SEEDS = 0x40_0000_0000, 4, 40, 5
_ASKS = [each for each in MemoryUpdate.__members__ if each.startswith(("UP", "EX", "LA"))]
ACCESS = (0, READ, READ, READ | WRITE)
ONE_CALL = replace(PROPOSED, mapping_calls=MappingCalls.MERGED)
DESIGNS = {
    "proposed": ONE_CALL,
    "in parts": replace(ONE_CALL, update_steps=UpdateSteps.COMMITTED_ONE_BY_ONE),
    "as built": replace(AS_BUILT, mapping_calls=MappingCalls.MERGED),
    "sizes only": replace(ONE_CALL, mapping_update=MappingUpdate.SIZE_ONLY),
}


class Merging(Watched):
    """Maps and changes two memories, all in a few pages."""

    def __init__(self, design: Design, seed: int) -> None:
        super().__init__(design)
        self.chance = random.Random(seed)
        self.memories = [self.new(), self.new()]

    def new(self) -> int:
        """A memory, lazy or not."""
        options = self.chance.choice((0, LAZY)) | RIGHTS_ASKED
        return self.ok("memory_new", ALLOCATOR, self.chance.randint(1, 4), options=options)[0]

    def place(self) -> int:
        """One of the few addresses."""
        return AT + PAGE_BYTES * self.chance.randrange(PLACES)

    def mapped_place(self) -> tuple[int, int]:
        """Where something starts, and mostly the memory that is mapped there; else anything."""
        body = self.state.body(self.named(ADDRESS_SPACE))
        assert isinstance(body, AddressSpace)
        names = {self.named(word): word for word in self.memories}
        found = [
            (each.start * PAGE_BYTES, names[each.memory])
            for each in body.records
            if isinstance(each, MemoryRecord) and each.memory in names
        ]
        if not found or self.chance.random() < 0.1:
            return self.place(), self.chance.choice(self.memories)
        return self.chance.choice(found)

    def calls(self) -> None:
        """A call that maps, unmaps or changes, good or bad."""
        memory, size = self.chance.choice(self.memories), self.chance.choice((0, 1, 2, 3, 4, 5))
        access, at = self.chance.choice(ACCESS), self.place()
        match self.chance.randrange(10):
            case 0:
                self.call("address_space_unmap", ADDRESS_SPACE, self.mapped_place()[0])
            case 1 | 2 | 3:
                pages, offset = self.chance.choice((0, 1, 1, 2)), self.chance.choice((0, 0, 1))
                words = (ADDRESS_SPACE, memory, at, pages, offset)
                self.call("memory_map", *words, options=access | MAX_SIZE)
            case _:
                names = [
                    each for each in MemoryUpdate.__members__ if each[:2] in ("UP", "EX", "LA")
                ]
                asked = self.chance.sample(names, self.chance.randint(0, len(names)))
                options = access | sum(MemoryUpdate[each] for each in asked)
                options |= MemoryUpdate.RESIZE * (self.chance.random() < 0.8)
                start, mapped = self.mapped_place()
                pages = self.chance.randint(0, 4)
                words = (mapped, size, ADDRESS_SPACE, start, pages, self.place())
                self.call("memory_update", *words, options=options)


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS.keys())
def test_calls_that_change_both_are_runs_of_the_model(design: Design) -> None:
    seen: set[str] = set()
    for seed in range(SEEDS):
        program = Merging(design, seed)
        for _ in range(CALLS):
            if program.state.panicked is None:
                program.calls()
        follower = Follower(recorded(design), MappingsMapping(), design)
        for each in program.steps:
            assert follower.follow(*each) is None
        seen |= follower.coverage.taken.keys()
        seen |= {f"{name} refuses {why}" for name, why in follower.coverage.refused}
    at_once = design.update_steps is UpdateSteps.ALL_OR_NOTHING
    both = "memory_update" if at_once else "memory_update_mapping"
    assert {both, "memory_resize_in_place", f"{both} refuses outside_the_memory"} <= seen
