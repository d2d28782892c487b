"""Who holds objects besides entries and what lies on stacks, and which references are lost.

A reference that is counted and that nobody has is lost. It has no id: those of an object are told
apart by number.
"""

from collections import Counter

from reference_kernel.guarantees.holders import held_by_kernel, strong
from reference_kernel.state import CapabilitySpace, State

Lost = dict[tuple[int], int]

_LOST = 1 << 58
_NUMBER_BITS = 16


def held(state: State) -> Counter[int]:
    """How often each object is held otherwise than by an entry; what lies on stacks counts too."""
    counts = Counter(held_by_kernel(state))
    for known in state.objects.values():
        if not isinstance(known.body, CapabilitySpace):
            counts.update(strong(state.objects, known.body))
    return counts


def lost(state: State, entries: Counter[int], holds: Counter[int]) -> Lost:
    """The references that are counted and that nobody has, by name, each with its object."""
    return {
        (name_of(object, number),): object
        for object, known in state.objects.items()
        for number in range(known.strong - entries[object] - holds[object])
    }


def name_of(object: int, number: int) -> int:
    """The name of a lost reference; it is none of an entry, and none of what lies on a stack."""
    return _LOST | object << _NUMBER_BITS | number
