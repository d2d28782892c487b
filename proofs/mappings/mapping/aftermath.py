"""What a kernel step makes and sets off beside the step that was asked for."""

from collections.abc import Iterator

from assay.engines.kernel import ModelStep
from models.mappings.state import record_is_left
from proofs.mappings.mapping.seen import Seen, frame, space
from reference_kernel.state import AddressSpace, EventPool, Memory, State
from spec.design import Design


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
