"""What a trace is made into: a program that writes itself, and what its threads can name.

All of its threads share the capability space of the first one, so that each can name whatever was
made.
"""

from collections.abc import Mapping

from proofs.performing import CannotBe
from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, TimerTick
from reference_kernel.machine import MACHINE, Machine
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import CapabilitySpace, State, Thread
from reference_kernel.step import possible, step
from spec.design import CreatedRights, Design
from spec.ids import ObjectType, type_of
from spec.options import CREATED_RIGHTS
from spec.syscalls import BY_NAME

_WORDS = 8


class Program:
    """The events so far, and the state that they lead to."""

    def __init__(self, design: Design, machine: Machine = MACHINE) -> None:
        self.design = design
        self.state: State = boot(design, machine)
        self.events: list[Event] = []
        self.space = self.thread(self.state.current).capability_space

    def thread(self, name: int) -> Thread:
        """The body of a living thread; CannotBe where it has none."""
        body = self.state.body(name)
        if not isinstance(body, Thread):
            raise CannotBe(f"thread {name} is gone")
        return body

    def entries(self) -> Mapping[int, int]:
        """What the ids in the space that all share name."""
        space = self.state.body(self.space)
        return space.entries if isinstance(space, CapabilitySpace) else {}

    def own(self, kind: ObjectType) -> int:
        """The oldest id of the type in that space; CannotBe where there is none."""
        found = [word for word in sorted(self.entries()) if type_of(word) == kind]
        if not found:
            raise CannotBe(f"no {kind.printed} is left")
        return found[0]

    def happens(self, event: Event) -> Outcome:
        """Takes the event; CannotBe where it cannot happen."""
        if not possible(self.state, event):
            raise CannotBe(f"{event} cannot happen")
        self.events.append(event)
        self.state, outcome = step(self.design, self.state, event)
        return outcome

    def make_call(self, thread: int, name: str, options: int, *arguments: int) -> Outcome:
        """The thread makes the call."""
        words = (*arguments, *(0 for _ in range(_WORDS - len(arguments))))
        return self.happens(CallMade(thread, BY_NAME[name].number, int(options), words))

    def asks_for_all_rights(self, options: int) -> int:
        """The options of a call that makes something, by which it comes with all rights."""
        option = self.design.created_rights is CreatedRights.OPTION
        return options | CREATED_RIGHTS if option else options

    def until_it_runs(self, name: int) -> None:
        """Ticks till the thread runs; CannotBe where it does not."""
        for _ in range(len(self.state.ready) + 2):
            if self.state.current == name:
                return
            self.happens(TimerTick())
        raise CannotBe(f"thread {name} does not come to run")


def values_of(outcome: Outcome) -> tuple[int, ...]:
    """What a call returned; nothing where it waits or is refused."""
    return outcome.values if isinstance(outcome, Ok) else ()
