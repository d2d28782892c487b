"""What the model sees of a kernel state in the middle of calls.

A list is walked as long as the interrupts of its walk are to be sent: till then whom it is to end
still stands in it, and the groups that it is to reach too. A look-up of a group for a new member is
held; what else a call has looked up no interrupt ever meets. A page fault is no call here.

Who is to leave its processor has left it when the call says so, though the next thread is picked
later; but whom a tick finds, which may find nobody, only then. A thread that a pick has taken is
queued till the pick has looked at it.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelState
from assay.lang.values import Value, parse
from models.teardown.choices import (
    announced_when_stopped,
    current_runs_on,
    kills_anywhere,
    releases_waits,
    runs_unsaved,
    walks_recursively,
)
from models.teardown.state import Place
from proofs.teardown.mapping.calls import admitted
from proofs.teardown.mapping.lives import BY_STATE, BY_STATE_LEFT, LEFT
from reference_kernel.events import (
    CallMade,
    CallReturns,
    ExitInterrupt,
    SwitchEnds,
    TimeoutFires,
    TimerTick,
)
from reference_kernel.locks import Lock, LockKind
from reference_kernel.outcomes import Blocked, Ended, Outcome
from reference_kernel.processors import leaves_as
from reference_kernel.sections import Section
from reference_kernel.state import (
    NOTHING,
    Chore,
    Leaving,
    Pending,
    Processor,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from reference_kernel.threads import has_stopped
from spec.design import Design

Cells = dict[tuple[Value, ...], Value]

_LAST = (Section.ENDS_CALLER, Section.RETURNS)
_WAITING, _KERNEL = (parse(each, Place.sort()) for each in ("WAITING", "KERNEL"))

_TABLES = (
    "life",
    "place",
    "group",
    "listed",
    "killed",
    "spared",
    "queued",
    "holds",
    "present",
    "exited",
    "entry",
    "walker",
    "drops",
    "there",
    "current",
    "leaving",
    "overtaken",
    "switching",
    "pending",
    "in_service",
    "admits",
    "queue_lock",
    "hand",
    "unannounced",
    "frames",
)


def tables_amid(design: Design, state: State) -> ModelState:
    """The tables of the model; nobody sees the lock of the queue, nor a thread in the hand."""
    amid = _Amid(design, state)
    for name, known in state.objects.items():
        match known.body:
            case Thread() as body:
                amid.at_thread(name, body)
            case ThreadGroup() as group:
                amid.at_group(name, group)
            case _:
                pass
    for number, each in enumerate(state.processors):
        amid.at_processor(number, each)
    return amid.tables


class _Amid:
    """The tables of a state in the making."""

    def __init__(self, design: Design, state: State) -> None:
        self.design = design
        self.state = state
        self.tables: dict[str, Cells] = {name: {} for name in _TABLES}
        self.taken = {taken(each) for each in state.processors}
        self.left: dict[int, list[Leaving]] = {}
        for each in state.processors:
            leaving = leaves(each)
            if leaving is not None:
                self.left.setdefault(leaving.thread, []).append(leaving)

    def _put(self, table: str, *keys: Value, value: Value = True) -> None:
        self.tables[table][keys] = value

    def at_group(self, name: int, body: ThreadGroup) -> None:
        """A group that is there, and who stands in its list."""
        self._put("present", name)
        if body.exited:
            self._put("exited", name)
        for member in body.members:
            if isinstance(self.state.body(member), Thread):
                self._put("listed", member)
            else:
                self._put("entry", member, value=name)

    def at_thread(self, name: int, body: Thread) -> None:
        """A thread that is there."""
        life = self._life(name, body)
        self._put("life", name, value=life)
        if not body.is_alive:
            self._put("killed", name)
        if body.spared and not is_early(self.state, name):
            self._put("spared", name)
        if name in self.state.ready or name in self.taken:
            self._put("queued", name)
        if has_stopped(body):
            return
        self._put("group", name, value=body.group)
        self._put("unannounced", name, value=1)
        self._at_place(name, body, life)

    def _life(self, name: int, body: Thread) -> Value:
        """Where it is in its life; what a processor that was overtaken leaves is no matter."""
        for left in self.left.get(name, ()):
            if body.state is ThreadState.DEAD and left.state is not ThreadState.DEAD:
                return LEFT["STOPPED"]
            leaves_it = is_early(self.state, name) or body.state is left.state
            if leaves_it and not (left.state is ThreadState.READY and name in self.state.ready):
                return BY_STATE_LEFT[left.state]
        return BY_STATE[body.state]

    def _at_place(self, name: int, body: Thread, life: Value) -> None:
        """Where it is, and what its stack refers to at a wait."""
        if not self._hides_what_is_held(name, body):
            for each in body.held:
                self._put("holds", name, each)
        number = self.state.processor_of(name)
        runs = number is not None and not is_early(self.state, name)
        if runs and is_in_kernel(self.state.processors[number or 0]):
            self._put("place", name, value=_KERNEL)
            return
        is_over = life in (LEFT["STOPPED"], BY_STATE[ThreadState.DEAD])
        if life == LEFT["DYING"] and not kills_anywhere(self.design):
            is_over = True
        if body.call is not None and not is_over:
            self._put("place", name, value=_WAITING)

    def _hides_what_is_held(self, name: int, body: Thread) -> bool:
        """Whether what it holds counts as let go of, though that is when its stack was left."""
        releases = announced_when_stopped(self.design) and releases_waits(self.design)
        return releases and not body.is_alive and name in self.left

    def at_processor(self, number: int, processor: Processor) -> None:
        """What a processor runs and leaves, its interrupts, and what it is in the middle of."""
        self._put("there", number)
        left = leaves(processor)
        if left is not None:
            self._put("leaving", number, value=left.thread)
            if self._is_overtaken(left):
                self._put("overtaken", number)
        if processor.current != NOTHING and not is_early(self.state, processor.current):
            self._put("current", number, value=processor.current)
        if is_switching(processor) or self._ends_itself(number, processor):
            self._put("switching", number)
        if processor.interrupted:
            self._put("pending", number)
        if processor.unacknowledged:
            self._put("in_service", number)
        group = admitted(processor)
        if group is not None:
            self._put("admits", number, value=group)
        walked = list(walked_by(processor))
        for each in walked:
            self._put("walker", each, value=number)
        if current_runs_on(self.design):
            for pending in processor.pending:
                if pending.chore is Chore.INTERRUPT and pending.object in walked and pending.drops:
                    self._put("drops", pending.object)
        if walked:
            frames = len(walked) if walks_recursively(self.design) else 1
            self._put("frames", number, value=frames)
        self._in_walked_lists(processor)

    def _is_overtaken(self, left: Leaving) -> bool:
        """Whether whom the processor leaves to sleep does not sleep any more."""
        body = self.state.body(left.thread)
        if not runs_unsaved(self.design) or left.state is not ThreadState.SUSPENDED:
            return False
        awake = (ThreadState.READY, ThreadState.RUNNING)
        return (
            isinstance(body, Thread)
            and body.state in awake
            and not is_early(self.state, left.thread)
        )

    def _ends_itself(self, number: int, processor: Processor) -> bool:
        """Whether the processor has ended its own thread, which it will leave, by a walk.

        One that another has ended goes on till that one's interrupt, as far as the model sees.
        """
        body, rest = self.state.body(processor.current), processor.rest
        if not kills_anywhere(self.design) or processor.interrupted:
            return False
        if not isinstance(body, Thread) or body.is_alive or body.spared:
            return False
        if processor.pending or rest is None or rest.section not in _LAST:
            return False
        others = (each for at, each in enumerate(self.state.processors) if at != number)
        return not any(body.group in walked_by(each) for each in others)

    def _in_walked_lists(self, processor: Processor) -> None:
        """Whom a walk has still to end, and which groups it has to reach."""
        for pending in processor.pending:
            body = self.state.body(pending.object)
            if pending.chore is Chore.KILL and isinstance(body, Thread) and not has_stopped(body):
                self._put("listed", pending.object)
            if pending.chore is Chore.EXIT and isinstance(body, ThreadGroup):
                self._put("entry", pending.object, value=body.parent)


def leaves(processor: Processor) -> Leaving | None:
    """The thread that the processor leaves, and as what; None where it leaves nobody."""
    if processor.leaving is not None:
        return None if processor.leaving.thread == NOTHING else processor.leaving
    state = leaves_as(processor.rest)
    if state is None or processor.current == NOTHING or is_tick(processor):
        return None
    return Leaving(processor.current, state)


def switched(was: Processor, outcome: Outcome, now: Processor) -> Leaving | None:
    """Whom the processor has left, and as what, in a section that is the whole of a switch.

    None where it has picked nobody in it, or only leaves its thread from now on.
    """
    state = leaves_as(was.rest)
    if state is None or now.leaving is not None:
        return None
    has_picked = isinstance(outcome, Blocked | Ended) or was.current != now.current
    return Leaving(was.current, state) if has_picked else None


def is_early(state: State, thread: int) -> bool:
    """Whether the thread has left its processor, which has not picked another so far."""
    number = state.processor_of(thread)
    if number is None:
        return False
    processor = state.processors[number]
    return processor.leaving is None and leaves(processor) is not None


def is_tick(processor: Processor) -> bool:
    """Whether the processor looks for another thread because a slice was over."""
    return processor.rest is not None and isinstance(processor.rest.event, TimerTick)


def taken(processor: Processor) -> int:
    """The thread that the processor took out of the queue and has not decided about.

    One that is dead goes with its last reference, under the lock of the queue.
    """
    rest = processor.rest
    if rest is not None and rest.section is Section.LOOKS:
        return rest.words[1]
    return thrown(processor)


def thrown(processor: Processor) -> int:
    """The dead thread whose last reference goes under the lock of the queue, or `NOTHING`.

    What its end lets go of, deeper, goes under the lock too.
    """
    match processor.pending:
        case (
            Pending(chore=Chore.RELEASE, object=name, depth=0),
            Pending(chore=Chore.UNLOCK, lock=Lock(kind=LockKind.READY_QUEUE)),
            *_,
        ):
            return name
        case _:
            return NOTHING


def walked_by(processor: Processor) -> Iterator[int]:
    """The groups whose lists the processor works off."""
    for pending in processor.pending:
        if pending.chore is Chore.INTERRUPT and pending.object != NOTHING:
            yield pending.object


def is_in_kernel(processor: Processor) -> bool:
    """Whether the thread of the processor is amid the code of a call, or stops there."""
    rest = processor.rest
    return rest is not None and isinstance(rest.event, CallMade | CallReturns | ExitInterrupt)


def is_switching(processor: Processor) -> bool:
    """Whether the processor is not done with a switch, or with the interrupt in which a time came.

    What that has set off is a part of it. From one idle thread to another nothing is switched.
    """
    left = processor.leaving
    if leaves(processor) is not None or (left is not None and processor.current != NOTHING):
        return True
    rest = processor.rest
    if rest is not None and isinstance(rest.event, SwitchEnds | TimeoutFires):
        return True
    is_idle = processor.current == NOTHING
    return (is_idle or is_tick(processor)) and bool(processor.pending) and not thrown(processor)
