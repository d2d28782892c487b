"""Which steps of the model `memory_update` is.

What asks for one part alone is the step of that part. Of both parts it is one step where a refused
call changes nothing, and where the parts are done one by one it is the steps of each.
"""

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.mappings.state import must_allow_something, stops_halfway
from proofs.mappings.mapping.resizes import others
from proofs.mappings.mapping.seen import NOWHERE, access, element
from proofs.mappings.mapping.updates import Updated, parts, steps_of
from proofs.mappings.mapping.words import NO_TABLES, Steps, address_space, page, refusal, target
from reference_kernel.address_spaces import record_at
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.records import MemoryRecord
from reference_kernel.state import Memory, State
from reference_kernel.syscalls.memory_update import CHANGES
from reference_kernel.updating import asked_part
from spec.design import Design
from spec.options import MemoryUpdate
from spec.syscalls import BY_NAME

_NUMBER = BY_NAME["memory_update"].number
_OF_RESIZE = frozenset({"no_pages", "mapped_twice", "mapping_of_others"})
_OF_THE_MAPPING = frozenset({"no_mapping_there", "maps_no_memory"})


def asks_nothing(call: CallMade) -> bool:
    """Whether the call is `memory_update` and asks for neither part."""
    return call.number == _NUMBER and not call.options & (MemoryUpdate.RESIZE | CHANGES)


def merged_steps(
    design: Design, before: State, call: CallMade, outcome: Outcome, after: State
) -> Steps:
    """The steps of `memory_update`."""
    resizes, changes = call.options & MemoryUpdate.RESIZE, call.options & CHANGES
    if not changes:
        return (_resized(before, call, refusal(outcome)),) if resizes else ()
    update, space, start = asked_part(design, call), target(before, call, 2), page(call, 3)
    assert not isinstance(update, Refused), call
    if not resizes:
        return steps_of(design, before, space, start, update, outcome, after)
    if stops_halfway(design):
        if refusal(outcome) in _OF_THE_MAPPING:
            return steps_of(design, before, space, start, update, outcome, after)
        if refusal(outcome) in _OF_RESIZE:
            return (_resized(before, call, refusal(outcome)),)
    record, refused = record_at(address_space(before, space), start), refusal(outcome)
    if not isinstance(record, MemoryRecord):
        named = NOWHERE if record is None else element(space, record)
        given = {"mapping": named, "base": start, "length": 0, "access": access(0)}
        return (_both(design, before, call, given, refused),)
    asked = Updated(space, _cut(record, call.arguments[1]), call.arguments[1], update, refused)
    if not stops_halfway(design):
        return () if refused == NO_TABLES else _at_once(design, before, call, asked)
    gone = asked.record.pages < 0
    return _resized(before, call, None), *(() if gone else parts(design, asked, after))


def _resized(before: State, call: CallMade, refused: str | None) -> ModelStep:
    return ModelStep("memory_resize_in_place", _size(before, call), refused)


def _size(before: State, call: CallMade) -> dict[str, Value]:
    memory, pages = target(before, call, 0), call.arguments[1]
    body = before.body(memory)
    assert isinstance(body, Memory), call
    return {"memory": memory, "pages": pages, **others(before, call, body, pages, grows=False)}


def _cut(record: MemoryRecord, size_pages: int) -> MemoryRecord:
    """The record when its memory has so many pages; with less than no page when it is gone."""
    location = record.location
    kept = size_pages - location.offset
    if kept >= location.pages:
        return record
    return MemoryRecord(location._replace(pages=kept or -1), record.memory)


def _both(
    design: Design, before: State, call: CallMade, given: dict[str, Value], refused: str | None
) -> ModelStep:
    lazy = must_allow_something(design) or bool(call.options & MemoryUpdate.LAZY_ALLOC)
    asked = {**_size(before, call), "lazy": lazy, **given}
    return ModelStep("memory_update", asked, refused)


def _at_once(design: Design, before: State, call: CallMade, asked: Updated) -> Steps:
    if not asked.is_seen():
        return ()
    outside = asked.refused == "outside_the_memory"
    gone = asked.record.pages < 0
    new = asked.outside() if outside and not gone else asked.new()
    given = asked.given(new._replace(pages=max(0, new.pages)))
    return (_both(design, before, call, given, asked.refused),)
