"""What a step touches, so that only the checks need be asked that look at it."""

from reference_kernel.events import CallContinues, CallMade, Event
from reference_kernel.guarantees.changes import changed_bodies
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Outcome
from reference_kernel.sections import Delivery
from reference_kernel.state import State

Part = type | str | int
"""What a step may touch: see `touched`."""

_OF_A_STATE = ("objects", "processors", "ready", "frames")
_OF_FRAMES = ("tree", "contents", "sharers", "blocks")


def touched(before: State, event: Event, outcome: Outcome, after: State) -> frozenset[Part]:
    """The classes of the event, of its outcome and of the bodies that are new, gone or different;
    the number of the call; the names of the fields of the state, and of its frames, that differ;
    `Delivery` where the step is one of a delivery.

    The body of what died is now None, and its class that of None.
    """
    parts: list[Part] = [type(event), type(outcome)]
    made = part_of(before, event)
    if made is not event:
        parts.append(type(made))
    if isinstance(made, CallMade):
        parts.append(made.number)
    if before is after:
        return frozenset(parts)
    if isinstance(event, CallContinues) and _delivers(event.processor, before, after):
        parts.append(Delivery)
    parts += _differing(before, after, _OF_A_STATE)
    for _, old, new in changed_bodies(before, after):
        if old is not new:
            parts.append(type(new))
            if old is not None:
                parts.append(type(old))
    if before.frames is not after.frames:
        parts += _differing(before.frames, after.frames, _OF_FRAMES)
    return frozenset(parts)


def _delivers(number: int, *states: State) -> bool:
    rests = (each.processors[number].rest for each in states)
    return any(rest is not None and rest.delivery is not None for rest in rests)


def _differing(old: object, new: object, fields: tuple[str, ...]) -> list[str]:
    return [name for name in fields if getattr(old, name) is not getattr(new, name)]
