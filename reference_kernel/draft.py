"""The next state while one step is being worked out.

A step takes a `Draft` of the state, its parts change the draft, and `finish` makes the next state.
Nothing outside a step ever sees one.
"""

from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from immutables import Map

from reference_kernel.frames import Frames
from reference_kernel.outcomes import Deadlock, Panic
from reference_kernel.spans import Spans
from reference_kernel.state import (
    NOTHING,
    AddressSpace,
    Body,
    CapabilitySpace,
    Channel,
    Chore,
    DropCheckReceiver,
    EventPool,
    Memory,
    Object,
    Pending,
    Processor,
    Reply,
    State,
    Thread,
    ThreadGroup,
)
from spec.design import Design
from spec.ids import ObjectType


@dataclass(frozen=True, slots=True)
class Mark:
    """What a step may have to go back to."""

    objects: Map[int, Object]
    frames: Frames
    next_object: int
    processors: tuple[Processor, ...]
    ready: tuple[int, ...]
    pending: tuple[Pending, ...]


class Unseen(NamedTuple):
    """At most so many capabilities went from one space to another: words that nobody knows say it.

    Source and target are names of capability spaces.
    """

    source: int
    target: int
    most: int


class Draft:
    """One state in the making; its fields are those of `State`.

    `here` is the processor that makes the step; what a field of `State` says of a processor is here
    a list. `stops` says that a group of which the running thread is a member has ended it, `fault`
    that the kernel panicked while it told somebody of an event. `unseen` is what messages may have
    brought.
    """

    __slots__ = (
        "before",
        "design",
        "fault",
        "frames",
        "here",
        "machine",
        "next_key",
        "next_object",
        "objects",
        "panicked",
        "pending",
        "processors",
        "ready",
        "stops",
        "unseen",
    )

    def __init__(self, design: Design, before: State, here: int = 0) -> None:
        self.design = design
        self.before = before
        self.machine = before.machine
        self.objects = before.objects
        self.frames = before.frames
        self.processors = list(before.processors)
        self.here = here
        self.ready = before.ready
        self.next_object = before.next_object
        self.next_key = before.next_key
        self.pending: list[Pending] = list(before.pending)
        self.panicked: Panic | Deadlock | None = before.panicked
        self.stops = False
        self.fault: Panic | None = None
        self.unseen: list[Unseen] = []

    @property
    def current(self) -> int:
        """The thread of the processor that makes the step."""
        return self.processors[self.here].current

    @current.setter
    def current(self, thread: int) -> None:
        """Another thread runs there."""
        self.change(self.here, current=thread)

    @property
    def cache(self) -> Spans:
        """What the processor that makes the step remembers."""
        return self.processors[self.here].cache

    @cache.setter
    def cache(self, cache: Spans) -> None:
        """It remembers something else."""
        if cache is not self.processors[self.here].cache:
            self.change(self.here, cache=cache)

    def finish(self) -> State:
        """The next state; the one before, when nothing was changed."""
        before = self.before
        pending = tuple(self.pending)
        processors = tuple(self.processors)
        if processors == before.processors:
            processors = before.processors
        if (
            self.objects is before.objects
            and self.frames is before.frames
            and processors is before.processors
            and self.ready == before.ready
            and self.next_key == before.next_key
            and pending == before.pending
            and self.panicked is before.panicked
        ):
            return before
        return State(
            self.objects,
            processors,
            self.ready,
            self.next_object,
            self.machine,
            self.frames,
            self.next_key,
            pending,
            self.panicked,
        )

    def is_running(self, thread: int) -> bool:
        """Whether a processor runs the thread, or is on its stack still."""
        return any(
            each.current == thread or (each.leaving is not None and each.leaving.thread == thread)
            for each in self.processors
        )

    def change(self, processor: int, **parts: Any) -> None:
        """These fields of the processor have another value."""
        self.processors[processor] = replace(self.processors[processor], **parts)

    def mark(self) -> Mark:
        """What is there now, to go back to."""
        return Mark(
            self.objects,
            self.frames,
            self.next_object,
            tuple(self.processors),
            self.ready,
            tuple(self.pending),
        )

    def back_to(self, mark: Mark) -> None:
        """Everything is as it was when the mark was made; nothing that was released since went."""
        self.objects = mark.objects
        self.frames = mark.frames
        self.next_object = mark.next_object
        self.processors = list(mark.processors)
        self.ready = mark.ready
        self.pending = list(mark.pending)

    def changed_since(self, mark: Mark) -> bool:
        """Whether anything is not as it was when the mark was made."""
        return self.mark() != mark

    def create(self, kind: ObjectType, body: Body) -> int:
        """A new object, to which nothing refers yet."""
        name = self.next_object
        self.next_object = name + 1
        self.objects = self.objects.set(name, Object(kind, 0, 0, body))
        return name

    def body(self, name: int) -> Body | None:
        """The object's body, or None when it is dead."""
        known = self.objects.get(name)
        return None if known is None else known.body

    def put(self, name: int, body: Body) -> None:
        """The living object has this body from now on."""
        known = self.objects[name]
        self.objects = self.objects.set(name, Object(known.type, known.strong, known.weak, body))

    def is_alive(self, name: int) -> bool:
        """Whether a weak reference to the object can still be followed."""
        known = self.objects.get(name)
        return known is not None and known.strong > 0

    def thread(self, name: int) -> Thread:
        """The body of a living thread."""
        body = self.objects[name].body
        assert isinstance(body, Thread), name
        return body

    def group(self, name: int) -> ThreadGroup:
        """The body of a living thread group."""
        body = self.objects[name].body
        assert isinstance(body, ThreadGroup), name
        return body

    def space(self, name: int) -> CapabilitySpace:
        """The body of a living capability space."""
        body = self.objects[name].body
        assert isinstance(body, CapabilitySpace), name
        return body

    def address_space(self, name: int) -> AddressSpace:
        """The body of a living address space."""
        body = self.objects[name].body
        assert isinstance(body, AddressSpace), name
        return body

    def memory(self, name: int) -> Memory:
        """The body of a living memory."""
        body = self.objects[name].body
        assert isinstance(body, Memory), name
        return body

    def pool(self, name: int) -> EventPool:
        """The body of a living event pool."""
        body = self.objects[name].body
        assert isinstance(body, EventPool), name
        return body

    def channel(self, name: int) -> Channel:
        """The body of a living channel."""
        body = self.objects[name].body
        assert isinstance(body, Channel), name
        return body

    def reply(self, name: int) -> Reply:
        """The body of a living reply."""
        body = self.objects[name].body
        assert isinstance(body, Reply), name
        return body

    def receiver(self, name: int) -> DropCheckReceiver:
        """The body of a living drop check receiver."""
        body = self.objects[name].body
        assert isinstance(body, DropCheckReceiver), name
        return body

    def hold(self, name: int) -> None:
        """One more strong reference to the object."""
        if name != NOTHING:
            known = self.objects[name]
            self.objects = self.objects.set(
                name, Object(known.type, known.strong + 1, known.weak, known.body)
            )

    def release(self, name: int) -> None:
        """Notes that one strong reference to the object goes; `references.drain` lets it go."""
        if name != NOTHING:
            self.pending.append(Pending(Chore.RELEASE, name))

    def watch(self, name: int) -> None:
        """One more weak reference to the object."""
        if name != NOTHING:
            known = self.objects[name]
            self.objects = self.objects.set(
                name, Object(known.type, known.strong, known.weak + 1, known.body)
            )

    def forget(self, name: int) -> None:
        """One weak reference to the object less; the last one frees the block of a dead object."""
        if name == NOTHING:
            return
        known = self.objects[name]
        assert known.weak > 0, name
        if known.weak == 1 and known.body is None:
            self.objects = self.objects.delete(name)
        else:
            self.objects = self.objects.set(
                name, Object(known.type, known.strong, known.weak - 1, known.body)
            )
