"""A kernel that counts what its steps do: what a workload runs on.

Counted are events, and what a step changes while it is worked out: reference counts, one by one
where an atomic operation would change them, interrupts that processors send each other, frames.
Where calls are rows of sections, these and the locks that they take are counted. Not counted: time,
and what the kernel's heap does.
"""

from collections import Counter
from dataclasses import replace
from typing import Any

from immutables import Map

from reference_kernel.allocation import ROOT_ALLOCATOR
from reference_kernel.boot import boot
from reference_kernel.draft import Draft
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ShootdownInterrupt,
    SwitchEnds,
    TimerTick,
    UserWrites,
)
from reference_kernel.locks import Lock
from reference_kernel.machine import MACHINE, Grain, Machine
from reference_kernel.outcomes import Cut, Deadlock, Done, Ok, Outcome, Panic, Refused, Spins
from reference_kernel.sections import Change
from reference_kernel.state import (
    NOTHING,
    Allocator,
    CapabilitySpace,
    Object,
    State,
    Thread,
    ThreadGroup,
)
from reference_kernel.step import place, possible, work_out
from spec.design import Design
from spec.options import CREATED_RIGHTS
from spec.syscalls import BY_NAME

TWO_PROCESSORS = replace(MACHINE, processors=2)
"""The second one idles until its timer ticks; a call is one step."""
_Continues = CallContinues | SwitchEnds
_SENT = "interrupts sent"


class CountingDraft(Draft):
    """A draft that counts what becomes of reference counts, and the interrupts that are sent."""

    __slots__ = ("_objects", "counts")

    def __init__(self, design: Design, before: State, here: int, counts: Counter[str]) -> None:
        self.counts = counts
        self._objects = before.objects
        super().__init__(design, before, here)

    @property
    def objects(self) -> Map[int, Object]:
        """All objects."""
        return self._objects

    @objects.setter
    def objects(self, objects: Map[int, Object]) -> None:
        """Others; each change of a reference count is an operation on it."""
        for name in {*self._objects, *objects}:
            was, now = self._objects.get(name), objects.get(name)
            if was is not now:
                for kind in ("strong", "weak"):
                    change = abs(getattr(was, kind, 0) - getattr(now, kind, 0))
                    self.counts[f"changes of {kind} counts"] += change
        self._objects = objects

    def take(self, lock: Lock) -> None:
        """The processor holds the lock from here on."""
        self.counts["locks taken"] += 1
        super().take(lock)

    def asks_to_forget(self, change: Change, owing: tuple[int, ...]) -> None:
        """The step goes on only once these processors have forgotten the pages."""
        self.counts[_SENT] += len(owing)
        super().asks_to_forget(change, owing)

    def change(self, processor: int, **parts: Any) -> None:
        """These fields of the processor have another value."""
        if processor != self.here:
            asked = parts.get("interrupted") is True or "cache" in parts
            self.counts[_SENT] += asked
        super().change(processor, **parts)


