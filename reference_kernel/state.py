"""The whole state of the kernel: frozen records in persistent maps.

An object is named by a number that is given once and never again. Names are plain ints, and a
record that holds one says whether it is a strong reference (the object lives at least as long), a
weak one (it does not, but its block of memory does), or only a name.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from immutables import Map

from reference_kernel.events import CallMade
from reference_kernel.frames import Frames
from reference_kernel.locks import Lock
from reference_kernel.machine import Machine
from reference_kernel.notes import Note
from reference_kernel.outcomes import Deadlock, Panic
from reference_kernel.pages import Pages
from reference_kernel.parties import Listener, ListeningPool, Receiver, Sender, WaitingThread
from reference_kernel.records import Mapping, PageTables, Record
from reference_kernel.sections import Asked, Rest
from reference_kernel.spans import NONE, Spans
from spec.ids import ObjectType

_NO_ENTRIES: Map[int, int] = Map()
NOTHING = 0
"""No object; as a running or ready thread, the processor's idle thread."""


class ThreadState(Enum):
    """Where a thread is in its life, as its status word says."""

    RUNNING = "RUNNING"
    READY = "READY"
    SUSPENDED = "SUSPENDED"
    DEAD = "DEAD"


class Woke(Enum):
    """Why a wait ended."""

    NO_REASON = "NO_REASON"
    TIMEOUT = "TIMEOUT"
    THREAD_EXIT = "THREAD_EXIT"
    CAP_DROP = "CAP_DROP"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    EVENTS = "EVENTS"
    DIED = "DIED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class WakeReason:
    """What a waker left for the thread that it woke; `values` are what its call may return.

    Of a wait that failed they are the error, and `refusal` is the row of the call's table.
    """

    woke: Woke = Woke.NO_REASON
    values: tuple[int, ...] = ()
    refusal: str = ""


NO_REASON = WakeReason()


@dataclass(frozen=True, slots=True)
class Emitter:
    """Who is told of an event: `once` from the last to the first, then `always` in order."""

    once: tuple[Listener, ...] = ()
    always: tuple[ListeningPool, ...] = ()


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread.

    `group` is weak; `address_space` and `capability_space` are strong, `NOTHING` once released.
    `is_alive` turns false when its group ends it. `call` is the call that it is in the middle of,
    `waits_on` names the object whose listener it is, `waits` counts its waits.
    `announced` counts how often its end was told; no design needs it, the guarantees do.
    `held` are strong references of its kernel stack while it waits. `told_in` is the wait for which
    the reason was left; only a guarantee reads that. `ticked` tells that a tick took it off its
    processor; that is noted only where calls are rows of sections. `spared` tells that a drop ended
    it while its own processor ran it, and that it goes on so far.
    """

    group: int
    address_space: int
    capability_space: int
    state: ThreadState = ThreadState.SUSPENDED
    is_alive: bool = True
    reason: WakeReason = NO_REASON
    call: CallMade | None = None
    waits: int = 0
    waits_on: int = NOTHING
    exit_event: Emitter = Emitter()
    announced: int = 0
    held: tuple[int, ...] = ()
    told_in: int = 0
    ticked: bool = False
    spared: bool = False


@dataclass(frozen=True, slots=True)
class ThreadGroup:
    """A thread group.

    `members` in the order of joining: threads are strong references, child groups weak ones.
    `parent` is only a name. As built the kernel keeps neither `parent` nor `exited`: there only
    the guarantees read them.
    """

    parent: int
    members: tuple[int, ...] = ()
    exited: bool = False


@dataclass(frozen=True, slots=True)
class AddressSpace:
    """An address space: what is mapped, sorted by start, and the page tables that say it.

    Each record of a memory or of a pool is a strong reference to it.
    """

    tables: PageTables
    records: tuple[Record, ...] = ()


@dataclass(frozen=True, slots=True)
class CapabilitySpace:
    """A capability space: for each id the object it names; the id says how.

    `next_serial` has one counter for each type number. `in_transit` are the entries that are not
    announced: those that hold what messages name that wait.
    """

    entries: Map[int, int]
    next_serial: tuple[int, ...]
    in_transit: Map[int, int] = _NO_ENTRIES

    @property
    def holdings(self) -> Map[int, int]:
        """All entries, announced or not."""
        return self.entries.update(self.in_transit) if self.in_transit else self.entries


NO_SERIALS = (0,) * len(ObjectType)
"""What `next_serial` is in an empty space."""


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory of `size_pages` pages; as built its list of pages may go on behind them.

    `mappings` in the order in which they were made, each a weak reference to its address space.
    `counted` is how many of them the kernel takes there to be, in a table of so many `buckets`.
    """

    size_pages: int
    pages: Pages
    mappings: tuple[Mapping, ...] = ()
    counted: int = 0
    buckets: int = 0


