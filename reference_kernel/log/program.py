"""Runs of a program of which one thread makes every call; the threads that it makes only run."""

from collections.abc import Iterator

from reference_kernel import boot as booting
from reference_kernel.choosing import Chooser
from reference_kernel.events import CallReturns, Event, TimeoutFires, TimerTick
from reference_kernel.proposals import propose_call
from reference_kernel.state import State, Thread, ThreadState
from reference_kernel.step import has_timeout, step
from spec.design import Design

_CALLS_BETWEEN_TICKS = 24


def run(design: Design, chooser: Chooser, steps: int) -> Iterator[Event]:
    """Up to so many events from boot; it ends earlier where the thread can never call again."""
    state = booting.boot(design)
    caller = state.current
    for _ in range(steps):
        event = _next(state, caller, chooser)
        if event is None:
            return
        yield event
        state, _ = step(design, state, event)


def _next(state: State, caller: int, chooser: Chooser) -> Event | None:
    body = state.body(caller)
    if state.panicked is not None or not isinstance(body, Thread):
        return None
    if state.current != caller:
        return _meanwhile(state, caller, body)
    if state.ready and chooser.below(_CALLS_BETWEEN_TICKS) == 0:
        return TimerTick()
    return propose_call(state, chooser) if body.call is None else CallReturns(caller)


def _meanwhile(state: State, caller: int, body: Thread) -> Event | None:
    """What brings the caller nearer to its next turn, if anything does."""
    if caller in state.ready:
        return TimerTick()
    if body.state is ThreadState.SUSPENDED and has_timeout(body):
        return TimeoutFires(caller)
    return None
