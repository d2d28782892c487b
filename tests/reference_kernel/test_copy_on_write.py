"""Copy on write as its users see it, compared with an account that knows no frames."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest

from reference_kernel import spans
from reference_kernel.machine import Machine, Zone
from reference_kernel.outcomes import Done, Ended, Ok, Refused
from reference_kernel.pages import PageState
from spec.design import CopyFailure, CopyOnWrite, PageUnit, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from spec.sizes import PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    Program,
)
from tests.reference_kernel.sharing_program import Memory, Sharing

Family = Callable[[Sharing], list[Memory]]


def a_parent_with_two_clones(sharing: Sharing) -> list[Memory]:
    """One memory, cloned twice."""
    parent = sharing.new(1)
    return [parent, sharing.clone(parent), sharing.clone(parent)]


def three_generations(sharing: Sharing) -> list[Memory]:
    """A memory, its clone, and the clone of that."""
    parent = sharing.new(1)
    child = sharing.clone(parent)
    return [parent, child, sharing.clone(child)]


ORDERS = list(permutations([(what, who) for what in ("write", "close") for who in range(3)]))


@pytest.mark.parametrize("family", [a_parent_with_two_clones, three_generations])
@pytest.mark.parametrize("part", range(8))
def test_every_order_of_writing_and_closing(part: int, family: Family) -> None:
    for order in ORDERS[part :: 8 * 4]:
        sharing = Sharing()
        memories = family(sharing)
        for number, (what, who) in enumerate(order):
            if memories[who] not in sharing.memories:
                continue
            if what == "write":
                assert sharing.write(memories[who], 0, 100 + number) == Done()
            else:
                sharing.close(memories[who])
        assert not sharing.memories


@pytest.mark.slow
@pytest.mark.parametrize("family", [a_parent_with_two_clones, three_generations])
def test_every_order_of_writing_and_closing_without_exception(family: Family) -> None:
    for order in ORDERS:
        sharing = Sharing()
        memories = family(sharing)
        for number, (what, who) in enumerate(order):
            if memories[who] in sharing.memories:
                if what == "write":
                    assert sharing.write(memories[who], 0, 100 + number) == Done()
                else:
                    sharing.close(memories[who])


def test_clones_at_offsets_share_just_their_part() -> None:
    sharing = Sharing()
    parent = sharing.new(4)
    for page in range(4):
        sharing.write(parent, page, 10 + page)
    middle = sharing.clone(parent, 1, 3)
    tail = sharing.clone(parent, 2)
    assert [page.value for page in middle.pages] == [11, 12]
    sharing.write(middle, 1, 50)  # page 2 of the parent, which all three have
    sharing.write(tail, 1, 51)
    sharing.write(parent, 0, 52)  # nobody else has it
    sharing.write(parent, 2, 53)
    sharing.close(parent)
    sharing.write(tail, 0, 54)
    sharing.close(middle)
    sharing.close(tail)


def test_parts_of_clones_that_overlap_are_shared_with_all_who_have_them() -> None:
    sharing = Sharing()
    parent = sharing.new(6)
    first, second = sharing.clone(parent, 0, 4), sharing.clone(parent, 2, 6)
    third = sharing.clone(first, 1, 3)
    for memory in (parent, first, second, third):
        for page in range(len(memory.pages)):
            sharing.write(memory, page, 1000 + 10 * memory.word + page)
    for memory in (first, parent, third, second):
        sharing.close(memory)


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("who", [0, 1])
def test_resizing_under_shared_pages_leaves_the_other_alone(size: int, who: int) -> None:
    sharing = Sharing()
    parent = sharing.new(3)
    for page in range(3):
        sharing.write(parent, page, 10 + page)
    pair = [parent, sharing.clone(parent)]
    sharing.resize(pair[who], size)
    other = pair[1 - who]
    for page in range(3):
        assert sharing.program.reads(other.address + page * PAGE_BYTES) == 10 + page
        assert sharing.program.writes(other.address + page * PAGE_BYTES, 20 + page) == Done()
    assert sharing.program.reads(pair[who].address) == 10
    assert not sharing.program.broken


def test_a_clone_of_a_clone_lives_on_when_the_parent_is_gone() -> None:
    sharing = Sharing()
    parent = sharing.new(2)
    sharing.write(parent, 1, 5)
    child = sharing.clone(parent)
    sharing.close(parent)
    grandchild = sharing.clone(child)
    sharing.close(child)
    great = sharing.clone(grandchild, 1)
    sharing.write(great, 0, 6)
    assert sharing.program.reads(grandchild.address + PAGE_BYTES) == 5
    sharing.close(grandchild)
    sharing.write(great, 0, 7)


@pytest.mark.parametrize("backwards", [False, True])
def test_many_clones_are_closed_in_either_order(backwards: bool) -> None:
    sharing = Sharing()
    parent = sharing.new(2)
    clones = [sharing.clone(parent) for _ in range(12)]
    for number, clone in enumerate(clones[::3]):
        sharing.write(clone, 0, 30 + number)
    for memory in reversed([parent, *clones]) if backwards else [parent, *clones]:
        sharing.close(memory)


def test_a_write_through_one_mapping_is_seen_through_the_others_of_the_same_memory() -> None:
    sharing = Sharing()
    parent = sharing.new(1)
    elsewhere = parent.address + 8 * PAGE_BYTES
    words = (ADDRESS_SPACE, parent.word, elsewhere, 0, 0)
    sharing.program.ok("memory_map", *words, options=READ)
    clone = sharing.clone(parent)
    sharing.write(parent, 0, 9)
    assert sharing.program.reads(elsewhere) == 9
    assert sharing.program.reads(clone.address) == 0


@pytest.mark.parametrize("alone", [False, True])
def test_a_read_only_mapping_of_a_shared_page_stays_read_only(alone: bool) -> None:
    sharing = Sharing()
    parent = sharing.new(1)
    clone = sharing.clone(parent)
    words = (ADDRESS_SPACE, clone.word, clone.address + 8 * PAGE_BYTES, 0, 0)
    sharing.program.ok("memory_map", *words, options=READ)
    if alone:
        sharing.close(parent)
        sharing.write(clone, 0, 3)
    before = sharing.program.state.frames
    assert sharing.program.writes(clone.address + 8 * PAGE_BYTES, 4) == Ended()
    assert sharing.program.state.frames.contents is before.contents
    assert not sharing.program.broken


@pytest.mark.parametrize("choice", CopyOnWrite)
def test_there_is_a_clone_where_pages_can_be_shared(choice: CopyOnWrite) -> None:
    program = Program(replace(PROPOSED, copy_on_write=choice))
    (memory, _) = program.ok("memory_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
    outcome = program.call("memory_clone", ALLOCATOR, memory, 0, 1, options=RIGHTS_ASKED)
    shares = choice is CopyOnWrite.SHARE_ON_CLONE
    assert isinstance(outcome, Ok if shares else Refused)
    assert bool(program.state.frames.sharers) is shares
    assert not program.broken


@pytest.mark.parametrize("flush", TranslationFlush)
def test_a_sharer_that_is_unmapped_is_remembered_where_nothing_is_flushed(
    flush: TranslationFlush,
) -> None:
    """As built only an entry that is written is flushed: not one that goes."""
    sharing = Sharing(replace(PROPOSED, translation_flush=flush))
    parent = sharing.new(1)
    clone = sharing.clone(parent)
    sharing.write(clone, 0, 5)
    program = sharing.program
    program.ok("address_space_unmap", ADDRESS_SPACE, clone.address)
    program.destroy(clone.word)
    told = flush is not TranslationFlush.NONE
    assert program.writes(clone.address, 6) == (Ended() if told else Done())
    assert program.broken == (set() if told else {"MEM-3"})


def test_lazy_pages_are_each_memorys_own() -> None:
    program = Program(PROPOSED)
    (memory, _) = program.ok("memory_new", ALLOCATOR, 2, options=1 | RIGHTS_ASKED)
    (clone,) = program.ok("memory_clone", ALLOCATOR, memory, 0, 2, options=RIGHTS_ASKED)
    program.ok("memory_map", ADDRESS_SPACE, memory, 0x50_0000_0000, 0, 0, options=1)
    program.ok("memory_clone", ALLOCATOR, memory, 0, 1, options=RIGHTS_ASKED)
    for word in (memory, clone):
        assert [run.state for run in program.memory_body(word).pages] == [PageState.LAZY]
    assert not program.state.frames.sharers


@pytest.mark.parametrize("unit", list(PageUnit))
@pytest.mark.parametrize("flush", [TranslationFlush.LOCAL, TranslationFlush.SHOOTDOWN])
def test_sharing_works_however_pages_are_freed(unit: PageUnit, flush: TranslationFlush) -> None:
    design = replace(PROPOSED, page_unit=unit, translation_flush=flush)
    program = Program(design)
    (memory, _) = program.ok("memory_new", ALLOCATOR, 4, options=RIGHTS_ASKED)
    program.ok("memory_map", ADDRESS_SPACE, memory, 0x50_0000_0000, 0, 0, options=3)
    (clone,) = program.ok("memory_clone", ALLOCATOR, memory, 1, 2, options=RIGHTS_ASKED)
    assert program.writes(0x50_0000_1000, 7) == Done()
    program.destroy(clone)
    assert program.writes(0x50_0000_2000, 8) == Done()
    assert program.reads(0x50_0000_1000) == 7
    kept = {"COW-1", "COW-2", "COW-3", "COW-4", "MEM-1", "MEM-2", "MEM-5", "MEM-8"}
    assert not program.broken & kept


def machine_with(spare: int) -> Machine:
    """A machine of which the story below leaves so many frames.

    Boot takes 32 of them, the memory 2, and the page tables of its mapping 2.
    """
    taken = 128 - 32 - 2 - 2 - spare
    zone = Zone(1 << 12, 7)
    return Machine((zone,), tuple((zone.end - 1 - at, 0) for at in range(taken)), code_pages=1)


@pytest.mark.parametrize("spare", range(5))
def test_the_copy_fails_at_each_point(spare: int) -> None:
    sharing = Sharing(machine=machine_with(spare))
    parent = sharing.new(2)
    clone = sharing.clone(parent)
    failed = 0
    writes = [(parent, 0), (clone, 1), (clone, 0), (parent, 1), (parent, 0), (clone, 1)]
    for number, (memory, page) in enumerate(writes):
        failed += isinstance(sharing.write(memory, page, 60 + number), Refused)
    assert failed == {0: 6, 1: 3}.get(spare, 0)
    before = sharing.program.state
    if spare == 0:
        assert isinstance(sharing.write(parent, 0, 1), Refused)
        assert sharing.program.state == before
    sharing.close(clone)
    assert sharing.write(parent, 0, 99) == Done()
    assert sharing.write(parent, 1, 98) == Done()


def test_as_built_a_failed_copy_forgets_the_page() -> None:
    design = replace(AS_BUILT, copy_on_write=CopyOnWrite.SHARE_ON_CLONE)
    assert design.copy_failure is CopyFailure.FORGETS_PAGE
    program = Program(design, Machine((Zone(1 << 12, 5),), code_pages=1))
    last_of_image = 0x20_5000 + 2 * PAGE_BYTES
    program.ok("memory_clone", ALLOCATOR, 0xCAF, 0, 1)
    outcome = program.writes(last_of_image, 1)
    assert isinstance(outcome, Refused)
    assert program.memory_body(0xCAF).pages[0].state is PageState.LAZY
    assert "COW-2" in program.broken
    assert spans.at(program.state.frames.sharers, 0) is None
