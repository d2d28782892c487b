"""Several threads of which nobody knows who runs: any that is ready may be the next.

Between lines no thread runs, in these worlds; the one that is needed is given the processor, and it
goes back among those that are ready. What the order of the ready queue was, no line needs then.
Only a thread that its group ended while it ran goes on running, on a processor of its own, till it
takes the interrupt.
"""

from collections.abc import Iterator

from reference_kernel.changing import replace
from reference_kernel.events import (
    CallMade,
    CallReturns,
    ExitInterrupt,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.interleaved import seen_by
from reference_kernel.log.moves import buried
from reference_kernel.log.worlds import Begun, World, sleeps
from reference_kernel.outcomes import Outcome, Panic
from reference_kernel.state import NOTHING, Processor, State, Thread, ThreadState
from reference_kernel.step import possible, step
from spec.design import Design

_IDLE = Processor(NOTHING)


def rested(design: Design, world: World) -> World:
    """The world in which no thread runs; those that could stand in the order of their making.

    A thread that its group has ended while it ran would never run again: it runs on.
    """
    state = world.state
    if state.panicked is not None:
        return world
    if state.current != NOTHING and thread_of(state, state.current) is not None:
        state, _ = step(design, _queued(state, NOTHING), TimerTick())
    state = _with_one_idle(state)
    ready = (NOTHING, *sorted(each for each in state.ready if each != NOTHING))
    if ready != state.ready:
        state = replace(state, ready=ready)
    return world if state is world.state else buried(replace(world, state=state))


def _with_one_idle(state: State) -> State:
    """The state in which the first processor idles, unless every one of them runs an ended thread.

    Processors that idle besides are left out.
    """
    first, *others = state.processors
    if not others and first.current == NOTHING:
        return state
    busy = [each for each in state.processors if each.current != NOTHING]
    if len(busy) >= state.machine.processors:
        return state
    idle = next((each for each in state.processors if each.current == NOTHING), _IDLE)
    return replace(state, processors=(replace(idle, interrupted=False), *busy))


def running(design: Design, world: World, thread: int) -> World:
    """The world in which that thread runs, which was ready; the idle thread is the next."""
    state = world.state
    at = state.processor_of(thread)
    if at is None:
        state, _ = step(design, _queued(state, thread), TimerTick())
    elif at:
        state = seen_by(state, at)
    return replace(world, state=_queued(state, NOTHING))


def elsewhere(design: Design, world: World, thread: int) -> World | None:
    """The world in which that thread, which was ready, runs on another processor.

    It will run on there should its group end it. Where there is no such processor, it has that of a
    thread that was not ended; None if there is none either.
    """
    if thread not in dict(ready(world.state)) or thread in world.state.running:
        return None
    if not _has_room(world.state):
        world = _put_back(design, world)
    if not _has_room(world.state):
        return None
    state = running(design, world, thread).state
    return replace(world, state=replace(state, processors=(_IDLE, *state.processors)))


def _has_room(state: State) -> bool:
    """Whether one more processor may run a thread besides the one that makes the next call."""
    return len(state.running) + 1 < state.machine.processors


def _put_back(design: Design, world: World) -> World:
    """The world in which only ended threads run."""
    state = world.state
    for name in state.running:
        at = state.processor_of(name)
        if at is not None and thread_of(state, name) is not None:
            state, _ = step(design, _queued(state, NOTHING), TimerTick(at))
    return rested(design, replace(world, state=state))


def stopped(design: Design, world: World) -> Iterator[tuple[int, World]]:
    """The threads that were ended and run on, each with the world in which it stops."""
    for name in world.state.running:
        at = world.state.processor_of(name)
        if at is not None and thread_of(world.state, name) is None:
            event = ExitInterrupt(at)
            stops = event if possible(world.state, event) else TimerTick(at)
            state, _ = step(design, _queued(world.state, NOTHING), stops)
            yield name, buried(rested(design, replace(world, state=state)))


def _queued(state: State, first: int) -> State:
    """The state with this one at the head of the ready queue."""
    others = tuple(each for each in state.ready if each not in (first, NOTHING))
    idle = () if first == NOTHING or NOTHING not in state.ready else (NOTHING,)
    return replace(state, ready=(first, *others, *idle))


def thread_of(state: State, name: int) -> Thread | None:
    """The living thread."""
    body = state.body(name)
    return body if isinstance(body, Thread) and body.is_alive else None


def ready(state: State) -> Iterator[tuple[int, Thread]]:
    """The threads that may run next, in the order of their making; then those that do run."""
    for name in state.ready:
        body = thread_of(state, name)
        if body is not None and body.state is ThreadState.READY:
            yield name, body
    for name in state.running:
        runs = state.body(name)
        assert isinstance(runs, Thread), name
        yield name, runs


def free(world: World) -> Iterator[tuple[int, Thread]]:
    """Those of them that are in their programs and have no line to print first."""
    busy = {each.thread for each in (*world.told, *world.printing)}
    for name, body in ready(world.state):
        if body.call is None and name not in busy:
            yield name, body


def alike(world: World, *, group: bool = False) -> list[list[int]]:
    """The free threads, those together whose calls give the same; the last caller's come first.

    Only calls about the caller itself, and waits, tell such threads apart; and, where that counts,
    the `group` with which they end.
    """
    kinds: dict[tuple[int, int, int], list[int]] = {}
    for name, body in free(world):
        kind = (body.capability_space, body.address_space, body.group if group else NOTHING)
        if name == world.last:
            kinds = {kind: [name, *kinds.pop(kind, ())], **kinds}
        else:
            kinds.setdefault(kind, []).append(name)
    return list(kinds.values())


def returning(world: World) -> Iterator[tuple[int, CallMade]]:
    """The threads whose wait is over and that have not returned, each with its call."""
    for name, body in ready(world.state):
        if body.call is not None:
            yield name, body.call


def sleeping(world: World) -> Iterator[tuple[int, CallMade]]:
    """The threads that wait for a limited time, each with its call."""
    for name in world.sleepers:
        body = thread_of(world.state, name)
        if body is not None and body.call is not None and sleeps(world.state, name):
            yield name, body.call


def woken(design: Design, world: World, thread: int) -> World:
    """The world in which the time of the thread's wait has come."""
    state, _ = step(design, world.state, TimeoutFires(thread))
    return rested(design, replace(world, state=state))


def returned(design: Design, world: World, thread: int) -> tuple[World, Outcome]:
    """The world in which the thread has returned from its call, and what that gave."""
    there = running(design, world, thread)
    state, outcome = step(design, there.state, CallReturns(thread))
    body = thread_of(state, thread)
    threads = there.threads if body is None else there.threads.set(thread, body.capability_space)
    return rested(design, replace(there, state=state, last=thread, threads=threads)), outcome


def left(design: Design, world: World, thread: int, line: int) -> World | None:
    """The world in which the thread has returned and not printed; None when that panics."""
    body = world.state.body(thread)
    assert isinstance(body, Thread), thread
    assert body.call is not None, thread
    then, outcome = returned(design, world, thread)
    if isinstance(outcome, Panic):
        return None
    begun = Begun(thread, line, body.call, outcome)
    return replace(then, printing=(*then.printing, begun))
