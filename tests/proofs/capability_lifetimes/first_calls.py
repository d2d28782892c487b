"""Calls of the first program at boot, as built, and what a wrong kernel would make of them."""

from dataclasses import dataclass, replace

from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Outcome
from reference_kernel.state import CapabilitySpace, Object, State, Thread
from spec.designs import AS_BUILT
from spec.ids import ObjectType, type_of
from spec.syscalls import BY_NAME

FIRST = boot(AS_BUILT)
_NEW_WORD = 1 << 20 | ObjectType.MEMORY << 5


def own_space(state: State) -> tuple[int, CapabilitySpace]:
    """The name and the body of the capability space of who runs."""
    caller = state.body(state.current)
    assert isinstance(caller, Thread)
    body = state.body(caller.capability_space)
    assert isinstance(body, CapabilitySpace)
    return caller.capability_space, body


def word_of(state: State, kind: ObjectType) -> int:
    """The oldest id of the type there."""
    _, body = own_space(state)
    return min(word for word in body.entries if type_of(word) == kind)


def called(name: str, options: int, *arguments: int) -> CallMade:
    """A call of the first thread."""
    padded = (*arguments, *(0 for _ in range(8 - len(arguments))))
    return CallMade(FIRST.current, BY_NAME[name].number, options, padded)


def with_a_forged_entry() -> State:
    """The first state with an entry that nobody made."""
    space, body = own_space(FIRST)
    memory = body.entries[word_of(FIRST, ObjectType.MEMORY)]
    forged = replace(body, entries=body.entries.set(_NEW_WORD, memory))
    known = FIRST.objects[space]
    objects = FIRST.objects.set(space, Object(known.type, known.strong, known.weak, forged))
    return replace(FIRST, objects=objects)


@dataclass(frozen=True, slots=True)
class LastDrop:
    """The last capability to the object of that name goes."""

    before: State
    event: Event
    outcome: Outcome
    after: State
    name: int

    def kept(self, known: Object) -> State:
        """What comes of it where that is still known of the object."""
        return replace(self.after, objects=self.after.objects.set(self.name, known))


def key_goes() -> LastDrop:
    """A key is made, and its capability destroyed."""
    made = called("key_new", 15, word_of(FIRST, ObjectType.ALLOCATOR))
    state, _ = KERNEL.step(AS_BUILT, FIRST, made)
    event = called("cap_destroy", 1, 0, word_of(state, ObjectType.KEY))
    after, outcome = KERNEL.step(AS_BUILT, state, event)
    return LastDrop(state, event, outcome, after, state.next_object - 1)
