"""What the model sees of a kernel state.

A page is named by its memory and its number there, an address by its address space and its number
there, a line of the translation cache by the page that it translates. A page of an event pool has
the number of its frame, which it never leaves: the pool's buffers change places. The memories that
share a frame stand in the frame's queue in the order of their names, which is the order in which
they came.
"""

from dataclasses import dataclass, field

from assay.lang.values import Value
from models.copy_on_write.state import blocks_are_broken
from proofs.copy_on_write.mapping.window import Blocks, window, within
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.frames import Content
from reference_kernel.guarantees.changes import touched
from reference_kernel.pages import PageState
from reference_kernel.records import WRITE, MemoryRecord, PoolRecord
from reference_kernel.state import AddressSpace, Allocator, EventPool, Memory, State, Thread
from spec.design import Design, FreshPages, PageUnit

Cells = dict[tuple[Value, ...], Value]
_NUMBER_BITS = 52
_PROCESSOR = 0
_ZEROS = 0


def page_of(memory: int, number: int) -> int:
    """The model's element for a page of a memory."""
    return memory << _NUMBER_BITS | number


def parts_of(page: int) -> tuple[int, int]:
    """The memory that a page of the model is one of, and its number there."""
    return page >> _NUMBER_BITS, page & ((1 << _NUMBER_BITS) - 1)


def address_of(space: int, page: int) -> int:
    """The model's element for a page of an address space."""
    return space << _NUMBER_BITS | page


_TABLES = (
    "frame",
    "shared",
    "sharers",
    "allocated",
    "of_block",
    "content",
    "charged",
    "page",
    "entry",
    "writable",
    "caller",
    "at",
    "on",
    "leads_to",
    "writes",
    "place",
    "before",
    "last",
)


_NAMED_BY_KEYS = {
    "Page": ("frame",),
    "Frame": ("allocated", "content"),
    "Address": ("entry",),
    "Translation": ("at",),
}
_NAMED_BY_VALUES = {
    "Page": ("page",),
    "Frame": ("frame", "entry", "leads_to"),
    "Address": ("at",),
    "Translation": (),
    "Processor": ("on",),
    "Content": ("content",),
}


class Contents:
    """A number for everything that a frame was ever seen to hold; zeros, or nothing known, is 0."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}

    def number(self, content: Content | None) -> int:
        """The model's element for the content."""
        if content is None or not content.words:
            return _ZEROS
        known = (content.cleared, tuple(sorted(content.words.items())))
        return self._numbers.setdefault(known, len(self._numbers) + 1)


@dataclass(slots=True)
class Seen:
    """The tables of the model, and which pages were cleared for their owner."""

    tables: dict[str, Cells] = field(default_factory=lambda: {name: {} for name in _TABLES})
    cleared: set[int] = field(default_factory=set)

    def elements(self) -> dict[str, frozenset[int]]:
        """What the cells name, by kind."""
        found: dict[str, set[int]] = {kind: {0} for kind in _NAMED_BY_VALUES}
        for kind, tables in _NAMED_BY_KEYS.items():
            for table in tables:
                found[kind].update(int(key or 0) for (key,) in self.tables[table])
        for kind, tables in _NAMED_BY_VALUES.items():
            for table in tables:
                found[kind].update(int(value or 0) for value in self.tables[table].values())
        return {kind: frozenset(elements) for kind, elements in found.items()}


def seen(design: Design, state: State, contents: Contents, blocks: Blocks) -> Seen:
    """Everything that the model speaks of, as far as it is about frames of the window."""
    view, frames = Seen(), window(design)
    others = 0
    for name, known in state.objects.items():
        match known.body:
            case Memory():
                others += _see_pages(view, frames, name, known.body)
            case EventPool():
                others += _see_pool(view, design, frames, name, known.body)
            case AddressSpace():
                others += 1 + len(known.body.tables.tables)
                _see_entries(view, state, frames, name, known.body)
            case _:
                pass
    _see_queues(view)
    for span in state.frames.sharers:
        others += span.end - span.first
        for frame in within(frames, span.first, span.end):
            others -= 1
            view.tables["sharers"][frame,] = span.note
    _see_allocator(view, design, state, blocks)
    _see_charge(view, design, state, others)
    for frame in frames:
        content = contents.number(state.frames.contents.get(frame))
        if content != _ZEROS:
            view.tables["content"][frame,] = content
    _see_lines(view, state, frames)
    return view


def looks_alike(before: State, after: State) -> bool:
    """Whether nothing that is seen can differ; the one state was there before the other."""
    if after.next_object < before.next_object or before.frames is not after.frames:
        return False
    if _lines_of(before) != _lines_of(after):
        return False
    return not touched(before, after, (Memory, EventPool, AddressSpace, Allocator))


def _lines_of(state: State) -> object:
    """The lines of the translation cache, and whose they are."""
    thread = state.body(state.current)
    space = thread.address_space if isinstance(thread, Thread) else None
    return space, state.processors[_PROCESSOR].cache


