"""What translations sees of the kernel, and which of its steps a whole call is: `MAPPING`.

It sees what `copy_on_write` sees, between two calls or sections: no page is being copied, and no
flush is under way. Each step that a call is there is a row of small steps here.
"""

from collections.abc import Mapping

from assay.engines.kernel import WHOLE, ModelState, ModelStep
from proofs.copy_on_write.mapping import SharingMapping
from proofs.translations.mapping.small_steps import SmallSteps
from reference_kernel.events import Event
from reference_kernel.outcomes import Outcome
from reference_kernel.state import State
from reference_kernel.step import place
from spec.design import Design


class TranslationsMapping:
    """The mapping; what was seen of the last two states is kept by that of copy_on_write."""

    modes = ("sections", "interleaved", WHOLE)

    def __init__(self) -> None:
        self._whole = SharingMapping()

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._whole.state(design, state)

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        return self._whole.whole(design, state)

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The pages, frames and all else that is not in normal form; and all processors."""
        return self._whole.universe(design, state)

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The small steps of all that the event is to copy_on_write."""
        whole = self._whole.changes(design, before, event, outcome, after)
        if not whole:
            return ()
        small = SmallSteps(design, self._whole.state(design, before), place(before, event))
        return tuple(small.row(whole))

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees."""
        return self._whole.stutters(event, outcome)


MAPPING = TranslationsMapping()
