"""A scenario under one design: how far its programs are, and what can happen next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from reference_kernel import interleaved
from reference_kernel.events import (
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    MemoryRunsOut,
    ShootdownInterrupt,
    TimeoutFires,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.outcomes import Ok, Outcome, Refused
from reference_kernel.scenarios.reading import Program
from reference_kernel.scenarios.statements import Statement
from reference_kernel.state import NOTHING, Processor, State, Thread, ThreadState
from reference_kernel.step import possible
from spec.design import Design
from spec.syscalls import BY_NUMBER

Standing = Literal["finished", "waits", "stuck", "stopped"]


@dataclass(frozen=True, slots=True)
class Move:
    """One decision: the processor that goes on, or None for none, and with which event.

    `asked` tells that a program asked for it; the others come from outside. One that `goes_on` is
    the next step of what the processor is in the middle of. None is `alone`: a step at this grain
    is never without meaning for others.
    """

    actor: int | None
    event: Event
    asked: bool = True
    goes_on: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class At:
    """How far a program is: its next statement, and what its calls gave that it still needs.

    `is_open` tells that its last call has not ended.
    """

    next: int = 0
    known: tuple[tuple[str, int], ...] = ()
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """How far each program is, how many slices may still end, how often memory may run out."""

    programs: tuple[At, ...]
    ticks: int
    shortages: int = 0


@dataclass(frozen=True, slots=True)
class Play:
    """A scenario that is played: `before` led from boot to `state`, where the programs begin.

    `threads` are those of the programs; `known` what has a name already; `may` how often what may
    come from outside.
    """

    design: Design
    before: tuple[tuple[Event, ...], ...]
    state: State
    programs: tuple[Program, ...]
    threads: tuple[int, ...]
    known: Mapping[str, int]
    timeouts: bool
    may: Place

    @property
    def place(self) -> Place:
        """Where the programs begin."""
        at = tuple(self._ready(each, At()) for each in self.programs)
        return replace(self.may, programs=at)

    def moves(self, state: State, place: Place, /) -> Sequence[Move]:
        """What can happen: what processors are asked to do, then what comes from outside."""
        if state.panicked is not None:
            return ()
        return [*self._asked(state, place), *self._outside(state, place)]

    def after(self, before: State, place: Place, move: Move, outcome: Outcome, /) -> Place:
        """Where the programs are once the move has happened."""
        event = move.event
        if isinstance(event, TimerTick) and not self._is_free(before, place, event.processor):
            return replace(place, ticks=place.ticks - 1)
        if isinstance(event, MemoryRunsOut):
            return replace(place, shortages=place.shortages - 1)
        thread = _acting(before, move)
        if thread not in self.threads or not move.asked:
            return place
        number = self.threads.index(thread)
        at = place.programs[number]
        if isinstance(event, CallMade | UserReads | UserWrites):
            at = replace(at, next=at.next + 1, is_open=isinstance(event, CallMade))
        program = self.programs[number]
        if at.is_open and isinstance(outcome, Ok | Refused):
            given = _given(program.does[at.next - 1], outcome)
            at = replace(at, known=(*at.known, *given), is_open=False)
        if not at.is_open:
            at = self._ready(program, at)
        programs = (*place.programs[:number], at, *place.programs[number + 1 :])
        return replace(place, programs=programs)

    def standing(self, state: State, place: Place, /) -> tuple[Standing, str]:
        """How a run stands that has no move left."""
        if state.panicked is not None:
            kind = type(state.panicked).__name__.lower()
            return "stopped", f"{kind} at {state.panicked.place}: {state.panicked.reason}"
        waits, stuck = list[str](), list[str]()
        for number, program in enumerate(self.programs):
            body = state.body(self.threads[number])
            if not self._has_more(state, place, number):
                continue
            assert isinstance(body, Thread), program.thread
            told = f"{program.thread} {_doing(body)}"
            (waits if body.state is ThreadState.SUSPENDED else stuck).append(told)
        if stuck:
            return "stuck", ", ".join((*stuck, *waits))
        return ("waits", ", ".join(waits)) if waits else ("finished", "every program is done")

    def _asked(self, state: State, place: Place) -> Iterator[Move]:
        for number, processor in enumerate(state.processors):
            event = interleaved.continuation(state, number)
            goes_on = event is not None
            if event is None and processor.current in self.threads:
                event = self._next(place, self.threads.index(processor.current), state)
            if event is not None:
                yield Move(number, event, goes_on=goes_on)

    def _outside(self, state: State, place: Place) -> Iterator[Move]:
        for event in interleaved.interrupts(state):
            match event:
                case ExitInterrupt(processor=number) | ShootdownInterrupt(processor=number):
                    yield Move(number, event, asked=False)
                case TimerTick(processor=number):
                    if place.ticks or self._is_free(state, place, number):
                        yield Move(number, event, asked=False)
                case TimeoutFires():
                    if self.timeouts:
                        yield Move(None, event, asked=False)
                case _:
                    pass
        for event in interleaved.shortages(state):
            if place.shortages or not isinstance(event, MemoryRunsOut):
                yield Move(None, event, asked=False)

    def _next(self, place: Place, number: int, state: State) -> Event | None:
        """The next statement of a program, whose thread runs; None in a call and at its end."""
        at, program = place.programs[number], self.programs[number]
        if at.is_open or at.next == len(program.does):
            return None
        known = {**self.known, **dict(at.known)}
        event = program.does[at.next].event(self.design, self.threads[number], known)
        return event if possible(state, event) else None

    def _ready(self, program: Program, at: At) -> At:
        """The same, past the statements that need what no call gave; what nobody needs is gone."""
        named, upcoming = {**self.known, **dict(at.known)}, at.next
        while upcoming < len(program.does) and not program.does[upcoming].needs <= named.keys():
            upcoming += 1
        needed = frozenset(name for each in program.does[upcoming:] for name in each.needs)
        kept = tuple(sorted((name, word) for name, word in at.known if name in needed))
        return replace(at, next=upcoming, known=kept)

    def _is_free(self, state: State, place: Place, number: int) -> bool:
        """Whether a tick there takes nothing from a program, and may let another one go on."""
        current = state.processors[number].current
        if current in self.threads and self._has_more(state, place, self.threads.index(current)):
            return False
        return any(
            thread in state.ready and self._has_more(state, place, at)
            for at, thread in enumerate(self.threads)
        )

    def _has_more(self, state: State, place: Place, number: int) -> bool:
        """Whether the program has not come to its end, nor its thread."""
        body = state.body(self.threads[number])
        ends = not isinstance(body, Thread) or not body.is_alive or body.state is ThreadState.DEAD
        at = place.programs[number]
        return not ends and (at.next < len(self.programs[number].does) or at.is_open)


def _acting(state: State, move: Move) -> int:
    """The thread that the move is of."""
    event = move.event
    if isinstance(event, CallMade | CallReturns | UserReads | UserWrites):
        return event.thread
    if move.actor is None:
        return NOTHING
    processor: Processor = state.processors[move.actor]
    return NOTHING if processor.leaving is not None else processor.current


def _given(statement: Statement, outcome: Outcome) -> tuple[tuple[str, int], ...]:
    """The names of what the statement's call returned."""
    values = outcome.values if isinstance(outcome, Ok) else ()
    pairs = zip(statement.gives, values, strict=False)
    return tuple((name, value) for name, value in pairs if name != "_")


def _doing(body: Thread) -> str:
    """What the thread is in the middle of."""
    if body.call is None:
        return f"is {body.state.value.lower()}"
    call = BY_NUMBER.get(body.call.number)
    name = "a call" if call is None else call.name
    if body.state is ThreadState.SUSPENDED:
        return f"sleeps in {name}"
    return f"is {body.state.value.lower()} in {name}"
