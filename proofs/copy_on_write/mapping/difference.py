"""The steps that lead from one view of the kernel to the next.

A call does its parts in an order of its own; the model's steps are put in an order that is always
possible: lines are forgotten, addresses and pages go, pages come, addresses show them. The caches
are then what the model's flushes leave of them, and what was remembered since. Where the kernel
itself writes, it does so by way of its own window.
"""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from proofs.copy_on_write.mapping.kernel_window import WINDOW, loses, shown, writes
from proofs.copy_on_write.mapping.seen import Seen, page_of, parts_of
from reference_kernel.state import NOTHING


@dataclass(frozen=True, slots=True)
class Clone:
    """A new memory, and the memory that it is a clone of, from that page of it on."""

    memory: int
    source: int
    offset: int


@dataclass(frozen=True, slots=True)
class Views:
    """What is seen before and after, and what the event was about.

    `fault` is the address of a shared page at which a program wrote, and `lost` is the page that
    was to be copied if no frame was found for it. `by_program` tells that a program wrote,
    `is_cleared` that whoever gets a frame gets it cleared.
    """

    old: Seen
    new: Seen
    clone: Clone | None = None
    fault: int | None = None
    lost: Value = None
    by_program: bool = False
    is_cleared: bool = False

    def was(self, table: str, key: Value) -> Value:
        """The cell before, None where it is in normal form."""
        return self.old.tables[table].get((key,))

    def now(self, table: str, key: Value) -> Value:
        """The cell after, None where it is in normal form."""
        return self.new.tables[table].get((key,))

    def same(self, *tables: str) -> bool:
        """Whether these tables are the same before and after."""
        return all(self.old.tables[each] is self.new.tables[each] for each in tables)

    def before(self, table: str) -> list[Value]:
        """The keys of the table before, in order."""
        return sorted(key for (key,) in self.old.tables[table])  # type: ignore[type-var]

    def after(self, table: str) -> list[Value]:
        """The keys of the table after, in order."""
        return sorted(key for (key,) in self.new.tables[table])  # type: ignore[type-var]


def difference(views: Views) -> Iterator[ModelStep]:
    """The steps, in an order in which they can be taken."""
    if not views.same("at", "leads_to", "writes"):
        yield from _forgotten(views)
    if views.lost is None and views.same("frame", "shared", "page", "entry", "writable"):
        if not views.same("content"):
            yield from _written_before(views)
            yield from _passed(views)
    else:
        yield from _changed_pages(views)
        return
    if not views.same("at", "leads_to", "writes"):
        yield from _remembered(views)
    if not views.same("content"):
        yield from _contents(views, frozenset())


def _changed_pages(views: Views) -> Iterator[ModelStep]:
    """The steps after lines were forgotten, where pages come, go, move or are mapped otherwise."""
    moved = {page for page in views.before("shared") if _moves(views, page)}
    unmapped = {each for each in views.before("page") if _is_unmapped(views, each, moved)}
    for address in views.before("page"):
        if address in unmapped:
            yield ModelStep("page_is_unmapped", {"address": address})
    for address in views.before("entry"):
        if _is_left(views, address):
            yield ModelStep("entry_goes_with_its_table", {"address": address})
    yield from _lost(views)
    yield from _written_before(views)
    yield from _gone(views, moved)
    yield from _passed(views)
    yield from _come(views, moved)
    yield from _written(views, moved)
    yield from _mapped(views, unmapped, moved)
    yield from _remembered(views)
    yield from _contents(views, moved)


def _forgotten(views: Views) -> Iterator[ModelStep]:
    for line in views.before("at"):
        if not _is_kept(views, line):
            yield ModelStep("translation_is_forgotten", {"translation": line})


def _is_kept(views: Views, line: Value) -> bool:
    return all(
        views.was(table, line) == views.now(table, line) for table in ("at", "leads_to", "writes")
    )


def _moves(views: Views, page: Value) -> bool:
    """Whether the page, which was shared, is in another frame now."""
    return views.now("frame", page) not in (None, views.was("frame", page))


def _is_unmapped(views: Views, address: Value, moved: Set[Value]) -> bool:
    """Whether the address shows something else than before, or less of it, or nothing."""
    page = views.was("page", address)
    if page != views.now("page", address):
        return True
    if page in moved:
        return False
    if views.was("entry", address) != views.now("entry", address):
        return True
    loses = views.was("writable", address) and not views.now("writable", address)
    return bool(loses) and not views.now("shared", page)


def _is_left(views: Views, address: Value) -> bool:
    """Whether an entry goes for which no page in memory is mapped."""
    is_there = views.was("frame", views.was("page", address)) is not None
    return not is_there and views.now("entry", address) is None


def _lost(views: Views) -> Iterator[ModelStep]:
    if views.lost is None:
        return
    if views.fault is None:
        yield from loses(views.lost)
    else:
        yield ModelStep("failed_copy_loses_the_page", {"address": views.fault})


def _written_before(views: Views) -> Iterator[ModelStep]:
    """What the kernel wrote to frames that nobody has afterwards: to pages before they go."""
    left = {views.was("frame", page): page for page in views.before("frame")}
    for frame in _left_written(views):
        if frame in left:
            yield from writes(left[frame], views.now("content", frame) or 0)