@dataclass(frozen=True, slots=True)
class EventBuffer:
    """One of the two buffers of a pool: its frames, and how many bytes of events are in them."""

    frames: tuple[int, ...] = ()
    written_bytes: int = 0


@dataclass(frozen=True, slots=True)
class EventPool:
    """An event pool: events are written into `writes`, the program reads `reads`.

    Each buffer may have `max_pages`. `mapped_in` is a weak reference to the address space in which
    the pool is mapped, from page `mapped_at` on, or `NOTHING`; `is_shown` tells that what is in
    `reads` is mapped there, if anything is. `waiter` is weak. `missed` counts what the pool was to
    be told of messages and had no room for; as built nobody counts that.
    """

    max_pages: int
    writes: EventBuffer = EventBuffer()
    reads: EventBuffer = EventBuffer()
    is_shown: bool = True
    mapped_in: int = NOTHING
    mapped_at: int = 0
    waiter: WaitingThread | None = None
    missed: int = 0

    @property
    def written_bytes(self) -> int:
        """How many bytes of events nobody was given so far."""
        return self.writes.written_bytes


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: who waits to send and who to receive, the first of each is served first."""

    senders: tuple[Sender, ...] = ()
    receivers: tuple[Receiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What answers a call: who waits for the answer, and whether somebody tried to give it."""

    caller: Receiver
    used: bool = False


@dataclass(frozen=True, slots=True)
class PhysMem:
    """A range of physical pages that are no ordinary memory."""

    frame: int
    pages: int


@dataclass(frozen=True, slots=True)
class Allocator:
    """A quota: how many pages may be used in its name, and how many are.

    What the kernel's heap takes from it for objects is not counted here.
    """

    limit_pages: int
    used_pages: int = 0


@dataclass(frozen=True, slots=True)
class Key:
    """A key: a number that no other key has."""

    number: int


@dataclass(frozen=True, slots=True)
class DropCheck:
    """What tells of its own end; `receiver` is strong."""

    receiver: int


@dataclass(frozen=True, slots=True)
class DropCheckReceiver:
    """Where the end of the drop check is told, with the word given when it was made."""

    data: int
    dropped: bool = False
    cap_drop: Emitter = Emitter()


@dataclass(frozen=True, slots=True)
class Opaque:
    """An object of which this kernel knows only that it is held."""


Body = (
    Thread
    | ThreadGroup
    | AddressSpace
    | CapabilitySpace
    | Memory
    | EventPool
    | Channel
    | Reply
    | PhysMem
    | Allocator
    | Key
    | DropCheck
    | DropCheckReceiver
    | Opaque
)


class Object(NamedTuple):
    """A kernel object with its reference counts; without strong references it has no body."""

    type: ObjectType
    strong: int
    weak: int
    body: Body | None


class Chore(Enum):
    """What is left to do when a reference goes or a group ends."""

    RELEASE = "RELEASE"  # one strong reference goes
    KILL = "KILL"  # a thread is ended by its group
    EXIT = "EXIT"  # a group ends its members
    INTERRUPT = "INTERRUPT"  # the other processors are to look whether their threads were ended
    UNLOCK = "UNLOCK"  # a lock is let go that was held till here


class Known(NamedTuple):
    """By which id a reference was known: an entry of that space, or `NOTHING` for a look-up."""

    space: int
    word: int


