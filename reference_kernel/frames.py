"""Physical frames: which are given out, what they hold, and how many memories share them.

Frames are given out in blocks, which the kernel takes from one zone after the other. Source:
mem/pmem_manager.rs.
"""

from dataclasses import dataclass

from immutables import Map

from reference_kernel import buddy, spans
from reference_kernel.machine import Machine
from reference_kernel.spans import Span, Spans
from spec.design import PageUnit


@dataclass(frozen=True, slots=True)
class Content:
    """What a frame holds: words by their number in it; elsewhere zeros, or what nobody knows.

    A word that was written, and of which nobody knows what it is, is None.
    """

    cleared: bool
    words: Map[int, int | None]

    def word(self, number: int) -> int | None:
        """The word of that number, None where it is what was there before all records."""
        return self.words.get(number, 0 if self.cleared else None)


NEVER_TOUCHED = Content(cleared=False, words=Map())
CLEARED = Content(cleared=True, words=Map())


@dataclass(frozen=True, slots=True)
class Frames:
    """All frames of the machine.

    `tree` holds the buddy trees. `contents` has the frames that somebody wrote to; they keep what
    they hold when they are freed. `sharers` has the frames that memories share, with the number of
    these memories as note, the frame itself standing for the page. `blocks` counts the frames of a
    block that are still in use, by its first frame, where blocks are freed as a whole.
    """

    tree: buddy.Tree
    next_zone: int = 0
    contents: Map[int, Content] = Map()  # noqa: RUF009
    sharers: Spans = spans.NONE
    blocks: Map[int, tuple[int, int]] = Map()  # noqa: RUF009

    def with_tree(self, tree: buddy.Tree, next_zone: int) -> "Frames":
        """The same with another tree."""
        return Frames(tree, next_zone, self.contents, self.sharers, self.blocks)

    def with_contents(self, contents: Map[int, Content]) -> "Frames":
        """The same with other contents."""
        return Frames(self.tree, self.next_zone, contents, self.sharers, self.blocks)

    def with_sharers(self, sharers: Spans) -> "Frames":
        """The same with other sharers."""
        return Frames(self.tree, self.next_zone, self.contents, sharers, self.blocks)

    def with_blocks(self, blocks: Map[int, tuple[int, int]]) -> "Frames":
        """The same with other blocks."""
        return Frames(self.tree, self.next_zone, self.contents, self.sharers, blocks)


def frames_of(machine: Machine) -> Frames:
    """The frames when the kernel has taken its own."""
    tree: buddy.Tree = Map()
    for first, order in machine.taken:
        number = machine.zone_of(first)
        tree = buddy.take(tree, number, _node(machine, number, first, order), order=order)
    return Frames(tree)


def take_block(frames: Frames, machine: Machine, order: int) -> tuple[Frames, int] | None:
    """A block of `1 << order` frames, and the first of them; None where no zone has one."""
    zones = machine.zones
    for turn in range(len(zones)):
        number = (frames.next_zone + turn) % len(zones)
        zone = zones[number]
        if zone.order < order:
            continue
        node = buddy.find_free(frames.tree, number, zone_order=zone.order, order=order)
        if node is not None:
            tree = buddy.take(frames.tree, number, node, order=order)
            first = zone.first + (node << order) - (1 << zone.order)
            return frames.with_tree(tree, (number + 1) % len(zones)), first
    return None


def take_single_pages(
    frames: Frames, machine: Machine, count: int
) -> tuple[Frames, tuple[tuple[int, int], ...]] | None:
    """So many frames, each a unit of its own, in as few runs as there are blocks for them."""
    runs: list[tuple[int, int]] = []
    order = count.bit_length() - 1
    while count:
        order = min(order, count.bit_length() - 1)
        taken = take_block(frames, machine, order)
        if taken is not None:
            frames, first = taken
            runs.append((first, 1 << order))
            count -= 1 << order
        elif order == 0:
            return None
        else:
            order -= 1
    return frames, tuple(runs)


def release(
    frames: Frames, machine: Machine, unit: PageUnit, first: int, count: int
) -> tuple[Frames, int]:
    """These frames of one run are used no more, and freed as the design's unit has it.

    Also how many frames came free: as many, or as many as whole blocks hold.
    """
    if unit is PageUnit.WHOLE_BLOCK:
        return _release_of_blocks(frames, machine, first, count)
    frees = buddy.free_each if unit is PageUnit.BLOCK_FREED_SINGLY else buddy.free_part
    tree, end = frames.tree, first + count
    while first < end:
        number = machine.zone_of(first)
        stop = min(end, machine.zones[number].end)
        for node, order in _nodes(machine, number, first, stop - first):
            tree = frees(tree, number, node, order=order)
        first = stop
    return frames.with_tree(tree, frames.next_zone), count


