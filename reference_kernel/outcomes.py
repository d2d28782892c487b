"""What an event gave. Each of these is normal behaviour of the kernel, also the bad ones."""

from dataclasses import dataclass

from reference_kernel.locks import Lock
from reference_kernel.sections import Rest
from spec.errors import Error


@dataclass(frozen=True, slots=True)
class Ok:
    """The call returned these values."""

    values: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """The call returned an error.

    `refusal` names the row of the call's table; `after` says that it refused after an effect.
    """

    error: Error
    refusal: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class Blocked:
    """The calling thread waits; the call ends with a later `CallReturns`, or never."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The calling thread is gone: this call never returns."""


@dataclass(frozen=True, slots=True)
class Panic:
    """The kernel stopped itself, at this place of its source and for this reason."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Deadlock:
    """The processor waits for a lock for ever, at this place of the source and for this reason."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What a program read; None where nobody knows what the frame held."""

    value: int | None


@dataclass(frozen=True, slots=True)
class Done:
    """The event was no call."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The event is in progress: this is left of it."""

    rest: Rest


Stopped = Refused | Cut
"""What a look-up gives that does not give an object: it refuses, or the call goes on later."""


@dataclass(frozen=True, slots=True)
class Spins:
    """Nothing happened: the processor needs a lock that another one holds."""

    lock: Lock


Outcome = Ok | Refused | Blocked | Ended | Panic | Deadlock | Seen | Done | Cut | Spins
