"""MEM-3, MEM-7 and MEM-8: frames, what is paid for them, and what they hold when given."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import pairwise

from reference_kernel import buddy
from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.events import CallMade, Event, UserWrites
from reference_kernel.frames import NEVER_TOUCHED
from reference_kernel.guarantees.asking import HANDS_OVER
from reference_kernel.guarantees.changes import changed_bodies, changed_objects, free_frames
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Outcome
from reference_kernel.pages import PageState, Run
from reference_kernel.state import AddressSpace, Allocator, Body, EventPool, Memory, State
from spec.design import Design, PageUnit
from spec.sizes import PAGE_BYTES

_Range = tuple[int, int]


def held_frames(state: State) -> Iterator[_Range]:
    """The frames that memories, pools and page tables have, each range as often as it is owned."""
    for known in state.objects.values():
        match known.body:
            case Memory(pages=pages):
                for run in pages:
                    if run.state is PageState.OWNED:
                        yield run.frame, run.frame + run.length
            case AddressSpace(tables=tables):
                yield tables.top, tables.top + 1
                for frame, _count in tables.tables.values():
                    yield frame, frame + 1
            case EventPool(writes=writes, reads=reads):
                for frame in (*writes.frames, *reads.frames):
                    yield frame, frame + 1
            case _:
                pass
    for span in state.frames.sharers:
        yield span.first, span.end


def free_frames_are_unreachable(
    design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """Each frame is free, owned once, or was taken at boot; nothing that is free can be reached."""
    free = free_frames(after.frames, after.machine)
    return _owned_twice_or_lost(design, after, free) or _reachable(after, free)


def _owned_twice_or_lost(design: Design, after: State, free: tuple[_Range, ...]) -> str | None:
    ranges = [*held_frames(after), *free]
    ranges += [(first, first + (1 << order)) for first, order in after.machine.taken]
    ranges.sort()
    for one, other in pairwise(ranges):
        if other[0] < one[1]:
            why = "free and used" if one in free or other in free else "owned twice"
            return f"frame {other[0]:#x} is {why}"
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        return None  # the rest of a block is kept till its last page goes
    found = sum(end - first for first, end in ranges)
    if found != after.machine.frames:
        return f"{after.machine.frames - found} frames are lost: nobody has them, nor are they free"
    return None


def _reachable(after: State, free: tuple[_Range, ...]) -> str | None:
    for name in sorted(after.objects):
        body = after.body(name)
        if isinstance(body, AddressSpace):
            for entry in body.tables.entries:
                if _meets(free, entry.frame, entry.frame + entry.end - entry.first):
                    return f"{title(after, name)} maps a free frame at page {entry.first:#x}"
    return _remembered(after, free)


def _remembered(after: State, free: tuple[_Range, ...]) -> str | None:
    for number, processor in enumerate(after.processors):
        for entry in processor.cache:
            if _meets(free, entry.frame, entry.frame + entry.end - entry.first):
                return f"processor {number} remembers a free frame for page {entry.first:#x}"
    return None


def _meets(free: tuple[_Range, ...], first: int, end: int) -> bool:
    """Whether a range has a frame of the free ones, which are in order."""
    last = bisect_left(free, (end,)) - 1
    return last >= 0 and first < free[last][1]


def _free_frames_are_unreachable_here(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """The same, when frames or who owns them changed; else of the caches alone."""
    if _changes_frames(before, after) or _changes_owners(before, after):
        return free_frames_are_unreachable(design, before, event, outcome, after)
    caches = zip(before.processors, after.processors, strict=True)
    if all(old.cache is new.cache for old, new in caches):
        return None
    return _remembered(after, free_frames(after.frames, after.machine))


def _changes_frames(before: State, after: State) -> bool:
    """Whether other frames are free or shared; what they hold does not count."""
    old, new = before.frames, after.frames
    return old is not new and not (
        old.tree is new.tree and old.sharers is new.sharers and old.blocks is new.blocks
    )


def _changes_owners(before: State, after: State) -> bool:
    """Whether some object owns or reaches other frames."""
    return any(_owned(old) != _owned(new) for _, old, new in changed_bodies(before, after))


def _owned(body: Body | None) -> object:
    """What the object owns, and what can be reached by it."""
    match body:
        case Memory(pages=pages):
            return pages
        case AddressSpace(tables=tables):
            return tables
        case EventPool(writes=writes, reads=reads):
            return writes.frames, reads.frames
        case _:
            return None


def charged_equals_held(
    design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """As many pages are charged as are held, and no block was freed in parts."""
    root = after.body(ROOT_ALLOCATOR)
    assert isinstance(root, Allocator)
    if design.page_unit is PageUnit.WHOLE_BLOCK:
        held = sum(1 << order for order, _used in after.frames.blocks.values())
    else:
        held = sum(end - first for first, end in held_frames(after))
    if held != root.used_pages:
        return f"{root.used_pages} pages are charged, and {held} are held"
    for place, word in after.frames.tree.items():
        if word & buddy.OCCUPY and word & buddy.BUSY != buddy.BUSY:
            return f"the block of node {place:#x} was freed in parts"
    return None


def _charged_equals_held_here(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """The same, when frames, who owns them or the quota changed."""
    paid = before.objects.get(ROOT_ALLOCATOR) is not after.objects.get(ROOT_ALLOCATOR)
    if not paid and not _changes_frames(before, after) and not _changes_owners(before, after):
        return None
    return charged_equals_held(design, before, event, outcome, after)


def fresh_pages_hold_no_secrets(
    _design: Design, before: State, event: Event, _outcome: Outcome, after: State
) -> str | None:
    """A frame that a memory has anew holds zeros, what was copied for it, or what was written."""
    for name in changed_objects(before, after):
        new, old = after.body(name), before.body(name)
        if not isinstance(new, Memory):
            continue
        had = old.pages if isinstance(old, Memory) else ()
        if new.pages == had:
            continue
        kept = set(had)
        for run in new.pages:
            if run.state is PageState.OWNED and run not in kept and not _is_among(run, had):
                why = _secret(before, part_of(before, event), after, run, had)
                if why:
                    return f"{title(after, name)} is given a page that holds {why}"
    return None


def _is_among(run: Run, had: tuple[Run, ...]) -> bool:
    """Whether all frames of the run were the memory's before."""
    left = run.length
    for each in had:
        if each.resident:
            low, high = (
                max(run.frame, each.frame),
                min(run.frame + run.length, each.frame + each.length),
            )
            left -= max(0, high - low)
    return left == 0


