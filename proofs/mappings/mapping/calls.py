"""Which steps of the model a call is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.mappings.state import counts_for_ever
from proofs.mappings.mapping.merged import asks_nothing, merged_steps
from proofs.mappings.mapping.resizes import resize_steps
from proofs.mappings.mapping.sections import is_another
from proofs.mappings.mapping.seen import NOWHERE, access, element, mapping, space
from proofs.mappings.mapping.updates import update_steps
from proofs.mappings.mapping.words import NO_TABLES, Steps, address_space, page, refusal, target
from reference_kernel.address_spaces import record_at
from reference_kernel.events import CallMade
from reference_kernel.memories import new_mapping_id
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.records import ACCESS, WRITE, MemoryRecord
from reference_kernel.state import EventPool, Memory, PhysMem, State
from reference_kernel.syscalls.memory import granted_access
from spec.design import Design, MapOffset
from spec.options import MemoryMap
from spec.sizes import mapped_pages
from spec.syscalls import BY_NUMBER

_Translate = Callable[[Design, State, CallMade, Outcome, State], Steps]

REFUSALS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "memory_new": frozenset({"no_pages"}),
        "memory_clone": frozenset({"no_pages"}),
        "memory_map": frozenset({"outside_the_memory", "zone_taken", "no_access"}),
        "memory_update_mapping": frozenset(
            {
                "no_mapping_there",
                "maps_no_memory",
                "outside_the_memory",
                "new_zone_taken",
                "zone_taken",
                "grows_without_access",
                "no_access",
            }
        ),
        "memory_resize": frozenset(
            {
                "mapped",
                "no_pages",
                "mapped_twice",
                "mapping_of_others",
                "zone_taken",
                "grows_without_access",
            }
        ),
        "memory_update": frozenset(
            {
                "no_mapping_there",
                "maps_no_memory",
                "no_pages",
                "mapped_twice",
                "mapping_of_others",
                "outside_the_memory",
                "new_zone_taken",
                "zone_taken",
                "grows_without_access",
                "no_access",
            }
        ),
        "address_space_unmap": frozenset({"no_mapping_there", "pool_not_mapped"}),
        "event_pool_map": frozenset({"pool_mapped", "zone_taken"}),
        "phys_mem_map": frozenset({"zone_taken"}),
    }
)
"""The refusals that the model speaks of; others are about words, capabilities or shortage."""

_IF_WRITING = MappingProxyType(
    {
        "memory_map": "memory_lacks_right",
        "memory_update_mapping": "exceeds_the_capability",
        "memory_update": "exceeds_the_capability",
    }
)
"""Refusals that the model speaks of where the right is that to write."""


def is_seen(call: CallMade, outcome: Outcome) -> bool:
    """Whether the model speaks of the call, or of the refusal that it gave."""
    known = BY_NUMBER.get(call.number)
    if known is None or known.name not in _TRANSLATED or asks_nothing(call):
        return False
    if isinstance(outcome, Refused):
        return outcome.refusal in REFUSALS[known.name]
    return isinstance(outcome, Ok) and known.name not in _MAKE


def main_steps(
    design: Design, before: State, call: CallMade, outcome: Outcome, after: State
) -> Steps:
    """The steps that the call is, without what it set off."""
    known = BY_NUMBER.get(call.number)
    if known is None or known.name not in _TRANSLATED:
        return ()
    spoken = REFUSALS[known.name] | {NO_TABLES, _IF_WRITING.get(known.name)}
    if not isinstance(outcome, Ok) and refusal(outcome) not in spoken:
        return ()
    return _TRANSLATED[known.name](design, before, call, outcome, after)


def _new(design: Design, before: State, call: CallMade, outcome: Outcome, _: State) -> Steps:
    """Only refusals: of what was made the aftermath tells."""
    if refusal(outcome) != "no_pages":
        return ()
    return (ModelStep("memory_new", {"memory": before.next_object, "pages": 0}, "no_pages"),)


def _map(design: Design, before: State, call: CallMade, outcome: Outcome, _: State) -> Steps:
    memory, refused = target(before, call, 1), refusal(outcome)
    body = before.body(memory)
    may_write = bool(granted_access(call.arguments[1]) & WRITE)
    writes = bool(call.options & WRITE)
    if not isinstance(body, Memory):
        return ()
    if refused == "memory_lacks_right" and (may_write or not writes):
        return ()
    part = _part(design, before, call, body)
    recounted: Steps = ()
    if counts_for_ever(design) and _counts_again(body):
        recounted = (ModelStep("mappings_are_counted_again", {"memory": memory}),)
    made = mapping(memory, new_mapping_id(body))
    asked = {**part, "access": access(call.options & ACCESS), "may_write": may_write}
    taken = ModelStep("memory_map", {**asked, "made": made})
    match refused:
        case None:
            return (*recounted, taken)
        case "no_access" if counts_for_ever(design):
            return (*recounted, ModelStep("memory_map_counts_in_vain", part))
        case "no_memory_for_tables":
            gone = ModelStep("address_space_unmap", {"mapping": made})
            return (*recounted, taken, gone) if counts_for_ever(design) else ()
        case _:
            return (ModelStep("memory_map", {**asked, "made": NOWHERE}, refused),)


def _part(design: Design, before: State, call: CallMade, body: Memory) -> dict[str, Value]:
    """Which part of the memory is to be mapped, and where."""
    offset = 0 if design.map_offset is MapOffset.ZERO_ONLY else call.arguments[4]
    asked = call.arguments[3] if call.options & MemoryMap.MAX_SIZE else None
    length = mapped_pages(body.size_pages, offset, asked)
    return {
        "space": space(target(before, call, 0)),
        "memory": target(before, call, 1),
        "base": page(call, 2),
        "length": (asked or 0) if length is None else length,
        "offset": offset,
    }


def _counts_again(body: Memory) -> bool:
    """The table of the memory's mappings is too full for one more."""
    return 4 * body.counted > 3 * body.buckets


