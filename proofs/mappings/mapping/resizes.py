"""Which steps of the model a resize of a memory is."""

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.mappings.state import must_allow_something, stops_halfway
from proofs.mappings.mapping.seen import space
from proofs.mappings.mapping.words import NO_TABLES, Steps, own_space, refusal, target
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome
from reference_kernel.state import Memory, State
from spec.design import Design
from spec.ids import ObjectType, rights_of, type_of
from spec.options import MemoryResize
from spec.rights import Right


def resize_steps(
    design: Design, before: State, call: CallMade, outcome: Outcome, after: State
) -> Steps:
    """The steps of `memory_resize`."""
    memory, pages, refused = target(before, call, 0), call.arguments[1], refusal(outcome)
    body = before.body(memory)
    assert isinstance(body, Memory), call
    given: dict[str, Value] = {"memory": memory, "pages": pages}
    if not call.options & MemoryResize.IN_PLACE:
        return (ModelStep("memory_resize", given, refused),)
    grows = bool(call.options & MemoryResize.GROW_MAPPING) and pages > body.size_pages
    given |= others(before, call, body, pages, grows=grows)
    lazy = must_allow_something(design) or (
        refused is None and bool(call.options & MemoryResize.LAZY_ALLOC)
    )
    in_place = ModelStep("memory_resize_in_place", given)
    if not grows:
        return (ModelStep("memory_resize_in_place", given, refused),)
    growing = ModelStep("memory_resize_growing", {**given, "lazy": lazy}, refused)
    if not stops_halfway(design):
        return () if refused == NO_TABLES else (growing,)
    match refused:
        case "grows_without_access":
            halts = {"memory": memory, "pages": pages, "lazy": lazy}
            return (ModelStep("memory_resize_stops_halfway", halts),)
        case "zone_taken":
            return growing, in_place
        case "no_memory_for_tables":
            return (in_place,)
        case _:
            return (growing,)


def others(
    before: State, call: CallMade, body: Memory, pages: int, *, grows: bool
) -> dict[str, Value]:
    """A space over which the caller has no right and in which a mapping would change, if any."""
    own = {
        name
        for word, name in own_space(before, call).entries.items()
        if type_of(word) == ObjectType.ADDRESS_SPACE and rights_of(word) & Right.WRITE
    }
    for each in body.mappings:
        changes = grows or each.location.offset + each.location.pages > pages
        if changes and each.space not in own and before.body(each.space) is not None:
            return {"foreign": space(each.space), "everywhere": False}
    return {"foreign": 0, "everywhere": True}
