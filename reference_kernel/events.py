"""What can happen next: a decision that a driver, a trace or a log makes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallMade:
    """The running thread enters the kernel with a call's number, option word and eight words.

    `options` has 32 bits, each of `arguments` has 64.
    """

    thread: int
    number: int
    options: int
    arguments: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CallReturns:
    """The call that the thread is in ends; it waited for something, and now it runs again."""

    thread: int


@dataclass(frozen=True, slots=True)
class TimerTick:
    """The slice of the processor's thread is over: it goes to the tail, the head runs.

    `processor` counts from 0.
    """

    processor: int = 0


@dataclass(frozen=True, slots=True)
class ExitInterrupt:
    """The processor takes the interrupt that another one sent when it ended a group.

    `processor` counts from 0.
    """

    processor: int


@dataclass(frozen=True, slots=True)
class ShootdownInterrupt:
    """The processor forgets the translations that others are about to change, and says so.

    `processor` counts from 0. There is such an event where calls are rows of sections.
    """

    processor: int


@dataclass(frozen=True, slots=True)
class SwitchEnds:
    """The processor is on the stack of its next thread; the context of the last one is saved.

    `processor` counts from 0. There is such an event where switches are steps of their own.
    """

    processor: int


@dataclass(frozen=True, slots=True)
class CallContinues:
    """The processor does the next section of what it is in the middle of.

    `processor` counts from 0. There is such an event where calls are rows of sections.
    """

    processor: int


@dataclass(frozen=True, slots=True)
class MemoryRunsOut:
    """From here on the kernel's heap has no room for anything."""


@dataclass(frozen=True, slots=True)
class MemoryIsBack:
    """The kernel's heap has room again."""


@dataclass(frozen=True, slots=True)
class TimeoutFires:
    """The time that the thread gave when it began to wait has come."""

    thread: int


@dataclass(frozen=True, slots=True)
class UserReads:
    """The running thread reads a word of its address space; the address is a multiple of 8."""

    thread: int
    address: int


@dataclass(frozen=True, slots=True)
class UserWrites:
    """The running thread writes a word of its address space; the address is a multiple of 8."""

    thread: int
    address: int
    value: int


Event = (
    CallMade
    | CallReturns
    | TimerTick
    | ExitInterrupt
    | ShootdownInterrupt
    | SwitchEnds
    | CallContinues
    | MemoryRunsOut
    | MemoryIsBack
    | TimeoutFires
    | UserReads
    | UserWrites
)
