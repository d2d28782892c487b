"""A trace of waking where a call is a row of sections, each done to its end before the next begins.

So memory may run out between two calls.
"""

from assay.traces.trace import Decision
from proofs.waking.realise import performed
from proofs.waking.realise.program import Program
from reference_kernel.events import CallContinues, Event
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Cut, Done, Outcome
from reference_kernel.step import place, possible
from spec.design import Design

MODE = "sections"


def realise(design: Design, _start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    return performed(_ToItsEnd(design, IN_SECTIONS), decisions)


class _ToItsEnd(Program):
    """A program on processors that do all of what they have begun at once."""

    def happens(self, event: Event) -> Outcome:
        """Take the event, and all that it is the beginning of; gives what that gave."""
        number = place(self.state, event)
        outcome = super().happens(event)
        while possible(self.state, CallContinues(number)):
            more = super().happens(CallContinues(number))
            outcome = outcome if isinstance(more, Cut | Done) else more
        return outcome
