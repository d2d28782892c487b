"""States are values, and a step is a function of them."""

import pytest

from reference_kernel.boot import boot
from reference_kernel.events import CallMade, CallReturns, TimeoutFires, TimerTick
from reference_kernel.interface import KERNEL
from reference_kernel.outcomes import Done
from reference_kernel.proposals import ended, propose
from reference_kernel.state import NOTHING
from reference_kernel.step import CALLS, possible, step
from spec.design import Design
from spec.designs import AS_BUILT, PROPOSED
from spec.syscalls import CALLS as SPECIFIED
from tests.reference_kernel.program import Program
from tests.reference_kernel.test_guarantees import Seeded


@pytest.mark.parametrize("design", [AS_BUILT, PROPOSED], ids=lambda each: each.name)
@pytest.mark.parametrize("seed", range(5))
def test_the_same_choices_give_the_same_states(seed: int, design: Design) -> None:
    hashes = []
    for _ in range(2):
        state, chooser = boot(design), Seeded(seed)
        for _ in range(100):
            if not ended(state):
                state, _outcome = step(design, state, propose(state, chooser))
        hashes.append((hash(state), state))
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("seed", range(5))
def test_events_in_words_are_the_same_events(seed: int) -> None:
    state, chooser = boot(AS_BUILT), Seeded(seed)
    for _ in range(100):
        if ended(state):
            break
        event = propose(state, chooser)
        assert possible(state, event)
        name, arguments = KERNEL.encode(event)
        assert KERNEL.decode(name, dict(arguments)) == event
        before, (state, outcome) = state, step(AS_BUILT, state, event)
        assert KERNEL.gave(outcome)
        assert bool(KERNEL.changed(before, state)) == (before != state)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("cap_copy", {"by": 11}, "is no event"),
        ("key_id", {"by": 11, "lock": 1}, "has no argument 'lock'"),
        ("key_id", {"by": "eleven"}, "expected a number"),
    ],
)
def test_an_unreadable_event_is_refused_with_what_was_expected(
    name: str, arguments: dict[str, int | str], expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        KERNEL.decode(name, arguments)


def test_only_the_running_thread_makes_calls() -> None:
    program = Program(AS_BUILT)
    other = program.named(program.thread())
    assert not possible(program.state, CallMade(other, 4, 0, (0,) * 8))
    assert not possible(program.state, CallReturns(program.state.current))
    assert not possible(program.state, TimeoutFires(program.state.current))
    with pytest.raises(AssertionError):
        step(AS_BUILT, program.state, CallMade(other, 4, 0, (0,) * 8))


def test_nothing_happens_after_a_panic() -> None:
    program = Program(AS_BUILT)
    program.destroy(0)
    assert not possible(program.state, TimerTick())
    assert ended(program.state)


def test_every_call_of_the_table_is_modelled() -> None:
    assert set(CALLS) == {call.number for call in SPECIFIED}


@pytest.mark.parametrize("number", [20, 37, 50, 1 << 31])
def test_an_unknown_number_is_refused(number: int) -> None:
    program = Program(AS_BUILT)
    outcome = program.happens(CallMade(program.state.current, number, 0, (0,) * 8))
    assert "InvlSyscall" in KERNEL.gave(outcome)


def test_a_tick_without_a_ready_thread_changes_nothing() -> None:
    program = Program(AS_BUILT)
    program.call("thread_suspend")
    before = program.state
    assert program.state.current == NOTHING
    assert program.happens(TimerTick()) == Done()
    assert program.state == before
    assert ended(program.state)
