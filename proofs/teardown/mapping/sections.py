"""The model's steps of a section: what its call does, then what is different afterwards."""

from collections.abc import Iterator

from assay.engines.kernel import ModelState, ModelStep
from assay.lang.values import Value
from models.teardown.choices import (
    current_runs_on,
    has_one_stack,
    kills_anywhere,
    loses_the_claimed,
    loses_waits,
    releases_waits,
    shakes_hands,
    unlinks,
    walks_recursively,
)
from proofs.teardown.mapping.amid import is_early, is_in_kernel, is_tick, leaves, switched, thrown
from proofs.teardown.mapping.calls import Destroys, Exits, Joins, about, found
from reference_kernel.events import (
    CallContinues,
    CallMade,
    CallReturns,
    Event,
    ExitInterrupt,
    SwitchEnds,
    TimeoutFires,
)
from reference_kernel.guarantees.holders import strong_holds
from reference_kernel.outcomes import Cut, Ok, Outcome, Refused
from reference_kernel.sections import Rest, Section
from reference_kernel.state import NOTHING, Chore, Leaving, Pending, State, Thread, ThreadState
from reference_kernel.step import place
from reference_kernel.undelivered import is_claimed
from spec.design import Design
from spec.options import ThreadNew
from spec.syscalls import BY_NAME

_THREAD_NEW, _GROUP_NEW, _EXIT, _DESTROY = (
    BY_NAME[name].number
    for name in ("thread_new", "thread_group_new", "thread_group_exit", "thread_destroy")
)
_SWITCHES = ("queue_gives", "slice_ends")
"""What begins a switch that may be over in the same section."""
_MOST = 3
"""So many references are on a stack at a wait, at most."""
_AWAKE = (ThreadState.READY, ThreadState.RUNNING)