def _see_pages(view: Seen, frames: tuple[int, ...], name: int, memory: Memory) -> int:
    """Notes the pages in the window; gives how many frames the memory owns beyond it."""
    tables, number, others = view.tables, 0, 0
    for run in memory.pages:
        if run.resident:
            is_shared = run.state is PageState.SHARED
            others += 0 if is_shared else run.length
            for frame in within(frames, run.frame, run.frame + run.length):
                page = page_of(name, number + frame - run.frame)
                tables["frame"][page,] = frame
                if run.cleared:
                    view.cleared.add(page)
                if is_shared:
                    tables["shared"][page,] = True
                else:
                    others -= 1
        number += run.length
    return others


def _see_pool(
    view: Seen, design: Design, frames: tuple[int, ...], name: int, pool: EventPool
) -> int:
    """The same for an event pool."""
    held = (*pool.reads.frames, *pool.writes.frames)
    inside = [frame for frame in held if frame in frames]
    for frame in inside:
        page = page_of(name, frame)
        view.tables["frame"][page,] = frame
        if design.fresh_pages is FreshPages.ZEROED:
            view.cleared.add(page)
    return len(held) - len(inside)


def _see_queues(view: Seen) -> None:
    tables = view.tables
    last = tables["last"]
    for (page,) in sorted(tables["shared"]):
        frame = tables["frame"][page,]
        ahead = last.get((frame,))
        if ahead is not None:
            tables["before"][page,] = ahead
            tables["place"][page,] = int(tables["place"].get((ahead,)) or 0) + 1
        last[frame,] = page


def _see_allocator(view: Seen, design: Design, state: State, blocks: Blocks) -> None:
    """Where blocks are freed as a whole, what is kept of a block till then is not seen."""
    tables = view.tables
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        tables["allocated"] = {(frame,): True for frame in tables["frame"].values()}
        return
    of_tables = _frames_of_tables(state)
    for frame, order in blocks.orders(design, state).items():
        if frame not in of_tables:
            tables["allocated"][frame,] = True
            if order and blocks_are_broken(design):
                tables["of_block"][frame,] = True


def _frames_of_tables(state: State) -> set[int]:
    found: set[int] = set()
    for known in state.objects.values():
        if isinstance(known.body, AddressSpace):
            found.add(known.body.tables.top)
            found.update(frame for frame, _ in known.body.tables.tables.values())
    return found


def _see_charge(view: Seen, design: Design, state: State, others: int) -> None:
    """What the quota has paid, but for page tables and for what is beyond the window."""
    root = state.body(ROOT_ALLOCATOR)
    assert isinstance(root, Allocator)
    charged = root.used_pages - others
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        charged = len(set(view.tables["frame"].values()))
    if charged:
        view.tables["charged"][()] = charged


def _see_entries(
    view: Seen, state: State, frames: tuple[int, ...], name: int, space: AddressSpace
) -> None:
    for span in space.tables.entries:
        for frame in within(frames, span.frame, span.frame + span.end - span.first):
            at = span.first + frame - span.frame
            address = address_of(name, at)
            view.tables["entry"][address,] = frame
            if span.note & WRITE:
                view.tables["writable"][address,] = True
            page = _page_mapped(state, space, at, frame)
            if page is not None:
                view.tables["page"][address,] = page


def _page_mapped(state: State, space: AddressSpace, at: int, frame: int) -> int | None:
    """The page that is mapped there; if several are, the one that is in the frame."""
    found: int | None = None
    for record in space.records:
        if isinstance(record, PoolRecord) and record.start <= at < record.start + record.pages:
            shown = _page_of_pool(state, record.pool, frame)
            if shown is not None:
                return shown
        if isinstance(record, MemoryRecord) and record.start <= at < record.start + record.pages:
            number = at - record.start + record.location.offset
            page = page_of(record.memory, number)
            if _is_in(state, record.memory, number, frame):
                return page
            found = page if found is None else found
    return found


def _page_of_pool(state: State, name: int, frame: int) -> int | None:
    """The page of the pool that is in the frame, if it is one that programs see."""
    pool = state.body(name)
    assert isinstance(pool, EventPool), name
    return page_of(name, frame) if frame in pool.reads.frames else None


def _is_in(state: State, memory: int, number: int, frame: int) -> bool:
    body = state.body(memory)
    assert isinstance(body, Memory), memory
    at = 0
    for run in body.pages:
        if at <= number < at + run.length:
            return run.resident and run.frame + number - at == frame
        at += run.length
    return False


def _see_lines(view: Seen, state: State, frames: tuple[int, ...]) -> None:
    """The lines are those of the processor's own address space: it forgets them with that."""
    thread = state.body(state.current)
    if not isinstance(thread, Thread):
        return
    tables = view.tables
    for span in state.processors[_PROCESSOR].cache:
        for frame in within(frames, span.frame, span.frame + span.end - span.first):
            line = span.first + frame - span.frame
            tables["at"][line,] = address_of(thread.address_space, line)
            tables["on"][line,] = _PROCESSOR
            tables["leads_to"][line,] = frame
            if span.note & WRITE:
                tables["writes"][line,] = True
