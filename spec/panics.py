"""Where the kernel as built can panic or hang: the places that its log prints, and why."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PanicPlace:
    """A place in the kernel's source, `file:line` as the log prints it, and what leads there.

    The line is missing where no log has shown it. `trapping` tells that only a build that traps
    integer overflow gets there.
    """

    place: str
    why: str
    trapping: bool = False


CLONE_UNTABLED = PanicPlace(
    "src/cap/capability_space.rs:423",
    "a capability is cloned whose type has no table, also out of a message",
)
DESTROY_UNTABLED = PanicPlace(
    "src/syscall/cap.rs:104", "a capability is destroyed whose type has no table"
)
NO_ENTRY = PanicPlace(
    "src/cap/memory/mod.rs:179", "the count of mappings says one, and there is none"
)
NO_PAGES_MORE = PanicPlace(
    "src/cap/memory/page.rs:173", "a memory grows into pages that it was given beforehand"
)
NO_LEAF = PanicPlace(
    "src/mem/addr.rs:101", "a page is unmapped whose table is there and whose entry is not"
)
NO_TABLE = PanicPlace("src/cap/memory/mod.rs:447", "a page is unmapped of which a table is missing")
NO_ROOM_FOR_HEADER = PanicPlace(
    "src/event/event_pool.rs:457", "the header of an event does not fit into the pool's pages"
)
UNMAPS_TOO_MUCH = PanicPlace(
    "src/event/event_pool.rs:253", "a pool swaps its buffers and unmaps more than was mapped"
)
BUFFER_OVERFLOWS = PanicPlace(
    "src/event/mod.rs:97", "offset and size of a buffer add up to no number", trapping=True
)
COPY_RUNS_ON = PanicPlace(
    "src/cap/memory/memory_copy.rs", "more was written of a message than it has", trapping=True
)
REPLY_GONE = PanicPlace("src/cap/channel/mod.rs", "the reply that nobody was to see yet is gone")
STALE_SEND = PanicPlace("src/syscall/channel.rs:133", "a send ends with another wait's reason")
STALE_RECEIVE = PanicPlace(
    "src/syscall/channel.rs:219", "a receive ends with another wait's reason"
)
STALE_CALL = PanicPlace("src/syscall/channel.rs", "a call ends with another wait's reason")
STALE_AWAIT = PanicPlace(
    "src/syscall/event_pool.rs:106", "an await ends with another wait's reason"
)
STALE_EXIT = PanicPlace("src/syscall/thread.rs", "a wait ends with another wait's reason")
STALE_DROP = PanicPlace("src/syscall/drop_check.rs", "a wait ends with another wait's reason")
NO_THREAD = PanicPlace("src/syscall/thread.rs:134", "a yield finds no thread to run")
WOKEN_TOO_EARLY = PanicPlace(
    "src/cap/thread.rs", "a thread that sleeps for a time was woken before it left its stack"
)
READY_QUEUE_GROWS = PanicPlace(
    "src/sched/thread.rs", "the kernel heap has no room for one more ready thread"
)
TIMEOUTS_GROW = PanicPlace("src/sched/mod.rs", "the kernel heap has no room for one more timeout")
NO_INTERRUPTS = PanicPlace(
    "src/int/userspace_interrupt.rs:287", "the interrupt manager was never made"
)
NO_ARGUMENT_TEXT = PanicPlace(
    "src/syscall/strace.rs:58", "the kernel heap has no room for the tracer's text"
)
NO_RESULT_TEXT = PanicPlace(
    "src/syscall/strace.rs:188", "the kernel heap has no room for the tracer's text"
)
PAGE_FAULT = PanicPlace("src/int/mod.rs:158", "a program touches a page that is not mapped")
HEAP_LIST = PanicPlace(
    "userland/bit_utils/src/container/linked_list.rs:261",
    "a mapping lies over the kernel's own addresses, and its heap is damaged",
)
SIZE_SUM = PanicPlace(
    "userland/bit_utils/src/size.rs:8", "sizes add up to no number", trapping=True
)

NO_ACCESS = PanicPlace("src/cap/memory/mod.rs", "a page is filled that is mapped without access")
PAST_THE_END = PanicPlace("src/cap/memory/mod.rs", "a mapping goes on behind its memory's pages")
TOO_SHORT = PanicPlace(
    "src/cap/memory/mod.rs", "a memory is to grow to less than the pages that it has", trapping=True
)
SAME_MEMORY = PanicPlace(
    "src/cap/memory/memory_copy.rs",
    "a message is copied from a memory to itself, whose lock the call holds already",
)
"""Where the kernel as built hangs: nobody lets go of the lock."""

ANY_CALL = (NO_ARGUMENT_TEXT, NO_RESULT_TEXT)
"""Every call whose line the log shows can panic while the line is made."""
UNMAPPING = (NO_LEAF, NO_TABLE)
DELIVERY = (
    CLONE_UNTABLED,
    BUFFER_OVERFLOWS,
    COPY_RUNS_ON,
    NO_ROOM_FOR_HEADER,
    UNMAPS_TOO_MUCH,
    NO_ACCESS,
    HEAP_LIST,
    *UNMAPPING,
)
"""What a call that hands over a message, or answers one, can meet."""
EVENT = (UNMAPS_TOO_MUCH, HEAP_LIST, *UNMAPPING)
"""What a call can meet that sets off an event: a pool may be mapped at the kernel's addresses."""
MAPPING = (HEAP_LIST, SIZE_SUM)
"""What a call can meet that maps something."""
NO_MEMORY = (READY_QUEUE_GROWS, TIMEOUTS_GROW)
"""What only a shortage of memory leads to."""
NO_ONE_CALL = (PAGE_FAULT, WOKEN_TOO_EARLY, REPLY_GONE, *NO_MEMORY)
"""Places that are no single call's."""

_KNOWN = (
    *(CLONE_UNTABLED, DESTROY_UNTABLED, NO_ENTRY, NO_PAGES_MORE, NO_LEAF, NO_TABLE),
    *(NO_ROOM_FOR_HEADER, UNMAPS_TOO_MUCH, BUFFER_OVERFLOWS, COPY_RUNS_ON),
    *(STALE_SEND, STALE_RECEIVE, STALE_CALL, STALE_AWAIT, STALE_EXIT, STALE_DROP),
    *(NO_THREAD, NO_INTERRUPTS, NO_ARGUMENT_TEXT, NO_RESULT_TEXT),
    *(NO_ACCESS, PAST_THE_END, TOO_SHORT, *MAPPING, *NO_ONE_CALL),
)
PLACES = frozenset(known.place for known in _KNOWN)
"""Every place that is known, as the log prints it."""
TRAPPING = PLACES - {known.place for known in _KNOWN if not known.trapping}
"""Those that only a build gets to that traps integer overflow."""
