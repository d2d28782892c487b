"""Capabilities that came by messages of which nobody knows what they say.

A message whose words are unknown may have carried any capability of its sender's. Nothing of that
is assumed before a line needs it: then the one that it needs is there.
"""

from collections.abc import Iterator
from dataclasses import replace

from reference_kernel.capability_space import insert
from reference_kernel.draft import Draft
from reference_kernel.events import CallMade
from reference_kernel.log.worlds import Choice, Chosen, World
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.state import CapabilitySpace, State, Thread
from reference_kernel.step import step
from spec.call import Word
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

    None as long as no message came.
    """
    if not world.mail:
        return
    missing = _missing(world.state, made)
    if missing is not None:
        for state in _with(design, world.state, made.thread, missing):
            there = replace(world, state=state)
            choice = Choice(WORDS, line, f"{missing:x} came in a message")
            more = list(carried(design, there, made, line))
            yield from ((then, (choice, *chosen)) for then, chosen in more)
            if not more:
                yield there, (choice,)
        return
    yield from _kept(design, world, made, line)
    for kind in _created(design, world.state, made):
        for count in range(1, _MOST_AT_ONCE):
            state = _later(design, world.state, made.thread, kind, count)
            choice = Choice(WORDS, line, f"{count} of type {kind} came in messages")
            yield replace(world, state=state), (choice,)


def _kept(
    design: Design, world: World, made: CallMade, line: int
) -> Iterator[tuple[World, Chosen]]:
    """Worlds in which a clone came of a capability that the call names, and may drop."""
    call = BY_NUMBER.get(made.number)
    if call is None or not call.drops:
        return
    _, own = _own(world.state, made.thread)
    for word in made.arguments:
        if word in own.entries and not is_weak(word):
            serial = own.next_serial[type_of(word)]
            clone = pack(type_of(word), rights_of(word), weak=False, serial=serial)
            choice = Choice(WORDS, line, f"a clone of {word:x} came in a message")
            for state in _with(design, world.state, made.thread, clone):
                yield replace(world, state=state), (choice,)


def _own(state: State, thread: int) -> tuple[int, CapabilitySpace]:
    body = state.body(thread)
    assert isinstance(body, Thread), thread
    space = state.body(body.capability_space)
    assert isinstance(space, CapabilitySpace), thread
    return body.capability_space, space


def _missing(state: State, made: CallMade) -> int | None:
    """The first id that the call names and that a message may have brought."""
    _, own = _own(state, made.thread)
    call = BY_NUMBER.get(made.number)
    words = (
        word
        for argument, word in zip(call.arguments if call else (), made.arguments, strict=False)
        if argument.word is Word.CAPABILITY
    )
    return next((word for word in words if word not in own.entries and _near(own, word)), None)


def _near(own: CapabilitySpace, word: int) -> bool:
    if not parses(word) or type_of(word) not in TABLED:
        return False
    return serial_of(word) < own.next_serial[type_of(word)] + _MOST_AT_ONCE


def _with(design: Design, state: State, thread: int, word: int) -> Iterator[State]:
    """The states in which the word names a clone of what some space has."""
    for target in sorted(set(_sources(state, word))):
        draft = Draft(design, state)
        name, own = _own(state, thread)
        serials = list(own.next_serial)
        kind, serial = type_of(word), serial_of(word)
        serials[kind] = serial
        draft.put(name, CapabilitySpace(own.entries, tuple(serials)))
        insert(draft, name, target, rights=rights_of(word), weak=is_weak(word))
        serials[kind] = max(serial + 1, own.next_serial[kind])
        draft.put(name, CapabilitySpace(draft.space(name).entries, tuple(serials)))
        yield draft.finish()


def _sources(state: State, word: int) -> Iterator[int]:
    kept = 0b11111  # rights and weakness, which a clone keeps
    for known in state.objects.values():
        if isinstance(known.body, CapabilitySpace):
            for old, target in known.body.entries.items():
                if type_of(old) == type_of(word) and old & kept == word & kept:
                    yield target


def _created(design: Design, state: State, made: CallMade) -> tuple[int, ...]:
    """The types of the capabilities that the call gives."""
    _, outcome = step(design, state, made)
    return tuple(sorted(set(_given(made, outcome))))


def _given(made: CallMade, outcome: Outcome) -> Iterator[int]:
    call = BY_NUMBER.get(made.number)
    if call is not None and isinstance(outcome, Ok):
        for each, word in zip(call.returns, outcome.values, strict=False):
            if each.word is Word.CAPABILITY and word and parses(word):
                yield type_of(word)


def _later(design: Design, state: State, thread: int, kind: int, count: int) -> State:
    """The state in which so many more ids of the type were given, nobody knows for what."""
    draft = Draft(design, state)
    name, own = _own(state, thread)
    serials = list(own.next_serial)
    serials[kind] += count
    draft.put(name, CapabilitySpace(own.entries, tuple(serials)))
    return draft.finish()
