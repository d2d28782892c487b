"""What happens in a kernel while nothing is printed: time passes, threads wait and run again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reference_kernel.changing import replace
from reference_kernel.events import CallMade, CallReturns, Event, TimeoutFires, TimerTick
from reference_kernel.log.worlds import Begun, Choice, Chosen, World, perform, settled
from reference_kernel.outcomes import Blocked, Ended
from reference_kernel.state import NOTHING, CapabilitySpace, State, Thread
from reference_kernel.step import has_timeout, step
from spec.design import Design
from spec.ids import ObjectType, type_of
from spec.syscalls import BY_NAME

TIMER = "timer tick"
TIMEOUT = "time of a wait"
SILENT = "call of another thread"
CHEAPEST = 1
"""What a slice costs that ends unseen: with many threads many do, between two lines."""
_TIMED_OUT = 2
GUESSED = 16
"""What a wait costs that another thread has begun, and whose line is still to come."""
_NEVER_PRINTED = 32
_WORDS = 8


@dataclass(frozen=True, slots=True)
class Move:
    """A world that came of another one without a line, what was chosen for it, and its price."""

    world: World
    chosen: Chosen = ()
    price: int = 0


def forced(design: Design, world: World, line: int) -> Iterator[Move]:
    """What happens next where nothing else could; the line is the next one."""
    state = world.state
    runs = state.current
    if state.panicked is not None:
        return
    if runs == NOTHING:
        yield from _idle(design, world, line)
    elif _thread(state, runs).call is not None:
        yield _returns(design, world, line)
    elif (told := world.telling(runs)) is not None:
        yield _enters(design, world, told)


def hidden(
    design: Design, world: World, line: int, guesses: Iterable[CallMade], *, sure: bool
) -> Iterator[Move]:
    """What may happen besides, before the line: each is a hidden input.

    `guesses` are calls that a thread may be waiting in without a line so far.
    """
    state = world.state
    runs = state.current
    if state.panicked is not None:
        return
    if runs != NOTHING and state.ready:
        yield _happens(design, world, TimerTick(), Choice(TIMER, line, "before it"), CHEAPEST)
    sleepers = _sleepers(world)
    first = sleepers[0][0] if sleepers and runs == NOTHING and not any(state.ready) else None
    for deadline, name in sleepers:
        if deadline != first:
            choice = Choice(TIMEOUT, line, f"thread {name}, before it")
            yield _happens(design, world, TimeoutFires(name), choice, _TIMED_OUT)
    free = runs != NOTHING and _thread(state, runs).call is None
    if free and not sure and world.leaving(runs) is None:
        yield from _guessed(design, world, line, guesses)


def _enters(design: Design, world: World, told: Begun) -> Move:
    """The call runs to its end, or to where its thread waits."""
    entering = replace(world, told=tuple(each for each in world.told if each is not told))
    then, outcome = perform(design, entering, told.made, line=told.line, sure=True)
    if isinstance(outcome, Blocked | Ended):
        return Move(buried(then))
    return Move(replace(then, printing=(*then.printing, replace(told, outcome=outcome))))


def _returns(design: Design, world: World, line: int) -> Move:
    runs = world.state.current
    made = _thread(world.state, runs).call
    assert made is not None, runs
    after, outcome = step(design, world.state, CallReturns(runs))
    left = Begun(runs, line, made, outcome)
    return Move(replace(world, state=after, printing=(*world.printing, left)))


def _idle(design: Design, world: World, line: int) -> Iterator[Move]:
    """A ready thread runs when the idle thread's slice is over; with none, time passes."""
    if any(world.state.ready):
        yield _happens(design, world, TimerTick())
        return
    sleepers = _sleepers(world)
    for deadline, name in sleepers:
        if deadline == sleepers[0][0]:
            yield _happens(design, world, TimeoutFires(name))


def _sleepers(world: World) -> list[tuple[int, int]]:
    """Deadline and name of each thread that waits for a limited time, the next one first."""
    found = []
    for name in world.sleepers:
        body = world.state.body(name)
        if isinstance(body, Thread) and has_timeout(body):
            assert body.call is not None, name
            found.append((body.call.arguments[_DEADLINES[body.call.number]], name))
    return sorted(found)


_DEADLINES = {
    call.number: at
    for call in BY_NAME.values()
    for at, argument in enumerate(call.arguments)
    if argument.name == "timeout"
}


def _happens(
    design: Design, world: World, event: Event, choice: Choice | None = None, price: int = 0
) -> Move:
    after, _ = step(design, world.state, event)
    then = buried(replace(world, state=after))
    return Move(then, () if choice is None else (choice,), price)


def _guessed(
    design: Design, world: World, line: int, guesses: Iterable[CallMade]
) -> Iterator[Move]:
    """The running thread waits in a call whose line is still to come, or never comes."""
    runs = world.state.current
    prices = [(guess, GUESSED) for guess in guesses]
    prices += [(guess, _NEVER_PRINTED) for guess in silent_calls(world.state, runs)]
    for guess, price in prices:
        made = replace(guess, thread=runs)
        for known, chosen in settled(design, world, made):
            then, outcome = perform(design, known, made, line=line, sure=False)
            if isinstance(outcome, Blocked | Ended):
                silent = Choice(SILENT, line, f"thread {runs} in call {made.number}")
                yield Move(buried(then), (*chosen, silent), price)


def _call(name: str) -> CallMade:
    return CallMade(NOTHING, BY_NAME[name].number, 0, (0,) * _WORDS)


_NEVER_RETURN = (_call("thread_destroy"), _call("thread_suspend"))


def silent_calls(state: State, name: int) -> Iterator[CallMade]:
    """Calls of the thread that print no line, for it never returns from them."""
    yield from _NEVER_RETURN
    yield from _exits(state, name)


def _exits(state: State, name: int) -> Iterator[CallMade]:
    """The exit of each group that the thread has a capability to; that of its own ends it."""
    space = state.body(_thread(state, name).capability_space)
    assert isinstance(space, CapabilitySpace), name
    for word in sorted(space.entries):
        if type_of(word) == ObjectType.THREAD_GROUP:
            yield replace(_call("thread_group_exit"), arguments=(word, *(0,) * (_WORDS - 1)))


def buried(world: World) -> World:
    """What threads that are gone were about to do is gone with them."""
    if not world.told and not world.printing:
        return world
    told = tuple(each for each in world.told if _lives(world.state, each.thread))
    printing = tuple(each for each in world.printing if _lives(world.state, each.thread))
    return replace(world, told=told, printing=printing)


def _lives(state: State, name: int) -> bool:
    return isinstance(state.body(name), Thread)


def _thread(state: State, name: int) -> Thread:
    body = state.body(name)
    assert isinstance(body, Thread), name
    return body
