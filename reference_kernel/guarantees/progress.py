"""Which call or access a step is part of, where it is one section of several."""

from reference_kernel.events import CallContinues, Event
from reference_kernel.state import State


def part_of(before: State, event: Event) -> Event:
    """The event of which the step does a section; the event itself if it is no section."""
    if not isinstance(event, CallContinues):
        return event
    processor = before.processors[event.processor]
    if processor.pending or processor.rest is None:
        return event
    return processor.rest.event
