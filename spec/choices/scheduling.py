"""Processors, interrupts and the protocols between them."""

from enum import Enum


class Preemption(Enum):
    """Where a thread can be stopped."""

    INTERRUPT_DISABLE = "anywhere interrupts are on; the exit interrupt kills anywhere"
    CHECK_ON_RETURN = "on the way back to user code"
    NON_PREEMPTIBLE = "nowhere in the kernel: one kernel stack for each processor"


class ReadyQueue(Enum):
    """Where the room in the ready queue comes from."""

    GROWS = "it is allocated at each wake-up, or the kernel panics"
    RESERVED = "it is reserved when a thread is created"
    INTRUSIVE = "the thread holds its own link"


class WakeProtocol(Enum):
    """How a waker claims a sleeper."""

    AS_IS = "by a status word that says nothing of the saved context"
    HANDSHAKE = "once the context is saved; reasons are reset, ended waits unregister"


class IdleThreads(Enum):
    """Where a processor finds its idle thread."""

    IN_QUEUE = "in the ready queue, like any other"
    PER_PROCESSOR = "each processor keeps its own"


class InterruptManager(Enum):
    """What a program meets that asks for interrupts."""

    NEVER_MADE = "nobody who could give them: the kernel panics"
    GIVES_NONE = "a refusal"


class ExitInterrupt(Enum):
    """When the exit interrupt is acknowledged."""

    ACKNOWLEDGED_ONLY_WHEN_KILLING = "when it ends a thread"
    ALWAYS_ACKNOWLEDGED = "always"


class TimerInterrupt(Enum):
    """How often a tick is acknowledged that takes a thread off its processor."""

    ACKNOWLEDGED_AGAIN = "when the thread was left, and again when it runs on"
    ACKNOWLEDGED_ONCE = "when the thread was left"


class TranslationFlush(Enum):
    """Which translation caches a change of a mapping flushes."""

    NONE = "none"
    LOCAL = "that of the calling processor"
    SHOOTDOWN = "that of every processor"


class AtomicOrderings(Enum):
    """Which memory orderings the lock-free protocols state."""

    AS_BUILT = "those of today"
    MINIMAL = "the weakest that keep the guarantees"


class StackGuard(Enum):
    """What lies below a kernel stack."""

    NONE = "whatever was mapped there"
    GUARD_PAGE = "a page that faults"


class CodeModel(Enum):
    """How kernel code reaches kernel code."""

    ABSOLUTE_CALLS = "through absolute addresses"
    KERNEL_RELATIVE = "by relative calls"


class HeapAllocator(Enum):
    """How the kernel heap finds room."""

    FIRST_FIT_LIST = "the first free block that fits"
    SIZE_CLASS_SLABS = "slabs for each class of sizes"
