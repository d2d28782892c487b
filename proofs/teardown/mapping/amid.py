"""What the model sees of a kernel state in the middle of calls.

A list is walked as long as the interrupts of its walk are to be sent: till then whom it is to end
still stands in it, and the groups that it is to reach too. A look-up of a group for a new member is
held; what else a call has looked up no interrupt ever meets. A page fault is no call here.
"""

from collections.abc import Iterator

from assay.engines.kernel import ModelState
from assay.lang.values import Value, parse
from models.teardown.state import Place
from proofs.teardown.mapping.calls import admitted
from proofs.teardown.mapping.lives import BY_STATE, BY_STATE_LEFT, LEFT
from reference_kernel.events import CallMade, CallReturns, ExitInterrupt, SwitchEnds
from reference_kernel.state import (
    NOTHING,
    Chore,
    Processor,
    State,
    Thread,
    ThreadGroup,
    ThreadState,
)
from reference_kernel.threads import has_stopped

Cells = dict[tuple[Value, ...], Value]

_WAITING, _KERNEL = (parse(each, Place.sort()) for each in ("WAITING", "KERNEL"))

_TABLES = (
    "life",
    "place",
    "group",
    "listed",
    "killed",
    "queued",
    "holds",
    "present",
    "exited",
    "entry",
    "walker",
    "there",
    "current",
    "leaving",
    "switching",
    "pending",
    "in_service",
    "admits",
    "queue_lock",
    "hand",
    "unannounced",
    "frames",
)


def tables_amid(state: State) -> ModelState:
    """The tables of the model; in a pick that is one section nobody sees the lock of the queue."""
    amid = _Amid(state)
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

    def __init__(self, state: State) -> None:
        self.state = state
        self.tables: dict[str, Cells] = {name: {} for name in _TABLES}

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
        is_left, is_over = self.state.is_left(name), has_stopped(body)
        if is_left:
            life = LEFT["STOPPED"] if is_over else BY_STATE_LEFT[body.state]
        else:
            life = BY_STATE[body.state]
        self._put("life", name, value=life)
        if not body.is_alive:
            self._put("killed", name)
        if name in self.state.ready:
            self._put("queued", name)
        if is_over:
            return
        self._put("group", name, value=body.group)
        self._put("unannounced", name, value=1)
        self._at_place(name, body)

    def _at_place(self, name: int, body: Thread) -> None:
        """Where it is, and what its stack refers to at a wait."""
        number = self.state.processor_of(name)
        if number is not None and is_in_kernel(self.state.processors[number]):
            self._put("place", name, value=_KERNEL)
            return
        if body.call is None or body.state is ThreadState.DEAD:
            return
        stops = not body.is_alive and self.state.is_left(name)
        self._put("place", name, value=_WAITING)
        for each in () if stops else body.held:
            self._put("holds", name, each)

    def at_processor(self, number: int, processor: Processor) -> None:
        """What a processor runs and leaves, its interrupts, and what it is in the middle of."""
        self._put("there", number)
        if processor.current != NOTHING:
            self._put("current", number, value=processor.current)
        if processor.leaving is not None and processor.leaving.thread != NOTHING:
            self._put("leaving", number, value=processor.leaving.thread)
        if is_switching(processor):
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
        if walked:
            self._put("frames", number, value=1)
        self._in_walked_lists(processor)

    def _in_walked_lists(self, processor: Processor) -> None:
        """Whom a walk has still to end, and which groups it has to reach."""
        for pending in processor.pending:
            body = self.state.body(pending.object)
            if pending.chore is Chore.KILL and isinstance(body, Thread) and not has_stopped(body):
                self._put("listed", pending.object)
            if pending.chore is Chore.EXIT and isinstance(body, ThreadGroup):
                self._put("entry", pending.object, value=body.parent)


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
    """Whether the processor is not done with a switch: what that has set off is a part of it."""
    if processor.leaving is not None:
        return True
    rest = processor.rest
    if rest is not None and isinstance(rest.event, SwitchEnds):
        return True
    return processor.current == NOTHING and bool(processor.pending)
