"""A trace of waking where a call is a row of sections, each done to its end before the next begins.

So memory may run out between two calls. The first thread of the kernel has the last processor, and
stands for whoever it is that the trace does not name: who drops, ends and wakes. The trace's first
thread is one that it made, in a group of its own.
"""

from dataclasses import replace

from assay.traces.trace import Decision
from proofs.performing import CannotBe
from proofs.waking.realise import performed
from proofs.waking.realise.program import FIRST, Switches
from reference_kernel.events import CallContinues, Event, SwitchEnds, TimerTick
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Cut, Done, Outcome
from reference_kernel.step import place, possible
from spec.design import Design

MODE = "sections_3"
_PROCESSORS, _OUTSIDE, _BOOT = 3, 2, 0
_MOST_TICKS = 16
"""After so many a thread that is ready runs."""


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    try:
        program = _ToItsEnd(design)
    except CannotBe as error:
        raise ValueError(f"{start}: {error}") from error
    return performed(program, decisions)


class _ToItsEnd(Switches):
    """A program on processors that do all of what they have begun at once."""

    def __init__(self, design: Design) -> None:
        super().__init__(design, replace(IN_SECTIONS, processors=_PROCESSORS))
        outside = self.threads[FIRST]
        self.makes_thread(outside, FIRST, autostart=True)
        self._runs(_BOOT, self.threads[FIRST])
        self._runs(_OUTSIDE, outside)

    def _runs(self, number: int, name: int) -> None:
        """The processor takes ticks till it runs the thread; CannotBe where it does not."""
        for _ in range(_MOST_TICKS):
            self.happens(TimerTick(number))
            if self.processor(number).leaving is not None:
                self.happens(SwitchEnds(number))
            if self.processor(number).current == name:
                return
        raise CannotBe(f"thread {name} does not come to run")

    def happens(self, event: Event) -> Outcome:
        """Take the event, and all that it is the beginning of; gives what that gave."""
        number = place(self.state, event)
        outcome = super().happens(event)
        while possible(self.state, CallContinues(number)):
            more = super().happens(CallContinues(number))
            outcome = outcome if isinstance(more, Cut | Done) else more
        return outcome
