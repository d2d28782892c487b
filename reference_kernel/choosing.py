"""Where choices come from, and what a caller has to choose from."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from reference_kernel.boot import boot
from reference_kernel.parties import Listener, ListeningPool, Party, WaitingThread, names_of
from reference_kernel.state import (
    NOTHING,
    Body,
    CapabilitySpace,
    Channel,
    DropCheck,
    DropCheckReceiver,
    EventPool,
    Memory,
    Reply,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from spec.designs import AS_BUILT
from spec.ids import ObjectType, is_weak

_T = TypeVar("_T")


class Chooser(Protocol):
    """Where choices come from."""

    def below(self, limit: int, /) -> int:
        """A number from 0 to `limit` - 1."""
        ...

    def pick(self, among: Sequence[_T], /) -> _T:
        """One of them."""
        ...


class View:
    """The caller's capabilities, sorted by what they are good for.

    `given` are the arguments that the call has so far: what comes next can depend on them.
    """

    __slots__ = ("_needed", "by_type", "chooser", "given", "own", "space", "state", "words")

    def __init__(self, state: State, space: int, chooser: Chooser) -> None:
        body = state.body(space)
        assert isinstance(body, CapabilitySpace)
        self._needed: frozenset[int] | None = None
        self.chooser = chooser
        self.space = space
        self.given: list[int] = []
        self.own = body
        self.state = state
        self.words = sorted(body.entries)
        self.by_type: dict[int, list[int]] = {}
        by_type = self.by_type
        for word in self.words:
            kind = word >> 5 & 31
            if kind in by_type:
                by_type[kind].append(word)
            else:
                by_type[kind] = [word]

    def body(self, word: int) -> Body | None:
        """What the id names, or None when the object is dead or the caller has no such id."""
        return self.state.body(self.own.entries.get(word, NOTHING))

    def is_needed(self) -> bool:
        """Whether the caller, or its space, which was made since boot, is among that."""
        return not self.needed().isdisjoint((self.state.current, self.space))

    def has_others(self) -> bool:
        """Whether another thread can run when the caller leaves the processor."""
        return any(
            isinstance(body := self.state.body(each), Thread) and body.is_alive
            for each in self.state.ready
        )

    def needed(self) -> frozenset[int]:
        """What was made since boot, and those who wait wait for, or wait with."""
        if self._needed is None:
            bodies = (known.body for known in self.state.objects.values())
            self._needed = frozenset(name for body in bodies for name in _needs(body))
            self._needed -= BOOT_OBJECTS
        return self._needed

    def is_dead(self, word: int) -> bool:
        """Whether the capability is weak and its object dead."""
        return self.state.body(self.own.entries[word]) is None

    def made(self, kind: int) -> list[int]:
        """The capabilities of that type to objects that were not there at boot."""
        entries = self.own.entries
        return [word for word in self.by_type.get(kind, []) if entries[word] not in BOOT_OBJECTS]

    def has_made(self, kind: int, rights: int) -> bool:
        """Whether the caller has one with these rights, whose object lives."""
        entries, state = self.own.entries, self.state
        return any(
            word & rights == rights
            and entries[word] not in BOOT_OBJECTS
            and state.body(entries[word]) is not None
            for word in self.by_type.get(kind, ())
        )

    def last(self) -> list[int]:
        """The capabilities that alone keep an object alive which weak ones here name."""
        entries = self.own.entries
        named = {entries[word] for word in self.words if is_weak(word)} - BOOT_OBJECTS
        strong = [word for word in self.words if not is_weak(word) and entries[word] in named]
        return [word for word in strong if self.state.objects[entries[word]].strong == 1]

    def held_threads(self) -> list[int]:
        """The strong capabilities to threads."""
        return [each for each in self.by_type.get(ObjectType.THREAD, ()) if not is_weak(each)]

    def is_stopped(self, word: int) -> bool:
        """Whether the thread lives and is suspended."""
        body = self.body(word)
        return isinstance(body, Thread) and body.state is ThreadState.SUSPENDED

    def can_start(self, word: int) -> bool:
        """Whether the thread lives and sleeps, and waits for nothing."""
        body = self.body(word)
        return (
            isinstance(body, Thread)
            and body.state is ThreadState.SUSPENDED
            and body.waits_on == NOTHING
        )

    def waits(self, word: int) -> bool:
        """Whether the thread sleeps till something happens that it waits for."""
        body = self.body(word)
        return (
            isinstance(body, Thread)
            and body.state is ThreadState.SUSPENDED
            and body.waits_on != NOTHING
        )

    def is_mapped(self, word: int) -> bool:
        """Whether the capability is to a memory that is mapped."""
        memory = self.body(word)
        return isinstance(memory, Memory) and bool(memory.mappings)

    def is_without_room(self, word: int) -> bool:
        """Whether the pool has no pages, so that nobody can tell it anything."""
        body = self.body(word)
        return isinstance(body, EventPool) and not body.max_pages

    def has_members(self, word: int) -> bool:
        """Whether the capability is of a group with threads or groups in it."""
        group = self.state.body(self.own.entries[word])
        return isinstance(group, ThreadGroup) and bool(group.members)

    def has_special_members(self, word: int) -> bool:
        """Whether threads of the group are held by the caller, or waited for by another."""
        group = self.body(word)
        if not isinstance(group, ThreadGroup):
            return False
        held = {self.own.entries[each] for each in self.held_threads()}
        return any(each in held or self._has_waiters(each) for each in group.members)

    def is_told_to_pools(self, word: int) -> bool:
        """Whether an event pool is to be told of the end of the thread."""
        body = self.body(word)
        return isinstance(body, Thread) and any(
            isinstance(each, ListeningPool) for each in body.exit_event.once
        )

    def listens(self, pool: int, thread: int) -> bool:
        """Whether the event pool is to be told of the end of the thread."""
        body, name = self.body(thread), self.own.entries[pool]
        return isinstance(body, Thread) and any(
            isinstance(each, ListeningPool) and each.pool == name
            for each in body.exit_event.once + body.exit_event.always
        )

    def is_waited_for(self, word: int) -> bool:
        """Whether another thread waits for the end of the thread."""
        return self._has_waiters(self.own.entries[word])

    def _has_waiters(self, name: int) -> bool:
        body = self.state.body(name)
        return isinstance(body, Thread) and any(map(self._waits, body.exit_event.once))

    def _waits(self, listener: Listener) -> bool:
        """Whether the listener is a thread that is still in that wait."""
        if not isinstance(listener, WaitingThread):
            return False
        body = self.state.body(listener.thread)
        return (
            isinstance(body, Thread)
            and body.state is ThreadState.SUSPENDED
            and body.waits == listener.wait
        )

    def is_awaited(self, word: int) -> bool:
        """Whether somebody listens for the end of the thread, or for the drop of the check."""
        body = self.state.body(self.own.entries[word])
        if isinstance(body, DropCheck):
            body = self.state.body(body.receiver)
        match body:
            case Thread(exit_event=event) | DropCheckReceiver(cap_drop=event):
                return bool(event.once)
            case _:
                return False


def _needs(body: Body | None) -> tuple[int, ...]:
    """What a thread waits for, or who stands in queues or waits for an answer, and with what."""
    match body:
        case Thread(state=ThreadState.SUSPENDED, waits_on=waits_on):
            return (waits_on,)
        case Channel(senders=senders, receivers=receivers):
            parties: tuple[Party, ...] = (*senders, *receivers)
            return tuple(name for party in parties for name in names_of(party))
        case Reply(caller=caller, used=False):
            return names_of(caller)
        case _:
            return ()


BOOT_OBJECTS = frozenset(boot(AS_BUILT).objects)
"""The objects that are there before the first program runs."""
BOOT_IDS = frozenset({0x37, 0x4F, 0x6F, 0x97, 0x18F})
"""Capabilities without which the first program gets nowhere."""
