"""The kernel seen through the model of teardown: `MAPPING`.

A kernel step is a whole call, or an interrupt, up to where its processor has chosen its next thread
or has left the stack of the last. The model takes it in small steps: it enters the kernel, walks
lists, is left, is queued, is picked. Of those only what is there when the kernel's step is over can
be seen; that the steps between are the model's is what following them shows.
"""

from collections.abc import Mapping
from typing import NamedTuple

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from proofs.teardown.mapping.amid import tables_amid
from proofs.teardown.mapping.calls import is_seen
from proofs.teardown.mapping.events import steps
from proofs.teardown.mapping.sections import SectionTaken
from proofs.teardown.mapping.seen import Seen, seen, seen_after, universe
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Deadlock, Ended, Outcome, Panic, Spins
from reference_kernel.state import State
from reference_kernel.undelivered import undelivered
from spec.design import Design


class _Amid(NamedTuple):
    """What is seen of a state amid calls, under the design."""

    design: Design
    tables: ModelState


class TeardownMapping:
    """Threads, groups and processors of the kernel as the model's."""

    modes = ("sections", WHOLE)

    def __init__(self) -> None:
        self._recent: Recent[Seen] = Recent()
        self._amid: Recent[_Amid] = Recent()

    def _tables_amid(self, design: Design, state: State) -> ModelState:
        known = self._amid.of(state)
        if known is not None and known.design is design:
            return known.tables
        tables = tables_amid(design, undelivered(state, revives=False))
        return self._amid.keep(state, _Amid(design, tables)).tables

    def _seen(self, design: Design, state: State) -> Seen:
        known, last = self._recent.of(state), self._recent.newest
        if known is not None and known.design is design:
            return known
        anew = last is None or last.design is not design
        found = seen(design, state) if last is None or anew else seen_after(design, last, state)
        return self._recent.keep(state, found)

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        if state.machine.grain is Grain.SECTIONS:
            return self._tables_amid(design, state)
        return self._seen(design, state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        if state.machine.grain is Grain.SECTIONS:
            return tables_amid(design, undelivered(state, revives=False))
        return seen(design, state).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The threads, groups and objects that are not in normal form, and all processors."""
        return universe(self.state(design, state), len(state.processors))

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is."""
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        if before.machine.grain is Grain.SECTIONS:
            seen_of_both = self._tables_amid(design, before), self._tables_amid(design, after)
            before, after = (undelivered(each, revives=False) for each in (before, after))
            return SectionTaken(design, before, event, outcome, after, seen_of_both).steps()
        return steps(design, before, event, outcome, after)

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        Calls that make, end and wake nobody; a tick where nobody is ready; a time that comes as its
        thread was woken; the end of the kernel.
        """
        match event:
            case _ if isinstance(outcome, Panic | Deadlock | Spins):
                return True
            case CallMade():
                return not is_seen(event, outcome)
            case CallReturns() | ExitInterrupt():
                return False
            case UserReads() | UserWrites():
                return not isinstance(outcome, Ended)
            case (
                ShootdownInterrupt()
                | TimeoutFires()
                | TimerTick()
                | SwitchEnds()
                | CallContinues()
                | MemoryRunsOut()
                | MemoryIsBack()
            ):
                return True


MAPPING = TeardownMapping()