@dataclass(frozen=True, slots=True)
class Pending:
    """One piece of the worklist.

    `depth` says in how many destructors it is done; only where each chore is a step that is
    counted. `lock` is what is let go; `known` tells which reference goes, if an id was one to it.
    `drops` tells that the end of members is a part of the drop of a group.
    """

    chore: Chore
    object: int
    depth: int = 0
    lock: Lock | None = None
    known: Known | None = None
    drops: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """A thread that its processor does not run any more, and on whose stack it is still.

    `thread` is a strong reference, or `NOTHING` for the idle thread. It leaves in this state: ready
    it gets into the queue once its context is saved, dead it ends then.
    """

    thread: int
    state: ThreadState


@dataclass(frozen=True, slots=True)
class Doing:
    """What a processor is in the middle of, where calls are rows of sections.

    `rest` is what is left of an event, `pending` what it does before that, `locks` are those that
    it holds from one section to the next, in the order in which it took them, and `asked` is what
    it spins for; `noted` is what it did in the last step that nothing else shows.
    """

    rest: Rest | None = None
    pending: tuple[Pending, ...] = ()
    locks: tuple[Lock, ...] = ()
    asked: Asked | None = None
    noted: tuple[Note, ...] = ()


IN_NOTHING = Doing()


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor; `current` is a strong reference to its thread, or `NOTHING` when idle.

    `cache` holds the translations that it remembers, all of the address space of `current`.
    `interrupted` says that another processor ended a group, and that this one has still to look
    whether its thread was a member. `leaving` is the thread from which it switches, and
    `unacknowledged` tells that it took an interrupt and did not say so: it gets no other.
    """

    current: int
    cache: Spans = NONE
    interrupted: bool = False
    leaving: Leaving | None = None
    unacknowledged: bool = False
    doing: Doing = IN_NOTHING

    @property
    def rest(self) -> Rest | None:
        """What is left of the event that it is in the middle of."""
        return self.doing.rest

    @property
    def pending(self) -> tuple[Pending, ...]:
        """What it does before its next section."""
        return self.doing.pending

    @property
    def locks(self) -> tuple[Lock, ...]:
        """The locks that it holds from one section to the next."""
        return self.doing.locks

    @property
    def asked(self) -> Asked | None:
        """What it spins for."""
        return self.doing.asked

    @property
    def noted(self) -> tuple[Note, ...]:
        """What it did in the last step that nothing else shows."""
        return self.doing.noted

    def holds(self, lock: Lock) -> bool:
        """Whether it holds the lock, from an earlier section or while it spins for another one."""
        return lock in self.locks or (self.asked is not None and lock in self.asked.held)

    @property
    def is_busy(self) -> bool:
        """Whether it is in the middle of something, so that its thread does nothing else."""
        return self.rest is not None or bool(self.pending) or self.asked is not None


@dataclass(frozen=True, slots=True)
class State:
    """Everything. `ready` holds weak references, the first runs next.

    The machine never changes; it is here because every step needs it. `memory_out` tells that the
    kernel's heap has no room.
    """

    objects: Map[int, Object]
    processors: tuple[Processor, ...]
    ready: tuple[int, ...]
    next_object: int
    machine: Machine
    frames: Frames
    next_key: int = 0
    panicked: Panic | Deadlock | None = None
    memory_out: bool = False

    @property
    def current(self) -> int:
        """The thread that the first processor runs."""
        return self.processors[0].current

    @property
    def running(self) -> tuple[int, ...]:
        """The threads that run, in the order of their processors."""
        return tuple(each.current for each in self.processors if each.current != NOTHING)

    def processor_of(self, thread: int) -> int | None:
        """The processor that runs the thread."""
        for number, each in enumerate(self.processors):
            if each.current == thread != NOTHING:
                return number
        return None

    def is_left(self, thread: int) -> bool:
        """Whether a processor that runs another one is still on the thread's stack."""
        lefts = (each.leaving for each in self.processors)
        return any(left is not None and left.thread == thread for left in lefts)

    def body(self, name: int) -> Body | None:
        """The object's body, or None when it is dead or never was."""
        known = self.objects.get(name)
        return None if known is None else known.body
