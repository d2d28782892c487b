"""The buddy tree against a frame-by-frame account of what is free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from reference_kernel import buddy

ORDER = 5
FRAMES = 1 << ORDER
EMPTY: buddy.Tree = Map()


def frames(node: int, order: int) -> range:
    """The frames below a node."""
    first = (node << order) - FRAMES
    return range(first, first + (1 << order))


def take(tree: buddy.Tree, order: int) -> tuple[buddy.Tree, int | None]:
    """The first free node of that order is occupied."""
    node = buddy.find_free(tree, 0, zone_order=ORDER, order=order)
    return (tree, None) if node is None else (buddy.take(tree, 0, node, order=order), node)


def free_frames(tree: buddy.Tree) -> set[int]:
    """What allocations may still give out."""
    runs = buddy.free_runs(tree, 0, zone_order=ORDER)
    return {frame for first, end in runs for frame in range(first, end)}


choices = st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 40)), max_size=30)


@given(choices)
def test_blocks_freed_as_they_were_taken_leave_an_exact_account(
    done: list[tuple[bool, int, int]],
) -> None:
    tree, held = EMPTY, list[tuple[int, int]]()
    for takes, order, pick in done:
        if takes:
            tree, node = take(tree, order)
            free = set(range(FRAMES)) - {frame for each in held for frame in frames(*each)}
            fits = any(
                set(frames((FRAMES >> order) + at, order)) <= free for at in range(FRAMES >> order)
            )
            assert (node is not None) == fits
            if node is not None:
                held.append((node, order))
        elif held:
            node, order = held.pop(pick % len(held))
            tree = buddy.free(tree, 0, node, order=order)
        used = [frame for each in held for frame in frames(*each)]
        assert len(used) == len(set(used))
        assert free_frames(tree) == set(range(FRAMES)) - set(used)
    for node, order in held:
        tree = buddy.free(tree, 0, node, order=order)
    assert tree == EMPTY


@given(st.lists(st.tuples(st.integers(0, FRAMES - 1), st.integers(0, 5)), max_size=12))
def test_frames_that_are_units_of_their_own_are_freed_exactly(
    parts: list[tuple[int, int]],
) -> None:
    tree, _ = take(EMPTY, ORDER)
    used = set(range(FRAMES))
    for first, order in parts:
        node = (FRAMES + first) >> order
        if set(frames(node, order)) <= used:
            tree = buddy.free_part(tree, 0, node, order=order)
            used -= set(frames(node, order))
            assert free_frames(tree) == set(range(FRAMES)) - used


@pytest.mark.parametrize("order", range(1, ORDER))
def test_a_block_whose_leaves_are_freed_one_by_one_does_not_come_back(order: int) -> None:
    tree, node = take(EMPTY, order)
    assert node is not None
    tree = buddy.free_each(tree, 0, node, order=order)
    one_by_one, _ = take(EMPTY, order)
    for frame in frames(node, order):
        one_by_one = buddy.free(one_by_one, 0, FRAMES + frame, order=0)
    assert tree == one_by_one
    assert buddy.status(tree, buddy.key(0, node)) == buddy.OCCUPY
    assert take(tree, order)[1] == node + 1
    assert take(tree, 0)[1] == FRAMES + (1 << order)


def test_the_node_above_a_lost_block_is_free_and_lies_over_it() -> None:
    tree, node = take(EMPTY, 2)
    assert node is not None
    for frame in frames(node, 2):
        if frame != frames(node, 2).start:
            tree = buddy.free(tree, 0, FRAMES + frame, order=0)
    assert take(tree, 3)[1] == node >> 1


@given(st.lists(st.integers(0, 3), max_size=10), st.integers(0, 8))
def test_freeing_a_run_is_freeing_each_of_its_leaves(taken: list[int], skip: int) -> None:
    tree = EMPTY
    for order in taken:
        tree, _ = take(tree, order)
    node = (FRAMES >> 3) + skip % (FRAMES >> 3)
    singly = tree
    for frame in frames(node, 3):
        singly = buddy.free(singly, 0, FRAMES + frame, order=0)
    assert buddy.free_each(tree, 0, node, order=3) == singly
