"""What processors do from boot where a call is a row of sections: a program that writes itself.

The first thread runs on processor 0. All threads share its spaces, so that each can name whatever
was made.
"""

from collections.abc import Callable
from dataclasses import replace

from proofs.performing import CannotBe
from proofs.realise import Program
from reference_kernel.events import CallContinues, SwitchEnds, TimerTick
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Ok
from reference_kernel.sections import Section
from reference_kernel.state import Processor, ThreadGroup
from reference_kernel.step import possible
from spec.design import Design
from spec.ids import ObjectType
from spec.options import ThreadNew

_MOST_TICKS = 16
"""After so many a thread that is ready runs."""


class Processors(Program):
    """The events so far, and the state that they lead to."""

    def __init__(self, design: Design, count: int) -> None:
        super().__init__(design, replace(IN_SECTIONS, processors=count))

    def has_exited(self, name: int) -> bool:
        """Whether the object of that name is a living thread group that has exited."""
        body = self.state.body(name)
        return isinstance(body, ThreadGroup) and body.exited

    def at(self, number: int) -> Processor:
        """The processor of that number."""
        return self.state.processors[number]

    def goes_on(self, number: int, until: Callable[[], bool] = lambda: False) -> tuple[int, ...]:
        """The processor goes on with what it is in the middle of, to its end or until that is so.

        Gives what its call returned.
        """
        gave: tuple[int, ...] = ()
        while not until() and possible(self.state, CallContinues(number)):
            outcome = self.happens(CallContinues(number))
            gave = outcome.values if isinstance(outcome, Ok) else gave
        return gave

    def begins(self, number: int, call: str, options: int, *arguments: int) -> None:
        """The thread of the processor makes the call, of which no section is done yet."""
        self.make_call(self.at(number).current, call, options, *arguments)

    def calls(self, number: int, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The same, to its end; gives what it returned."""
        self.begins(number, call, options, *arguments)
        return self.goes_on(number)

    def makes(self, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """What the first thread's call makes, with all rights; CannotBe where it makes nothing."""
        made = self.calls(0, call, self.asks_for_all_rights(options), *arguments)
        if not made:
            raise CannotBe(f"{call} makes nothing")
        return made

    def makes_thread(self, group: int) -> int:
        """The name of a new thread of the group with this id; the thread is ready."""
        space = self.own(ObjectType.CAPABILITY_SPACE)
        return self._makes_thread(ThreadNew.THREAD_AUTOSTART, group, space)[0]

    def makes_thread_apart(self, group: int) -> tuple[int, int, int]:
        """The same, with a capability space of its own: name, id, and the id of the space."""
        options = ThreadNew.THREAD_AUTOSTART | ThreadNew.CREATE_CAPABILITY_SPACE
        name, word, space, *_ = self._makes_thread(options, group, 0)
        return name, word, space

    def _makes_thread(self, options: ThreadNew, group: int, space: int) -> tuple[int, ...]:
        allocator = self.own(ObjectType.ALLOCATOR)
        spaces = self.own(ObjectType.ADDRESS_SPACE), space
        made = self.makes("thread_new", int(options), allocator, group, *spaces)
        return self.entries()[made[0]], *made

    def leaves_stack(self, number: int) -> None:
        """The context of the thread that the processor leaves is saved."""
        self.happens(SwitchEnds(number))
        self.goes_on(number)

    def ticks(self, number: int) -> None:
        """The slice of the processor's thread ends; it is on the stack of that still."""
        self.happens(TimerTick(number))
        self.goes_on(number)

    def runs(self, number: int, thread: int) -> None:
        """The processor takes ticks till it runs the thread; CannotBe where it does not."""
        for _ in range(_MOST_TICKS):
            if self.at(number).current == thread:
                return
            self.ticks(number)
            if self.at(number).leaving is not None:
                self.leaves_stack(number)
        raise CannotBe(f"thread {thread} does not come to run")

    def takes(self, number: int, thread: int) -> None:
        """The processor takes ticks till it has the thread in its hand, taken from the ready queue.

        It is under the lock of the queue still, where the design looks at threads there. CannotBe
        where the thread does not come out of the queue.
        """
        for _ in range(_MOST_TICKS):
            self.happens(TimerTick(number))
            self.goes_on(number, lambda: self._has_in_hand(number, thread))
            if self._has_in_hand(number, thread) or self.at(number).current == thread:
                return
            self.leaves_stack(number)
        raise CannotBe(f"thread {thread} does not come out of the ready queue")

    def _has_in_hand(self, number: int, thread: int) -> bool:
        rest = self.at(number).rest
        return rest is not None and rest.section is Section.LOOKS and rest.words[1] == thread
