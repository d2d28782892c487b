"""What may happen on several processors, where leaving a thread's stack is a step of its own.

A call is one step up to where its thread leaves the processor; the switch ends in another, and what
other processors do meanwhile finds the thread as the switch protocol shows it then. Source:
sched/mod.rs.
"""

from dataclasses import replace

from reference_kernel import proposals
from reference_kernel.choosing import Chooser
from reference_kernel.events import (
    CallReturns,
    Event,
    ExitInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.state import NOTHING, State
from reference_kernel.step import possible
from reference_kernel.words import name_of

KINDS = ("switch_ends", "exit_interrupt", *proposals.KINDS)
"""What may be proposed, what disturbs least first."""
_INTERRUPTS = frozenset({"switch_ends", "exit_interrupt", "timer_tick", "timeout_fires"})


def seen_by(state: State, processor: int) -> State:
    """The same state with that processor as the first: its thread makes the calls."""
    others = (each for at, each in enumerate(state.processors) if at != processor)
    return replace(state, processors=(state.processors[processor], *others))


def interrupts(state: State) -> list[Event]:
    """What no thread asks for: ends of switches, exit interrupts, ticks, timeouts."""
    numbers = range(len(state.processors))
    events: list[Event] = [SwitchEnds(number) for number in numbers]
    events += [ExitInterrupt(number) for number in numbers]
    if any(state.ready):
        events += [TimerTick(number) for number in numbers]
    events += [TimeoutFires(name) for name in proposals.sleepers(state)]
    return [event for event in events if possible(state, event)]


def continuation(state: State, processor: int) -> Event | None:
    """The next step of what the processor is in the middle of; None where it is in nothing."""
    ends = SwitchEnds(processor)
    if possible(state, ends):
        return ends
    returns = CallReturns(state.processors[processor].current)
    return returns if possible(state, returns) else None


def callers(state: State) -> list[int]:
    """The processors that run a thread and do not switch."""
    return [
        number
        for number, each in enumerate(state.processors)
        if each.current != NOTHING and each.leaving is None
    ]


def propose(state: State, chooser: Chooser) -> Event:
    """An event on any processor; mostly what a thread does, where one can do anything."""
    happening, running = interrupts(state), callers(state)
    if happening and (not running or chooser.below(3) == 0):
        return chooser.pick(happening)
    return proposals.propose_by_thread(seen_by(state, chooser.pick(running)), chooser)


def offered(state: State) -> frozenset[str]:
    """The kinds of events that can happen in this state, which has not ended."""
    kinds = {name_of(event) for event in interrupts(state)}
    for number in callers(state):
        kinds |= proposals.offered(seen_by(state, number)) - _INTERRUPTS
    return frozenset(kinds)


def propose_one(state: State, kind: str, chooser: Chooser) -> Event:
    """An event of a kind that the state offers."""
    if kind in _INTERRUPTS:
        return chooser.pick([each for each in interrupts(state) if name_of(each) == kind])
    seen = [seen_by(state, number) for number in callers(state)]
    able = [each for each in seen if kind in proposals.offered(each)]
    return proposals.propose_one(chooser.pick(able), kind, chooser)


def ended(state: State) -> bool:
    """Whether nothing can happen any more: a panic, or processors that idle for ever."""
    return state.panicked is not None or not (callers(state) or interrupts(state))
