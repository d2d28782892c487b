"""A call in progress, where a call is a row of sections.

A section is what a processor does under one lock, or under none: nobody sees it half done. What is
left of a call is data, so that other processors may do anything between two sections.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from reference_kernel.events import Event
from reference_kernel.locks import Lock


class Section(Enum):
    """What a processor does next that is in the middle of something."""

    BEGINS = "BEGINS"  # the call, from its next look-up on
    PICKS = "PICKS"  # the next thread is taken out of the ready queue
    LOOKS = "LOOKS"  # whether the thread that was taken may run
    ENDS_CALLER = "ENDS_CALLER"  # a group has ended its members; perhaps the caller was one
    MOVED = "MOVED"  # a capability is there twice, and goes where it was
    GIVES_THREAD = "GIVES_THREAD"  # a thread was made, and its capability is given
    UNMAPS = "UNMAPS"  # a mapping was seen; it is looked up again under both locks, and goes
    UPDATES = "UPDATES"  # a mapping was seen; it is looked up again, and changed
    FAULTS = "FAULTS"  # a page fault is served
    TRIES_AGAIN = "TRIES_AGAIN"  # the program does again what faulted
    RETURNS = "RETURNS"  # the call is over, and its thread goes back to its program


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to do of an event.

    `held` are strong references on the stack; those of look-ups come first, in their order, and
    `ids` are the ids that were looked up.
    `interrupts` tells that they are on, so that the exit interrupt may come here.
    """

    section: Section
    event: Event
    words: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    ids: tuple[int, ...] = ()
    interrupts: bool = False


class Change(NamedTuple):
    """The pages from `first` to before `end` of an address space."""

    space: int
    first: int
    end: int


class Asked(NamedTuple):
    """What a processor spins for: the lock, what it is about to do, and the locks it holds already.

    What it did under those nobody sees: it does that again once it gets the lock. If that changes
    pages that others remember, it has taken these out of the page tables, and spins till those
    `owing` have forgotten them too.
    """

    lock: Lock
    event: Event
    held: tuple[Lock, ...] = ()
    changes: tuple[Change, ...] = ()
    owing: tuple[int, ...] = ()
