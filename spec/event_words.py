"""Events as the words that a pool holds: a tag, the id that the listener chose, a payload.

Source: `event/event_pool.rs`.
"""

from dataclasses import dataclass
from typing import TypeVar

from spec.layouts import Bits

WORD_BYTES = 8
LARGEST_BYTES = (1 << 64) - WORD_BYTES
"""Of data in an event: more has no room in an address space."""
REPORTED = ("delivery_fault", "REPORT_TO_OWNER")
"""The choice without which pools are not told of deliveries that failed, or that they had no room
to be told."""
HEADER = ("tag", "event_id")
"""The words with which every event begins."""

_WHOLE_WORDS = (1 << 64) - WORD_BYTES
_B = TypeVar("_B", bound=Bits)


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event: its tag, and the words of its payload.

    Where it `carries_data`, the last of them is the number of bytes that follow; zeros pad these to
    whole words. `choice` is the design question and the choice without which there is no such
    event.
    """

    tag: int
    name: str
    payload: tuple[str, ...]
    carries_data: bool = False
    choice: tuple[str, str] | None = None


EVENTS = (
    EventKind(0, "message_sent", ("size",)),
    EventKind(1, "thread_exit", ()),
    EventKind(2, "cap_drop", ("data",)),
    EventKind(3, "interrupt_trigger", ()),
    EventKind(4, "message_recieved", ("reply", "size_bytes"), carries_data=True),
    EventKind(5, "message_failed", ("error",), choice=REPORTED),
    EventKind(6, "events_missed", ("count",), choice=REPORTED),
)


def padded(size_bytes: _B) -> _B:
    """The bytes that so many bytes of data, at most LARGEST_BYTES, take in a pool: whole words."""
    return size_bytes + (WORD_BYTES - 1) & _WHOLE_WORDS
