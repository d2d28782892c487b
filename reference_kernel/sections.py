"""A call in progress, where a call is a row of sections.

A section is what a processor does under one lock, or under none: nobody sees it half done. What is
left of a call is data, so that other processors may do anything between two sections.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from reference_kernel.events import Event
from reference_kernel.locks import Lock
from reference_kernel.parties import NOBODY, Party, Receiver, Sender, WaitingThread


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
    COPIES = "COPIES"  # a partner was found; the message is copied, its capabilities are cloned
    HANDS_OVER = "HANDS_OVER"  # the reply can be seen, and who receives wakes
    ACKNOWLEDGES = "ACKNOWLEDGES"  # who sent is told
    TRIES_NEXT = "TRIES_NEXT"  # the next one in the queue of the channel
    RETURNS = "RETURNS"  # the call is over, and its thread goes back to its program


UNSEEN = (Section.COPIES, Section.HANDS_OVER)
"""Before these nobody sees what a delivery has done so far."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery under way: the party of the running thread, and its partner.

    `channel` is the one whose lock is held; an answer has none, but the reply that it `answers`. A
    partner that was popped is watched. `caller` is the wait that the running thread will begin.
    `word` is the id of the reply for the receiver, or 0, and `reply` that object. `slept_on` is
    what the thread that was claimed waited for. `size` and `whole` are the bytes that were written,
    and those of the message. `holds` are strong references, the last ones on the stack. `tried`
    tells that a partner was tried in vain, `taken` counts messages that the call took before.
    """

    own: Party
    channel: int = NOBODY
    answers: int = NOBODY
    partner: Party | None = None
    caller: WaitingThread | None = None
    word: int = 0
    reply: int = NOBODY
    claimed: int = NOBODY
    slept_on: int = NOBODY
    size: int = 0
    whole: int = 0
    holds: tuple[int, ...] = ()
    tried: bool = False
    taken: int = 0

    @property
    def is_answer(self) -> bool:
        """Whether it is the answer to a call."""
        return self.answers != NOBODY

    @property
    def sender(self) -> Sender:
        """Who sends."""
        sender = self.own if isinstance(self.own, Sender) else self.partner
        assert isinstance(sender, Sender), self
        return sender

    @property
    def receiver(self) -> Receiver:
        """Who receives."""
        receiver = self.own if isinstance(self.own, Receiver) else self.partner
        assert isinstance(receiver, Receiver), self
        return receiver


@dataclass(frozen=True, slots=True)
class Rest:
    """What is left to do of an event.

    `held` are strong references on the stack; those of look-ups come first, in their order, and
    `ids` are the ids that were looked up.
    `interrupts` tells that they are on, so that the exit interrupt may come here. `delivery` is the
    one that is under way.
    """

    section: Section
    event: Event
    words: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    ids: tuple[int, ...] = ()
    interrupts: bool = False
    delivery: Delivery | None = None

    def hides(self, space: int, word: int) -> bool:
        """Whether the id is that of a reply which is there, and is not visible yet."""
        delivery = self.delivery
        if delivery is None or delivery.word != word or self.section not in UNSEEN:
            return False
        return delivery.receiver.space == space


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
