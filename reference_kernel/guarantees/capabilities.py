"""CAP-2 to CAP-6: what a capability may become."""

from collections.abc import Iterator

from immutables import Map

from reference_kernel.events import CallMade, Event
from reference_kernel.guarantees.asking import HANDS_OVER, matters
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.check import full, quick
from reference_kernel.guarantees.holders import title
from reference_kernel.guarantees.progress import part_of
from reference_kernel.outcomes import Blocked, Ended, Ok, Outcome
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread
from spec.design import CreatedRights, Design
from spec.ids import is_weak, rights_of, serial_of, type_of
from spec.options import CapClone, ThreadNew, created_rights
from spec.rights import ALL_RIGHTS, Right, covers
from spec.syscalls import BY_NAME, BY_NUMBER

_CLONE = BY_NAME["cap_clone"].number
_THREAD_NEW = BY_NAME["thread_new"].number
_MAPS_STRONGLY = (BY_NAME["memory_map"].number, BY_NAME["event_pool_map"].number)
_SENDS = frozenset(
    BY_NAME[name].number
    for name in (
        "channel_try_send",
        "channel_sync_send",
        "channel_async_send",
        "channel_sync_call",
        "channel_async_call",
        "reply_reply",
    )
)
_MESSAGE_AT = 1
_ASK_IN_LOW_BITS = (BY_NAME["channel_new"].number, BY_NAME["key_new"].number)


