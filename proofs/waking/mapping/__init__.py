"""The kernel seen through the model of waking: `MAPPING`.

A kernel step is a call up to where its thread leaves the processor, the end of a switch, a tick, or
a time that has come; then what that set off: threads that wake, end or go, and the switch to the
next one. Where a call is whole, the switch ends in the same step. A thread to which a delivery is
under way sleeps till it gets into the ready queue.
"""

from collections.abc import Mapping
from dataclasses import replace

from assay.engines.kernel import WHOLE, ModelState, ModelStep, Recent
from proofs.waking.mapping.aftermath import Happening
from proofs.waking.mapping.calls import asked, is_seen
from proofs.waking.mapping.sections import asked_in_sections
from proofs.waking.mapping.seen import Seen, is_alike, seen
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
from reference_kernel.outcomes import Cut, Deadlock, Ended, Outcome, Panic, Spins
from reference_kernel.state import State
from reference_kernel.step import place
from reference_kernel.undelivered import undelivered
from reference_kernel.words import name_of
from spec.design import Design


class WakingMapping:
    """Threads, waits and processors of the kernel; the last two states seen are kept."""

    modes = (WHOLE, "sections", "interleaved")

    def __init__(self) -> None:
        self._recent: Recent[tuple[Design, Seen]] = Recent()

    def _seen(self, design: Design, amid: State) -> Seen:
        state = undelivered(amid, revives=False)
        known, last = self._recent.of(state), self._recent.newest
        if known is not None and known[0] is design:
            return known[1]
        if last is not None and last[0] is design and is_alike(last[1].state, state):
            view = replace(last[1], state=state)
        else:
            view = seen(design, state)
        self._recent.keep(state, (design, view))
        return view

    def state(self, design: Design, state: State, /) -> ModelState:
        """What the model sees of a kernel state."""
        return self._seen(design, state).tables

    def whole(self, design: Design, state: State, /) -> ModelState:
        """The same, seen anew."""
        return seen(design, undelivered(state, revives=False)).tables

    def universe(self, design: Design, state: State, /) -> Mapping[str, frozenset[int]]:
        """The threads that are there, and all processors."""
        return self._seen(design, state).universe

    def steps(
        self, design: Design, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> tuple[ModelStep, ...]:
        """The model's steps that this kernel step is."""
        if isinstance(outcome, Panic | Deadlock | Spins):
            return ()
        if isinstance(event, MemoryRunsOut | MemoryIsBack):
            return (ModelStep(name_of(event), {}),)
        old, new = self._seen(design, before), self._seen(design, after)
        here = place(before, event)
        if before.machine.grain is Grain.SECTIONS:
            main = asked_in_sections(design, before, event, outcome, here)
        else:
            main = asked(design, before, event, outcome, here)
        return Happening(design, event, outcome, here, old, new, main).steps()

    def stutters(self, event: Event, outcome: Outcome, /) -> bool:
        """Whether a step like this may change nothing that the model sees.

        Calls about other objects, and refusals that are about capabilities; the end of a yield; an
        interrupt that ends nobody; what programs read and write; the end of the kernel. In sections
        also a call that is entered or goes on, a processor that spins, and a time that has come
        when the thread was woken by others.
        """
        match event:
            case _ if isinstance(outcome, Panic | Deadlock | Spins):
                return True
            case CallMade():
                return isinstance(outcome, Cut) or not is_seen(event, outcome)
            case SwitchEnds() | TimerTick() | MemoryRunsOut() | MemoryIsBack():
                return False
            case UserReads() | UserWrites():
                return not isinstance(outcome, Ended)
            case ExitInterrupt() | ShootdownInterrupt() | CallReturns():
                return True
            case CallContinues() | TimeoutFires():
                return True


MAPPING = WakingMapping()