def enter_block(frames: Frames, unit: PageUnit, first: int, order: int) -> Frames:
    """Notes a block whose frames are freed together, where the design has that."""
    if unit is not PageUnit.WHOLE_BLOCK:
        return frames
    return frames.with_blocks(frames.blocks.set(first, (order, 1 << order)))


def _release_of_blocks(
    frames: Frames, machine: Machine, first: int, count: int
) -> tuple[Frames, int]:
    freed = 0
    while count:
        block, order, used = _block_of(frames, first)
        gone = min(count, block + (1 << order) - first)
        if gone == used:
            number = machine.zone_of(block)
            node = _node(machine, number, block, order)
            tree = buddy.free(frames.tree, number, node, order=order)
            frames = frames.with_tree(tree, frames.next_zone)
            frames = frames.with_blocks(frames.blocks.delete(block))
            freed += 1 << order
        else:
            frames = frames.with_blocks(frames.blocks.set(block, (order, used - gone)))
        first += gone
        count -= gone
    return frames, freed


def _block_of(frames: Frames, frame: int) -> tuple[int, int, int]:
    """The block that holds the frame: first frame, order, and how many frames are in use."""
    size = 1
    while True:
        first = frame & -size
        known = frames.blocks.get(first)
        if known is not None and frame < first + (1 << known[0]):
            return first, *known
        size *= 2


def _node(machine: Machine, number: int, first: int, order: int) -> int:
    zone = machine.zones[number]
    return (first - zone.first + (1 << zone.order)) >> order


def _nodes(machine: Machine, number: int, first: int, count: int) -> list[tuple[int, int]]:
    """The largest nodes that together hold these frames of one zone, with their orders."""
    nodes = []
    while count:
        order = count.bit_length() - 1
        offset = first - machine.zones[number].first
        if offset:
            order = min(order, (offset & -offset).bit_length() - 1)
        nodes.append((_node(machine, number, first, order), order))
        first += 1 << order
        count -= 1 << order
    return nodes


def share(frames: Frames, first: int, count: int) -> Frames:
    """Each of these frames has one memory more; a frame that was owned has two."""
    sharers = frames.sharers
    for low, high in list(spans.gaps(frames.sharers, first, first + count)):
        sharers = spans.put(sharers, Span(low, high, low, 2))
    for each in spans.within(frames.sharers, first, first + count):
        sharers = spans.put(sharers, each._replace(note=each.note + 1))
    return frames.with_sharers(sharers)


def unshare(frames: Frames, first: int, count: int) -> tuple[Frames, tuple[tuple[int, int], ...]]:
    """Each of these shared frames has one memory less; those that now have none, as runs."""
    sharers = frames.sharers
    last: list[tuple[int, int]] = []
    for each in spans.within(frames.sharers, first, first + count):
        if each.note > 1:
            sharers = spans.put(sharers, each._replace(note=each.note - 1))
        else:
            sharers = spans.cut(sharers, each.first, each.end)
            last.append((each.first, each.end - each.first))
    return frames.with_sharers(sharers), tuple(last)


def keep_alone(frames: Frames, frame: int) -> Frames:
    """The last memory that shares the frame owns it from now on."""
    return frames.with_sharers(spans.cut(frames.sharers, frame, frame + 1))


def forget_contents(frames: Frames, first: int, count: int) -> Frames:
    """The frames are cleared: nothing that was written to them is left."""
    contents = frames.contents
    if not contents:
        return frames
    some = range(first, first + count) if count <= len(contents) else list(contents)
    for frame in some:
        if first <= frame < first + count and frame in contents:
            contents = contents.delete(frame)
    return frames.with_contents(contents)


def free_runs(frames: Frames, machine: Machine) -> list[tuple[int, int]]:
    """The frames that may still be given out, in order: first and end."""
    return [
        (zone.first + first, zone.first + end)
        for number, zone in enumerate(machine.zones)
        for first, end in buddy.free_runs(frames.tree, number, zone_order=zone.order)
    ]
