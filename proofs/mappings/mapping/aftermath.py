"""What a kernel step makes and sets off beside the step that was asked for."""

from collections.abc import Iterator
from typing import NamedTuple

from assay.engines.kernel import ModelStep
from models.mappings.state import (
    grows_over_others,
    ranges_may_overlap,
    record_is_left,
    shares_over_others,
)
from proofs.mappings.mapping.noticed import WATCHED
from proofs.mappings.mapping.seen import Seen, frame, mapping, space
from proofs.mappings.mapping.words import Steps, target
from reference_kernel.events import CallMade, Event
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.pages import PageState, Run, page_at
from reference_kernel.state import NOTHING, AddressSpace, Body, EventPool, Memory, State
from spec.design import Design
from spec.sizes import pages_of
from spec.syscalls import BY_NAME

_CLONE = BY_NAME["memory_clone"].number


def came(before: State, after: State) -> Iterator[ModelStep]:
    """New spaces and memories."""
    for name, known in after.objects.items():
        if name < before.next_object:
            continue
        match known.body:
            case AddressSpace():
                yield ModelStep("address_space_new", {"space": space(name)})
            case Memory(size_pages=pages):
                yield ModelStep("memory_new", {"memory": name, "pages": pages})
            case _:
                pass


def arrived(state: State, before: Seen, after: Seen) -> Iterator[ModelStep]:
    """Pages that have a frame now, and had none before."""
    for memory, index in _new(before, after):
        if not _had_frame(state, memory, index):
            yield _arrives(memory, index)


def noticed(state: State, before: Seen, after: Seen) -> Iterator[ModelStep]:
    """Pages that had a frame before, and are seen from now on."""
    for memory, index in _new(before, after):
        if _had_frame(state, memory, index):
            yield _arrives(memory, index)


def _new(before: Seen, after: Seen) -> Iterator[tuple[int, int]]:
    """The pages with a frame that are seen now and were not seen before."""
    for memory, pages in after.frames.items():
        known = before.frames.get(memory, ())
        if pages is not known:
            yield from ((memory, index) for index in pages if index not in known)


def _had_frame(state: State, memory: int, index: int) -> bool:
    body = state.body(memory)
    if not isinstance(body, Memory) or index >= body.size_pages:
        return False
    return page_at(body.pages, index).resident


def _arrives(memory: int, index: int) -> ModelStep:
    given = {"memory": memory, "frame": frame(memory, index), "index": index}
    return ModelStep("page_arrives", given)


def regrown(design: Design, before: State, main: Steps) -> Iterator[ModelStep]:
    """The new pages of a memory in each of its mappings, in the order in which they grow."""
    grown = [each for each in main if each.action == "memory_resize_growing"]
    if not grown or grown[0].refused or not grows_over_others(design):
        return
    memory, end = grown[0].arguments["memory"], grown[0].arguments["pages"]
    assert isinstance(memory, int), memory
    body = before.body(memory)
    assert isinstance(body, Memory), memory
    for each in body.mappings if len(body.mappings) > 1 else ():
        first = each.location.offset + each.location.pages
        again = {"mapping": mapping(memory, each.location.id), "first": first, "end": end}
        if before.body(each.space) is not None:
            yield ModelStep("pages_are_mapped_again", again)


def shown(design: Design, before: State, after: State) -> Iterator[ModelStep]:
    """Event pools that show other events now, where that shows in other mappings.

    As built a pool unmaps every page of the buffer that was read, mapped or not.
    """
    if not ranges_may_overlap(design):
        return
    for name, known in before.objects.items():
        old, new = known.body, after.body(name)
        if not isinstance(old, EventPool) or old.mapped_in == NOTHING or _shows_the_same(old, new):
            continue
        now = pages_of(new.reads.written_bytes) if isinstance(new, EventPool) else 0
        touched = max(len(old.reads.frames) if old.is_shown else 0, now)
        if touched and after.body(old.mapped_in) is not None:
            at = mapping(old.mapped_in, old.mapped_at)
            yield ModelStep("event_pool_shows", {"mapping": at, "pages": touched})


def shared(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> Iterator[ModelStep]:
    """Pages that were cloned or copied are mapped again, or forgotten for want of a frame.

    Not where no page of the memories of this step is or was shared.
    """
    if before.frames.sharers is after.frames.sharers:
        return
    cloned = cloned_pages(before, event, outcome)
    for name, known in before.objects.items():
        old, new = known.body, after.body(name)
        if not isinstance(old, Memory) or not isinstance(new, Memory):
            continue
        if old.pages is new.pages and name != cloned.memory:
            continue
        for index in _forgotten(old, new):
            yield ModelStep("page_is_forgotten", {"frame": frame(name, index)})
        if not shares_over_others(design):
            continue
        for first, end in [cloned.pages] if name == cloned.memory else _copied(old, new):
            for each in new.mappings:
                again = {"mapping": mapping(name, each.location.id), "first": first, "end": end}
                if after.body(each.space) is not None:
                    yield ModelStep("pages_are_mapped_again", again)


def _pairs(old: Memory, new: Memory) -> Iterator[tuple[int, Run, Run]]:
    """The pages that the memory had and has, each as it was and as it is."""
    for index in range(min(old.size_pages, new.size_pages, WATCHED)):
        yield index, page_at(old.pages, index), page_at(new.pages, index)


def _forgotten(old: Memory, new: Memory) -> Iterator[int]:
    for index, was, now in _pairs(old, new):
        if was.state is PageState.SHARED and not now.resident:
            yield index


def _copied(old: Memory, new: Memory) -> Iterator[tuple[int, int]]:
    for index, was, now in _pairs(old, new):
        if was.state is PageState.SHARED and now.state is PageState.OWNED:
            yield index, index + 1


class Cloned(NamedTuple):
    """A memory of which a clone was made, and which of its pages the clone shares."""

    memory: int
    pages: tuple[int, int]


def cloned_pages(before: State, event: Event, outcome: Outcome) -> Cloned:
    """What the call has cloned; a memory that is none where it is no such call."""
    if not isinstance(event, CallMade) or event.number != _CLONE or not isinstance(outcome, Ok):
        return Cloned(NOTHING, (0, 0))
    first, count = event.arguments[2:4]
    return Cloned(target(before, event, 1), (first, first + count))


def _shows_the_same(old: EventPool, new: Body | None) -> bool:
    """Whether the pool shows what it did, where it did; new events and waiters do not show."""
    if not isinstance(new, EventPool):
        return False
    before, after = ((each.reads, each.is_shown, each.mapped_in) for each in (old, new))
    return before == after


def went(design: Design, before: State, after: State) -> Iterator[ModelStep]:
    """Spaces that died, then memories, and where it shows event pools."""
    gone = [
        (name, known.body)
        for name, known in before.objects.items()
        if isinstance(known.body, AddressSpace | Memory | EventPool) and after.body(name) is None
    ]
    for name, body in gone:
        if isinstance(body, AddressSpace):
            yield ModelStep("address_space_dies", {"space": space(name)})
    for name, body in gone:
        if isinstance(body, Memory):
            yield ModelStep("memory_dies", {"memory": name})
        elif isinstance(body, EventPool) and record_is_left(design):
            yield ModelStep("event_pool_dies", {"pool": name})