class Meter:
    """Lets the threads of a workload make their calls, and counts."""

    def __init__(self, design: Design, machine: Machine = TWO_PROCESSORS) -> None:
        self.design = design
        self.state = boot(design, machine)
        self.counts: Counter[str] = Counter()
        self._at_boot = self.state
        self._row = 0

    def happens(self, event: Event) -> Outcome | None:
        """Lets the event happen, with all sections that follow from it; None where it cannot."""
        if not possible(self.state, event):
            return None
        outcome, self._row = self._steps(event), 0
        while (following := self._following()) is not None:
            before = self.state
            gave = self._steps(following)
            if isinstance(following, _Continues) and not isinstance(gave, Spins):
                self._count_section(before, following)
            outcome = outcome if isinstance(gave, Cut | Done | Spins) else gave
        return outcome

    def _following(self) -> _Continues | ShootdownInterrupt | None:
        """What a processor does next that is in the middle of something, or waited for."""
        for number, each in enumerate(self.state.processors):
            if possible(self.state, ShootdownInterrupt(number)):
                return ShootdownInterrupt(number)
            events: tuple[_Continues, ...] = (CallContinues(number), SwitchEnds(number))
            for event in events:
                busy = each.is_busy or each.leaving is not None
                if busy and self._in_sections and possible(self.state, event):
                    return event
        return None

    @property
    def _in_sections(self) -> bool:
        return self.state.machine.grain is Grain.SECTIONS

    def _count_section(self, before: State, event: _Continues) -> None:
        """A section itself runs with interrupts off; before it they may be on."""
        processor = before.processors[event.processor]
        lets_in = isinstance(event, CallContinues) and not processor.pending
        rest = processor.rest
        is_on = lets_in and rest is not None and rest.interrupts
        self._row = 1 if is_on else self._row + 1
        self.counts["sections"] += 1
        self.counts["sections before which interrupts are off"] += not is_on
        self._note_most("most sections in a row with interrupts off", self._row)
        self.counts["sections begun under a lock"] += bool(processor.locks)

    def _steps(self, event: Event) -> Outcome:
        here = place(self.state, event)
        counts: Counter[str] = Counter()
        draft, outcome = work_out(CountingDraft(self.design, self.state, here, counts), event)
        is_done = not isinstance(outcome, Spins)
        self.counts.update({each: counts[each] for each in counts if is_done or each == _SENT})
        self.counts["calls" if isinstance(event, CallMade) else "other events"] += 1
        self.counts["refused calls"] += isinstance(outcome, Refused)
        self.counts["panics"] += isinstance(outcome, Panic | Deadlock)
        if isinstance(outcome, Panic | Deadlock):
            draft.panicked = outcome
        before, self.state = self.state, draft.finish()
        self._count_frames(_frames(self.state) - _frames(before))
        self._note_most("longest ready queue", len(self.state.ready))
        return outcome

    def call(self, name: str, *words: int, options: int = 0) -> Outcome | None:
        """The thread of the first processor makes the call, if it can make any."""
        padded = (*words, *(0 for _ in range(8 - len(words))))
        return self.happens(CallMade(self.state.current, BY_NAME[name].number, options, padded))

    def make(self, name: str, *words: int, options: int = CREATED_RIGHTS) -> tuple[int, ...]:
        """The values of a call that makes something; ids of nothing where it is refused."""
        outcome = self.call(name, *words, options=options)
        return outcome.values if isinstance(outcome, Ok) else (0, 0)

    def returns(self) -> None:
        """The call that the thread of the first processor is in ends."""
        self.happens(CallReturns(self.state.current))

    def writes(self, address: int) -> None:
        """The thread of the first processor writes a word."""
        self.happens(UserWrites(self.state.current, address, 7))

    def goes_on(self, thread: int) -> bool:
        """Slices end on the first processor until the thread runs there, out of its call.

        Whether it does: nothing happens where it sleeps or is gone.
        """
        while self.state.current != thread and thread in self.state.ready:
            if self.happens(TimerTick(0)) is None:
                break
        self.happens(CallReturns(thread))
        return self.state.current == thread

    def named(self, word: int) -> int:
        """The object that an id of the running thread's space names; NOTHING where none does."""
        return self._entries().get(word, NOTHING)

    def word_of(self, name: int) -> int:
        """The first id of the running thread's space that names the object; 0 where none does."""
        return min((word for word, named in self._entries().items() if named == name), default=0)

    def own_space(self) -> int:
        """The id of the running thread's space in that space."""
        thread = self.state.body(self.state.current)
        return self.word_of(thread.capability_space) if isinstance(thread, Thread) else 0

    def _entries(self) -> Map[int, int]:
        thread = self.state.body(self.state.current)
        space = self.state.body(thread.capability_space) if isinstance(thread, Thread) else None
        return space.entries if isinstance(space, CapabilitySpace) else Map()

    def result(self) -> dict[str, int]:
        """All counts, and what is left that was not there at boot."""
        left = _left(self.state)
        at_boot = _left(self._at_boot)
        return {**self.counts, **{name: left[name] - at_boot[name] for name in left}}

    def _count_frames(self, more: int) -> None:
        self.counts["frames taken"] += max(more, 0)
        self._note_most("most frames at once", _frames(self.state) - _frames(self._at_boot))

    def _note_most(self, name: str, now: int) -> None:
        self.counts[name] = max(self.counts[name], now)


def _frames(state: State) -> int:
    quota = state.body(ROOT_ALLOCATOR)
    return quota.used_pages if isinstance(quota, Allocator) else 0


def _left(state: State) -> dict[str, int]:
    bodies = [known.body for known in state.objects.values()]
    spaces = [len(body.holdings) for body in bodies if isinstance(body, CapabilitySpace)]
    groups = [len(body.members) for body in bodies if isinstance(body, ThreadGroup)]
    return {
        "objects left": sum(body is not None for body in bodies),
        "dead objects left": sum(body is None for body in bodies),
        "capabilities left": sum(spaces),
        "entries of groups left": sum(groups),
        "frames left": _frames(state),
    }
