"""What a call about memory has found, where it is a row of sections."""

from proofs.capability_lifetimes.mapping.calls import LOOKUPS
from reference_kernel.events import CallMade
from reference_kernel.sections import Rest, Section
from reference_kernel.state import State

_SEEN_TWICE = (Section.UNMAPS, Section.UPDATES)


def rest_of(state: State, call: CallMade) -> Rest | None:
    """What is left of the call, if it is a row of sections and has begun."""
    number = state.processor_of(call.thread)
    rest = None if number is None else state.processors[number].rest
    return rest if rest is not None and rest.event == call else None


def found(state: State, call: CallMade, at: int) -> int | None:
    """What the stack holds for the argument; None where it was not looked up yet."""
    rest = rest_of(state, call)
    places = [each.at for each in LOOKUPS[call.number] if each.is_asked(call)]
    if rest is None or at not in places[: len(rest.ids)]:
        return None
    return rest.held[places.index(at)]


def is_another(state: State, call: CallMade, memory: int | None) -> bool:
    """Whether what is mapped there is not what the call has seen there, and looks up again."""
    rest = rest_of(state, call)
    return rest is not None and rest.section in _SEEN_TWICE and rest.words[2] != memory