def rights_never_grow(
    design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """A copy has no right that its source lacked, a new object's none that was not to be given.

    Nor is a memory given away in messages that its sender may not read.
    """
    event = part_of(before, event)
    if isinstance(event, CallMade) and event.number in _SENDS and isinstance(outcome, Ok | Blocked):
        word = event.arguments[_MESSAGE_AT]
        if not covers(rights_of(word), Right.READ):
            return f"what {word:x} names was sent, which lacks the right to read it"
    for space, word, target in _new_entries(before, after):
        if target not in before.objects or _is_new_thread(event):
            if isinstance(event, CallMade) and not covers(_given(design, event), rights_of(word)):
                return f"{word:x} has a right that nobody was to give"
            continue
        if isinstance(event, CallMade) and event.number in HANDS_OVER:
            if not _comes_from(before, word, target):
                return f"{title(after, space)} got {word:x}, and nobody had as much"
            continue
        if not isinstance(event, CallMade) or event.number != _CLONE:
            return f"{title(after, space)} got {word:x}, and nobody cloned it"
        if not covers(rights_of(event.arguments[2]), rights_of(word)):
            return f"{word:x} has a right that {event.arguments[2]:x} lacks"
    return None


def _is_new_thread(event: Event) -> bool:
    """Whether what is given may have been made in an earlier section of the call."""
    return isinstance(event, CallMade) and event.number == _THREAD_NEW


def _comes_from(before: State, word: int, target: int) -> bool:
    """Whether some space held a capability of which the new one may be a clone."""
    for known in before.objects.values():
        if isinstance(known.body, CapabilitySpace):
            for old, named in known.body.holdings.items():
                same = named == target and is_weak(old) == is_weak(word)
                if same and covers(rights_of(old), rights_of(word)):
                    return True
    return False


def _given(design: Design, event: CallMade) -> int:
    """The rights that the capabilities of a new object may have."""
    if event.number in _ASK_IN_LOW_BITS:
        return event.options & int(ALL_RIGHTS)
    if event.number in HANDS_OVER:
        return int(Right.WRITE)  # of a reply, which is all that such a call makes
    fixed = int(ALL_RIGHTS & ~Right.UPGRADE if event.number == _THREAD_NEW else ALL_RIGHTS)
    if design.created_rights is CreatedRights.FIXED_ALL:
        return fixed
    return fixed & created_rights(event.options)


def strong_from_weak_needs_upgrade(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """No strong capability, thread's space or mapping comes from a weak one without UPGRADE.

    What the calling thread holds already it did not get through the capability.
    """
    event = part_of(before, event)
    if not isinstance(event, CallMade) or not isinstance(outcome, Ok):
        return None
    if event.number == _CLONE:
        source = event.arguments[2]
        if _lacks_upgrade(source):
            for _, word, target in _new_entries(before, after):
                if not is_weak(word) and target in before.objects:
                    return f"strong {word:x} was made from weak {source:x} without UPGRADE"
    if event.number == _THREAD_NEW:
        caller = before.body(event.thread)
        assert isinstance(caller, Thread), event
        own = (caller.address_space, caller.capability_space)
        for word in _held_by_new_thread(event):
            if _lacks_upgrade(word) and _entries(before, event.thread).get(word) not in own:
                return f"a thread holds an object through weak {word:x} without UPGRADE"
    if event.number in _MAPS_STRONGLY and _lacks_upgrade(event.arguments[1]):
        word = event.arguments[1]
        return f"an address space holds an object through weak {word:x} without UPGRADE"
    return None


def _held_by_new_thread(event: CallMade) -> tuple[int, ...]:
    creates = event.options & ThreadNew.CREATE_CAPABILITY_SPACE
    return event.arguments[2:3] if creates else event.arguments[2:4]


def _lacks_upgrade(word: int) -> bool:
    return is_weak(word) and not rights_of(word) & Right.UPGRADE


def dead_weak_gives_nothing(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """No call succeeds through a dead weak capability, but to copy it as such or to destroy it."""
    if not isinstance(event, CallMade) or not isinstance(outcome, Ok | Blocked | Ended):
        return None
    entries = _entries(before, event.thread)
    for word in _used(event):
        target = entries.get(word)
        if target is not None and before.body(target) is None:
            return f"{word:x} is weak and its object dead, and the call did not refuse it"
    if event.number == _CLONE:
        for _, word, target in _new_entries(before, after):
            if not is_weak(word) and before.body(target) is None:
                return f"strong {word:x} was made from the dead weak {event.arguments[2]:x}"
    return None


def _used(event: CallMade) -> list[int]:
    """The capabilities of the caller's space through which the call reaches an object."""
    call = BY_NUMBER.get(event.number)
    return [
        word
        for argument, word in zip(call.arguments if call else (), event.arguments, strict=False)
        if argument.type is not None and matters(argument, event.options)
    ]


def ids_are_never_reused(
    _design: Design, _before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """No two capabilities of a space have type and serial in common, and the next is free."""
    for name in sorted(after.objects):
        body = after.body(name)
        if isinstance(body, CapabilitySpace):
            seen = set()
            for word in sorted(body.entries):
                numbered = (type_of(word), serial_of(word))
                if numbered in seen or numbered[1] >= body.next_serial[numbered[0]]:
                    return f"the serial of {word:x} in {title(after, name)} is not its own"
                seen.add(numbered)
    return None


def _ids_are_never_reused_here(
    _design: Design, before: State, _event: Event, _outcome: Outcome, after: State
) -> str | None:
    """New ids are above all earlier ones, and counters never go down."""
    for name in changed_objects(before, after):
        old, new = before.body(name), after.body(name)
        if not isinstance(old, CapabilitySpace) or not isinstance(new, CapabilitySpace):
            continue
        counters = zip(old.next_serial, new.next_serial, strict=True)
        if any(later < first for first, later in counters):
            return f"a counter of {title(after, name)} went down"
    fresh = set()
    for name, word, _ in _new_entries(before, after):
        old, new = before.body(name), after.body(name)
        assert isinstance(new, CapabilitySpace), name
        kind, serial = type_of(word), serial_of(word)
        first = old.next_serial[kind] if isinstance(old, CapabilitySpace) else 0
        if (name, kind, serial) in fresh or not first <= serial < new.next_serial[kind]:
            return f"the serial of {word:x} in {title(after, name)} is not its own"
        fresh.add((name, kind, serial))
    return None


def a_move_leaves_one(
    _design: Design, before: State, event: Event, outcome: Outcome, after: State
) -> str | None:
    """A move takes the old capability and gives the new one; a copy keeps both."""
    if not isinstance(event, CallMade) or event.number != _CLONE or not isinstance(outcome, Ok):
        return None
    source = _space_named(before, event, CapClone.SRC_CSPACE_SELF, 1)
    destination = _space_named(before, event, CapClone.DST_CSPACE_SELF, 0)
    from_, to = after.body(source), after.body(destination)
    old, new = event.arguments[2], outcome.values[0]
    if isinstance(to, CapabilitySpace) and new not in to.entries:
        return f"{new:x} was given and is not in {title(after, destination)}"
    if isinstance(from_, CapabilitySpace):
        moved = bool(event.options & CapClone.DESTROY_SRC_CAP)
        if moved == (old in from_.entries):
            return f"{old:x} {'is still' if moved else 'is no longer'} in {title(after, source)}"
    return None


def _space_named(state: State, event: CallMade, own: int, at: int) -> int:
    caller = state.body(event.thread)
    assert isinstance(caller, Thread), event
    if event.options & own:
        return caller.capability_space
    return _entries(state, event.thread).get(event.arguments[at], NOTHING)


def _entries(state: State, thread: int) -> Map[int, int]:
    caller = state.body(thread)
    assert isinstance(caller, Thread), thread
    space = state.body(caller.capability_space)
    assert isinstance(space, CapabilitySpace), thread
    return space.entries


def _new_entries(before: State, after: State) -> Iterator[tuple[int, int, int]]:
    """Space, id and object of each capability that the step brought."""
    for name in changed_objects(before, after):
        new = after.body(name)
        if isinstance(new, CapabilitySpace):
            old = before.body(name)
            known = old.holdings if isinstance(old, CapabilitySpace) else ()
            for word, target in new.holdings.items():
                if word not in known:
                    yield name, word, target


CHECKS = (
    full("CAP-2", rights_never_grow),
    quick("CAP-2", rights_never_grow, CapabilitySpace, *_SENDS),
    full("CAP-3", strong_from_weak_needs_upgrade),
    quick("CAP-3", strong_from_weak_needs_upgrade, _CLONE, _THREAD_NEW, *_MAPS_STRONGLY),
    full("CAP-4", dead_weak_gives_nothing),
    quick("CAP-4", dead_weak_gives_nothing, Ok, Blocked, Ended),
    full("CAP-5", ids_are_never_reused),
    quick("CAP-5", _ids_are_never_reused_here, CapabilitySpace),
    full("CAP-6", a_move_leaves_one),
    quick("CAP-6", a_move_leaves_one, _CLONE),
)
