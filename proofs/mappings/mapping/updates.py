"""Which steps of the model an update of a mapping is.

A mapping is named after its place: one that moves is unmapped here and mapped there. That counts
as a mapping more where the count never goes down, so there no design may let mappings move. Where
the parts of a call are done one by one, each of them is a step.
"""

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.mappings.state import ranges_may_overlap, stops_halfway
from proofs.mappings.mapping.seen import access, mapping, space
from proofs.mappings.mapping.words import NO_TABLES, Steps, address_space, page, refusal, target
from reference_kernel.address_spaces import record_at
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.records import ACCESS, READ, WRITE, Location, MemoryRecord
from reference_kernel.state import Memory, State
from reference_kernel.updating import Update, asked_update
from spec.design import Design
from spec.sizes import mapped_pages


def update_steps(
    design: Design, before: State, call: CallMade, outcome: Outcome, after: State
) -> Steps:
    """The steps of `memory_update_mapping`."""
    name, update = target(before, call, 0), asked_update(design, call)
    assert not isinstance(update, Refused), call
    record = record_at(address_space(before, name), page(call, 1))
    refused = refusal(outcome)
    if not isinstance(record, MemoryRecord):
        nothing = Location(page(call, 1), 0, 0, 0, 0)
        return (_step(name, nothing, nothing, refused),)
    old, memory = record.location, before.body(record.memory)
    assert isinstance(memory, Memory), call
    new = _asked(old, memory, update)
    match refused:
        case "exceeds_the_capability" if old.granted & WRITE or not new.access & WRITE:
            return ()
        case "outside_the_memory":
            return (_step(name, old, old._replace(pages=_outside(old, update)), refused),)
        case _ if not stops_halfway(design):
            if refused is not None:
                return () if refused == NO_TABLES else (_step(name, old, new, refused),)
            return _change(design, name, record.memory, old, new)
        case _:
            return _one_by_one(design, name, record, update, new, refused, after)


def _asked(old: Location, memory: Memory, update: Update) -> Location:
    """The mapping as the call asks for it."""
    pages: int | None = old.pages
    if update.size:
        pages = mapped_pages(memory.size_pages, old.offset, update.exact_pages)
    return Location(
        old.start if update.start is None else update.start,
        old.pages if pages is None else pages,
        old.offset,
        old.access if update.access is None else update.access,
        old.granted,
    )


def _outside(old: Location, update: Update) -> int:
    """A size that the mapping cannot have, when the one that was asked is that which it has."""
    asked = update.exact_pages
    return old.pages + 1 if asked is None or asked == old.pages else asked


def _step(name: int, old: Location, new: Location, refused: str | None = None) -> ModelStep:
    given: dict[str, Value] = {
        "mapping": mapping(name, old.start),
        "base": new.start,
        "length": new.pages,
        "access": access(new.access),
    }
    return ModelStep("memory_update_mapping", given, refused)


def _change(design: Design, name: int, memory: int, old: Location, new: Location) -> Steps:
    """The mapping as it was becomes the new one."""
    if new.start == old.start:
        return (_step(name, old, new),)
    gone = ModelStep("address_space_unmap", {"mapping": mapping(name, old.start)})
    given: dict[str, Value] = {
        "made": mapping(name, new.start),
        "space": space(name),
        "memory": memory,
        "base": new.start,
        "length": new.pages,
        "offset": new.offset,
        "access": access(new.access),
        "may_write": bool(new.granted & WRITE),
    }
    return gone, ModelStep("memory_map", given)


def _one_by_one(
    design: Design,
    name: int,
    record: MemoryRecord,
    update: Update,
    new: Location,
    refused: str | None,
    after: State,
) -> Steps:
    """Base, size, access, in this order, as far as the call came."""
    steps: list[ModelStep] = []
    now = record.location
    if refused == NO_TABLES:
        update, new = _NOTHING, _as_far(name, now, new, after)
    if refused == "new_zone_taken":
        return (_step(name, now, now._replace(start=new.start), refused),)
    if new.start != now.start:
        moved = now._replace(start=new.start)
        steps += _change(design, name, record.memory, now, moved)
        now = moved
    if refused in ("zone_taken", "grows_without_access"):
        return (*steps, _step(name, now, now._replace(pages=new.pages), refused))
    sized = now._replace(pages=new.pages)
    if refused == "no_access":
        last = _step(name, now, new, refused) if sized == now else _halts(name, now, sized)
        return (*steps, last)
    if sized != now:
        steps.append(_step(name, now, sized))
    if update.access is not None:
        steps += _accessed(design, name, sized, new)
    return tuple(steps) or (_step(name, now, now),)


_NOTHING = Update(size=False, exact_pages=None, access=None, start=None)


def _as_far(name: int, old: Location, new: Location, after: State) -> Location:
    """What the mapping has become when there was no memory for page tables."""
    body = address_space(after, name)
    record = record_at(body, new.start) or record_at(body, old.start)
    assert isinstance(record, MemoryRecord), name
    return record.location


def _halts(name: int, old: Location, sized: Location) -> ModelStep:
    given = {"mapping": mapping(name, old.start), "length": sized.pages}
    return ModelStep("memory_update_mapping_stops_halfway", given)


def _accessed(design: Design, name: int, old: Location, new: Location) -> Steps:
    """The access changes; also where it does not, all pages are mapped anew.

    That shows where ranges overlap: as if the access had become another one and then this again.
    """
    steps: Steps = (_step(name, old, new),)
    same = access(new.access) == access(old.access)
    if same and new.access & ACCESS and ranges_may_overlap(design):
        other = old._replace(access=READ if new.access & WRITE else WRITE)
        return _step(name, old, other), *steps
    return steps
