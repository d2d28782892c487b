"""The kernel as the engines want it: `KERNEL`."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import reference_kernel
import spec
from reference_kernel import boot as booting
from reference_kernel import interleaved, proposals, words
from reference_kernel.choosing import Chooser
from reference_kernel.events import Event
from reference_kernel.guarantees import CHECKS
from reference_kernel.guarantees.check import Check, together
from reference_kernel.guarantees.scheduling import CHECKS_OF_SWITCHES
from reference_kernel.guarantees.sections import CHECKS_OF_SECTIONS, amid_deliveries
from reference_kernel.guarantees.touching import Part, touched
from reference_kernel.interleaved_scenes import SCENES_IN_SECTIONS, SWITCHING_SCENES
from reference_kernel.machine import IN_SECTIONS, MACHINE, SEVERAL_PROCESSORS, Grain, Machine
from reference_kernel.outcomes import Outcome
from reference_kernel.relative import Relative, relative
from reference_kernel.scene_words import Scene
from reference_kernel.scenes import SCENES
from reference_kernel.state import State
from reference_kernel.step import possible, step
from reference_kernel.words import Shown
from spec.design import Design


class ReferenceKernel:
    """One whole call or other event in each step, on one processor of this machine."""

    name = "aurora"
    mode = "whole"
    checks: tuple[Check, ...] = CHECKS
    kinds: tuple[str, ...] = proposals.KINDS
    scenes: tuple[Scene, ...] = SCENES

    def __init__(self, machine: Machine = MACHINE) -> None:
        self.machine = machine

    def boot(self, design: Design, /) -> State:
        """The state in which the first program starts."""
        return booting.boot(design, self.machine)

    def step(self, design: Design, state: State, event: Event, /) -> tuple[State, Outcome]:
        """The state after the event, and what it gave."""
        return step(design, state, event)

    def possible(self, _design: Design, state: State, event: Event, /) -> bool:
        """Whether the event can happen there."""
        return possible(state, event)

    def encode(self, event: Event, /) -> tuple[str, tuple[tuple[str, Shown], ...]]:
        """The event as a decision: its name, and its arguments by name."""
        return words.encode(event)

    def decode(self, name: str, arguments: Mapping[str, Shown], /) -> Event:
        """The event that `encode` gave; ValueError saying what was expected."""
        return words.decode(name, arguments)

    def gave(self, outcome: Outcome, /) -> str:
        """The outcome in words."""
        return words.gave(outcome)

    def counted_as(self, event: Event, outcome: Outcome, /) -> tuple[str, str]:
        """The name of the event, and the outcome in words without its values."""
        return words.name_of(event), words.in_short(outcome)

    def prepares(self, event: Event, /) -> bool:
        """Whether such an event only makes an object, shows a pool, or writes what is sent."""
        return words.prepares(event)

    def changed(self, before: State, after: State, /) -> tuple[tuple[str, str], ...]:
        """What the step changed: the part, and from what to what."""
        return words.changed(before, after)

    def touched(
        self, before: State, event: Event, outcome: Outcome, after: State, /
    ) -> frozenset[Part]:
        """What the step was and what it changed, in the terms of what checks look at."""
        return touched(before, event, outcome, after)

    def propose(self, _design: Design, state: State, chooser: Chooser, /) -> Event:
        """An event that can happen, with good or bad arguments."""
        return proposals.propose(state, chooser)

    def offered(self, _design: Design, state: State, /) -> frozenset[str]:
        """The kinds of events that can happen in the state, which has not ended."""
        return proposals.offered(state)

    def propose_one(self, _design: Design, state: State, kind: str, chooser: Chooser, /) -> Event:
        """An event of a kind that the state offers."""
        return proposals.propose_one(state, kind, chooser)

    def relative(self, design: Design, events: Sequence[Event], /) -> Sequence[Relative]:
        """The events of a run, each told by what those before it made."""
        return relative(design, self.machine, events)

    def ended(self, state: State, /) -> bool:
        """Nothing more can happen: the kernel panicked, or no thread is left that can run."""
        return proposals.ended(state)

    def subject_hash(self) -> str:
        """A hash of everything that decides what the kernel does: its sources and the spec's."""
        return _hash_of_sources()


@cache
def _hash_of_sources() -> str:
    digest = hashlib.sha256()
    for package in (spec, reference_kernel):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class InterleavedKernel(ReferenceKernel):
    """Several processors of this machine, which leave a thread's stack in a step of its own."""

    mode = "interleaved"
    checks: tuple[Check, ...] = (*CHECKS, *CHECKS_OF_SWITCHES)
    kinds: tuple[str, ...] = interleaved.KINDS
    scenes: tuple[Scene, ...] = SWITCHING_SCENES

    def __init__(self, machine: Machine = SEVERAL_PROCESSORS) -> None:
        super().__init__(machine)
        if machine.processors != SEVERAL_PROCESSORS.processors:
            self.mode = f"interleaved_{machine.processors}"

    def propose(self, _design: Design, state: State, chooser: Chooser, /) -> Event:
        """An event that can happen on one of the processors."""
        return interleaved.propose(state, chooser)

    def offered(self, _design: Design, state: State, /) -> frozenset[str]:
        """The kinds of events that can happen in the state, which has not ended."""
        return interleaved.offered(state)

    def propose_one(self, _design: Design, state: State, kind: str, chooser: Chooser, /) -> Event:
        """An event of a kind that the state offers."""
        return interleaved.propose_one(state, kind, chooser)

    def ended(self, state: State, /) -> bool:
        """Nothing more can happen: the kernel panicked, or all processors idle for ever."""
        return interleaved.ended(state)


class SectionsKernel(InterleavedKernel):
    """Several processors of this machine, on which a call is a row of sections."""

    mode = "sections"
    checks: tuple[Check, ...] = together(
        (*map(amid_deliveries, CHECKS), *CHECKS_OF_SWITCHES, *CHECKS_OF_SECTIONS)
    )
    scenes: tuple[Scene, ...] = SCENES_IN_SECTIONS

    def __init__(self, machine: Machine = IN_SECTIONS) -> None:
        super().__init__(machine)
        if machine.processors != IN_SECTIONS.processors:
            self.mode = f"sections_{machine.processors}"


KERNEL = ReferenceKernel()
INTERLEAVED = InterleavedKernel()
INTERLEAVED_1, INTERLEAVED_3, INTERLEAVED_4 = (
    InterleavedKernel(replace(SEVERAL_PROCESSORS, processors=number)) for number in (1, 3, 4)
)
SECTIONS = SectionsKernel()
SECTIONS_1, SECTIONS_3, SECTIONS_4 = (
    SectionsKernel(replace(IN_SECTIONS, processors=number)) for number in (1, 3, 4)
)


def of_processors(number: int, grain: Grain = Grain.SWITCHES) -> InterleavedKernel:
    """The kernel on so many processors, from 1 to 4, where a switch takes two steps.

    With the grain of sections calls are rows of them.
    """
    if grain is Grain.SECTIONS:
        return (SECTIONS_1, SECTIONS, SECTIONS_3, SECTIONS_4)[number - 1]
    return (INTERLEAVED_1, INTERLEAVED, INTERLEAVED_3, INTERLEAVED_4)[number - 1]
