"""What processors do from boot where a call is a row of sections: a program that writes itself.

The first thread runs on processor 0. All threads share its spaces, so that each can name whatever
was made.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from proofs.performing import CannotBe
from reference_kernel.boot import boot
from reference_kernel.events import CallContinues, CallMade, Event, SwitchEnds, TimerTick
from reference_kernel.machine import IN_SECTIONS
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.sections import Section
from reference_kernel.state import CapabilitySpace, Processor, State, Thread, ThreadGroup
from reference_kernel.step import possible, step
from spec.design import CreatedRights, Design
from spec.ids import ObjectType, type_of
from spec.options import CREATED_RIGHTS, ThreadNew
from spec.syscalls import BY_NAME

_WORDS = 8
_MOST_TICKS = 16
"""After so many a thread that is ready runs."""


class Processors:
    """The events so far, and the state that they lead to."""

    def __init__(self, design: Design, count: int) -> None:
        self.design = design
        self.state: State = boot(design, replace(IN_SECTIONS, processors=count))
        self.events: list[Event] = []
        self._space = self.thread(self.state.current).capability_space

    def thread(self, name: int) -> Thread:
        """The body of a living thread; CannotBe where it has none."""
        body = self.state.body(name)
        if not isinstance(body, Thread):
            raise CannotBe(f"thread {name} is gone")
        return body

    def has_exited(self, name: int) -> bool:
        """Whether the object of that name is a living thread group that has exited."""
        body = self.state.body(name)
        return isinstance(body, ThreadGroup) and body.exited

    def own(self, kind: ObjectType) -> int:
        """The oldest id of the type in the space that all share; CannotBe where there is none."""
        found = next((word for word in sorted(self._entries()) if type_of(word) == kind), None)
        if found is None:
            raise CannotBe(f"no {kind.printed} is left")
        return found

    def _entries(self) -> Mapping[int, int]:
        """What the ids in that space name."""
        space = self.state.body(self._space)
        return space.entries if isinstance(space, CapabilitySpace) else {}

    def at(self, number: int) -> Processor:
        """The processor of that number."""
        return self.state.processors[number]

    def happens(self, event: Event) -> Outcome:
        """Takes the event; CannotBe where it cannot happen."""
        if not possible(self.state, event):
            raise CannotBe(f"{event} cannot happen")
        self.events.append(event)
        self.state, outcome = step(self.design, self.state, event)
        return outcome

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
        words = (*arguments, *(0 for _ in range(_WORDS - len(arguments))))
        self.happens(CallMade(self.at(number).current, BY_NAME[call].number, int(options), words))

    def calls(self, number: int, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The same, to its end; gives what it returned."""
        self.begins(number, call, options, *arguments)
        return self.goes_on(number)

    def makes(self, call: str, options: int, *arguments: int) -> tuple[int, ...]:
        """What the first thread's call makes, with all rights; CannotBe where it makes nothing."""
        if self.design.created_rights is CreatedRights.OPTION:
            options |= CREATED_RIGHTS
        made = self.calls(0, call, options, *arguments)
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
        return self._entries()[made[0]], *made

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