def _secret(
    before: State, event: Event, after: State, run: Run, had: tuple[Run, ...]
) -> str | None:
    """What the new frames of the run hold that is nobody's to see."""
    allowed: set[tuple[int, int | None]] = set()
    copied = [each for each in had if each.state is PageState.SHARED]
    if isinstance(event, UserWrites):
        allowed.add((event.address % PAGE_BYTES // 8, event.value))
        for each in copied:
            for frame in range(each.frame, each.frame + min(each.length, 64)):
                allowed.update(before.frames.contents.get(frame, NEVER_TOUCHED).words.items())
    known = {frame for each in had if each.resident for frame in _few(each)}
    if not run.cleared:
        return "what was there before"
    for frame in _few(run):
        content = after.frames.contents.get(frame)
        if frame in known or content is None:
            continue
        found = set(content.words.items()) - allowed
        if isinstance(event, CallMade) and event.number in HANDS_OVER:
            found &= set(before.frames.contents.get(frame, NEVER_TOUCHED).words.items())
        if found:
            return "what somebody else wrote"
    return None


def _few(run: Run) -> range:
    """The frames of the run, or the first of them: enough for the words that were written."""
    return range(run.frame, run.frame + min(run.length, 64))


_WHO_OWNS = ("tree", "sharers", "blocks", AddressSpace, EventPool, Memory)
CHECKS = (
    full("MEM-3", free_frames_are_unreachable),
    quick("MEM-3", _free_frames_are_unreachable_here, *_WHO_OWNS, "processors"),
    full("MEM-7", charged_equals_held),
    quick("MEM-7", _charged_equals_held_here, *_WHO_OWNS, Allocator),
    full("MEM-8", fresh_pages_hold_no_secrets),
    quick("MEM-8", fresh_pages_hold_no_secrets, Memory),
)