def _left_written(views: Views) -> list[Value]:
    """The frames that nobody has afterwards, and that do not hold what they did.

    What a program wrote to them it wrote through a line that still leads there.
    """
    held = {views.now("frame", page) for page in views.after("frame")}
    changed = {
        frame
        for frame in {*views.before("content"), *views.after("content")}
        if views.was("content", frame) != views.now("content", frame)
    }
    return sorted(changed - held - _writing(views).keys())  # type: ignore[type-var]


def _writing(views: Views) -> dict[Value, Value]:
    """The frames that a program may have written to now, and the lines that led it there."""
    if not views.by_program:
        return {}
    return {views.now("leads_to", line): line for line in views.after("writes")}


def _gone(views: Views, moved: Set[Value]) -> Iterator[ModelStep]:
    for page in views.before("frame"):
        stays = page in moved or page == views.lost
        if not stays and views.was("frame", page) != views.now("frame", page):
            yield ModelStep("page_goes", {"page": page})


def _passed(views: Views) -> Iterator[ModelStep]:
    """Pages that came, were written and went: of a pool that is told of an end, and ends too."""
    held = {views.was("frame", page) for page in views.before("frame")}
    for frame in _left_written(views):
        if frame not in held:
            page = page_of(NOTHING, int(frame or 0))
            given = {"page": page, "frame": frame, "cleared": views.is_cleared, "granted": True}
            yield ModelStep("page_comes", given)
            yield from writes(page, views.now("content", frame) or 0)
            yield ModelStep("page_goes", {"page": page})


def _come(views: Views, moved: Set[Value]) -> Iterator[ModelStep]:
    for page in views.after("frame"):
        frame = views.now("frame", page)
        if page in moved or frame == views.was("frame", page):
            continue
        source = _source(views, page)
        if source is not None:
            yield ModelStep("page_is_shared", {"page": source, "clone": page})
            continue
        given = {"page": page, "frame": frame, "cleared": page in views.new.pages.cleared}
        if not views.now("of_block", frame):
            yield ModelStep("page_comes", {**given, "granted": True})
        elif not views.was("allocated", frame):
            yield ModelStep("page_comes_in_a_block", {**given, "granted": True})
        else:
            yield ModelStep("page_comes_again", given)


def _source(views: Views, page: Value) -> int | None:
    """The page that this one is a clone of."""
    clone = views.clone
    memory, number = parts_of(int(page or 0))
    if clone is None or memory != clone.memory:
        return None
    return page_of(clone.source, clone.offset + number)


def _written(views: Views, moved: Set[Value]) -> Iterator[ModelStep]:
    """What a write made of shared pages: a program's at the address of its fault, or a message."""
    at_fault = None if views.fault is None else views.was("page", views.fault)
    for page in views.before("shared"):
        address = views.fault if page == at_fault else WINDOW
        if page in moved:
            given = {"address": address, "frame": views.now("frame", page), "granted": True}
            step = ModelStep("sharer_writes", given)
        elif _is_taken(views, page):
            step = ModelStep("last_sharer_writes", {"address": address})
        else:
            continue
        yield from (step,) if page == at_fault else shown(page, step)


def _is_taken(views: Views, page: Value) -> bool:
    """Whether the page, which was shared, is its memory's own now, where it was."""
    was_shared = views.was("shared", page) and not views.now("shared", page)
    return bool(was_shared) and views.was("frame", page) == views.now("frame", page)


def _mapped(views: Views, unmapped: Set[Value], moved: Set[Value]) -> Iterator[ModelStep]:
    for address in views.after("page"):
        page = views.now("page", address)
        stays = views.was("page", address) is not None and address not in unmapped
        if not stays:
            yield ModelStep("page_is_mapped", {"address": address, "page": page})
        could = stays and page not in moved and views.was("writable", address)
        if views.now("writable", address) and not could:
            yield ModelStep("entry_allows_writes", {"address": address})


def _remembered(views: Views) -> Iterator[ModelStep]:
    for line in views.after("at"):
        if not _is_kept(views, line):
            given = {"translation": line, "processor": views.now("on", line)}
            given["address"] = views.now("at", line)
            yield ModelStep("translation_is_cached", given)


def _contents(views: Views, moved: Set[Value]) -> Iterator[ModelStep]:
    """What was written: by a program through a line that leads there, or by the kernel."""
    lines = _writing(views)
    sources = {views.now("frame", page): views.was("frame", page) for page in moved}
    pages = {views.now("frame", page): page for page in views.after("frame")}
    changed = {*views.before("content"), *views.after("content"), *sources}
    for frame in sorted(changed):  # type: ignore[type-var]
        content = views.now("content", frame) or 0
        if content == _unwritten(views, frame, sources.get(frame)):
            continue
        if frame in lines:
            yield ModelStep("content_is_written", {"translation": lines[frame], "content": content})
        elif frame in pages:
            yield from writes(pages[frame], content)


def _unwritten(views: Views, frame: Value, source: Value) -> Value:
    """What the frame holds before the write: what it held, or zeros, or what was copied to it."""
    if source is not None:
        return views.was("content", source) or 0
    fresh = any(
        views.now("frame", page) == frame and views.was("frame", page) != frame
        for page in views.new.pages.cleared
        if not views.now("shared", page)
    )
    return 0 if fresh else views.was("content", frame) or 0
