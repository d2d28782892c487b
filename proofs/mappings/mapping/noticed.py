"""Which pages the model sees: the first of each memory, and those that lie where others do.

As built a mapping may lie over another one. Whoever is mapped last shows there, and takes it away
when it goes, so that the model has to see both pages of such a place, how far they may be from
where their memories begin.
"""

from collections.abc import Iterator, Mapping

from reference_kernel.pages import page_at, resident_within
from reference_kernel.records import MemoryRecord, Record
from reference_kernel.state import AddressSpace, Memory, Object

WATCHED = 128
"""How many pages of each memory the model sees in any case: what is true of one is true of each.

They are more than the first program's code has.
"""

Noticed = Mapping[int, frozenset[int]]
"""The pages of memories that are seen beside the first."""


def noticed(objects: Mapping[int, Object], before: Noticed) -> Noticed:
    """The pages beyond the first of their memory that lie where another mapping lies too.

    They are looked for among the first pages where two mappings meet, and where one was noticed
    before. A page stays noticed as long as its memory has it: from then on it may be that it is
    mapped and no page table shows it.
    """
    found = {name: _left(objects, name, pages) for name, pages in before.items()}
    found = {name: pages for name, pages in found.items() if pages}
    for known in objects.values():
        if isinstance(known.body, AddressSpace):
            _notice(known.body.records, found)
    return found


def _left(objects: Mapping[int, Object], name: int, pages: frozenset[int]) -> frozenset[int]:
    """Those of the pages that the memory has still."""
    known = objects.get(name)
    body = None if known is None else known.body
    size = body.size_pages if isinstance(body, Memory) else 0
    return pages if max(pages) < size else frozenset(each for each in pages if each < size)


def _notice(records: tuple[Record, ...], found: dict[int, frozenset[int]]) -> None:
    """Adds what is to be noticed of one address space, till nothing is new."""
    far = [each for each in records if isinstance(each, MemoryRecord) and _reach(each) > WATCHED]
    pairs = [(one, other) for one in far for other in records if one is not other]
    changed = bool(pairs)
    while changed:
        changed = False
        for one, other in pairs:
            known = found.get(one.memory, frozenset[int]())
            more = known.union(_met(one, other, found))
            if len(more) > len(known):
                found[one.memory], changed = more, True


def _reach(record: MemoryRecord) -> int:
    """The page of its memory behind the last one that is mapped."""
    return record.location.offset + record.pages


def _met(one: MemoryRecord, other: Record, found: Noticed) -> Iterator[int]:
    """The pages of the one mapping, beyond the first, that have to be seen as the other is there.

    Gives each by its number in the memory.
    """
    low = max(one.start, other.start)
    high = min(one.start + one.pages, other.start + other.pages)
    if low >= high:
        return
    places = [*range(low, min(high, low + WATCHED))]
    for each in (one, other):
        if isinstance(each, MemoryRecord):
            shift = each.start - each.location.offset
            places += [page + shift for page in found.get(each.memory, ())]
    for place in places:
        index = place - one.start + one.location.offset
        if low <= place < high and index >= WATCHED:
            yield index


def seen_pages(
    body: Memory, beside: frozenset[int], first: int, end: int
) -> Iterator[tuple[int, int]]:
    """The resident pages from `first` to before `end` that are seen, each with its frame.

    `beside`: those of the memory that are noticed.
    """
    end = min(end, body.size_pages)
    for at, run in resident_within(body.pages, first, min(end, WATCHED)):
        for index in range(at, at + run.length):
            yield index, run.frame + index - at
    for index in sorted(beside):
        page = page_at(body.pages, index)
        if first <= index < end and page.resident:
            yield index, page.frame
