"""Delta debugging: leave out what a failure does not need."""

from collections.abc import Callable, Sequence
from typing import TypeVar

_T = TypeVar("_T")

_NEIGHBOURS = 4
"""Items that are needed only together, as a call and its return, stand this close at most."""


def shrink(items: Sequence[_T], still_fails: Callable[[tuple[_T, ...]], bool]) -> tuple[_T, ...]:
    """A part of `items`, in order, that still fails; without any few neighbours it does not.

    `still_fails` must hold of all items and must answer the same each time. Large chunks are tried
    first, so that long runs shrink in few tries.

    Errors: ValueError when the items as given do not fail.
    """
    kept = tuple(items)
    if not still_fails(kept):
        raise ValueError("what is to be shrunk does not fail as it is")
    size = max(1, len(kept) // 2)
    while True:
        shorter = _without_chunks(kept, size, still_fails)
        removed = len(shorter) < len(kept)
        kept = shorter
        if size > 1:
            size = min(size // 2, max(1, len(kept) // 2))
        elif not removed:
            closer = _without_neighbours(kept, still_fails)
            if closer == kept:
                return kept
            kept = closer


def shorten(
    items: tuple[_T, ...],
    others: Sequence[_T],
    still_fails: Callable[[tuple[_T, ...]], bool],
) -> tuple[_T, ...]:
    """Fewer items that fail too, where one of these or of the others can stand for several.

    `items` fail, and need each of them; so does what is given.
    """
    while True:
        shorter = _with_one_replaced(items, others, still_fails)
        if shorter is None:
            return items
        items = shorter


def _with_one_replaced(
    items: tuple[_T, ...],
    others: Sequence[_T],
    still_fails: Callable[[tuple[_T, ...]], bool],
) -> tuple[_T, ...] | None:
    for at in range(len(items)):
        for other in (*items, *others):
            changed = (*items[:at], other, *items[at + 1 :])
            if other is not items[at] and still_fails(changed):
                shorter = shrink(changed, still_fails)
                if len(shorter) < len(items):
                    return shorter
    return None


def _without_neighbours(
    items: tuple[_T, ...], still_fails: Callable[[tuple[_T, ...]], bool]
) -> tuple[_T, ...]:
    """Leave out a few neighbours that are not needed, wherever they stand; or nothing."""
    for size in range(2, min(_NEIGHBOURS, len(items)) + 1):
        for begin in range(len(items) - size, -1, -1):
            shorter = items[:begin] + items[begin + size :]
            if still_fails(shorter):
                return shorter
    return items


def _without_chunks(
    items: tuple[_T, ...], size: int, still_fails: Callable[[tuple[_T, ...]], bool]
) -> tuple[_T, ...]:
    """Leave out each chunk of `size` that is not needed; effects go before their causes."""
    end = len(items)
    while end > 0:
        begin = max(0, end - size)
        shorter = items[:begin] + items[end:]
        if still_fails(shorter):
            items = shorter
        end = begin
    return items
