"""A scenario: what a few programs do on a few processors."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from reference_kernel import interleaved
from reference_kernel.events import Event, TimerTick
from reference_kernel.interface import InterleavedKernel, of_processors
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Ok, Outcome
from reference_kernel.scenarios import boot_words
from reference_kernel.scenarios.notes import ScenarioError
from reference_kernel.scenarios.playing import Place, Play
from reference_kernel.scenarios.reading import Program, Told
from reference_kernel.scenarios.statements import Statement
from reference_kernel.state import CapabilitySpace, State, Thread
from reference_kernel.step import possible, step
from spec.call import Call
from spec.design import Design
from spec.syscalls import BY_NAME

_GRAINS = MappingProxyType({"interleaved": Grain.SWITCHES, "sections": Grain.SECTIONS})
_MOST_TICKS = 32
"""After so many a thread that is ready runs."""
_MOST_STEPS = 1_000
"""So many steps no call takes that nobody disturbs."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """What a file tells, at a grain: switches, or sections of calls."""

    name: str
    told: Told
    grain: Grain = Grain.SWITCHES

    @property
    def about(self) -> str:
        """What happens in it, in a sentence."""
        return self.told.about

    @property
    def modes(self) -> tuple[str, ...]:
        """How fine its steps can be, by the kernel's modes; the coarsest first."""
        return tuple(_GRAINS)

    def at(self, mode: str, /) -> "Scenario":
        """The same in steps that are so fine; KeyError where there is no such mode."""
        return replace(self, grain=_GRAINS[mode])

    @property
    def kernel(self) -> InterleavedKernel:
        """The kernel on which it is played: on so many processors, in steps that are so fine."""
        return of_processors(self.told.processors, self.grain)

    @property
    def mode(self) -> str:
        """The mode of that kernel."""
        return self.kernel.mode

    @property
    def bounds(self) -> tuple[tuple[str, int], ...]:
        """How many processors, programs and ends of slices there are."""
        told = self.told
        sizes = {"processors": told.processors, "programs": len(told.programs)}
        return *sizes.items(), ("ticks", told.ticks), ("shortages", told.shortages)

    def lacks(self, design: Design, /) -> str:
        """The calls that the scenario makes and the design has not; empty when it has all."""
        programs = (each.does for each in self.told.programs)
        made = {each.name for does in (self.told.before, *programs) for each in does}
        calls = [BY_NAME[name] for name in sorted(made) if name in BY_NAME]
        return ", ".join(each.name for each in calls if not _has(design, each))

    def begin(self, design: Design, /) -> Play:
        """The scenario under the design.

        Errors: ScenarioError where what comes before cannot be done under the design.
        """
        return _Beginning(self.told, self.kernel, design).play()


def _has(design: Design, call: Call) -> bool:
    """Whether there is the call under the design."""
    if call.choice is None:
        return True
    question, choice = call.choice
    return str(getattr(design, question).name) == choice


class _Beginning:
    """Does what comes before, and remembers what its calls gave."""

    def __init__(self, told: Told, kernel: InterleavedKernel, design: Design) -> None:
        self._told = told
        self._design = design
        self._state = kernel.boot(design)
        self._first = self._state.current
        self._known = dict(boot_words.objects())
        self._before: list[tuple[Event, ...]] = []

    def play(self) -> Play:
        """The state in which the programs begin.

        Errors: ScenarioError where that cannot be reached under the design.
        """
        for statement in self._told.before:
            self._do(statement)
        threads = tuple(self._thread(each) for each in self._told.programs)
        for program, thread in zip(self._told.programs, threads, strict=True):
            if program.on:
                self._run(program, thread)
        return Play(
            self._design,
            tuple(self._before),
            self._state,
            self._told.programs,
            threads,
            self._known,
            self._told.timeouts,
            Place((), self._told.ticks, self._told.shortages),
        )

    def _do(self, statement: Statement) -> None:
        event = statement.event(self._design, self._first, self._known)
        if not possible(self._state, event):
            raise self._error(statement.line, f"`{statement.name}` cannot be: `first` sleeps")
        outcomes = self._happens(event, processor=0)
        given = next((each for each in outcomes if isinstance(each, Ok)), None)
        if given is not None:
            self._known.update(zip(statement.gives, given.values, strict=False))
        elif statement.gives:
            gave = f"gives no `{statement.gives[0]}`: {outcomes[-1]}"
            raise self._error(statement.line, f"`{statement.name}` {gave}")

    def _happens(self, event: Event, *, processor: int) -> list[Outcome]:
        """What the event gives, and all that the processor is in the middle of after it."""
        outcomes, events, following = list[Outcome](), list[Event](), event
        for _ in range(_MOST_STEPS):
            self._state, outcome = step(self._design, self._state, following)
            events.append(following)
            outcomes.append(outcome)
            goes_on = interleaved.continuation(self._state, processor)
            if goes_on is None:
                self._before.append(tuple(events))
                return outcomes
            following = goes_on
        raise AssertionError(event)

    def _thread(self, program: Program) -> int:
        """The thread that does what the program says."""
        if program.thread == boot_words.FIRST:
            return self._first
        return _entries(self._state, self._first)[self._known[program.thread]]

    def _run(self, program: Program, thread: int) -> None:
        """The thread runs on its processor."""
        assert program.on is not None, program
        for _ in range(_MOST_TICKS):
            if self._state.processors[program.on].current == thread:
                return
            self._happens(TimerTick(program.on), processor=program.on)
        told = f"`{program.thread}` does not run: is it made with options=THREAD_AUTOSTART?"
        raise self._error(1, told)

    def _error(self, line: int, message: str) -> ScenarioError:
        where = f"{self._told.path}:{line}: under {self._design.name}"
        return ScenarioError((f"{where}: {message}",))


def _entries(state: State, thread: int) -> dict[int, int]:
    """What the ids of the thread's space name."""
    body = state.body(thread)
    space = state.body(body.capability_space) if isinstance(body, Thread) else None
    assert isinstance(space, CapabilitySpace), thread
    return dict(space.entries)
