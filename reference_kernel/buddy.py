"""The buddy tree of one zone, in the persistent map that all zones share.

Node 1 of a zone is the whole of it, node n has the children 2n and 2n + 1, and a leaf is one frame.
A node that is not in the map has status 0, and so has everything below it. Its word is its status
and, above that, one more than the order of the largest node in it that an allocation may find.

Calls run one at a time here, so that the coalescing bits of the status never outlive a call: they
are left out. Source: mem/pmem_allocator.rs, after arXiv 1804.03436.
"""

from immutables import Map, MapMutation

Tree = Map[int, int]

OCC_RIGHT = 1
OCC_LEFT = 2
OCCUPY = 16
BUSY = OCCUPY | OCC_LEFT | OCC_RIGHT
_STATUS = 31
_BEST_AT = 5
_ZONE_AT = 40


def key(zone: int, node: int) -> int:
    """The place of a node in the map of all zones."""
    return zone << _ZONE_AT | node


def status(tree: Tree, place: int) -> int:
    """The status of a node, 0 for one that is not in the map."""
    return tree.get(place, 0) & _STATUS


def _best(tree: Tree, place: int, order: int) -> int:
    word = tree.get(place)
    return order + 1 if word is None else word >> _BEST_AT


def find_free(tree: Tree, zone: int, *, zone_order: int, order: int) -> int | None:
    """The first node of this order, from left to right, that an allocation may take.

    It has status 0, and no node above it is occupied. What lies below it is not looked at.
    """
    return _find(tree, zone << _ZONE_AT, 1, zone_order, order)


def _find(tree: Tree, base: int, node: int, at_order: int, order: int) -> int | None:
    word = tree.get(base | node)
    if word is None:
        return node << (at_order - order)
    if word & OCCUPY or word >> _BEST_AT <= order:
        return None
    if at_order == order:
        return None if word & _STATUS else node
    left = _find(tree, base, 2 * node, at_order - 1, order)
    if left is not None:
        return left
    return _find(tree, base, 2 * node + 1, at_order - 1, order)


def count_free(tree: Tree, zone: int, *, zone_order: int, order: int) -> int:
    """How many nodes of this order `find_free` would find, one after the other."""
    return _count(tree, zone << _ZONE_AT, 1, zone_order, order) if zone_order >= order else 0


def _count(tree: Tree, base: int, node: int, at_order: int, order: int) -> int:
    word = tree.get(base | node)
    if word is None:
        return 1 << (at_order - order)
    if word & OCCUPY or word >> _BEST_AT <= order:
        return 0
    if at_order == order:
        return 0 if word & _STATUS else 1
    left = _count(tree, base, 2 * node, at_order - 1, order)
    return left + _count(tree, base, 2 * node + 1, at_order - 1, order)


def take(tree: Tree, zone: int, node: int, *, order: int) -> Tree:
    """Occupies a node, and tells all nodes above it."""
    base = zone << _ZONE_AT
    changed = tree.mutate()
    changed[base | node] = word = BUSY
    while node > 1:
        parent = base | node >> 1
        known = changed.get(parent, 0)
        status = known & _STATUS | (OCC_RIGHT if node & 1 else OCC_LEFT)
        word = _word(status, order + 1, word, changed.get(base | node ^ 1))
        if word != known:
            changed[parent] = word
        node >>= 1
        order += 1
    return changed.finish()


def free(tree: Tree, zone: int, node: int, *, order: int) -> Tree:
    """Frees a node: status 0, and the nodes above are told until one has an occupied buddy."""
    base = zone << _ZONE_AT
    changed = tree.mutate()
    below = (changed.get(base | 2 * node), changed.get(base | 2 * node + 1)) if order else ()
    word = None if not any(below) else _word(0, order, *below)
    _put(changed, base | node, word)
    clears = True
    while node > 1:
        parent = base | node >> 1
        status = changed.get(parent, 0) & _STATUS
        if clears:
            status &= ~(OCC_RIGHT if node & 1 else OCC_LEFT)
            clears = not status & (OCC_LEFT if node & 1 else OCC_RIGHT)
        sibling = changed.get(base | node ^ 1)
        gone = not status and word is None and sibling is None
        word = None if gone else _word(status, order + 1, word, sibling)
        _put(changed, parent, word)
        node >>= 1
        order += 1
    return changed.finish()


def _word(status: int, order: int, one: int | None, other: int | None) -> int:
    """The word of a node of this order, whose children have these words."""
    if status & OCCUPY:
        return status
    if not status:
        return (order + 1) << _BEST_AT
    best = order if one is None else one >> _BEST_AT
    others = order if other is None else other >> _BEST_AT
    return status | (best if best > others else others) << _BEST_AT


def _put(changed: MapMutation[int, int], place: int, word: int | None) -> None:
    """The node has this word; it is in the map only if it has one."""
    known = changed.get(place)
    if word is not None and word != known:
        changed[place] = word
    elif word is None and known is not None:
        del changed[place]


def free_each(tree: Tree, zone: int, node: int, *, order: int) -> Tree:
    """Frees every leaf of the node by itself, as the kernel does that forgot the block.

    Leaves of an untouched subtree all have the same effect, so that one stands for them.
    """
    place = zone << _ZONE_AT | node
    if place not in tree or order == 0:
        return free(tree, zone, node, order=order)
    tree = free_each(tree, zone, 2 * node, order=order - 1)
    return free_each(tree, zone, 2 * node + 1, order=order - 1)


def free_part(tree: Tree, zone: int, node: int, *, order: int) -> Tree:
    """Frees all frames of the node, each of which is a unit of its own.

    A larger node that is occupied as a whole is split; smaller ones are freed one by one.
    """
    base = zone << _ZONE_AT
    above, up = node, 0
    while above and not status(tree, base | above) & OCCUPY:
        above >>= 1
        up += 1
    if above == node:
        return free(tree, zone, node, order=order)
    if not above:
        if base | node not in tree:
            return tree
        tree = free_part(tree, zone, 2 * node, order=order - 1)
        return free_part(tree, zone, 2 * node + 1, order=order - 1)
    for depth in range(up):
        part = node >> (up - depth)
        tree = tree.set(base | 2 * part, BUSY).set(base | 2 * part + 1, BUSY)
        tree = tree.set(base | part, OCC_LEFT | OCC_RIGHT)
    return free(tree, zone, node, order=order)


def free_runs(tree: Tree, zone: int, *, zone_order: int) -> list[tuple[int, int]]:
    """The frames of the zone that allocations may still give out, as offsets: first and end."""
    word_at, base, size = tree.get, zone << _ZONE_AT, 1 << zone_order
    if base | 1 not in tree:
        return [(0, size)]
    runs: list[tuple[int, int]] = []
    left = [(1, zone_order)]
    while left:
        node, order = left.pop()
        word = word_at(base | node)
        if word is None or not word & _STATUS:
            first = (node << order) - size
            end = first + (1 << order)
            if runs and runs[-1][1] == first:
                first = runs.pop()[0]
            runs.append((first, end))
        elif not word & OCCUPY and order:
            left += ((2 * node + 1, order - 1), (2 * node, order - 1))
    return runs
