"""The known defects of memory as built: each is found by breadth first search from boot.

A search is given the few calls that the defect is about, and finds a shortest run over them; the
designs that have an answer to the defect survive the same search.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import pytest

from assay.engines.walk import Subject
from assay.engines.walk.search import search
from reference_kernel.events import CallMade, Event, UserWrites
from reference_kernel.interface import ReferenceKernel
from reference_kernel.machine import MACHINE, Machine, Zone
from reference_kernel.state import State
from spec.design import (
    CopyFailure,
    CopyOnWrite,
    Design,
    FreshPages,
    MappingAuthority,
    MappingCount,
    PageUnit,
    RangeRule,
    TranslationFlush,
    UpdateSteps,
)
from spec.designs import AS_BUILT
from spec.ids import ObjectType, pack
from spec.sizes import PAGE_BYTES
from spec.syscalls import BY_NAME
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    BOTH_SELF,
    IN_PLACE,
    MEMORY,
    MOVE,
    READ,
    UPDATE_FLAGS,
    WRITE,
    ZEROED,
)

AT = 0x50_0000_0000
IMAGE = 0x20_0000
BEHIND = AT + PAGE_BYTES
FIRST_OWN = pack(ObjectType.MEMORY, 15, weak=False, serial=7)
READ_ONLY = pack(ObjectType.MEMORY, READ, weak=False, serial=7)
SHARING = replace(AS_BUILT, copy_on_write=CopyOnWrite.SHARE_ON_CLONE)
FULL = Machine((Zone(1 << 12, 5),), code_pages=1)
"""A machine of which boot leaves no frame."""
ONE_ZONE = Machine((Zone(1 << 12, 9),), code_pages=1)

Made = Callable[[State], Event]


def call(name: str, *words: int, options: int = 0) -> Made:
    """The running thread makes the call."""
    padded = (*words, *(0 for _ in range(8 - len(words))))
    return lambda state: CallMade(state.current, BY_NAME[name].number, options, padded)


def write(address: int) -> Made:
    """The running thread writes a word."""
    return lambda state: UserWrites(state.current, address, 7)


def new(pages: int, options: int = 0) -> Made:
    """A new memory; the first one has the id FIRST_OWN."""
    return call("memory_new", ALLOCATOR, pages, options=options)


def map_at(memory: int, address: int, options: int) -> Made:
    """The whole memory is mapped there."""
    return call("memory_map", ADDRESS_SPACE, memory, address, 0, 0, options=options)


def unmap(address: int) -> Made:
    """What is mapped there is unmapped."""
    return call("address_space_unmap", ADDRESS_SPACE, address)


def resize(memory: int, pages: int, options: int = 0) -> Made:
    """The memory gets that size."""
    return call("memory_resize", memory, pages, options=options)


def destroy(memory: int) -> Made:
    """The capability is destroyed."""
    return call("cap_destroy", 0, memory, options=1)


@dataclass(frozen=True)
class Defect:
    """What is broken as built, the calls it is about, and at most how many steps show it."""

    name: str
    guarantee: str
    steps: int
    alphabet: tuple[Made, ...]
    answer: Design
    design: Design = AS_BUILT
    machine: Machine = MACHINE
    depth: int = 4


DEFECTS = (
    Defect(
        "K30",
        "MEM-1",
        3,
        (map_at(MEMORY, AT, READ), map_at(MEMORY, BEHIND, READ)),
        replace(AS_BUILT, range_rule=RangeRule.TRUE_SIZE),
    ),
    Defect(
        "K31",
        "MEM-4",
        3,
        (
            call("cap_clone", 0, 0, MEMORY, options=READ | BOTH_SELF),
            map_at(READ_ONLY, AT, READ),
            call("memory_update_mapping", ADDRESS_SPACE, AT, options=UPDATE_FLAGS | WRITE),
        ),
        replace(AS_BUILT, mapping_authority=MappingAuthority.ALSO_MEMORY_RIGHTS),
    ),
    Defect(
        "K33 panics",
        "ROB-1",
        3,
        (map_at(MEMORY, AT, READ), unmap(IMAGE), unmap(AT), resize(MEMORY, 3, IN_PLACE)),
        replace(AS_BUILT, mapping_count=MappingCount.EXACT),
    ),
    Defect(
        "K33 counts",
        "MEM-5",
        3,
        (new(1), map_at(FIRST_OWN, AT, READ), unmap(AT)),
        replace(AS_BUILT, mapping_count=MappingCount.EXACT),
    ),
    Defect(
        "K34",
        "MEM-3",
        5,
        (new(1), map_at(FIRST_OWN, AT, READ | WRITE), write(AT), unmap(AT), destroy(FIRST_OWN)),
        replace(AS_BUILT, translation_flush=TranslationFlush.SHOOTDOWN),
        depth=5,
    ),
    Defect(
        "K35 as units",
        "MEM-7",
        3,
        (new(4), resize(FIRST_OWN, 1), new(8)),
        replace(AS_BUILT, page_unit=PageUnit.SINGLE_PAGES),
        machine=ONE_ZONE,
    ),
    Defect(
        "K35 as frames",
        "MEM-3",
        3,
        (new(4), resize(FIRST_OWN, 1), new(8)),
        replace(AS_BUILT, page_unit=PageUnit.WHOLE_BLOCK),
        machine=ONE_ZONE,
    ),
    Defect(
        "K36",
        "COW-2",
        2,
        (call("memory_clone", ALLOCATOR, MEMORY + 0x800, 0, 1), write(0x20_5000)),
        replace(SHARING, copy_failure=CopyFailure.KEEPS_PAGE),
        design=SHARING,
        machine=FULL,
    ),
    Defect(
        "K37",
        "MEM-6",
        3,
        (
            call("cap_clone", 0, 0, ADDRESS_SPACE, options=MOVE | BOTH_SELF),
            resize(MEMORY, 1, IN_PLACE),
        ),
        replace(AS_BUILT, mapping_authority=MappingAuthority.ALSO_MEMORY_RIGHTS),
    ),
    Defect(
        "uncleared pages",
        "MEM-8",
        1,
        (new(1), new(1, ZEROED)),
        replace(AS_BUILT, fresh_pages=FreshPages.ZEROED),
    ),
    Defect(
        "a refused call that counts",
        "CAP-10",
        1,
        (map_at(MEMORY, AT, 0),),
        replace(
            AS_BUILT,
            mapping_count=MappingCount.EXACT,
            update_steps=UpdateSteps.ALL_OR_NOTHING,
        ),
    ),
)


def shortest(defect: Defect, design: Design) -> int | None:
    """The steps of a shortest run that breaks the guarantee; None when none does."""

    def events(_design: Design, state: State) -> Iterable[Event]:
        return [made(state) for made in defect.alphabet]

    subject = Subject(ReferenceKernel(defect.machine), design)
    found = search(subject, [defect.guarantee], events, depth=defect.depth, seconds=60)
    assert found.complete or found.broken
    return found.broken[0].trace.steps if found.broken else None


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_search_from_boot_finds_the_defect(defect: Defect) -> None:
    steps = shortest(defect, defect.design)
    assert steps is not None
    assert steps <= defect.steps


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_the_answer_to_the_defect_survives_the_search(defect: Defect) -> None:
    assert shortest(defect, defect.answer) is None
