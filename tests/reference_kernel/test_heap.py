"""LOW-3 of the kernel's heap: what holds of every run of it, and what as built does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_kernel.heap import (
    CHUNK_BYTES,
    HEADER_BYTES,
    Block,
    Chunk,
    Heap,
    Zone,
    allocate,
    free,
    the_heap_is_sound,
)
from spec.sizes import PAGE_BYTES

EMPTY = Heap(pages_left=64)
SIZES, ALIGNS = st.integers(1, 3 * PAGE_BYTES), st.sampled_from([1 << n for n in range(13)])
RUNS = st.lists(st.tuples(SIZES, ALIGNS, st.integers(0, 5)), max_size=40)


def after(run: list[tuple[int, int, int]], *, recorded: bool) -> list[Heap]:
    """The heap after each step: a block more; where the number is small, one is freed before."""
    heap, seen = EMPTY, []
    for size, align, number in run:
        if number < min(4, len(heap.blocks)):
            heap = free(heap, heap.blocks[number], recorded=recorded)
            seen.append(heap)
        made = allocate(heap, size, align)
        heap = heap if made is None else made[0]
        seen.append(heap)
    return seen


def emptied(heap: Heap, *, recorded: bool) -> Heap:
    """The heap when all of it is free again."""
    for block in heap.blocks:
        heap = free(heap, block, recorded=recorded)
    return heap


@given(RUNS)
def test_a_heap_that_frees_what_it_gave_is_sound(run: list[tuple[int, int, int]]) -> None:
    seen = after(run, recorded=True)
    assert all(the_heap_is_sound(each) is None for each in seen)
    for zone in emptied(seen[-1] if seen else EMPTY, recorded=True).zones:
        assert zone.free == ((zone.start + HEADER_BYTES, zone.end),)


@given(RUNS)
def test_as_built_it_is_sound_where_nobody_asks_for_much_alignment(
    run: list[tuple[int, int, int]],
) -> None:
    few = [(size, min(align, CHUNK_BYTES), number) for size, align, number in run]
    assert all(the_heap_is_sound(each) is None for each in after(few, recorded=False))


def test_as_built_it_loses_what_lies_behind_a_block_that_is_aligned_to_more() -> None:
    """The size at the free is worked out from what was asked, not from what was given."""
    made = allocate(EMPTY, 8, 2 * CHUNK_BYTES)
    assert made is not None
    heap, block = made
    assert block.end - block.start == 2 * CHUNK_BYTES
    assert the_heap_is_sound(heap) is None
    broken = the_heap_is_sound(free(heap, block))
    assert broken is not None
    assert broken.endswith("are lost")
    assert the_heap_is_sound(free(heap, block, recorded=True)) is None


def test_exhaustion_is_an_answer_and_changes_nothing() -> None:
    heap, count = Heap(pages_left=8), 0
    while (made := allocate(heap, PAGE_BYTES, 1)) is not None:
        heap, count = made[0], count + 1
    assert count == 7
    assert the_heap_is_sound(heap) is None
    assert allocate(heap, PAGE_BYTES, 1) is None
    assert allocate(heap, CHUNK_BYTES, 1) is not None


def test_the_first_chunk_that_fits_gives_its_end() -> None:
    heap = EMPTY
    for _ in range(3):
        made = allocate(heap, 64, 1)
        assert made is not None
        heap = made[0]
    last = heap.zones[0].end
    assert [each.end for each in heap.blocks] == [last, last - 64, last - 128]
    heap = free(heap, heap.blocks[1])
    again = allocate(heap, 32, 1)
    assert again is not None
    assert again[1].end == heap.zones[0].free[0].end


UNSOUND = {
    "overlap": Heap(0, (Zone(0, 4096, (Chunk(96, 4096),)),), (Block(128, 160, 8, 1),)),
    "are lost": Heap(0, (Zone(0, 4096, (Chunk(128, 4096),)),)),
    "touch": Heap(0, (Zone(0, 4096, (Chunk(96, 128), Chunk(128, 4096))),)),
    "not what was asked for": Heap(0, (), (Block(96, 128, 8, 64),)),
}


@pytest.mark.parametrize("what", UNSOUND)
def test_each_way_to_be_unsound_is_seen(what: str) -> None:
    assert what in str(the_heap_is_sound(UNSOUND[what]))
