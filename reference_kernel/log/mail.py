"""Capabilities that came by messages of which nobody knows what they say.

A message whose words are unknown may have carried any capability of its sender's. Nothing of that
is assumed before a line needs it: then the one that it needs is there. How many can have come, and
between which spaces, the messages that were delivered say.
"""

from collections.abc import Iterable, Iterator

from reference_kernel.changing import replace
from reference_kernel.draft import Draft, Unseen
from reference_kernel.entries import insert
from reference_kernel.events import CallMade
from reference_kernel.log.worlds import Choice, Chosen, World
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import CapabilitySpace, State, Thread
from reference_kernel.step import step
from spec.call import Call, Word
from spec.design import Design
from spec.ids import TABLED, is_weak, pack, parses, rights_of, serial_of, type_of
from spec.syscalls import BY_NUMBER

WORDS = "memory words"
_MOST_AT_ONCE = 8
"""How many capabilities of a type may have come unseen before one that is seen."""


def carried(
    design: Design, world: World, made: CallMade, line: int
) -> Iterator[tuple[World, Chosen]]:
    """Worlds in which messages brought what the call names, or keep what it drops alive, or brought
    so much that its result is another.

    None as long as no message of unknown words came to the caller's space.
    """
    space, own = _own(world.state, made.thread)
    room = _room(world, space)
    if not room and not any(at == space for at, *_ in world.unnamed):
        return
    missing = _missing(own, made)
    if missing is not None:
        for there in _brought(design, world, space, missing):
            choice = Choice(WORDS, line, f"{missing:x} came in a message")
            more = list(carried(design, there, made, line))
            yield from ((then, (choice, *chosen)) for then, chosen in more)
            if not more:
                yield there, (choice,)
        return
    yield from _kept(design, world, made, line)
    for kind in _created(design, world.state, made):
        for count in range(1, min(_MOST_AT_ONCE, room + 1)):
            choice = Choice(WORDS, line, f"{count} of type {kind} came in messages")
            yield _skipped(design, world, space, kind, count), (choice,)


def _kept(
    design: Design, world: World, made: CallMade, line: int
) -> Iterator[tuple[World, Chosen]]:
    """Worlds in which a clone came of a capability that the call names, and may drop."""
    call = BY_NUMBER.get(made.number)
    if call is None or not call.drops:
        return
    space, own = _own(world.state, made.thread)
    for word in made.arguments:
        if word in own.entries and not is_weak(word):
            serial = own.next_serial[type_of(word)]
            clone = pack(type_of(word), rights_of(word), weak=False, serial=serial)
            choice = Choice(WORDS, line, f"a clone of {word:x} came in a message")
            for there in _brought(design, world, space, clone, of=own.entries[word]):
                yield there, (choice,)


def _own(state: State, thread: int) -> tuple[int, CapabilitySpace]:
    body = state.body(thread)
    assert isinstance(body, Thread), thread
    space = state.body(body.capability_space)
    assert isinstance(space, CapabilitySpace), thread
    return body.capability_space, space


def _room(world: World, space: int) -> int:
    """How many capabilities may have come to the space that nothing told of so far."""
    return sum(each.most for each in world.mail if each.target == space)


def _missing(own: CapabilitySpace, made: CallMade) -> int | None:
    """The first id that the call names and that a message may have brought."""
    call = BY_NUMBER.get(made.number)
    words = (
        word
        for argument, word in zip(call.arguments if call else (), made.arguments, strict=False)
        if argument.word is Word.CAPABILITY
    )
    return next((word for word in words if word not in own.entries and _is_id(word)), None)


def _is_id(word: int) -> bool:
    return parses(word) and type_of(word) in TABLED


def _brought(
    design: Design, world: World, space: int, word: int, *, of: int | None = None
) -> Iterator[World]:
    """The worlds in which the word names, in the space, a clone of what some space has.

    Where it is told `of` which object, a clone of that.
    """
    kind, serial = type_of(word), serial_of(word)
    body = world.state.body(space)
    assert isinstance(body, CapabilitySpace), space
    ahead = serial - body.next_serial[kind]
    slot = (space, kind, serial)
    if ahead < 0:
        if slot not in world.unnamed:
            return
        there = replace(world, unnamed=tuple(each for each in world.unnamed if each != slot))
    elif ahead < min(_MOST_AT_ONCE, _room(world, space)):
        there = _skipped(design, world, space, kind, ahead)
        there = replace(there, mail=_less(there.mail, space, 1))
    else:
        return
    for target in sorted(set(_sources(world.state, word)) if of is None else {of}):
        yield replace(there, state=_with(design, there.state, space, word, target))


def _skipped(design: Design, world: World, space: int, kind: int, count: int) -> World:
    """The world in which so many more ids of the type were given, nobody knows for what."""
    body = world.state.body(space)
    assert isinstance(body, CapabilitySpace), space
    first = body.next_serial[kind]
    slots = tuple((space, kind, first + number) for number in range(count))
    return replace(
        world,
        state=_counting(design, world.state, space, kind, first + count),
        mail=_less(world.mail, space, count),
        unnamed=world.unnamed + slots,
    )


def _less(mail: Iterable[Unseen], space: int, count: int) -> tuple[Unseen, ...]:
    """The mail without so many capabilities that came to the space."""
    left = []
    for each in mail:
        taken = min(count, each.most) if each.target == space else 0
        count -= taken
        if each.most > taken:
            left.append(each._replace(most=each.most - taken))
    return tuple(left)


def _with(design: Design, state: State, space: int, word: int, target: int) -> State:
    """The state in which the word names the object in the space."""
    draft = Draft(design, state)
    own = draft.space(space)
    kind, serial = type_of(word), serial_of(word)
    after = max(serial + 1, own.next_serial[kind])
    draft = Draft(design, _counting(design, state, space, kind, serial))
    insert(draft, space, target, rights=rights_of(word), weak=is_weak(word))
    return _counting(design, draft.finish(), space, kind, after)


def _counting(design: Design, state: State, space: int, kind: int, serial: int) -> State:
    """The state in which the next id of the type gets this serial."""
    draft = Draft(design, state)
    own = draft.space(space)
    serials = list(own.next_serial)
    serials[kind] = serial
    draft.put(space, replace(own, next_serial=tuple(serials)))
    return draft.finish()


def _sources(state: State, word: int) -> Iterator[int]:
    kept = 0b11111  # rights and weakness, which a clone keeps
    for known in state.objects.values():
        if isinstance(known.body, CapabilitySpace):
            for old, target in known.body.entries.items():
                if type_of(old) == type_of(word) and old & kept == word & kept:
                    yield target


def _created(design: Design, state: State, made: CallMade) -> tuple[int, ...]:
    """The types of the capabilities that the call gives."""
    call = BY_NUMBER.get(made.number)
    if call is None or all(each.word is not Word.CAPABILITY for each in call.returns):
        return ()
    _, outcome = step(design, state, made)
    return tuple(sorted(set(_given(call, outcome))))


def _given(call: Call, outcome: Outcome) -> Iterator[int]:
    if isinstance(outcome, Ok):
        for each, word in zip(call.returns, outcome.values, strict=False):
            if each.word is Word.CAPABILITY and word and parses(word):
                yield type_of(word)
