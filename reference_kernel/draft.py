"""The next state while one step is being worked out.

A step takes a `Draft` of the state, its parts change the draft, and `finish` makes the next state.
Nothing outside a step ever sees one.
"""

from reference_kernel.outcomes import Panic
from reference_kernel.state import (
    NOTHING,
    Body,
    CapabilitySpace,
    Chore,
    DropCheckReceiver,
    EventPool,
    Object,
    Pending,
    Processor,
    State,
    Thread,
    ThreadGroup,
)
from spec.design import Design
from spec.ids import ObjectType


class Draft:
    """One state in the making; its fields are those of `State`.

    `stops` says that a group of which the running thread is a member has ended it.
    """

    __slots__ = (
        "before",
        "current",
        "design",
        "next_key",
        "next_object",
        "objects",
        "panicked",
        "pending",
        "ready",
        "stops",
    )

    def __init__(self, design: Design, before: State) -> None:
        self.design = design
        self.before = before
        self.objects = before.objects
        self.current = before.current
        self.ready = before.ready
        self.next_object = before.next_object
        self.next_key = before.next_key
        self.pending: list[Pending] = list(before.pending)
        self.panicked: Panic | None = before.panicked
        self.stops = False

    def finish(self) -> State:
        """The next state; the one before, when nothing was changed."""
        before = self.before
        pending = tuple(self.pending)
        if (
            self.objects is before.objects
            and self.current == before.current
            and self.ready == before.ready
            and self.next_key == before.next_key
            and pending == before.pending
            and self.panicked is before.panicked
        ):
            return before
        processors = before.processors
        if self.current != before.current:
            processors = (Processor(self.current), *processors[1:])
        return State(
            self.objects,
            processors,
            self.ready,
            self.next_object,
            self.next_key,
            pending,
            self.panicked,
        )

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

    def pool(self, name: int) -> EventPool:
        """The body of a living event pool."""
        body = self.objects[name].body
        assert isinstance(body, EventPool), name
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
