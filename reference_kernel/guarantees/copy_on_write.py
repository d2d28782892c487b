"""COW-1 to COW-4: memories that share frames."""

from collections.abc import Iterator

from reference_kernel import spans
from reference_kernel.events import CallMade, Event, UserReads, UserWrites
from reference_kernel.frames import Content
from reference_kernel.guarantees.asking import HANDS_OVER
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.outcomes import Done, Outcome, Refused, Seen
from reference_kernel.pages import PageState, Run, page_at, resident_within
from reference_kernel.records import WRITE, MemoryRecord
from reference_kernel.spans import Span, Spans
from reference_kernel.state import AddressSpace, Memory, State, Thread
from spec.design import CopyOnWrite, Design
from spec.errors import Error
from spec.sizes import PAGE_BYTES


def writers_are_isolated(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Nothing is written that two memories share; a program writes one word and changes no other.

    What messages and events write, the kernel writes: that is a write like any. Nor does a program
    read what is in a page of another memory than the one that it sees there.
    """
    if isinstance(event, UserReads):
        return _reads_another(design, event, outcome, after)
    same = before.frames.contents is after.frames.contents
    if same or not (after.frames.sharers or isinstance(event, UserWrites)):
        return None
    for frame, content in after.frames.contents.items():
        old = before.frames.contents.get(frame)
        if old is content or not after.frames.sharers or (old is None and not content.words):
            continue  # what was not looked at before may be known to be cleared now
        sharers = [name for name, pages in _shared(after) if _has(pages, frame)]
        if len(sharers) > 1 and spans.at(before.frames.sharers, frame) is not None:
            return f"{title(after, sharers[0])} and {title(after, sharers[1])} both see the write"
    return _changes_more(before, event, outcome, after) if isinstance(event, UserWrites) else None


def _changes_more(before: State, event: UserWrites, outcome: Outcome, after: State) -> str | None:
    """Whether the write changed another word of the page than the one that was written."""
    if not isinstance(outcome, Done):
        return None
    old, new = (_held(state, event) for state in (before, after))
    if old is None or new is None:
        return None
    written = old.words.set(event.address % PAGE_BYTES // 8, event.value)
    if new.words != written:
        return "a page holds something else than before, beside the word that was written"
    return None


def _reads_another(design: Design, event: UserReads, outcome: Outcome, after: State) -> str | None:
    """Whether the thread read a word of another memory's page, and its own has another there."""
    shares = design.copy_on_write is CopyOnWrite.SHARE_ON_CLONE
    if not shares or not isinstance(outcome, Seen) or outcome.value is None:
        return None
    page = event.address // PAGE_BYTES
    shown = _shown_at(after, event.thread, page)
    processor = after.processor_of(event.thread)
    if shown is None or processor is None:
        return None
    memory, run = shown
    frame = spans.frame_at(after.processors[processor].cache, page)
    if frame is None or run.frame == frame:
        return None
    held = after.frames.contents.get(run.frame) if run.resident else None
    own = None if held is None else held.word(event.address % PAGE_BYTES // 8)
    if run.resident and own in (None, outcome.value):
        return None  # nobody knows that it is another
    for name in sorted(after.objects):
        body = after.body(name)
        if name != memory and isinstance(body, Memory) and _is_in(body, frame):
            reader = f"{title(after, event.thread)}, which sees {title(after, memory)}"
            return f"{reader}, reads what {title(after, name)} holds"
    return None


def _shown_at(state: State, thread: int, page: int) -> tuple[int, Run] | None:
    """The memory that is mapped at the page in the thread's space, and its page there."""
    body = state.body(thread)
    space = state.body(body.address_space) if isinstance(body, Thread) else None
    for record in space.records if isinstance(space, AddressSpace) else ():
        if isinstance(record, MemoryRecord) and record.start <= page < record.location.end:
            memory = state.body(record.memory)
            assert isinstance(memory, Memory), record
            number = page - record.start + record.location.offset
            return record.memory, page_at(memory.pages, number)
    return None


def _is_in(body: Memory, frame: int) -> bool:
    return any(run.resident and run.frame <= frame < run.frame + run.length for run in body.pages)


def _held(state: State, event: UserWrites) -> Content | None:
    """What the thread reaches by page tables that its processor did not remember otherwise."""
    thread = state.body(event.thread)
    assert isinstance(thread, Thread), event
    space = state.body(thread.address_space)
    assert isinstance(space, AddressSpace), event
    page = event.address // PAGE_BYTES
    frame = spans.frame_at(space.tables.entries, page)
    processor = state.processor_of(event.thread)
    assert processor is not None, event
    remembered = spans.frame_at(state.processors[processor].cache, page)
    if frame is None or remembered not in (None, frame):
        return None
    return state.frames.contents.get(frame)


def _shared(state: State) -> Iterator[tuple[int, list[Span]]]:
    """The memories, and their shared frames."""
    for name in sorted(state.objects):
        body = state.body(name)
        if isinstance(body, Memory):
            found = [
                Span(run.frame, run.frame + run.length, run.frame, 0)
                for run in body.pages
                if run.state is PageState.SHARED
            ]
            if found:
                yield name, found


def _has(pages: list[Span], frame: int) -> bool:
    return any(each.first <= frame < each.end for each in pages)


def failed_copies_lose_nothing(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """A write for which there is no frame leaves everything as it was, the kernel's own too."""
    failed = isinstance(outcome, Refused) and outcome.error is Error.OUT_OF_MEM
    if isinstance(event, UserWrites) and failed and before != after:
        return "a write found no frame for its copy, and something changed"
    if not before.frames.sharers or before.frames.sharers is after.frames.sharers:
        return None
    for name in changed_objects(before, after):
        old, new = before.body(name), after.body(name)
        if isinstance(old, Memory) and isinstance(new, Memory) and _loses(old, new):
            return f"{title(after, name)} has lost a page that it shared"
    return None


def _loses(old: Memory, new: Memory) -> bool:
    """Whether a page that was shared is not resident any more, and yet no page was cut off."""
    first = 0
    for run in old.pages:
        if run.state is PageState.SHARED:
            end = min(first + run.length, new.size_pages)
            found = sum(each.length for _, each in resident_within(new.pages, first, end))
            if found < end - first:
                return True
        first += run.length
    return False


def the_last_sharer_keeps_the_frame(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """Every shared frame counts its memories, and who is alone with one writes to it."""
    if _counted(after) != after.frames.sharers:
        return "a shared frame does not count the memories that have it"
    return _copied_alone(before, event, outcome, after)


def _counted(state: State) -> Spans:
    """The shared frames with the number of memories that have them."""
    steps: dict[int, int] = {}
    for _, found in _shared(state):
        for each in found:
            steps[each.first] = steps.get(each.first, 0) + 1
            steps[each.end] = steps.get(each.end, 0) - 1
    counted: list[Span] = []
    count, begun = 0, 0
    for frame in sorted(steps):
        if count:
            counted.append(Span(begun, frame, begun, count))
        count, begun = count + steps[frame], frame
    return spans.joined(counted)


def _copied_alone(before: State, event: Event, outcome: Outcome, after: State) -> str | None:
    """Whether the write, or the message, copied a frame that nobody else had."""
    is_message = isinstance(event, CallMade) and event.number in HANDS_OVER
    if not is_message and not (isinstance(event, UserWrites) and isinstance(outcome, Done)):
        return None
    for name in changed_objects(before, after):
        old, new = before.body(name), after.body(name)
        if isinstance(old, Memory) and isinstance(new, Memory):
            kept = [Span(run.frame, run.frame + run.length, 0, 0) for run in new.pages]
            for run in old.pages:
                for each in spans.within(before.frames.sharers, run.frame, run.frame + run.length):
                    alone = each.note == 1 and run.state is PageState.SHARED
                    if alone and not all(_has(kept, at) for at in (each.first, each.end - 1)):
                        return f"{title(after, name)} copied a frame that only it had"
    return None


def shared_frames_are_read_only(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No page table and no processor lets anybody write to a frame of several memories."""
    if not after.frames.sharers:
        return None
    for name in sorted(after.objects):
        body = after.body(name)
        if isinstance(body, AddressSpace) and _written(after, body.tables.entries):
            return f"{title(after, name)} allows to write to a shared frame"
    for number, processor in enumerate(after.processors):
        if _written(after, processor.cache):
            return f"processor {number} remembers that a shared frame may be written"
    return None


def _written(state: State, entries: Spans) -> bool:
    return any(
        shared.note > 1
        for entry in entries
        if entry.note & WRITE
        for shared in spans.within(
            state.frames.sharers, entry.frame, entry.frame + entry.end - entry.first
        )
    )


CHECKS = (
    full("COW-1", writers_are_isolated),
    quick("COW-1", writers_are_isolated, "contents", UserReads),
    full("COW-2", failed_copies_lose_nothing),
    quick("COW-2", failed_copies_lose_nothing, "sharers", Memory, UserWrites),
    full("COW-3", the_last_sharer_keeps_the_frame),
    quick("COW-3", the_last_sharer_keeps_the_frame, "sharers", Memory),
    full("COW-4", shared_frames_are_read_only),
    quick("COW-4", shared_frames_are_read_only, "sharers", "processors", AddressSpace),
)
