"""Every step of the kernel is the model's steps that the mapping names, and nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from assay.engines.follow import Coverage, Follower
from assay.engines.interpret import ModelState, ModelStep, Taken, normal
from assay.engines.stepper import stepper
from proofs.mappings.mapping import MAPPING, MappingsMapping
from proofs.mappings.mapping.noticed import WATCHED
from proofs.mappings.mapping.seen import access, element, frame
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Done, Ok, Outcome, Panic, Refused
from reference_kernel.records import MemoryRecord
from reference_kernel.state import AddressSpace, Memory, Object, State
from spec.design import (
    Design,
    MapOffset,
    MappingCalls,
    MappingCount,
    MappingUpdate,
    PoolUnmap,
    ResizeInPlace,
    UpdateSteps,
)
from spec.designs import named
from spec.errors import Error
from spec.options import UpdateMappingApart
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME
from tests.models.copy_on_write.recording import SHARING_AS_BUILT
from tests.models.mappings.recording import recorded
from tests.proofs.following import follow
from tests.proofs.test_messages import Watched
from tests.reference_kernel.mail import SOURCE_AT
from tests.reference_kernel.message_attempts import POOL_AT
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROW_MAPPING,
    IN_PLACE,
    MAX_SIZE,
    READ,
    RIGHTS_ASKED,
    UPDATE_FLAGS,
    WRITE,
)

AS_BUILT = named("as-built")
PROPOSED = named("proposed")
FIRST = boot(AS_BUILT)
MOVED_TO = SOURCE_AT + 16 * PAGE_BYTES
OVER_AT = 0x52_0000_0000
MIXED = {
    "sizes only": replace(AS_BUILT, mapping_update=MappingUpdate.SIZE_ONLY),
    "from the start": replace(PROPOSED, map_offset=MapOffset.ZERO_ONLY),
    "one mapping": replace(PROPOSED, resize_in_place=ResizeInPlace.ONE_MAPPING),
    "counts for ever": replace(
        PROPOSED,
        mapping_count=MappingCount.INSERTS_ONLY,
        mapping_update=MappingUpdate.SIZE_AND_FLAGS,
    ),
    "any mappings": replace(AS_BUILT, resize_in_place=ResizeInPlace.ANY_MAPPINGS),
    "one call": replace(PROPOSED, mapping_calls=MappingCalls.MERGED),
    "one call in steps": replace(AS_BUILT, mapping_calls=MappingCalls.MERGED),
    "one call that moves in steps": replace(
        PROPOSED,
        mapping_calls=MappingCalls.MERGED,
        update_steps=UpdateSteps.COMMITTED_ONE_BY_ONE,
    ),
    "moves that count": replace(PROPOSED, mapping_count=MappingCount.INSERTS_ONLY),
    "clones share": SHARING_AS_BUILT,
    "records go": replace(AS_BUILT, pool_unmap=PoolUnmap.REMOVES_RECORD),
}


@pytest.mark.parametrize("design", ["as-built", "seed", "proposed"])
def test_random_runs_are_runs_of_the_model(design: str) -> None:
    seen = follow("mappings", named(design), seeds=40, steps=150)
    assert {"memory_map", "address_space_unmap", "page_arrives", "memory_dies"} <= seen.taken.keys()


@pytest.mark.parametrize("design", MIXED.values(), ids=MIXED.keys())
def test_random_runs_of_mixed_designs_are_runs_of_the_model(design: Design) -> None:
    follow("mappings", design, seeds=12, steps=120)


def image(design: Design, state: State) -> Iterator[ModelStep]:
    """The steps that map what the first program finds mapped."""
    for name, known in state.objects.items():
        if not isinstance(known.body, Memory):
            continue
        yield ModelStep("memory_new", {"memory": name, "pages": known.body.size_pages})
        for index in range(min(known.body.size_pages, WATCHED)):
            arrives = {"memory": name, "frame": frame(name, index), "index": index}
            yield ModelStep("page_arrives", arrives)
    for name, known in state.objects.items():
        records = known.body.records if isinstance(known.body, AddressSpace) else ()
        for record in records:
            assert isinstance(record, MemoryRecord)
            yield ModelStep(
                "memory_map",
                {
                    "made": element(name, record),
                    "space": 0,
                    "memory": record.memory,
                    "base": record.start,
                    "length": record.pages,
                    "offset": record.location.offset,
                    "access": access(record.location.access),
                    "may_write": True,
                },
            )


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda design: design.name)
def test_what_is_mapped_at_boot_can_be_mapped_from_the_start(design: Design) -> None:
    model, state = recorded(design), KERNEL.boot(design)
    run, seen = stepper(model), MAPPING.state(design, state)
    universe = MAPPING.universe(design, state)
    model_state: ModelState = {table.name: {} for table in model.tables}
    model_state |= {name: seen[name] for name in ("kernel", "limit", "alive")}
    for step in image(design, state):
        result = run.attempt(model_state, run.domains(universe), step.action, step.arguments)
        assert isinstance(result, Taken), (step, result)
        model_state = result.new
    assert model_state == normal(model, seen)


def called(name: str, options: int, *arguments: int) -> CallMade:
    padded = (*arguments, *(0 for _ in range(8 - len(arguments))))
    return CallMade(FIRST.current, BY_NAME[name].number, options, padded)


def test_only_what_the_model_does_not_see_may_stutter() -> None:
    assert MAPPING.stutters(TimerTick(), Done())
    assert MAPPING.stutters(called("key_new", 0), Ok((1,)))
    assert MAPPING.stutters(called("memory_map", 0), Panic("place", "reason"))
    assert MAPPING.stutters(called("memory_map", 0), Refused(Error.INVL_ID, "memory_unknown"))
    assert MAPPING.stutters(called("memory_get_size", 0), Ok((1,)))
    assert not MAPPING.stutters(called("memory_map", 0), Ok((1,)))
    taken = Refused(Error.INVL_MEM_ZONE, "zone_taken")
    assert not MAPPING.stutters(called("memory_map", 0), taken)


def test_a_record_that_goes_unasked_is_noticed() -> None:
    (name,) = (n for n, known in FIRST.objects.items() if isinstance(known.body, AddressSpace))
    known = FIRST.objects[name]
    assert isinstance(known.body, AddressSpace)
    fewer = replace(known.body, records=known.body.records[1:])
    objects = FIRST.objects.set(name, Object(known.type, known.strong, known.weak, fewer))
    follower = Follower(recorded(AS_BUILT), MappingsMapping(), AS_BUILT)
    why = follower.follow(FIRST, TimerTick(), Done(), replace(FIRST, objects=objects))
    assert why is not None
    assert "recorded" in why


def test_an_entry_of_another_frame_is_noticed() -> None:
    (name,) = (n for n, known in FIRST.objects.items() if isinstance(known.body, AddressSpace))
    known = FIRST.objects[name]
    assert isinstance(known.body, AddressSpace)
    first = known.body.tables.entries[0]
    moved = (first._replace(frame=first.frame + 1000), *known.body.tables.entries[1:])
    wrong = replace(known.body, tables=replace(known.body.tables, entries=moved))
    objects = FIRST.objects.set(name, Object(known.type, known.strong, known.weak, wrong))
    follower = Follower(recorded(AS_BUILT), MappingsMapping(), AS_BUILT)
    why = follower.follow(FIRST, TimerTick(), Done(), replace(FIRST, objects=objects))
    assert why is not None
    assert "entry" in why


def test_a_mapping_that_moves_is_one_step_and_the_same_mapping() -> None:
    program = Watched(PROPOSED)
    options = UpdateMappingApart.UPDATE_BASE
    program.ok("memory_update_mapping", ADDRESS_SPACE, SOURCE_AT, 0, MOVED_TO, options=options)
    program.ok("address_space_unmap", ADDRESS_SPACE, MOVED_TO)
    seen = follow_steps(PROPOSED, program.steps)
    assert seen.taken["memory_update_mapping"] == 1
    assert seen.taken["address_space_unmap"] == 1


@pytest.mark.parametrize("unmaps", [False, True])
def test_what_an_event_pool_shows_over_a_mapping_is_a_step(*, unmaps: bool) -> None:
    """As built a memory may lie over a pool's range; where events are shown its pages are not."""
    program = Watched(AS_BUILT)
    over = program.mapped(POOL_AT - PAGE_BYTES)
    program.sends(8)
    program.receives()
    program.awaits()
    if unmaps:
        program.ok("address_space_unmap", ADDRESS_SPACE, POOL_AT)
    seen = follow_steps(AS_BUILT, program.steps)
    assert seen.taken["event_pool_shows"] == 1 + unmaps
    assert len(program.memory_body(over).mappings) == 1


