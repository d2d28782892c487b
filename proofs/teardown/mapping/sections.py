"""The model's steps of a section: what its call does, then what is different afterwards."""

from collections.abc import Iterator

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from proofs.teardown.mapping.amid import is_in_kernel
from proofs.teardown.mapping.calls import Destroys, Exits, Joins, about, found
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    SwitchEnds,
    TimerTick,
)
from reference_kernel.outcomes import Cut, Ok, Outcome, Refused
from reference_kernel.processors import leaves_as
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NOTHING, Chore, Pending, State, Thread, ThreadState
from reference_kernel.step import place
from spec.options import ThreadNew
from spec.syscalls import BY_NAME

_THREAD_NEW, _GROUP_NEW, _EXIT, _DESTROY = (
    BY_NAME[name].number
    for name in ("thread_new", "thread_group_new", "thread_group_exit", "thread_destroy")
)
_AWAKE = (ThreadState.READY, ThreadState.RUNNING)


class SectionTaken:
    """A step of the processor `here`, and what is seen around it."""

    def __init__(
        self, before: State, event: Event, outcome: Outcome, after: State, seen: "_Both"
    ) -> None:
        self.before, self.event, self.outcome, self.after = before, event, outcome, after
        self.old, self.new = seen
        self.here = place(before, event)
        self.was, self.now = before.processors[self.here], after.processors[self.here]
        self.asked: list[ModelStep] = []

    def steps(self) -> tuple[ModelStep, ...]:
        """All of it."""
        self.asked += self._asked()
        self.asked += self._admission_ends()
        self.asked += self._wakes()
        self.asked += self._dropped()
        self.asked += self._released()
        self.asked += self._freed()
        self.asked += self._goes_back()
        return tuple(self.asked)

    def _does(self, action: str, **arguments: Value) -> ModelStep:
        return ModelStep(action, {"processor": self.here, **arguments})

    def _refused(self, action: str, why: str, **arguments: Value) -> ModelStep:
        return ModelStep(action, {"processor": self.here, **arguments}, why)

    def _asked(self) -> Iterator[ModelStep]:
        match self.event:
            case CallMade():
                yield self._does("enters_kernel")
            case CallReturns(thread=name):
                yield from self._goes_on(name)
            case ExitInterrupt():
                yield self._does("interrupt_passes")
                if is_in_kernel(self.now) and not is_in_kernel(self.was):
                    yield from self._goes_on(self.was.current)
            case SwitchEnds() if self.was.leaving is not None:
                if self.was.leaving.thread != NOTHING:
                    yield self._does("switch_ends", kept=False)
            case CallContinues() if self.was.pending:
                yield from self._chore(self.was.pending[0])
            case CallContinues() if self.was.rest is not None:
                yield from self._section(self.was.rest)
            case _:
                pass

    def _goes_on(self, name: int) -> Iterator[ModelStep]:
        """The thread goes on where it waited, if it did, and lets go of what it held there."""
        body = self.before.body(name)
        if isinstance(body, Thread) and body.call is not None:
            yield self._does("goes_on", thread=name)
            for thread, held in self.old["holds"]:
                if thread == name:
                    yield self._does("releases_reference", thread=thread, object=held)

    def _chore(self, chore: Pending) -> Iterator[ModelStep]:
        """A piece of a walk; what a release sets off is told by what is different."""
        this = (chore.object,)
        match chore.chore:
            case Chore.KILL if this in self.old["listed"]:
                yield self._does("walk_ends_thread", thread=chore.object, kept=False)
            case Chore.EXIT if this in self.old["entry"]:
                yield self._does("walk_reaches", child=chore.object)
            case Chore.INTERRUPT:
                walks = self.here in self.old["walker"].values()
                yield self._does("walk_ends" if walks else "interrupts_are_sent")
            case _:
                pass

    def _section(self, rest: Rest) -> Iterator[ModelStep]:
        if rest.section is Section.BEGINS and isinstance(rest.event, CallMade):
            yield from self._of_call(rest, rest.event)
        state = leaves_as(rest)
        if state is not None and self.now.leaving is not None:
            yield from self._leaves(rest, state)
            if self.now.current != NOTHING:
                yield self._does("queue_gives", thread=self.now.current)
                yield self._does("thread_is_chosen")

    def _of_call(self, rest: Rest, call: CallMade) -> Iterator[ModelStep]:
        """What a section of a call does that the model speaks of."""
        match self.outcome:
            case Refused():
                yield from self._declined(rest, call)
            case Cut(rest=Rest(section=Section.BEGINS)) if self._admits() is not None:
                if (self.here,) not in self.old["admits"]:
                    yield self._does("group_is_looked_up", group=self._admits())
            case Cut(rest=Rest(section=Section.GIVES_THREAD, words=(thread, _))):
                autostart = bool(call.options & ThreadNew.THREAD_AUTOSTART)
                yield self._does("thread_joins", thread=thread, autostart=autostart)
            case Cut(rest=Rest(section=Section.ENDS_CALLER)):
                yield self._does("exit_begins", group=found(rest, call, 0))
            case Ok() if call.number == _GROUP_NEW:
                yield self._does("group_joins", child=self.before.next_object)
            case Ok() if call.number == _DESTROY:
                named = found(rest, call, 0)
                yield self._does("thread_is_destroyed", thread=named, kept=False)
            case _:
                pass

    def _admits(self) -> Value:
        return self.new["admits"].get((self.here,))

    def _declined(self, rest: Rest, call: CallMade) -> Iterator[ModelStep]:
        """A refusal that the model sees."""
        match about(self.before, call, self.outcome):
            case Joins(refused="group_dead") as what:
                yield self._refused("group_is_looked_up", "group_dead", group=what.group)
            case Joins(is_thread=True) as what:
                given: dict[str, Value] = {"thread": what.member, "autostart": what.autostart}
                yield self._refused("thread_joins", what.refused, **given)
            case Joins() as what:
                yield self._refused("group_joins", what.refused, child=what.member)
            case Exits() as what:
                yield self._refused("exit_begins", what.refused, group=what.group)
            case Destroys() as what:
                named = found(rest, call, 0) or what.thread
                yield self._refused("thread_is_destroyed", what.refused, thread=named, kept=False)
            case None:
                pass

    def _leaves(self, rest: Rest, state: ThreadState) -> Iterator[ModelStep]:
        """The processor leaves its thread, if it has one."""
        name = self.was.current
        if name == NOTHING:
            return
        body = self.before.body(name)
        assert isinstance(body, Thread), name
        if isinstance(rest.event, TimerTick):
            yield self._does("slice_ends")
        elif state is ThreadState.DEAD:
            yield from self._dies(name, body)
        else:
            for held in dict.fromkeys(body.held if body.is_alive else ()):
                yield self._does("takes_reference", object=held)
            yield self._does("blocks")
            if state is ThreadState.READY:
                yield ModelStep("wakes", {"thread": name})

    def _dies(self, name: int, body: Thread) -> Iterator[ModelStep]:
        """It stops: where it is ended, at the end of its call or of a switch, or by itself."""
        in_switch = (self.here,) in self.old["switching"]
        if not in_switch and not is_in_kernel(self.was):
            yield self._does("enters_kernel")
        if in_switch and body.call is not None:
            yield self._does("continues")
            yield from self._goes_on(name)
        yield self._does("ends_itself") if body.is_alive else self._does("dies", thread=name)

    def _admission_ends(self) -> Iterator[ModelStep]:
        joined = any(
            each.action in ("thread_joins", "group_joins") and each.refused is None
            for each in self.asked
        )
        if (self.here,) in self.old["admits"] and self._admits() is None and not joined:
            yield self._does("admission_ends")

    def _wakes(self) -> Iterator[ModelStep]:
        for (name,) in self.new["life"]:
            assert isinstance(name, int), name
            old, new = self.before.body(name), self.after.body(name)
            slept = isinstance(old, Thread) and old.state is ThreadState.SUSPENDED
            if slept and isinstance(new, Thread) and new.state in _AWAKE:
                yield ModelStep("wakes", {"thread": name})

    def _gone(self, table: str) -> list[Value]:
        new = self.new[table]
        return [name for (name,) in self.old[table] if (name,) not in new]

    def _dropped(self) -> Iterator[ModelStep]:
        for group in self._gone("present"):
            yield self._does("group_is_dropped", group=group)

    def _released(self) -> Iterator[ModelStep]:
        """What threads that have stopped, or will, held at their waits."""
        told = {
            (each.arguments["thread"], each.arguments["object"])
            for each in self.asked
            if each.action == "releases_reference"
        }
        for thread, held in self.old["holds"]:
            if (thread, held) not in self.new["holds"] and (thread, held) not in told:
                yield ModelStep("waited_is_released", {"thread": thread, "object": held})

    def _freed(self) -> Iterator[ModelStep]:
        for thread in self._gone("life"):
            yield self._does("destructor", thread=thread)

    def _goes_back(self) -> Iterator[ModelStep]:
        """The call or the switch is over."""
        this = (self.here,)
        if this in self.old["switching"] and this not in self.new["switching"]:
            yield self._does("continues")
        same = self.was.current == self.now.current
        if same and is_in_kernel(self.was) and not is_in_kernel(self.now):
            yield self._does("leaves_kernel")


_Both = tuple[ModelState, ModelState]
