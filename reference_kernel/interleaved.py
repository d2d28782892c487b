"""What may happen on several processors, where a call is a row of sections.

Or else only leaving a thread's stack is a step of its own. What other processors do meanwhile finds
everything as it is between two sections. Source: sched/mod.rs, syscall/mod.rs.
"""

from dataclasses import replace

from reference_kernel import proposals
from reference_kernel.choosing import Chooser
from reference_kernel.events import (
    CallContinues,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryIsBack,
    MemoryRunsOut,
    ShootdownInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.state import NOTHING, State
from reference_kernel.step import possible
from reference_kernel.words import name_of

_SHORTAGE = ("memory_is_back", "memory_runs_out")
_OF_PROCESSORS = ("call_continues", "switch_ends", "exit_interrupt", "shootdown_interrupt")
KINDS = (*_OF_PROCESSORS, *_SHORTAGE, *proposals.KINDS)
"""What may be proposed, what disturbs least first."""
_INTERRUPTS = frozenset({*_OF_PROCESSORS, "timer_tick", "timeout_fires", *_SHORTAGE})
_SELDOM = 100
"""Memory runs out this seldom."""


def seen_by(state: State, processor: int) -> State:
    """The same state with that processor as the first: its thread makes the calls."""
    others = (each for at, each in enumerate(state.processors) if at != processor)
    return replace(state, processors=(state.processors[processor], *others))


def interrupts(state: State) -> list[Event]:
    """What no thread asks for: what processors are in the middle of, interrupts, timeouts."""
    numbers = range(len(state.processors))
    events: list[Event] = [CallContinues(number) for number in numbers]
    events += [SwitchEnds(number) for number in numbers]
    events += [ExitInterrupt(number) for number in numbers]
    events += [ShootdownInterrupt(number) for number in numbers]
    if any(state.ready):
        events += [TimerTick(number) for number in numbers]
    asked = (each.asked.event for each in state.processors if each.asked is not None)
    late = {each.thread for each in asked if isinstance(each, TimeoutFires)}
    events += [TimeoutFires(name) for name in sorted({*proposals.sleepers(state), *late})]
    return [event for event in events if possible(state, event)]


def continuation(state: State, processor: int) -> Event | None:
    """The next step of what the processor is in the middle of; None where it is in nothing."""
    for event in (CallContinues(processor), SwitchEnds(processor)):
        if possible(state, event):
            return event
    returns = CallReturns(state.processors[processor].current)
    return returns if possible(state, returns) else None


def shortages(state: State) -> list[Event]:
    """Memory runs out or is back, where that can happen."""
    events: tuple[Event, ...] = (MemoryIsBack(), MemoryRunsOut())
    return [event for event in events if possible(state, event)]


def callers(state: State) -> list[int]:
    """The processors that run a thread, do not switch and are in the middle of nothing."""
    return [
        number
        for number, each in enumerate(state.processors)
        if each.current != NOTHING and each.leaving is None and not each.is_busy
    ]


def propose(state: State, chooser: Chooser) -> Event:
    """An event on any processor; mostly what goes on, or what a thread does, where there is any."""
    able = shortages(state)
    if able and chooser.below(8 if state.memory_out else _SELDOM) == 0:
        return chooser.pick(able)
    happening, running = interrupts(state), callers(state)
    going = [each for each in happening if isinstance(each, CallContinues)]
    if going and chooser.below(2):
        return chooser.pick(going)
    if happening and (not running or chooser.below(3) == 0):
        return chooser.pick(happening)
    return proposals.propose_by_thread(seen_by(state, chooser.pick(running)), chooser)


def offered(state: State) -> frozenset[str]:
    """The kinds of events that can happen in this state, which has not ended."""
    kinds = {name_of(event) for event in [*interrupts(state), *shortages(state)]}
    for number in callers(state):
        kinds |= proposals.offered(seen_by(state, number)) - _INTERRUPTS
    return frozenset(kinds)


def propose_one(state: State, kind: str, chooser: Chooser) -> Event:
    """An event of a kind that the state offers."""
    if kind in _INTERRUPTS:
        able = [*interrupts(state), *shortages(state)]
        return chooser.pick([each for each in able if name_of(each) == kind])
    seen = [seen_by(state, number) for number in callers(state)]
    callable_by = [each for each in seen if kind in proposals.offered(each)]
    return proposals.propose_one(chooser.pick(callable_by), kind, chooser)


def ended(state: State) -> bool:
    """Whether nothing can happen any more: a panic, or processors that idle for ever."""
    return state.panicked is not None or not (callers(state) or interrupts(state))