def _unmap(design: Design, before: State, call: CallMade, outcome: Outcome, _: State) -> Steps:
    name, start = target(before, call, 0), page(call, 1)
    record = record_at(address_space(before, name), start)
    if is_another(before, call, record.memory if isinstance(record, MemoryRecord) else None):
        record = None
    named = mapping(name, start) if record is None else element(name, record)
    given = {"mapping": named}
    return (ModelStep("address_space_unmap", given, refusal(outcome)),)


def _taken_range(before: State, call: CallMade, outcome: Outcome) -> dict[str, Value]:
    name, base = target(before, call, 0), page(call, 2)
    body = before.body(target(before, call, 1))
    assert isinstance(body, EventPool | PhysMem), call
    made = mapping(name, base) if isinstance(outcome, Ok) else NOWHERE
    length = body.max_pages if isinstance(body, EventPool) else body.pages
    return {"made": made, "space": space(name), "base": base, "length": length}


def _pool(design: Design, before: State, call: CallMade, outcome: Outcome, _: State) -> Steps:
    given = _taken_range(before, call, outcome)
    pool = target(before, call, 1)
    return (ModelStep("event_pool_map", {**given, "pool": pool}, refusal(outcome)),)


def _phys(design: Design, before: State, call: CallMade, outcome: Outcome, _: State) -> Steps:
    if refusal(outcome) == NO_TABLES:
        return ()
    given = _taken_range(before, call, outcome)
    return (ModelStep("phys_mem_map", given, refusal(outcome)),)


_MAKE = frozenset({"memory_new", "memory_clone"})
_TRANSLATED: Mapping[str, _Translate] = MappingProxyType(
    {
        "memory_new": _new,
        "memory_clone": _new,
        "memory_map": _map,
        "memory_update_mapping": update_steps,
        "memory_resize": resize_steps,
        "memory_update": merged_steps,
        "address_space_unmap": _unmap,
        "event_pool_map": _pool,
        "phys_mem_map": _phys,
    }
)
