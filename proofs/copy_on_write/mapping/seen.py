"""What the model sees of a kernel state.

A page is named by its memory and its number there, an address by its address space and its number
there, a line of a translation cache by its processor and the page that it translates. A page of an
event pool has the number of its frame, which it never leaves: the pool's buffers change places. The
memories that share a frame stand in the frame's queue in the order of their names, which is the
order in which they came.
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
from reference_kernel.state import (
    AddressSpace,
    Allocator,
    EventPool,
    Memory,
    Processor,
    State,
    Thread,
)
from spec.design import Design, FreshPages, PageUnit

Cells = dict[tuple[Value, ...], Value]
_NUMBER_BITS = 52
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


def line_of(processor: int, page: int) -> int:
    """The model's element for the line in which a processor remembers the page."""
    return processor << _NUMBER_BITS | page


_OF_PAGES = ("frame", "shared", "page", "entry", "writable", "place", "before", "last")
_OF_LINES = ("at", "on", "leads_to", "writes")


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
class Pages:
    """What the bodies of objects tell.

    `cleared` are the pages that were cleared for their owner, `others` counts the frames that
    objects have beyond the window.
    """

    tables: dict[str, Cells] = field(default_factory=lambda: {name: {} for name in _OF_PAGES})
    cleared: set[int] = field(default_factory=set)
    others: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """The tables of the model, and what of them the bodies of objects tell."""

    state: State
    tables: dict[str, Cells]
    pages: Pages

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


def seen(
    design: Design, state: State, contents: Contents, blocks: Blocks, known: Seen | None = None
) -> Seen:
    """Everything that the model speaks of, as far as it is about frames of the window.

    From what is `known` of another state it takes what cannot differ, and what does not.
    """
    frames, now = window(design), state.frames
    pages = None if known is None or _moves(known.state, state) else known.pages
    is_placed = pages is not None and known is not None and known.state.frames.tree is now.tree
    if pages is None:
        pages = _see_objects(design, state, frames)
    sharers, others = _see_sharers(state, frames)
    tables = {**pages.tables, "caller": {}, "sharers": sharers, **_see_lines(state, frames)}
    tables["charged"] = _see_charge(pages, design, state, pages.others + others)
    if known is not None and is_placed:
        tables |= {name: known.tables[name] for name in ("allocated", "of_block")}
    else:
        tables |= _see_allocator(pages, design, state, blocks)
    if known is not None and known.state.frames.contents is now.contents:
        tables["content"] = known.tables["content"]
    else:
        numbers = ((frame, contents.number(now.contents.get(frame))) for frame in frames)
        tables["content"] = {(frame,): number for frame, number in numbers if number != _ZEROS}
    if known is not None:
        tables = {name: _kept(known.tables[name], cells) for name, cells in tables.items()}
    return Seen(state, tables, pages)


def _see_sharers(state: State, frames: tuple[int, ...]) -> tuple[Cells, int]:
    """How many share the frames of the window, and how many frames beyond it are shared."""
    cells: Cells = {}
    others = 0
    for span in state.frames.sharers:
        inside = list(within(frames, span.first, span.end))
        others += span.end - span.first - len(inside)
        cells.update({(frame,): span.note for frame in inside})
    return cells, others


def _kept(old: Cells, new: Cells) -> Cells:
    """The old table, if the new one is like it."""
    return old if old == new else new


def _moves(before: State, after: State) -> bool:
    """Whether a body differs of an object that has pages or shows them."""
    return touched(before, after, (Memory, EventPool, AddressSpace))


def _see_objects(design: Design, state: State, frames: tuple[int, ...]) -> Pages:
    view = Pages()
    for name, known in state.objects.items():
        match known.body:
            case Memory():
                view.others += _see_pages(view, frames, name, known.body)
            case EventPool():
                view.others += _see_pool(view, design, frames, name, known.body)
            case AddressSpace():
                view.others += 1 + len(known.body.tables.tables)
                _see_entries(view, state, frames, name, known.body)
            case _:
                pass
    _see_queues(view)
    return view


def looks_alike(before: State, after: State) -> bool:
    """Whether nothing that is seen can differ; the one state was there before the other."""
    if after.next_object < before.next_object or before.frames is not after.frames:
        return False
    if _lines_of(before) != _lines_of(after):
        return False
    return not touched(before, after, (Memory, EventPool, AddressSpace, Allocator))


def _lines_of(state: State) -> object:
    """The lines of the translation caches, and whose they are."""
    return [(_space_of(state, each), each.cache) for each in state.processors]


def _space_of(state: State, processor: Processor) -> int | None:
    """The address space that the processor uses, if it runs a thread."""
    thread = state.body(processor.current)
    return thread.address_space if isinstance(thread, Thread) else None


def _see_pages(view: Pages, frames: tuple[int, ...], name: int, memory: Memory) -> int:
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
    view: Pages, design: Design, frames: tuple[int, ...], name: int, pool: EventPool
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


def _see_queues(view: Pages) -> None:
    tables = view.tables
    last = tables["last"]
    for (page,) in sorted(tables["shared"]):
        frame = tables["frame"][page,]
        ahead = last.get((frame,))
        if ahead is not None:
            tables["before"][page,] = ahead
            tables["place"][page,] = int(tables["place"].get((ahead,)) or 0) + 1
        last[frame,] = page


def _see_allocator(view: Pages, design: Design, state: State, blocks: Blocks) -> dict[str, Cells]:
    """Where blocks are freed as a whole, what is kept of a block till then is not seen."""
    tables: dict[str, Cells] = {"allocated": {}, "of_block": {}}
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        tables["allocated"] = {(frame,): True for frame in view.tables["frame"].values()}
        return tables
    of_tables = _frames_of_tables(state)
    for frame, order in blocks.orders(design, state).items():
        if frame not in of_tables:
            tables["allocated"][frame,] = True
            if order and blocks_are_broken(design):
                tables["of_block"][frame,] = True
    return tables


def _frames_of_tables(state: State) -> set[int]:
    found: set[int] = set()
    for known in state.objects.values():
        if isinstance(known.body, AddressSpace):
            found.add(known.body.tables.top)
            found.update(frame for frame, _ in known.body.tables.tables.values())
    return found


def _see_charge(view: Pages, design: Design, state: State, others: int) -> Cells:
    """What the quota has paid, but for page tables and for what is beyond the window."""
    root = state.body(ROOT_ALLOCATOR)
    assert isinstance(root, Allocator)
    charged = root.used_pages - others
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        charged = len(set(view.tables["frame"].values()))
    return {(): charged} if charged else {}


def _see_entries(
    view: Pages, state: State, frames: tuple[int, ...], name: int, space: AddressSpace
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


def _see_lines(state: State, frames: tuple[int, ...]) -> dict[str, Cells]:
    """The lines are those of a processor's own address space: it forgets them with that."""
    tables: dict[str, Cells] = {name: {} for name in _OF_LINES}
    for number, processor in enumerate(state.processors):
        space = _space_of(state, processor)
        if space is None:
            continue
        for span in processor.cache:
            for frame in within(frames, span.frame, span.frame + span.end - span.first):
                at = span.first + frame - span.frame
                line = (line_of(number, at),)
                tables["at"][line] = address_of(space, at)
                tables["on"][line] = number
                tables["leads_to"][line] = frame
                if span.note & WRITE:
                    tables["writes"][line] = True
    return tables
