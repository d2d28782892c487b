"""A run from which events are left out still means what it meant."""

from collections.abc import Sequence

import pytest

from reference_kernel.boot import boot
from reference_kernel.events import CallMade, Event, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.proposals import ended, propose
from reference_kernel.state import State
from reference_kernel.step import possible, step
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.syscalls import BY_NAME
from tests.reference_kernel.program import (
    ADDRESS_SPACE,
    ALLOCATOR,
    GROUP,
    OWN_SPACE,
    OWN_THREAD,
)
from tests.reference_kernel.test_guarantees import Seeded


def made(name: str, *words: int, options: int = 0xF0F, by: int = 11) -> CallMade:
    """The thread, mostly the first one, makes the call."""
    padded = (*words, *(0 for _ in range(8 - len(words))))
    return CallMade(by, BY_NAME[name].number, options, padded)


def run(design: Design, events: Sequence[Event], left_out: set[int]) -> list[tuple[Event, Outcome]]:
    """What happens of the events but these."""
    state, went = boot(design), []
    happened: dict[int, tuple[State, State]] = {}
    for number, told in enumerate(KERNEL.relative(design, events)):
        event = None if number in left_out else told(happened)
        if event is None or not possible(state, event):
            continue
        before, (state, outcome) = state, step(design, state, event)
        happened[number] = before, state
        went.append((event, outcome))
    return went


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("seed", range(5))
def test_a_whole_run_is_as_it_was(seed: int, design: Design) -> None:
    state, chooser, events = boot(design), Seeded(seed), []
    while len(events) < 150 and not ended(state):
        events.append(propose(state, chooser))
        state, _ = step(design, state, events[-1])
    assert [event for event, _ in run(design, events, set())] == events


def test_an_id_follows_the_call_that_gave_it() -> None:
    events = [
        made("key_new", ALLOCATOR),
        made("key_new", ALLOCATOR),
        made("key_id", 0x56F, options=0),
    ]
    (_, first), (later, second) = run(AS_BUILT, events, {0})
    assert isinstance(later, CallMade)
    assert later.arguments[0] == 0x16F
    assert isinstance(first, Ok)
    assert isinstance(second, Ok)


def test_a_thread_follows_the_call_that_made_it() -> None:
    words = (ALLOCATOR, GROUP, ADDRESS_SPACE, OWN_SPACE)
    events = [
        made("key_new", ALLOCATOR),
        made("thread_new", *words, options=2),
        made("thread_suspend", options=1),
        TimerTick(),
        made("thread_resume", OWN_THREAD, by=16),
    ]
    went = run(AS_BUILT, events, {0})
    resumes = went[-1][0]
    assert isinstance(resumes, CallMade)
    assert resumes.thread == 15


def test_what_nothing_made_is_left_out() -> None:
    events = [made("key_new", ALLOCATOR), made("key_id", 0x16F, options=0)]
    assert run(AS_BUILT, events, {0}) == []