class SectionTaken:
    """A step of the processor `here`, and what is seen around it."""

    def __init__(
        self,
        design: Design,
        before: State,
        event: Event,
        outcome: Outcome,
        after: State,
        seen: "_Both",
    ) -> None:
        self.design = design
        self.before, self.event, self.outcome, self.after = before, event, outcome, after
        self.old, self.new = seen
        self.here = place(before, event)
        self.was, self.now = before.processors[self.here], after.processors[self.here]
        self.asked: list[ModelStep] = []
        self.skipped = NOTHING
        self.at_once = switched(self.was, outcome, self.now) if has_one_stack(design) else None

    def steps(self) -> tuple[ModelStep, ...]:
        """All of it."""
        self.asked += self._asked()
        self.asked += self._leaves()
        self.asked += self._picks()
        self.asked += self._has_left()
        self.asked += self._admission_ends()
        self.asked += self._wakes()
        self.asked += self._dropped()
        self.asked += self._reached()
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
                yield from self._interrupted()
            case TimeoutFires() if (self.here,) in self.new["switching"]:
                yield self._does("time_comes")
            case SwitchEnds() if self.was.leaving is not None:
                if self.was.leaving.thread != NOTHING:
                    yield self._does("switch_ends", kept=self.keeps)
            case CallContinues() if self.was.pending:
                yield from self._chore(self.was.pending[0])
            case CallContinues() if self.was.rest is not None:
                rest = self.was.rest
                if rest.section is Section.BEGINS and isinstance(rest.event, CallMade):
                    yield from self._of_call(rest, rest.event)
            case _:
                pass

    @property
    def keeps(self) -> bool:
        """Whether an object is held till the chore that lets its reference go."""
        return walks_recursively(self.design)

    def _goes_on(self, name: int) -> Iterator[ModelStep]:
        """The thread goes on where it waited, if it did, and lets go of what it held there."""
        body = self.before.body(name)
        if isinstance(body, Thread) and body.call is not None:
            yield self._does("goes_on", thread=name)
            for thread, held in self.old["holds"]:
                if thread == name:
                    yield self._does("releases_reference", thread=thread, object=held)

    def _interrupted(self) -> Iterator[ModelStep]:
        """The exit interrupt is taken: where it kills, who was ended leaves at once."""
        body = self.before.body(self.was.current)
        if kills_anywhere(self.design) and isinstance(body, Thread) and not body.is_alive:
            return
        yield self._does("interrupt_passes")
        if is_in_kernel(self.now) and not is_in_kernel(self.was) and leaves(self.now) is None:
            yield from self._goes_on(self.was.current)

    def _chore(self, chore: Pending) -> Iterator[ModelStep]:
        """A piece of a walk; what a release sets off is told by what is different."""
        this, name = (chore.object,), thrown(self.was)
        match chore.chore:
            case Chore.RELEASE if name != NOTHING:
                yield from self._skips(name)
            case Chore.KILL if this in self.old["listed"]:
                yield self._does("walk_ends_thread", thread=chore.object, kept=self.keeps)
            case Chore.EXIT if this in self.old["entry"]:
                yield self._does("walk_reaches", child=chore.object)
            case Chore.INTERRUPT:
                yield from self._walk_ends(chore.object)
            case _:
                pass

    def _walk_ends(self, group: int) -> Iterator[ModelStep]:
        """The other processors are interrupted; recursively a list may lie within another one."""
        walks = [name for (name,), at in self.old["walker"].items() if at == self.here]
        if len(walks) > 1 and walks_recursively(self.design):
            yield self._does("list_ends", group=group)
        else:
            yield self._does("walk_ends" if walks else "interrupts_are_sent")
            if walks and self._is_ended_twice():
                yield self._does("continues")

    def _is_ended_twice(self) -> bool:
        """Whether the thread is ended by its own walk, though an interrupt is on its way to it."""
        this = (self.here,)
        runs = (self.old["current"].get(this),)
        own = runs in self.old["killed"] and runs not in self.old["spared"]
        if not (kills_anywhere(self.design) and current_runs_on(self.design) and own):
            return False
        elsewhere = self.old["walker"].get((self.old["group"].get(runs),), self.here) != self.here
        return this in self.old["pending"] and this not in self.old["switching"] and not elsewhere

    def _skips(self, name: int) -> Iterator[ModelStep]:
        """A thread that was ended is taken out of the queue, and thrown away."""
        yield self._does("queue_gives", thread=name)
        holds = releases_waits(self.design) and any(at == name for at, _ in self.old["holds"])
        kept = self.keeps and ((name,) in self.new["life"] or holds)
        if self.keeps and not kept:
            self.skipped = name
        yield self._does("ended_is_skipped", kept=kept)

    def _picks(self) -> Iterator[ModelStep]:
        """Who was ended is thrown away, and then the next thread is chosen, if there is any."""
        this, chosen = (self.here,), self.now.current
        told = {each.arguments["thread"] for each in self.asked if each.action == "queue_gives"}
        for (name,) in self.old["queued"]:
            assert isinstance(name, int), name
            body = self.before.body(name)
            goes = (name,) not in self.new["queued"] and (name,) in self.new["life"]
            ended = isinstance(body, Thread) and not body.is_alive
            if goes and ended and name not in told:
                yield from self._skips(name)
        was_left = self.was.leaving is None and self.now.leaving is not None
        has_picked = (was_left or self.at_once is not None) and chosen != NOTHING
        if has_picked and self.old["current"].get(this) != chosen:
            yield self._does("queue_gives", thread=chosen)
            yield self._does("thread_is_chosen")

    def _has_left(self) -> Iterator[ModelStep]:
        """Where no stacks are kept, whom the processor leaves it has left once it has picked."""
        if self.at_once is not None and self.at_once.thread != NOTHING:
            yield self._does("switch_ends", kept=self.keeps)

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
                yield self._does("thread_is_destroyed", thread=named, kept=self.keeps)
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
                sleeps = is_early(self.before, named) or is_claimed(self.before, named)
                if what.refused == "thread_not_suspended" and sleeps:
                    return  # to the model it is on its way to sleep, or sleeps still
                yield self._refused("thread_is_destroyed", what.refused, thread=named, kept=False)
            case None:
                pass

    def _leaves(self) -> Iterator[ModelStep]:
        """The processor leaves its thread, if it had one that it leaves now."""
        left = leaves(self.now) if self.at_once is None else self.at_once
        name = self.old["current"].get((self.here,))
        if left is None or name is None or left.thread != name:
            return
        body = self.before.body(left.thread)
        assert isinstance(body, Thread), name
        if is_tick(self.was):
            yield self._does("slice_ends")
        elif left.state is ThreadState.DEAD:
            yield from self._dies(left.thread, body)
        else:
            yield from self._waits(left, body)

    def _waits(self, left: Leaving, body: Thread) -> Iterator[ModelStep]:
        """It comes to its wait, or waits its turn, with what its stack refers to there."""
        held = [each for thread, each in self.new["holds"] if thread == left.thread]
        is_ready = left.state is ThreadState.READY
        if held and loses_waits(self.design) and not body.is_alive:
            first, second, third = (held * _MOST)[:_MOST]
            yield self._does("blocks_ended", first=first, second=second, third=third)
            return
        for each in held:
            yield self._does("takes_reference", object=each)
        if is_ready and not shakes_hands(self.design):
            yield self._does("yields")
            return
        yield self._does("blocks")
        if is_ready:
            yield ModelStep("wakes", {"thread": left.thread})

    def _dies(self, name: int, body: Thread) -> Iterator[ModelStep]:
        """It stops: where it is ended, at the end of its call or of a switch, or by itself."""
        kills, interrupted = kills_anywhere(self.design), isinstance(self.event, ExitInterrupt)
        if kills and interrupted:
            yield self._does("interrupt_kills")
            return
        in_switch = (self.here,) in self.old["switching"]
        if not (in_switch or interrupted or is_in_kernel(self.was)):
            yield self._does("enters_kernel")
        if body.call is not None and not isinstance(self.event, CallReturns):
            if in_switch and not kills:
                yield self._does("continues")
                yield from self._goes_on(name)
            elif interrupted:
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
                action = "is_woken_in_vain" if self._is_lost(name) else "wakes"
                yield ModelStep(action, {"thread": name})

    def _is_lost(self, name: int) -> bool:
        """Whether the thread, which was woken, stands in no queue."""
        return loses_the_claimed(self.design) and (name,) not in self.new["queued"]

    def _gone(self, table: str) -> list[Value]:
        new = self.new[table]
        return [name for (name,) in self.old[table] if (name,) not in new]

    def _dropped(self) -> Iterator[ModelStep]:
        for group in self._gone("present"):
            yield self._does("group_is_dropped", group=group)

    def _reached(self) -> Iterator[ModelStep]:
        """A group that is gone is nobody whom a walk has still to reach."""
        told = {each.arguments["child"] for each in self.asked if each.action == "walk_reaches"}
        for (child,), parent in self.old["entry"].items():
            is_gone = (child,) not in self.new["entry"] and child not in told
            if is_gone and not (unlinks(self.design) and (child,) in self.old["present"]):
                walker = self.new["walker"].get((parent,), self.here)
                yield ModelStep("walk_reaches", {"processor": walker, "child": child})

    def _released(self) -> Iterator[ModelStep]:
        """What threads that have stopped, or will, held at their waits."""
        if not releases_waits(self.design):
            return
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
            if thread != self.skipped:
                yield self._does("destructor", thread=thread)
        yield from self._stays_in_vain()

    def _stays_in_vain(self) -> Iterator[ModelStep]:
        """A thread goes that nobody holds any more: in a kernel that keeps it a reference is lost.

        Where the interrupt kills, that is lost with the stack of a call.
        """
        if kills_anywhere(self.design) or not isinstance(self.event, CallContinues):
            return
        released = [each.object for each in self.was.pending[:1] if each.chore is Chore.RELEASE]
        for name in released:
            stays = isinstance(self.after.body(name), Thread)
            if stays and not strong_holds(self.after)[name]:
                yield self._does("destructor", thread=name)

    def _goes_back(self) -> Iterator[ModelStep]:
        """The call or the switch is over."""
        this = (self.here,)
        begun = any(each.action in _SWITCHES for each in self.asked)
        if (this in self.old["switching"] or begun) and this not in self.new["switching"]:
            yield self._does("continues")
        for at in self.old["switching"]:
            if at != this and at not in self.new["switching"]:
                yield ModelStep("continues", {"processor": at[0]})
        same = self.was.current == self.now.current
        if same and is_in_kernel(self.was) and not is_in_kernel(self.now):
            yield self._does("leaves_kernel")


_Both = tuple[ModelState, ModelState]
