"""The model's steps of one kernel step, in their order, and what they have led to so far."""

from collections.abc import Iterable

from assay.engines.kernel import ModelStep
from assay.lang.values import Value
from models.teardown.choices import (
    announced_when_stopped,
    current_runs_on,
    kills_anywhere,
    releases_waits,
    unlinks,
    walks_once,
    walks_recursively,
)
from proofs.teardown.mapping.calls import Destroys, Exits, Joins
from reference_kernel.guarantees.changes import changed_objects
from reference_kernel.guarantees.holders import strong_holds
from reference_kernel.state import NOTHING, Body, State, Thread, ThreadGroup, ThreadState
from spec.design import Design


class Program:
    """What the processor `here` does in the step.

    `runs` is the thread that the processor has at this point of the steps, or `NOTHING`.
    """

    def __init__(self, design: Design, before: State, after: State, here: int) -> None:
        self.design, self.before, self.after, self.here = design, before, after, here
        self.changed = changed_objects(before, after)
        self.runs = before.processors[here].current
        self.steps: list[ModelStep] = []
        self.killed: set[int] = set()
        self._freed: set[int] = set()
        self._unlisted: set[int] = set()
        self._unlinked: set[int] = set()
        self._dropped: set[int] = set()
        self._exited: set[int] = set()
        self._released: set[tuple[int, int]] = set()

    def does(self, action: str, **arguments: Value) -> None:
        """A step of the processor."""
        self.is_refused(action, "", **arguments)

    def is_refused(self, action: str, refusal: str, **arguments: Value) -> None:
        """A step of the processor that is refused, unless there is no `refusal`."""
        given = {"processor": self.here, **arguments}
        self.steps.append(ModelStep(action, given, refusal or None))

    def happens(self, action: str, **arguments: Value) -> None:
        """A step of nobody."""
        self.steps.append(ModelStep(action, arguments))

    def _lets_go(self, action: str, name: int, **arguments: Value) -> None:
        """A step in which a reference to the thread goes; a capability may keep its object."""
        keeps = walks_recursively(self.design)
        self.does(action, **arguments, kept=keeps and self.after.body(name) is not None)

    def _may_be_freed(self, name: int) -> None:
        """No list and no processor holds the thread: where destructors run at once, it is gone."""
        at_once = walks_recursively(self.design) and self.after.body(name) is None
        if at_once and not (releases_waits(self.design) and self.held(name)):
            self._freed.add(name)

    def thread(self, name: int) -> Thread | None:
        """The thread as it was before the step, if it was."""
        body = self.before.body(name)
        return body if isinstance(body, Thread) else None

    def held(self, name: int) -> list[int]:
        """What is on the stack of the thread still, of what it held before the step."""
        body = self.thread(name)
        held = () if body is None else dict.fromkeys(body.held)
        return [each for each in held if (name, each) not in self._released]

    def lists(self, name: int) -> bool:
        """Whether a list holds the thread still, of those that did before the step."""
        body = self.thread(name)
        group = None if body is None else self.before.body(body.group)
        listed = isinstance(group, ThreadGroup) and name in group.members
        return listed and name not in self._unlisted

    def joins(self, what: Joins) -> None:
        """A thread or group joins a group, or is refused."""
        if what.refused == "group_dead":
            self.is_refused("group_is_looked_up", what.refused, group=what.group)
            return
        self.does("group_is_looked_up", group=what.group)
        if what.is_thread:
            given: dict[str, Value] = {"thread": what.member, "autostart": what.autostart}
            self.is_refused("thread_joins", what.refused, **given)
        else:
            self.is_refused("group_joins", what.refused, child=what.member)
        if what.refused:
            self.does("admission_ends")

    def destroys(self, what: Destroys) -> None:
        """A call ends another thread, or is refused."""
        if what.refused:
            self.is_refused("thread_is_destroyed", what.refused, thread=what.thread, kept=False)
            return
        self._lets_go("thread_is_destroyed", what.thread, thread=what.thread)
        self._unlisted.add(what.thread)
        self.stops(what.thread)
        self._may_be_freed(what.thread)

    def exits(self, what: Exits) -> None:
        """A call ends a group, or is refused."""
        self.is_refused("exit_begins", what.refused, group=what.group)
        if not what.refused:
            self._walks(what.group, drops=False)

    def drops(self, groups: Iterable[int]) -> None:
        """The groups lose their last references."""
        for group in groups:
            self.does("group_is_dropped", group=group)
            self._dropped.add(group)
            if unlinks(self.design):
                self._unlinked.add(group)
            self._walks(group, drops=True)

    def _walks(self, root: int, *, drops: bool) -> None:
        if walks_once(self.design) and self._has_exited(root):
            self.does("interrupts_are_sent")
            return
        left = [root]
        while left:
            self._exited.add(left[-1])
            body = self.before.body(left.pop())
            for member in body.members if isinstance(body, ThreadGroup) else ():
                if isinstance(self.before.body(member), Thread):
                    self._ends(member)
                elif member not in self._unlinked:
                    self._unlinked.add(member)
                    self.does("walk_reaches", child=member)
                    if member not in self._dropped:
                        left.append(member)
        self.does("walk_ends")
        spared = drops and current_runs_on(self.design)
        if kills_anywhere(self.design) and self.runs in self.killed and not spared:
            self.dies()

    def _has_exited(self, group: int) -> bool:
        """Whether the group had exited before, or has in this step."""
        body = self.before.body(group)
        return group in self._exited or (isinstance(body, ThreadGroup) and body.exited)

    def _ends(self, name: int) -> None:
        """The walk ends a thread, if its list holds it still."""
        if not self.lists(name):
            return
        self._unlisted.add(name)
        self.killed.add(name)
        self._lets_go("walk_ends_thread", name, thread=name)
        if self._is_on_a_processor(name):
            return
        body = self.thread(name)
        if body is not None and body.state is not ThreadState.DEAD:
            self.stops(name)
        self._may_be_freed(name)

    def _is_on_a_processor(self, name: int) -> bool:
        at = self.before.processor_of(name)
        runs = name == self.runs if at == self.here else at is not None
        return runs or self.before.is_left(name)

    def stops(self, name: int) -> None:
        """The thread is dead: as built what it held is lost once its end is announced."""
        if announced_when_stopped(self.design):
            self._unlisted.add(name)
            if not releases_waits(self.design):
                self._released |= {(name, each) for each in self.held(name)}

    def leaves(self, action: str) -> None:
        """The processor leaves its thread."""
        self.does(action)
        self.runs = NOTHING

    def dies(self) -> None:
        """The processor leaves its thread, which does not come back."""
        self.does("dies", thread=self.runs)
        self.runs = NOTHING

    def saves(self, name: int, *, stops: bool) -> None:
        """The context is saved of the thread that was left."""
        self._lets_go("switch_ends", name)
        if stops:
            self.stops(name)
        if not self.lists(name):
            self._may_be_freed(name)

    def releases(self, name: int) -> None:
        """The running thread lets go of what it held in its wait."""
        for each in self.held(name):
            self.does("releases_reference", thread=name, object=each)
            self._released.add((name, each))

    def cleans_up(self) -> None:
        """What stopped threads held is let go of, and the objects of threads go."""
        for name in self.changed:
            if self.thread(name) is None or name in self._freed:
                continue
            after = self.after.body(name)
            kept = after.held if isinstance(after, Thread) else ()
            if releases_waits(self.design):
                for each in self.held(name):
                    if each not in kept:
                        self.happens("waited_is_released", thread=name, object=each)
                        self._released.add((name, each))
            if after is None or self._stays_in_vain(name, after):
                self._freed.add(name)
                self.does("destructor", thread=name)

    def _stays_in_vain(self, name: int, body: Body) -> bool:
        """Whether nobody holds a thread that has stopped: the kernel lost a reference to it."""
        stopped = isinstance(body, Thread) and body.state is ThreadState.DEAD
        return stopped and not strong_holds(self.after)[name]

    def picks(self) -> None:
        """The processor takes the next thread from the queue, and throws away who was ended."""
        chosen = self.after.processors[self.here].current
        for name in self.before.ready:
            body = self.after.body(name)
            if not isinstance(body, Thread) or body.state is not ThreadState.READY:
                continue
            if name != chosen and name not in self.after.ready:
                self.does("queue_gives", thread=name)
                self._lets_go("ended_is_skipped", name)
        if chosen != NOTHING:
            self.does("queue_gives", thread=chosen)
            self.does("thread_is_chosen")
            self.runs = chosen
