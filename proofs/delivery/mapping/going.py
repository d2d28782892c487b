"""The sections of a delivery: in which of them the model delivers, and what others find amid it."""

from collections.abc import Iterator

from reference_kernel.events import CallContinues, Event
from reference_kernel.sections import UNSEEN, Delivery, Rest, Section
from reference_kernel.state import State


def going_at(before: State, event: Event) -> Rest | None:
    """The section of a delivery that the step is, if it is one."""
    if not isinstance(event, CallContinues):
        return None
    processor = before.processors[event.processor]
    rest = None if processor.pending else processor.rest
    return None if rest is None or rest.delivery is None else rest


def delivers(rest: Rest | None) -> bool:
    """Whether the partner has the message, or is told, when the section is done that is left."""
    return rest is not None and rest.section in (Section.HANDS_OVER, Section.ACKNOWLEDGES)


def is_being_answered(state: State, reply: int) -> bool:
    """Whether a processor is amid an answer to the reply, which nobody has got so far."""
    return any(each.answers == reply for each in _amid(state))


def _amid(state: State) -> Iterator[Delivery]:
    for processor in state.processors:
        rest = processor.rest
        if rest is not None and rest.delivery is not None and rest.section in UNSEEN:
            yield rest.delivery
