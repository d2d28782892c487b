"""Which steps of the model an update of a mapping is.

Where the parts of a call are done one by one, each of them is a step.
"""

from dataclasses import dataclass

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.mappings.state import ranges_may_overlap, stops_halfway
from proofs.mappings.mapping.sections import is_another
from proofs.mappings.mapping.seen import access, element, mapping
from proofs.mappings.mapping.words import NO_TABLES, Steps, address_space, page, refusal, target
from reference_kernel.address_spaces import record_at
from reference_kernel.events import CallMade
from reference_kernel.outcomes import Outcome, Refused
from reference_kernel.records import ACCESS, READ, WRITE, Location, MemoryRecord
from reference_kernel.state import Memory, State
from reference_kernel.updating import Update, asked_update
from spec.design import Design
from spec.sizes import mapped_pages


@dataclass(frozen=True, slots=True)
class Updated:
    """An update of a mapping in a space, of a memory of so many pages, and what refused it."""

    space: int
    record: MemoryRecord
    size_pages: int
    update: Update
    refused: str | None

    def new(self) -> Location:
        """The mapping as the call asks for it."""
        old, update = self.record.location, self.update
        pages: int | None = old.pages
        if update.size:
            pages = mapped_pages(self.size_pages, old.offset, update.exact_pages)
        return old._replace(
            start=old.start if update.start is None else update.start,
            pages=old.pages if pages is None else pages,
            access=old.access if update.access is None else update.access,
        )

    def outside(self) -> Location:
        """The mapping with a size that it cannot have: where it asked for its own, another."""
        old, asked = self.record.location, self.update.exact_pages
        return old._replace(pages=old.pages + 1 if asked in (None, old.pages) else asked)

    def given(self, new: Location) -> dict[str, Value]:
        """What a step says of the mapping and of what it is to be."""
        return {
            "mapping": mapping(self.record.memory, new.id),
            "base": new.start,
            "length": new.pages,
            "access": access(new.access),
        }

    def step(self, new: Location, refused: str | None = None) -> ModelStep:
        """The mapping becomes the new one, or is refused to."""
        return ModelStep("memory_update_mapping", self.given(new), refused)

    def is_seen(self) -> bool:
        """Whether the model speaks of the refusal; of rights it knows that to write."""
        barred = self.update.access or 0
        may = self.record.location.granted & WRITE or not barred & WRITE
        return self.refused != "exceeds_the_capability" or not may


def update_steps(
    design: Design, before: State, call: CallMade, outcome: Outcome, after: State
) -> Steps:
    """The steps of `memory_update_mapping`."""
    name, update = target(before, call, 0), asked_update(design, call)
    assert not isinstance(update, Refused), call
    record = record_at(address_space(before, name), page(call, 1))
    if is_another(before, call, record.memory if isinstance(record, MemoryRecord) else None):
        return ()
    return steps_of(design, before, name, page(call, 1), update, outcome, after)


def steps_of(
    design: Design,
    before: State,
    space: int,
    start: int,
    update: Update,
    outcome: Outcome,
    after: State,
) -> Steps:
    """The steps of an update of what starts there in the space."""
    record, refused = record_at(address_space(before, space), start), refusal(outcome)
    if not isinstance(record, MemoryRecord):
        named = mapping(space, start) if record is None else element(space, record)
        nothing: dict[str, Value] = {"mapping": named, "base": start, "length": 0}
        given = {**nothing, "access": access(0)}
        return (ModelStep("memory_update_mapping", given, refused),)
    memory = before.body(record.memory)
    assert isinstance(memory, Memory), record
    return parts(design, Updated(space, record, memory.size_pages, update, refused), after)


def parts(design: Design, asked: Updated, after: State) -> Steps:
    """The steps of an update of a mapping of a memory, as far as the call came."""
    if not asked.is_seen():
        return ()
    if asked.refused == "outside_the_memory":
        return (asked.step(asked.outside(), asked.refused),)
    if stops_halfway(design) and asked.refused != "exceeds_the_capability":
        return _one_by_one(design, asked, after)
    return () if asked.refused == NO_TABLES else (asked.step(asked.new(), asked.refused),)


def _one_by_one(design: Design, asked: Updated, after: State) -> Steps:
    """Base, size, access, in this order, as far as the call came."""
    now, new, refused = asked.record.location, asked.new(), asked.refused
    changes_access = asked.update.access is not None
    if refused == NO_TABLES:
        new, changes_access = _as_far(asked, after), False
    steps: list[ModelStep] = []
    moved = now._replace(start=new.start)
    if refused == "new_zone_taken":
        return (asked.step(moved, refused),)
    if moved != now:
        steps.append(asked.step(moved))
    sized = moved._replace(pages=new.pages)
    if refused in ("zone_taken", "grows_without_access"):
        return (*steps, asked.step(sized, refused))
    if refused == "no_access":
        halts = {"mapping": mapping(asked.record.memory, now.id), "length": sized.pages}
        halted = ModelStep("memory_update_mapping_stops_halfway", halts)
        return (*steps, asked.step(new, refused) if sized == moved else halted)
    if sized != moved:
        steps.append(asked.step(sized))
    if changes_access:
        steps += _accessed(design, asked, sized, new)
    return tuple(steps) or (asked.step(now),)


def _as_far(asked: Updated, after: State) -> Location:
    """What the mapping has become when there was no memory for page tables."""
    old = asked.record.location
    found = (
        each.location
        for each in address_space(after, asked.space).records
        if isinstance(each, MemoryRecord)
        and (each.memory, each.location.id) == (asked.record.memory, old.id)
    )
    return next(found)


def _accessed(design: Design, asked: Updated, old: Location, new: Location) -> Steps:
    """The access changes; also where it does not, all pages are mapped anew.

    That shows where ranges overlap: as if the access had become another one and then this again.
    """
    same = access(new.access) == access(old.access)
    if same and new.access & ACCESS and ranges_may_overlap(design):
        other = old._replace(access=READ if new.access & WRITE else WRITE)
        return asked.step(other), asked.step(new)
    return (asked.step(new),)
