"""What an address space has room for, and what goes with it."""

from dataclasses import replace

import pytest

from reference_kernel.events import SwitchEnds, TimerTick
from reference_kernel.machine import SEVERAL_PROCESSORS
from reference_kernel.outcomes import Ok
from reference_kernel.spans import NONE, Span, at, put
from reference_kernel.state import NOTHING, EventPool
from spec.design import Design, MappingCount, PoolUnmap, TranslationFlush
from spec.designs import AS_BUILT, PROPOSED
from spec.sizes import KERNEL_START, PAGE_BYTES
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    MMIO_ALLOCATOR,
    READ,
    RIGHTS_ASKED,
    WRITE,
)
from tests.reference_kernel.test_syscalls_memory import AT, Mapped


class Spaces(Mapped):
    """A program with one address space more."""

    def new_space(self) -> int:
        """A new one."""
        return self.ok("address_space_new", ALLOCATOR, options=RIGHTS_ASKED)[0]

    def pool_body(self, word: int) -> EventPool:
        """The body of the pool."""
        body = self.state.body(self.named(word))
        assert isinstance(body, EventPool)
        return body


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
def test_mappings_may_touch_each_other_and_the_kernel(design: Design) -> None:
    program = Spaces(design)
    last = KERNEL_START - 2 * PAGE_BYTES
    assert program.map(program.new(2), last) == 2
    for page in (2, 0, 1):
        assert program.map(program.new(1), AT + page * PAGE_BYTES) == 1
    for address in (last + PAGE_BYTES, AT, AT + PAGE_BYTES, AT + 2 * PAGE_BYTES):
        program.writes(address, 6)
        assert program.reads(address) == 6
    assert "MEM-2" not in program.broken


@pytest.mark.parametrize("choice", list(PoolUnmap))
def test_a_pool_learns_that_the_space_died_where_it_was_mapped(choice: PoolUnmap) -> None:
    program = Spaces(replace(PROPOSED, pool_unmap=choice))
    (pool,) = program.ok("event_pool_new", ALLOCATOR, 1, options=RIGHTS_ASKED)
    check, receiver = program.ok("drop_check_new", ALLOCATOR, 5, options=RIGHTS_ASKED)
    program.ok("drop_check_reciever_handle_cap_drop_async", receiver, pool, 1)
    space = program.new_space()
    program.ok("event_pool_map", space, pool, AT)
    program.destroy(check)
    assert isinstance(program.call("event_pool_await", pool), Ok)
    before = program.pool_body(pool)
    assert before.reads.written_bytes
    assert before.mapped_at
    name = program.named(space)
    program.destroy(space)
    unmapped = replace(
        before,
        reads=replace(before.reads, written_bytes=0),
        is_shown=False,
        mapped_in=NOTHING,
        mapped_at=0,
    )
    told = choice is PoolUnmap.REMOVES_RECORD
    assert program.pool_body(pool) == (unmapped if told else before)
    assert (name in program.state.objects) is not told
    assert told <= (not program.broken)


@pytest.mark.parametrize("count", list(MappingCount))
def test_a_space_lets_go_of_all_that_it_maps_but_devices(count: MappingCount) -> None:
    program = Spaces(replace(PROPOSED, mapping_count=count))
    memory = program.new(1)
    device = (MMIO_ALLOCATOR, ALLOCATOR, 0xFEE0_0000, 1)
    mapped = program.ok("mmio_allocator_alloc", *device, options=RIGHTS_ASKED)[0]
    before = program.object(memory).strong
    space = program.new_space()
    for number in range(3):
        words = (space, memory, AT + number * PAGE_BYTES, 0, 0)
        program.ok("memory_map", *words, options=READ | WRITE)
    program.ok("phys_mem_map", space, mapped, 2 * AT, options=READ)
    assert program.object(memory).strong == before + 3
    program.destroy(space)
    assert program.object(memory).strong == before
    left = 3 if count is MappingCount.INSERTS_ONLY else 0
    assert len(program.memory_body(memory).mappings) == left
    assert program.named(ADDRESS_SPACE)
    assert "CAP-1" not in program.broken


@pytest.mark.parametrize("flush", list(TranslationFlush))
def test_only_a_shootdown_tells_others_what_is_mapped_anew(flush: TranslationFlush) -> None:
    program = Spaces(replace(PROPOSED, translation_flush=flush), SEVERAL_PROCESSORS)
    memory, page = program.new(2), AT // PAGE_BYTES
    program.map(memory, AT)
    program.thread()
    while not program.state.processors[1].current:
        program.happens(TimerTick(1))
        program.happens(SwitchEnds(1))
    remembered = Span(page - 1, page + 3, 77, WRITE)
    first, second = program.state.processors
    second = replace(second, cache=put(NONE, remembered))
    program.state = replace(program.state, processors=(first, second))
    program.ok("memory_clone", ALLOCATOR, memory, 0, 2, options=RIGHTS_ASKED)
    cache = program.state.processors[1].cache
    told = flush is TranslationFlush.SHOOTDOWN
    for number in range(-1, 3):
        gone = told and number in (0, 1)
        assert (at(cache, page + number) is None) is gone
