"""The kernel's own heap: zones of pages, and in each a list of free chunks, first fit.

No call of the reference kernel uses it: how objects lie in the heap no log shows. It is specified
against LOW-3 alone.

Source: the linked list allocator.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from spec.sizes import PAGE_BYTES

CHUNK_BYTES = 32
"""What every block takes a multiple of: a free chunk's list node lies in the chunk itself."""
HEADER_BYTES = 96
"""What the heap keeps at the start of each zone."""
_LEAST_ZONE_PAGES = 8


class Chunk(NamedTuple):
    """Bytes of a zone that are free, from `start` up to `end`."""

    start: int
    end: int


class Block(NamedTuple):
    """Bytes that were given out, from `start` up to `end`, and what was asked for."""

    start: int
    end: int
    size_bytes: int
    align: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A power of two of pages; its free chunks in the order of their addresses."""

    start: int
    end: int
    free: tuple[Chunk, ...]


@dataclass(frozen=True, slots=True)
class Heap:
    """Zones, which are never given back, and the blocks that are given out.

    `pages_left` are those that it can still get for zones. The kernel does not keep `blocks`.
    """

    pages_left: int
    zones: tuple[Zone, ...] = ()
    blocks: tuple[Block, ...] = ()


def allocate(heap: Heap, size_bytes: int, align: int) -> tuple[Heap, Block] | None:
    """A block of so many bytes, at least one, at a multiple of `align`, a power of two.

    The first chunk that fits gives its end. None, when no zone has room nor is there any for
    another zone.
    """
    for at, zone in enumerate(heap.zones):
        for number, chunk in enumerate(zone.free):
            block = _fitting(chunk, size_bytes, align)
            if block is not None:
                rest = (Chunk(chunk.start, block.start),) if chunk.start < block.start else ()
                left = (*zone.free[:number], *rest, *zone.free[number + 1 :])
                return _given(heap, at, replace(zone, free=left), block), block
    grown = _grown(heap, size_bytes + align)
    return None if grown is None else allocate(grown, size_bytes, align)


def free(heap: Heap, block: Block, *, recorded: bool = False) -> Heap:
    """The block is free again, merged with the chunks before and behind it.

    As built its size is worked out anew from what was asked; with `recorded` it is what was given.
    """
    end = block.end if recorded else block.start + _rounded(block.size_bytes)
    at = next(n for n, each in enumerate(heap.zones) if each.start <= block.start < each.end)
    zone = heap.zones[at]
    chunks = tuple(_merged(sorted((*zone.free, Chunk(block.start, end)))))
    zones = (*heap.zones[:at], replace(zone, free=chunks), *heap.zones[at + 1 :])
    return replace(heap, zones=zones, blocks=tuple(b for b in heap.blocks if b != block))


def the_heap_is_sound(heap: Heap) -> str | None:
    """LOW-3: why the heap is not sound, None if it is.

    Blocks and chunks of a zone do not overlap and leave no byte out, blocks lie where they were
    asked to lie, and no two chunks touch.
    """
    for block in heap.blocks:
        if block.start % block.align or block.end - block.start < block.size_bytes:
            return f"the block at {block.start:#x} is not what was asked for"
    for zone in heap.zones:
        inside = [each for each in heap.blocks if zone.start <= each.start < zone.end]
        parts = sorted([*zone.free, *(Chunk(each.start, each.end) for each in inside)])
        at = zone.start + HEADER_BYTES
        for part in parts:
            if part.start != at:
                what = "overlap" if part.start < at else "are lost"
                return f"bytes before {part.start:#x} {what}"
            at = part.end
        if at != zone.end:
            return f"bytes behind {at:#x} {'are lost' if at < zone.end else 'overlap'}"
        for one, other in pairwise(zone.free):
            if one.end == other.start:
                return f"the free chunks at {one.start:#x} and {other.start:#x} touch"
    return None


def _fitting(chunk: Chunk, size_bytes: int, align: int) -> Block | None:
    """The end of the chunk, from the last multiple of `align` on that leaves enough."""
    step = max(align, CHUNK_BYTES)
    start = (chunk.end - _rounded(size_bytes)) // step * step
    return Block(start, chunk.end, size_bytes, align) if start >= chunk.start else None


def _given(heap: Heap, at: int, zone: Zone, block: Block) -> Heap:
    zones = (*heap.zones[:at], zone, *heap.zones[at + 1 :])
    return replace(heap, zones=zones, blocks=(*heap.blocks, block))


def _grown(heap: Heap, wanted_bytes: int) -> Heap | None:
    """The heap with a zone more in which so many bytes have room; zones lie at their multiples."""
    pages = _LEAST_ZONE_PAGES
    while pages * PAGE_BYTES - HEADER_BYTES < _rounded(wanted_bytes):
        pages *= 2
    if pages > heap.pages_left:
        return None
    size = pages * PAGE_BYTES
    last = heap.zones[-1].end if heap.zones else 0
    start = -(-(last + 1) // size) * size
    chunk = Chunk(start + HEADER_BYTES, start + size)
    zones = (*heap.zones, Zone(start, start + size, (chunk,)))
    return replace(heap, pages_left=heap.pages_left - pages, zones=zones)


def _rounded(size_bytes: int) -> int:
    return -(-size_bytes // CHUNK_BYTES) * CHUNK_BYTES


def _merged(chunks: list[Chunk]) -> Iterator[Chunk]:
    """The sorted chunks, those that touch made one."""
    last: Chunk | None = None
    for chunk in chunks:
        if last is not None and last.end == chunk.start:
            last = Chunk(last.start, chunk.end)
            continue
        if last is not None:
            yield last
        last = chunk
    if last is not None:
        yield last
