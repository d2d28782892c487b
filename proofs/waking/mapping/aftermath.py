"""What a kernel step sets off beside what was asked for: ends, wakes, and the switch."""

from collections.abc import Iterator
from dataclasses import dataclass

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.waking.state import (
    announced_when_stopped,
    has_no_handshake,
    keeps_the_killed,
    loses_sources,
    loses_the_claimed,
)
from proofs.waking.mapping.calls import destroys_self, end_of_switch
from proofs.waking.mapping.sections import goes_on_with
from proofs.waking.mapping.seen import Seen, awaits, is_left_as, queue, sleeps, thread
from reference_kernel.events import (
    CallMade,
    Event,
    SwitchEnds,
    TimerTick,
    UserReads,
    UserWrites,
)
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.machine import Grain
from reference_kernel.outcomes import Blocked, Done, Ended, Outcome
from reference_kernel.processors import leaves_as
from reference_kernel.sections import Rest
from reference_kernel.state import NOTHING, State, Thread, ThreadState
from reference_kernel.threads import keeps_no_stacks
from spec.design import Design

_WAKES = frozenset({"timeout_fires", "thread_resume"})
_ENDS = frozenset({"thread_destroy_other"})
_AWAKE = (ThreadState.READY, ThreadState.RUNNING)


@dataclass(frozen=True, slots=True)
class Happening:
    """A kernel step, what is seen around it, and the step of the model that was asked for."""

    design: Design
    event: Event
    outcome: Outcome
    processor: int
    old: Seen
    new: Seen
    main: tuple[ModelStep, ...]

    @property
    def before(self) -> State:
        """The kernel's state before."""
        return self.old.state

    @property
    def after(self) -> State:
        """The kernel's state after."""
        return self.new.state

    def steps(self) -> tuple[ModelStep, ...]:
        """All of it, in order: what others suffer, what was asked, who goes, the switch.

        Who wakes when the processor has found nobody to run wakes in the middle of the switch.
        """
        handled = {s.arguments["thread"] for s in self.main if "thread" in s.arguments}
        names = self._changed()
        woken = tuple(self._wakes(names, handled))
        return (
            *(each for name in names for each in self._lost(name)),
            *(() if self._idles() else woken),
            *(each for name in names for each in self._suffers(name, handled)),
            *self.main,
            *(each for name in names for each in self._goes(name, handled)),
            *self._switch(names, woken if self._idles() else ()),
            *(each for name in names for each in self._of_last(name)),
            *(each for name in names for each in self._stale(name, handled)),
        )

    def _changed(self) -> tuple[int, ...]:
        """The threads that are new, gone or different, or in or out of the queue, or asleep."""
        queued = {*queue(self.before)} ^ {*queue(self.after)}
        cells = [each.tables.get(name, {}) for each in (self.old, self.new) for name in _WAITED]
        seen = {key[0] for table in cells for key in table}
        changed = {*changed_objects(self.before, self.after), *queued}
        asleep = {name for name in self.before.objects if thread(name) in seen}
        return tuple(
            name
            for name in sorted(changed | asleep)
            if isinstance(self.before.body(name), Thread)
            or isinstance(self.after.body(name), Thread)
        )

    def _switched(self) -> bool:
        """Whether the processor went to another thread in this step, or is on the way there."""
        old, new = self.before.processors[self.processor], self.after.processors[self.processor]
        if not self._saves_at_once():
            begins = old.leaving is None or isinstance(self.event, SwitchEnds)
            return begins and new.leaving is not None
        if old.current != new.current or isinstance(self.outcome, Blocked | Ended):
            return True
        return self._tick_is_over() and NOTHING in self.before.ready

    def _tick_is_over(self) -> bool:
        """Whether a tick, or the last section of it, has looked for another thread."""
        if self.after.machine.grain is not Grain.SECTIONS:
            return isinstance(self.event, TimerTick)
        is_over = isinstance(self.outcome, Done)
        return is_over and leaves_as(self._goes_on_with()) is not None

    def _saves_at_once(self) -> bool:
        """Whether the stack of the last thread is left in the step in which the next one runs."""
        return self.after.machine.grain is Grain.WHOLE or keeps_no_stacks(self.design)

    def _last(self) -> int:
        """The thread that the processor leaves in this step, if it switches."""
        return self.before.processors[self.processor].current

    def _leaves_last(self, name: int) -> bool:
        return name == self._last() != NOTHING and self._switched()

    def _was_left(self, name: int) -> bool:
        """Whether the processor was on the thread's stack still."""
        left = self.before.processors[self.processor].leaving
        return left is not None and left.thread == name

    def _lost(self, name: int) -> Iterator[ModelStep]:
        if loses_the_claimed(self.design) and self._is_lost(name):
            yield ModelStep("claimed_sleeper_is_lost", {"thread": thread(name)})

    def _is_lost(self, name: int) -> bool:
        """Whether the thread, which slept, is ready, was told nothing, and is in no queue."""
        old, new = self.before.body(name), self.after.body(name)
        if not isinstance(new, Thread) or not sleeps(old) or new.state is not ThreadState.READY:
            return False
        is_queued = name in self.after.ready or is_left_as(self.after, name, ThreadState.READY)
        return not is_queued and new.told_in != new.waits

    def _suffers(self, name: int, handled: set[Value]) -> Iterator[ModelStep]:
        """Another thread is ended by its group, or waits in vain from now on."""
        old, new = self.before.body(name), self.after.body(name)
        loses = loses_sources(self.design)
        if self._leaves_last(name) or not isinstance(old, Thread) or thread(name) in handled:
            return
        if not isinstance(new, Thread) or new.state is ThreadState.DEAD:
            if old.state is not ThreadState.DEAD:
                yield from self._is_killed(name)
        elif loses and awaits(self.before, name) and self._is_in_vain(name):
            yield ModelStep("source_is_lost", {"thread": thread(name)})

    def _is_killed(self, name: int) -> Iterator[ModelStep]:
        if not self._was_left(name) and announced_when_stopped(self.design):
            yield ModelStep("thread_is_killed", {"thread": thread(name)})

    def _goes(self, name: int, handled: set[Value]) -> Iterator[ModelStep]:
        """The thread has no object any more, or the one that begins to wait does so in vain."""
        old, new = self.before.body(name), self.after.body(name)
        if name == self._last() and awaits(self.after, name) and self._waits_in_vain(name):
            yield ModelStep("source_is_lost", {"thread": thread(name)})
        elif self._leaves_last(name):
            return
        elif isinstance(old, Thread) and not isinstance(new, Thread):
            yield ModelStep("thread_is_freed", {"thread": thread(name)})

    def _idles(self) -> bool:
        """Whether the processor went to an idle thread."""
        idles = self.after.processors[self.processor].current == NOTHING
        return idles and self._switched()

    def _wakes(self, names: tuple[int, ...], handled: set[Value]) -> Iterator[ModelStep]:
        """Sleepers are told what they waited for."""
        for name in names:
            old, new = self.before.body(name), self.after.body(name)
            woken = isinstance(new, Thread) and new.state in _AWAKE and sleeps(old)
            if woken and thread(name) not in handled and not self._is_lost(name):
                yield ModelStep("source_fires", {"thread": thread(name)})

    def _skipped(self, name: int) -> Iterator[ModelStep]:
        """An entry of the queue is thrown away whose thread has an object still."""
        new = self.after.body(name)
        if not isinstance(new, Thread) or new.state is not ThreadState.READY:
            return
        if not keeps_the_killed(self.design):
            return
        is_queued = name in queue(self.after) or is_left_as(self.after, name, ThreadState.READY)
        got_in = is_left_as(self.before, name, ThreadState.READY)
        was = name in queue(self.before) or got_in or sleeps(self.before.body(name))
        if was and not is_queued and not self._is_lost(name):
            yield ModelStep("ended_is_skipped", {"thread": thread(name)})

    def _switch(self, names: tuple[int, ...], woken: tuple[ModelStep, ...]) -> Iterator[ModelStep]:
        here = {"processor": self.processor}
        switched = self._switched()
        wants = self._wants_already() or leaves_as(self._goes_on_with()) is not None
        if switched and self._last() != NOTHING and not wants:
            yield ModelStep(self._ending(), here)
        for name in names:
            yield from self._skipped(name)
        if not switched:
            if self._tick_is_over():
                yield ModelStep("stays", here)
            return
        successor = self.after.processors[self.processor].current
        if successor == NOTHING:
            yield ModelStep("picks_idle", here)
        else:
            yield ModelStep("picks", {**here, "thread": thread(successor)})
        yield ModelStep("switches", here)
        yield from woken
        if self._saves_at_once():
            yield ModelStep(self._end_at_once(), here)

    def _goes_on_with(self) -> Rest | None:
        return goes_on_with(self.before.processors[self.processor], self.event)

    def _wants_already(self) -> bool:
        """Whether what was asked for takes the thread off the processor."""
        return isinstance(self.event, TimerTick) or isinstance(self.outcome, Blocked)

    def _ending(self) -> str:
        """Why the running thread leaves for ever."""
        match self.event:
            case CallMade() as call if destroys_self(call):
                return "thread_destroy_self"
            case UserReads() | UserWrites():
                return "thread_destroy_self"
            case _:
                return "killed_thread_stops"

    def _end_at_once(self) -> str:
        """How the switch ends in the step that takes the thread off its processor."""
        last = self.before.body(self._last()) if self._last() != NOTHING else None
        section = leaves_as(self._goes_on_with())
        ends_alive = self._wants_already() or section not in (None, ThreadState.DEAD)
        if isinstance(last, Thread) and ends_alive:
            return end_of_switch(self.design, last)
        return "switch_ends"

    def _of_last(self, name: int) -> Iterator[ModelStep]:
        """What becomes of the thread that the processor leaves, once it does not run."""
        if not self._leaves_last(name):
            return
        old, new = self.before.body(name), self.after.body(name)
        given = {"thread": thread(name)}
        slept = isinstance(self.outcome, Blocked) and bool(self.main) and self._sleeps_by_call()
        if not isinstance(new, Thread):
            assert isinstance(old, Thread), name
            yield ModelStep("thread_is_freed", given)
        elif slept and new.state in _AWAKE:
            yield ModelStep("source_fires", given)
        elif slept and new.state is ThreadState.DEAD:
            yield from self._is_killed(name)

    def _sleeps_by_call(self) -> bool:
        return self.main[-1].action in ("wait_begins", "thread_suspend")

    def _waits_in_vain(self, name: int) -> bool:
        begins = bool(self.main) and self.main[-1].action == "wait_begins"
        begins = begins and loses_sources(self.design)
        return begins and not self._names(self.new, name)

    def _is_in_vain(self, name: int) -> bool:
        """Whether the thread waits on, and nothing can happen any more."""
        return awaits(self.after, name) and self._is_forgotten(name)

    def _is_forgotten(self, name: int) -> bool:
        """Whether no entry names a wait of the thread any more, and one did before."""
        return self._names(self.old, name) and not self._names(self.new, name)

    def _names(self, view: Seen, name: int) -> bool:
        return (thread(name),) in view.tables.get("named", {})

    def _stale(self, name: int, handled: set[Value]) -> Iterator[ModelStep]:
        """An entry goes, or went with the wait that it named."""
        key = (thread(name),)
        if not has_no_handshake(self.design) or not isinstance(self.after.body(name), Thread):
            return
        stale_now = key in self.new.tables.get("stale", {})
        was_stale = key in self.old.tables.get("stale", {})
        if not stale_now and (was_stale or self._ended_early(name, handled)):
            yield ModelStep("stale_entry_goes", {"thread": thread(name)})

    def _ended_early(self, name: int, handled: set[Value]) -> bool:
        """Whether a wait of the thread that an entry named ended without what it was for."""
        if not self._is_forgotten(name):
            return False
        new = self.after.body(name)
        ends = {step.action for step in self.main} & (_WAKES | _ENDS)
        by_call = thread(name) in handled and bool(ends)
        return by_call or (isinstance(new, Thread) and new.state is ThreadState.DEAD)


_WAITED = ("named", "stale")
