"""Frames that are paid for: the quota is charged first, then the frames are taken.

Source: cap/allocator.rs. There is only the root allocator, and everything is charged to it.
"""

from reference_kernel import frames as physical
from reference_kernel.draft import Draft
from reference_kernel.state import Allocator
from spec.design import PageUnit

ROOT_ALLOCATOR = 12
"""The object that the kernel itself holds; boot makes it the twelfth."""


def charge(draft: Draft, count: int) -> bool:
    """So many pages more are used; whether the quota allows it."""
    quota = _root(draft)
    if quota.used_pages + count > quota.limit_pages:
        return False
    draft.put(ROOT_ALLOCATOR, Allocator(quota.limit_pages, quota.used_pages + count))
    return True


def credit(draft: Draft, count: int) -> None:
    """So many pages less are used."""
    quota = _root(draft)
    assert quota.used_pages >= count, count
    draft.put(ROOT_ALLOCATOR, Allocator(quota.limit_pages, quota.used_pages - count))


def _root(draft: Draft) -> Allocator:
    body = draft.body(ROOT_ALLOCATOR)
    assert isinstance(body, Allocator)
    return body


def take_frame(draft: Draft) -> int | None:
    """One frame; None when there is none, or nobody may pay for it."""
    return take_block(draft, 0)


def take_block(draft: Draft, order: int) -> int | None:
    """The first of `1 << order` frames that follow each other; None as for one frame."""
    if not charge(draft, 1 << order):
        return None
    taken = physical.take_block(draft.frames, draft.machine, order)
    if taken is None:
        credit(draft, 1 << order)
        return None
    frames, first = taken
    draft.frames = physical.enter_block(frames, draft.design.page_unit, first, order)
    return first


def take_pages(draft: Draft, count: int) -> tuple[tuple[int, int], ...] | None:
    """Frames for at least so many pages, as runs: in one block, or as many as asked.

    None as for one frame.
    """
    if draft.design.page_unit is not PageUnit.SINGLE_PAGES:
        order = (count - 1).bit_length()
        first = take_block(draft, order)
        return None if first is None else ((first, 1 << order),)
    if not charge(draft, count):
        return None
    taken = physical.take_single_pages(draft.frames, draft.machine, count)
    if taken is None:
        credit(draft, count)
        return None
    draft.frames, runs = taken
    return runs


def release(draft: Draft, first: int, count: int) -> None:
    """These frames, of one run, are used no more."""
    unit = draft.design.page_unit
    draft.frames, freed = physical.release(draft.frames, draft.machine, unit, first, count)
    if freed:
        credit(draft, freed)