def test_pages_that_are_shared_are_mapped_again() -> None:
    """Over another mapping, which shows nothing there till its own pages are mapped again."""
    program = Watched(SHARING_AS_BUILT)
    over = program.mapped(SOURCE_AT - PAGE_BYTES)
    program.ok("memory_clone", ALLOCATOR, program.source, 0, 2)
    program.ok("memory_clone", ALLOCATOR, over, 1, 1)
    program.writes(SOURCE_AT, 5)
    seen = follow_steps(SHARING_AS_BUILT, program.steps)
    assert seen.taken["pages_are_mapped_again"] == 3


@pytest.mark.parametrize("first", [0, 300])
def test_a_page_far_from_where_its_memory_begins_is_seen_over_another_mapping(first: int) -> None:
    """Over the source, which is seen from its first page on or from one far behind it."""
    program = Watched(AS_BUILT)
    under = program.mapped(OVER_AT + 500 * PAGE_BYTES, 400)
    program.ok("address_space_unmap", ADDRESS_SPACE, OVER_AT + 500 * PAGE_BYTES)
    words = (ADDRESS_SPACE, under, OVER_AT + 500 * PAGE_BYTES, 3, first)
    program.ok("memory_map", *words, options=READ | WRITE | MAX_SIZE)
    large = program.ok("memory_new", ALLOCATOR, 700, options=RIGHTS_ASKED)[0]
    program.ok("memory_map", ADDRESS_SPACE, large, OVER_AT, 0, 1, options=READ | WRITE)
    program.ok(
        "memory_update_mapping",
        *(ADDRESS_SPACE, OVER_AT + 500 * PAGE_BYTES, 0),
        options=UPDATE_FLAGS | READ,
    )
    program.ok("address_space_unmap", ADDRESS_SPACE, OVER_AT)
    seen = follow_steps(AS_BUILT, program.steps)
    assert seen.taken["address_space_unmap"] == 2


