"""What capability_lifetimes sees of the kernel, and which of its steps a step of the kernel is.

The model's USE is one right, WRITE unless another is asked for: a call that needs other rights uses
its capability for nothing there.
"""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import cast

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from assay.lang.values import Value
from proofs.capability_lifetimes.mapping.amid import tables_amid
from proofs.capability_lifetimes.mapping.calls import LOOKUPS, Called, is_in_use, place
from proofs.capability_lifetimes.mapping.cut import of_section
from proofs.capability_lifetimes.mapping.drops import drops
from proofs.capability_lifetimes.mapping.holders import holders
from proofs.capability_lifetimes.mapping.messages import Brought
from proofs.capability_lifetimes.mapping.names import NOBODY, id_of_word
from proofs.capability_lifetimes.mapping.sections import steps as steps_of_section
from proofs.capability_lifetimes.mapping.seen import Seen, seen, seen_after
from reference_kernel.events import CallContinues, CallMade, Event
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Cut, Deadlock, Outcome, Panic, Spins
from reference_kernel.sections import Section
from reference_kernel.state import CapabilitySpace, State
from spec.design import Design
from spec.rights import Right
from spec.syscalls import BY_NAME

_ABOUT_IDS = frozenset({BY_NAME["cap_clone"].number, BY_NAME["cap_destroy"].number})
_CONSTANTS = (NOBODY,)


class CapabilityMapping:
    """The mapping for one choice of the right that USE stands for; the last two states are kept."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self, use: Right = Right.WRITE) -> None:
        self.use = int(use)
        self._recent: Recent[Seen] = Recent()
        self._amid: Recent[ModelState] = Recent()

    def _seen(self, state: State) -> Seen:
        known, last = self._recent.of(state), self._recent.newest
        if known is not None:
            return known
        view = seen(state, self.use) if last is None else seen_after(last, state, self.use)
        return self._recent.keep(state, view)

    def state(self, _design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        if state.machine.grain is not Grain.SECTIONS:
            return self._seen(state).tables
        known = self._amid.of(state)
        if known is not None:
            return known
        return self._amid.keep(state, tables_amid(self._seen(state).tables, state))

    def whole(self, _design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        tables = seen(state, self.use).tables
        return tables if state.machine.grain is not Grain.SECTIONS else tables_amid(tables, state)

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The living objects, those that ids still name, the ids of living spaces, and nobody."""
        tables = self.state(design, state)
        named = chain.from_iterable(tables["alive"]), tables["target"].values()
        return {
            "Object": _elements(*named, _CONSTANTS),
            "Capability": _elements(chain.from_iterable(tables["space"]), _CONSTANTS),
        }

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The call's look-ups, what a message brought, what it does, and the drops.

        Nothing of a panic or a deadlock.
        """
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        if before.machine.grain is Grain.SECTIONS:
            return self._of_section(design, before, event, outcome, after)
        called: tuple[ModelStep, ...] = ()
        if isinstance(event, CallMade) and is_in_use(event, outcome):
            message = Brought(before, event, after, self.use).steps()
            called = tuple(Called(design, before, event, self.use).steps(outcome, message))
        old, new = self.state(design, before), self.state(design, after)
        called = (*called, *holders(old, called, new))
        return (*called, *drops(old, called, new, _let_go(before, called, after)))

    def _of_section(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State
    ) -> tuple[ModelStep, ...]:
        """What the section of the call does, and who holds what since."""
        rest = None
        if isinstance(event, CallContinues):
            processor = before.processors[event.processor]
            rest = None if processor.pending else processor.rest
        called = of_section(design, before, rest, outcome, after, self.use)
        old, new = self.state(design, before), self.state(design, after)
        return steps_of_section(design, old, called, new)

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether the step may change nothing here.

        What is no call; a panic or a deadlock; a call that is unknown, not modelled or looks
        nothing up; and one that is refused before its first look-up, or there for want of a right
        other than USE. In sections also a call that is entered, and one that goes on without
        another look-up; and a processor that spins.
        """
        if isinstance(event, CallContinues) and isinstance(outcome, Cut):
            return outcome.rest.section is not Section.BEGINS
        if not isinstance(event, CallMade) or isinstance(outcome, Panic | Deadlock | Cut | Spins):
            return True
        if not is_in_use(event, outcome):
            return True
        first = next((each for each in LOOKUPS[event.number] if each.is_asked(event)), None)
        ended = place(event, outcome)
        if first is None or ended < first.refusals.start:
            return event.number not in _ABOUT_IDS
        return ended == first.refusals[2] and not first.lacking(event) & self.use


def _let_go(before: State, called: tuple[ModelStep, ...], after: State) -> list[int]:
    """What messages held in living spaces that wait no more, and no call destroyed."""
    gone: list[int] = []
    for space in sorted(changed_objects(before, after)):
        old, new = before.body(space), after.body(space)
        if isinstance(old, CapabilitySpace) and isinstance(new, CapabilitySpace):
            words = [word for word in old.in_transit if word not in new.in_transit]
            gone += [id_of_word(space, word) for word in sorted(words)]
    if not gone:
        return gone
    destroyed = {step.arguments.get("capability") for step in called}
    return [name for name in gone if name not in destroyed]


def _elements(*parts: Iterable[Value]) -> frozenset[int]:
    return frozenset(cast("Iterable[int]", chain(*parts)))


MAPPING = CapabilityMapping()
