"""Several threads of which nobody knows who runs: any that is ready may be the next.

Between lines no thread runs, in these worlds; the one that is needed is given the processor, and it
goes back among those that are ready. What the order of the ready queue was, no line needs then.
"""

from collections.abc import Iterator
from dataclasses import replace

from reference_kernel.events import CallMade, CallReturns, TimeoutFires, TimerTick
from reference_kernel.log.moves import buried
from reference_kernel.log.worlds import Begun, World, sleeps
from reference_kernel.outcomes import Outcome, Panic
from reference_kernel.state import NOTHING, State, Thread, ThreadState
from reference_kernel.step import step
from spec.design import Design


def rested(design: Design, world: World) -> World:
    """The world in which no thread runs; those that could stand in the order of their making.

    A thread that its group has ended while it ran would never run again: it runs on.
    """
    state = world.state
    if state.panicked is not None:
        return world
    if state.current != NOTHING and thread_of(state, state.current) is not None:
        state, _ = step(design, _queued(state, NOTHING), TimerTick())
    ready = (NOTHING, *sorted(each for each in state.ready if each != NOTHING))
    if ready != state.ready:
        state = replace(state, ready=ready)
    return world if state is world.state else buried(replace(world, state=state))


def running(design: Design, world: World, thread: int) -> World:
    """The world in which that thread runs, which was ready; the idle thread is the next."""
    state = world.state
    if thread != state.current:
        state, _ = step(design, _queued(state, thread), TimerTick())
    return replace(world, state=_queued(state, NOTHING))


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
    """The threads that may run next, in the order of their making; first one that runs."""
    runs = state.body(state.current)
    if isinstance(runs, Thread):
        yield state.current, runs
    for name in state.ready:
        body = thread_of(state, name)
        if body is not None and body.state is ThreadState.READY:
            yield name, body


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
    body = thread_of(world.state, thread)
    assert body is not None, thread
    assert body.call is not None, thread
    then, outcome = returned(design, world, thread)
    if isinstance(outcome, Panic):
        return None
    begun = Begun(thread, line, body.call, outcome)
    return replace(then, printing=(*then.printing, begun))