@pytest.mark.parametrize("apart", [1, -1])
def test_of_mappings_that_grow_over_each_other_the_last_shows(apart: int) -> None:
    design = MIXED["any mappings"]
    program = Watched(design)
    memory = program.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)[0]
    for at in (OVER_AT, OVER_AT + apart * PAGE_BYTES):
        program.ok("memory_map", ADDRESS_SPACE, memory, at, 0, 0, options=READ | WRITE)
    program.ok("memory_resize", memory, 4, options=IN_PLACE | GROW_MAPPING)
    seen = follow_steps(design, program.steps)
    assert seen.taken["pages_are_mapped_again"] == 2


def test_a_page_that_is_forgotten_is_a_step() -> None:
    program = Watched(SHARING_AS_BUILT)
    program.ok("memory_clone", ALLOCATOR, program.source, 0, 1)
    for order in range(20, -1, -1):
        while isinstance(program.call("memory_new", ALLOCATOR, 1 << order), Ok):
            pass
    assert isinstance(program.writes(SOURCE_AT, 5), Refused)
    seen = follow_steps(SHARING_AS_BUILT, program.steps[-1:])
    assert seen.taken["page_is_forgotten"] == 1


def follow_steps(design: Design, steps: Sequence[tuple[State, Event, Outcome, State]]) -> Coverage:
    follower = Follower(recorded(design), MappingsMapping(), design)
    for each in steps:
        assert follower.follow(*each) is None
    return follower.coverage
