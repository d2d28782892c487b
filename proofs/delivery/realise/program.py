"""A program of many threads that sends and receives: what it has made so far, and its ids.

All threads share the spaces of the first one, which makes every call that does not wait; for each
call that waits there is a thread of its own. What stands in a queue has a memory or a pool of its
own, so that each can fail or die alone.
"""

from dataclasses import dataclass

from assay.traces.trace import TraceValue
from proofs.performing import CannotBe
from proofs.realise import Program
from reference_kernel.events import TimeoutFires
from reference_kernel.outcomes import Blocked, Ok, Outcome, Refused
from reference_kernel.state import NOTHING, Reply
from spec.design import Design
from spec.ids import ObjectType
from spec.options import (
    CapClone,
    CapDestroy,
    MemoryNew,
    NewCapability,
    ThreadNew,
    Wait,
)
from spec.sizes import PAGE_BYTES

_LENT = int(CapClone.RIGHTS | CapClone.SRC_CSPACE_SELF)
_ALL = NewCapability.READ | NewCapability.PROD | NewCapability.WRITE | NewCapability.UPGRADE
POOL_AT = 0x40_0000_0000
MESSAGE_BYTES = 8
ROOM_BYTES = PAGE_BYTES


@dataclass(slots=True)
class Party:
    """Who waits where: its thread or its pool, and the memories of message and answer.

    `stranger` is a thread that sent in its pool's name, and whose space dies with it.
    """

    channel: int = NOTHING
    thread: int = NOTHING
    pool: int = NOTHING
    memory: int = NOTHING
    answer: int = NOTHING
    stranger: int = NOTHING


class Messages(Program):
    """The first program as it writes itself."""

    def __init__(self, design: Design) -> None:
        super().__init__(design)
        self.channels: dict[TraceValue, int] = {}
        self.sends: dict[TraceValue, Party] = {}
        self.receives: dict[TraceValue, Party] = {}
        self.callers: dict[TraceValue, Party] = {}
        self.replies: dict[TraceValue, int] = {}
        self.waiters: dict[TraceValue, Party] = {}
        self.homes: dict[TraceValue, int] = {}
        self.first = self.state.current
        self.message = self.memory()
        self.buffer = self.memory()

    def made_by(self, thread: int, name: str, options: int, *arguments: int) -> Outcome:
        """The thread makes the call, as soon as it runs."""
        self.until_it_runs(thread)
        return self.make_call(thread, name, options, *arguments)

    def call(self, name: str, *arguments: int, options: int = 0) -> tuple[int, ...]:
        """The first thread makes the call, which succeeds.

        Errors: CannotBe when the kernel gives anything else.
        """
        outcome = self.made_by(self.first, name, options, *arguments)
        if not isinstance(outcome, Ok):
            raise CannotBe(f"{name} gave {outcome}")
        return outcome.values

    def fails(self, name: str, *arguments: int, options: int = 0) -> None:
        """The first thread makes the call, which is refused.

        Errors: CannotBe when it succeeds.
        """
        outcome = self.made_by(self.first, name, options, *arguments)
        if not isinstance(outcome, Refused):
            raise CannotBe(f"{name} gave {outcome}")

    def waits(self, name: str, *arguments: int) -> int:
        """A new thread makes the call and waits; gives the thread.

        Errors: CannotBe when it does not wait.
        """
        thread = self.state.next_object
        parts = (ObjectType.ALLOCATOR, ObjectType.THREAD_GROUP, ObjectType.ADDRESS_SPACE)
        given = (*map(self.own, parts), self.own(ObjectType.CAPABILITY_SPACE))
        self.created("thread_new", *given, options=ThreadNew.THREAD_AUTOSTART)
        outcome = self.made_by(thread, name, Wait.TIMEOUT, *arguments)
        if not isinstance(outcome, Blocked):
            raise CannotBe(f"{name} gave {outcome}")
        return thread

    def stranger(self) -> tuple[int, int]:
        """A new thread with a space of its own, and the space's id."""
        thread = self.state.next_object + 1
        parts = (ObjectType.ALLOCATOR, ObjectType.THREAD_GROUP, ObjectType.ADDRESS_SPACE)
        made = int(ThreadNew.CREATE_CAPABILITY_SPACE | ThreadNew.THREAD_AUTOSTART)
        options = self.asks_for_all_rights(made)
        _, space = self.call("thread_new", *map(self.own, parts), options=options)
        return thread, space

    def lends(self, space: int, word: int) -> int:
        """The id of a clone in that space."""
        return self.call("cap_clone", space, NOTHING, word, options=_LENT)[0]

    def gives_up(self, party: Party) -> None:
        """The thread's time has come, or its pool dies."""
        if party.thread != NOTHING:
            self.happens(TimeoutFires(party.thread))
        else:
            self.destroy(party.pool)

    def created(self, name: str, *arguments: int, options: int = 0) -> int:
        """The id of what the call makes, with all rights that it may give."""
        return self.call(name, *arguments, options=self.asks_for_all_rights(options))[0]

    def memory(self) -> int:
        """A new memory of one page."""
        allocator, options = self.own(ObjectType.ALLOCATOR), int(MemoryNew.ZEROED)
        return self.created("memory_new", allocator, 1, options=options)

    def pool(self, pages: int) -> int:
        """A new event pool, which may have so many pages."""
        return self.created("event_pool_new", self.own(ObjectType.ALLOCATOR), pages)

    def channel(self) -> int:
        """A new channel."""
        allocator = self.own(ObjectType.ALLOCATOR)
        return self.created("channel_new", allocator, options=int(_ALL))

    def destroy(self, word: int) -> None:
        """The capability goes."""
        self.call("cap_destroy", NOTHING, word, options=CapDestroy.CSPACE_SELF)

    def reply_since(self, first: int) -> int:
        """The id of the reply that was made since the object `first` would have been the next.

        Errors: CannotBe when there is none.
        """
        for word, name in self.entries().items():
            if name >= first and isinstance(self.state.body(name), Reply):
                return word
        raise CannotBe("no call left a reply")
