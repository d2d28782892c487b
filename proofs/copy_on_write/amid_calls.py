"""A trace of copy_on_write on two processors: two threads of one address space, each on one.

Their calls are whole, and either may make the next one.
"""

from assay.traces.trace import Decision, TraceValue
from proofs.copy_on_write.realise import FIRST_PROCESSOR, Pages, found, performed
from proofs.performing import CannotBe
from reference_kernel.events import Event, SwitchEnds, TimerTick
from reference_kernel.machine import SEVERAL_PROCESSORS
from reference_kernel.step import possible
from spec.design import Design
from spec.ids import ObjectType
from spec.options import ThreadNew

MODE = "interleaved"
_MOST_TICKS = 8
"""After so many the second thread runs."""


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say.

    Errors: ValueError naming the decision that nothing here does.
    """
    try:
        program = _OnTwo(design, (*found(start), *decisions))
    except CannotBe as error:
        raise ValueError(f"{start}: {error}") from error
    return performed(program)


class _OnTwo(Pages):
    """The first program with a second thread, which the second processor runs."""

    def __init__(self, design: Design, decisions: tuple[Decision, ...]) -> None:
        super().__init__(design, decisions, SEVERAL_PROCESSORS)
        self.first = self.caller
        spaces = self.own(ObjectType.ADDRESS_SPACE), self.own(ObjectType.CAPABILITY_SPACE)
        group = self.own(ObjectType.THREAD_GROUP)
        self.second = self.state.next_object
        self.created("thread_new", ThreadNew.THREAD_AUTOSTART, group, *spaces)
        for _ in range(_MOST_TICKS):
            if self.state.processors[1].current != self.second:
                self._tick(1)

    def on(self, processor: TraceValue) -> int:
        """The thread that the processor runs; CannotBe where that is not the one it ran."""
        number = self._number(processor)
        thread = (self.first, self.second)[number]
        if self.state.processors[number].current != thread:
            raise CannotBe(f"processor {number} does not run thread {thread}")
        return thread

    def idles(self, processor: TraceValue) -> None:
        """The idle thread runs there for a while."""
        for _ in range(2):
            self._tick(self._number(processor))

    def _number(self, processor: TraceValue) -> int:
        return 0 if processor == FIRST_PROCESSOR else 1

    def _tick(self, number: int) -> None:
        """The slice of the processor's thread ends, and it leaves its stack."""
        self.happens(TimerTick(number))
        if possible(self.state, SwitchEnds(number)):
            self.happens(SwitchEnds(number))
