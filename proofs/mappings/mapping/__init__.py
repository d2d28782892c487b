"""The kernel seen through the model of mappings: `MAPPING`.

A kernel step is what event pools show otherwise, the steps that its call is, then what was made,
pages that got a frame, and what died: spaces and memories when the last that held them has gone.
"""

from collections.abc import Mapping

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from proofs.copy_on_write.mapping import goes_on_with
from proofs.mappings.mapping import aftermath, calls
from proofs.mappings.mapping.seen import Seen, Sight
from reference_kernel.events import CallMade, Event
from reference_kernel.outcomes import Cut, Deadlock, Ok, Outcome, Panic, Refused, Spins
from reference_kernel.state import State
from spec.design import Design


class MappingsMapping:
    """Spaces, memories and mappings of the kernel as the model's; the last two states are kept."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self) -> None:
        self._recent: Recent[Seen] = Recent()
        self._sights: dict[Design, Sight] = {}

    def _seen(self, design: Design, state: State) -> Seen:
        known = self._recent.of(state.objects)
        if known is not None:
            return known
        if design not in self._sights:
            self._sights[design] = Sight(design)
        earlier = self._recent.newest
        noticed = {} if earlier is None else earlier.noticed
        return self._recent.keep(state.objects, self._sights[design].seen(state, noticed))

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._seen(design, state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew, but for what was noticed in the run before."""
        return Sight(design).seen(state, self._seen(design, state).noticed).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The elements that are not in normal form."""
        return self._seen(design, state).universe

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is; pages come when their memory has grown."""
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        event = goes_on_with(before, event)
        main: tuple[ModelStep, ...] = ()
        if isinstance(event, CallMade) and isinstance(outcome, Ok | Refused):
            main = calls.main_steps(design, before, event, outcome, after)
        if before.objects is after.objects:
            return main
        old, new = self._seen(design, before), self._seen(design, after)
        sized = 1 if main and main[0].action == "memory_resize_in_place" else len(main)
        return (
            *aftermath.noticed(before, old, new),
            *aftermath.shown(design, before, after),
            *aftermath.shared(design, before, event, outcome, after),
            *main[:sized],
            *aftermath.came(before, after),
            *aftermath.arrived(before, old, new),
            *aftermath.regrown(design, before, main),
            *main[sized:],
            *aftermath.went(design, before, after),
        )

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        What is no call; calls about other objects, and refusals that are about words, capabilities
        or shortage; the end of the kernel.
        """
        if not isinstance(event, CallMade) or isinstance(outcome, Panic | Deadlock | Cut | Spins):
            return True
        return not calls.is_seen(event, outcome)


MAPPING = MappingsMapping()
