"""A call that is killed while it waits with references on its stack."""

from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, TimerTick
from reference_kernel.outcomes import Ok
from reference_kernel.state import NOTHING, CapabilitySpace, Thread
from reference_kernel.step import step
from spec.design import CreatedRights, Design
from spec.ids import ObjectType, type_of
from spec.options import CREATED_RIGHTS, ThreadDestroy, ThreadNew
from spec.rights import ALL_RIGHTS
from spec.syscalls import BY_NAME

_WORDS = 8
_BYTES = 8


def killed_call(design: Design, before: tuple[Event, ...]) -> tuple[Event, ...]:
    """After these events: a thread begins to send to a channel where nobody receives, and is ended.

    Errors: ValueError where the thread that runs cannot do that.
    """
    program = _Program(design, before)
    allocator = program.own(ObjectType.ALLOCATOR)
    memory = program.make("memory_new", 0, allocator, 1)
    channel = program.make("channel_new", int(ALL_RIGHTS), allocator)
    first, killed = program.state.current, program.state.next_object
    thread = program.make(
        "thread_new",
        int(ThreadNew.THREAD_AUTOSTART),
        allocator,
        program.own(ObjectType.THREAD_GROUP),
        program.own(ObjectType.ADDRESS_SPACE),
        program.own(ObjectType.CAPABILITY_SPACE),
    )
    program.until_it_runs(killed)
    program.call("channel_sync_send", 0, channel, memory, 0, _BYTES)
    program.until_it_runs(first)
    program.call("thread_destroy", int(ThreadDestroy.DESTROY_OTHER), thread)
    return tuple(program.events)


class _Program:
    """Whoever runs, and the calls so far."""

    def __init__(self, design: Design, before: tuple[Event, ...]) -> None:
        self.design = design
        self.state = boot(design)
        self.events: list[Event] = []
        for event in before:
            self.state, _ = step(design, self.state, event)

    def own(self, kind: ObjectType) -> int:
        """The oldest id of the type in the running thread's space."""
        thread = self.state.body(self.state.current)
        space = self.state.body(thread.capability_space) if isinstance(thread, Thread) else None
        if isinstance(space, CapabilitySpace):
            for word in sorted(space.entries):
                if type_of(word) == kind:
                    return word
        raise ValueError(f"the running thread has no {kind.printed}")

    def call(self, name: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The running thread makes the call; gives what it returned."""
        if self.state.current == NOTHING:
            raise ValueError(f"{name}: nobody runs")
        words = (*arguments, *(0 for _ in range(_WORDS - len(arguments))))
        return self.happens(CallMade(self.state.current, BY_NAME[name].number, options, words))

    def make(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights that it may give."""
        if self.design.created_rights is CreatedRights.OPTION:
            options |= CREATED_RIGHTS
        made = self.call(name, options, *arguments)
        if not made:
            raise ValueError(f"{name} makes nothing")
        return made[0]

    def until_it_runs(self, thread: int) -> None:
        """Time passes till the thread runs."""
        for _ in range(len(self.state.ready) + 2):
            if self.state.current == thread:
                return
            self.happens(TimerTick())
        raise ValueError(f"thread {thread} does not come to run")

    def happens(self, event: Event) -> tuple[int, ...]:
        """Takes the event."""
        self.events.append(event)
        self.state, outcome = step(self.design, self.state, event)
        return outcome.values if isinstance(outcome, Ok) else ()
