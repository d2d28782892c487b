"""What a kernel step makes and sets off beside the step that was asked for."""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from models.mappings.state import ranges_may_overlap, record_is_left
from proofs.mappings.mapping.seen import Seen, frame, mapping, space
from reference_kernel.state import NOTHING, AddressSpace, EventPool, Memory, State
from spec.design import Design
from spec.sizes import pages_of


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


def arrived(before: Seen, after: Seen) -> Iterator[ModelStep]:
    """Pages that have a frame now."""
    for memory, pages in after.frames.items():
        known = before.frames.get(memory, ())
        if pages is known:
            continue
        for index in pages:
            if index not in known:
                given = {"memory": memory, "frame": frame(memory, index), "index": index}
                yield ModelStep("page_arrives", given)


def shown(design: Design, before: State, after: State) -> Iterator[ModelStep]:
    """Event pools that show other events now, where that shows in other mappings.

    As built a pool unmaps every page of the buffer that was read, mapped or not.
    """
    if not ranges_may_overlap(design):
        return
    for name, known in before.objects.items():
        old, new = known.body, after.body(name)
        if not isinstance(old, EventPool) or old.mapped_in == NOTHING or old is new:
            continue
        now = pages_of(new.reads.written_bytes) if isinstance(new, EventPool) else 0
        touched = max(len(old.reads.frames) if old.is_shown else 0, now)
        if touched and after.body(old.mapped_in) is not None:
            at = mapping(old.mapped_in, old.mapped_at)
            yield ModelStep("event_pool_shows", {"mapping": at, "pages": touched})


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
