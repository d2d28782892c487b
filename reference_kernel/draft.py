"""The next state while one step is being worked out.

A step takes a `Draft` of the state, its parts change the draft, and `finish` makes the next state.
Nothing outside a step ever sees one.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

from immutables import Map

from reference_kernel.changing import replace
from reference_kernel.events import Event
from reference_kernel.fine import FREE, Context, Fine, Held
from reference_kernel.frames import Frames
from reference_kernel.locks import Lock, LockKind
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Cut, Deadlock, Panic
from reference_kernel.sections import Change, Rest, Section
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
    Known,
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

_SECTIONS = Grain.SECTIONS


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
    that the kernel panicked while it told somebody of an event, or asked for a lock that it holds.
    `unseen` is what messages may have brought. `fine` is there where calls are rows of sections.
    """

    __slots__ = (
        "before",
        "design",
        "fault",
        "fine",
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
        self.pending: list[Pending] = []
        self.panicked: Panic | Deadlock | None = before.panicked
        self.stops = False
        self.fault: Panic | Deadlock | None = None
        self.unseen: list[Unseen] = []
        self.fine: Fine | None = None
        if self.machine.grain is _SECTIONS:
            self.pending += before.processors[here].pending
            self.fine = Fine(before, here)

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
        before, fine = self.before, self.fine
        if fine is not None:
            self._close(fine)
        memory_out = before.memory_out if fine is None else fine.memory_out
        processors = tuple(self.processors)
        if processors == before.processors:
            processors = before.processors
        if (
            self.objects is before.objects
            and self.frames is before.frames
            and processors is before.processors
            and self.ready == before.ready
            and self.next_key == before.next_key
            and self.panicked is before.panicked
            and memory_out is before.memory_out
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
            self.panicked,
            memory_out,
        )

    def _close(self, fine: Fine) -> None:
        """What the step kept besides is the processor's; what others noted is over."""
        for number, each in enumerate(self.processors):
            if each.noted:
                self.goes_on(number, noted=())
        if self.panicked is None:
            pending, locks = tuple(self.pending), tuple(fine.locks)
            self.goes_on(self.here, pending=pending, locks=locks, noted=tuple(fine.noted))

    def is_running(self, thread: int) -> bool:
        """Whether a processor runs the thread, or is on its stack still."""
        return any(
            each.current == thread or (each.leaving is not None and each.leaving.thread == thread)
            for each in self.processors
        )

    def change(self, processor: int, **parts: Any) -> None:
        """These fields of the processor have another value."""
        self.processors[processor] = replace(self.processors[processor], **parts)

    def goes_on(self, processor: int, **parts: Any) -> None:
        """These parts of what the processor is in the middle of have another value."""
        self.change(processor, doing=replace(self.processors[processor].doing, **parts))

    def lock(self, kind: LockKind, name: int = 0, *, behind: int = NOTHING) -> Context:
        """The lock of the object, held as long as the block that this is the context of.

        And then that of the object `behind` it, if there is one.
        """
        if self.fine is None:
            return FREE
        locks = (Lock(kind, name),) if behind == NOTHING else (Lock(kind, name), Lock(kind, behind))
        return Held(self, locks)

    def take(self, lock: Lock) -> None:
        """The processor holds the lock from here on; it may spin for it, perhaps for ever."""
        if self.fine is not None:
            self.fault = self.fine.take(lock) or self.fault

    def let_go(self, lock: Lock) -> None:
        """The processor holds the lock no more."""
        if self.fine is not None:
            self.fine.let_go(lock)

    def touch(self, lock: Lock) -> None:
        """The processor holds the lock for a moment, under which nothing else is asked for."""
        self.take(lock)
        self.let_go(lock)

    def let_go_later(self, lock: Lock) -> None:
        """The processor lets the lock go when what is pending till here is done."""
        if self.fine is not None:
            self.pending.append(Pending(Chore.UNLOCK, NOTHING, lock=lock))

    def asks_to_forget(self, change: Change, owing: tuple[int, ...]) -> None:
        """The step goes on only once these processors have forgotten the pages."""
        assert self.fine is not None
        self.fine.changes(change, owing)

    def publishes(self, thread: int, *, on: bool) -> None:
        """Whether others may know of a wait of the thread that it has not begun yet.

        Who wakes it spins till it has.
        """
        if self.fine is not None:
            status = Lock(LockKind.STATUS, thread)
            if on:
                self.fine.take(status)
            elif status in self.fine.locks:
                self.fine.let_go(status)

    def looked_up(self, call: Event, word: int, target: int) -> Cut:
        """The stack holds what the id names, and the call goes on with that."""
        assert self.fine is not None
        self.fine.ids.append(word)
        return self.cut(Section.BEGINS, call, holds=target)

    def cut(self, section: Section, event: Event, *words: int, holds: int = NOTHING) -> Cut:
        """The event goes on with that section; the stack holds one reference more, if any."""
        assert self.fine is not None
        if holds != NOTHING:
            self.fine.held.append(holds)
        return Cut(Rest(section, event, words))

    def give_up(self, held: int) -> None:
        """The reference of the stack is somebody else's, or about to be released."""
        if self.fine is not None:
            self.fine.give_up(held)

    def hand_over(self, name: int) -> None:
        """The reference of the stack is somebody else's; if it has none, there is one more."""
        if self.fine is not None and name in self.fine.held:
            self.fine.give_up(name)
        else:
            self.hold(name)

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

    def release(self, name: int, id_: Known | None = None) -> None:
        """Notes that one strong reference to the object goes; `references.drain` lets it go.

        `id_` tells by which id it was known. Where chores are steps, one that is not the last
        goes at once.
        """
        if name == NOTHING:
            return
        known = self.objects[name]
        if self.fine is not None and known.strong > 1:
            less = Object(known.type, known.strong - 1, known.weak, known.body)
            self.objects = self.objects.set(name, less)
        else:
            self.pending.append(Pending(Chore.RELEASE, name, known=id_))

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
