"""What the model sees of a kernel state: threads, their waits, and processors.

The thread that the kernel starts with is FIRST, the first processor is BOOT; all others keep their
names and numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from assay.lang.values import Value, parse
from models.waking.state import (
    Phase,
    Status,
    Wait,
    has_handshake,
    keeps_idle_threads,
)
from reference_kernel.boot import boot
from reference_kernel.events import TimerTick
from reference_kernel.guarantees.changes import touched
from reference_kernel.parties import Listener, Party, WaitingThread
from reference_kernel.processors import leaves_as
from reference_kernel.sections import Rest, Section
from reference_kernel.state import (
    NOTHING,
    Body,
    Channel,
    DropCheckReceiver,
    EventPool,
    Leaving,
    Processor,
    Reply,
    State,
    Thread,
    ThreadState,
    Woke,
)
from spec.design import Design
from spec.designs import AS_BUILT
from spec.syscalls import BY_NAME

Cells = dict[tuple[Value, ...], Value]

_FIRST_THREAD = boot(AS_BUILT).current
_YIELD = BY_NAME["thread_yield"].number
_SUSPEND = BY_NAME["thread_suspend"].number
_LIMITED = 1
"""Bit 0 of the options of every call that waits: it has a timeout."""
_STATUS = {state: parse(state.name, Status.sort()) for state in ThreadState}
_SUSPENSION = parse("SUSPENSION", Wait.sort())
_SOURCE = parse("SOURCE", Wait.sort())
_LEAVES, _TRIES, _WANTS = (parse(each, Phase.sort()) for each in ("LEAVES", "TRIES", "WANTS"))
_SPEAK = (Thread, Channel, EventPool, Reply, DropCheckReceiver)
"""The bodies that say who waits for what."""


def thread(name: int) -> int:
    """The model's element for a kernel thread."""
    return 0 if name == _FIRST_THREAD else name


def waits(body: Thread) -> bool:
    """Whether the thread is in a wait, or has not returned from it."""
    return body.call is not None and body.call.number != _YIELD


def waits_for_a_source(body: Thread) -> bool:
    """Whether that wait is for something that is to happen."""
    return waits(body) and body.call is not None and body.call.number != _SUSPEND


def sleeps(body: Body | None) -> bool:
    """Whether it is a thread whose status says so."""
    return isinstance(body, Thread) and body.state is ThreadState.SUSPENDED


@dataclass(frozen=True, slots=True)
class Entries:
    """The waits that are named where something can still happen, with or without replies."""

    all: frozenset[WaitingThread]
    of_queues: frozenset[WaitingThread]

    def name(self, thread: int, body: Thread) -> bool:
        """Whether one of them names the wait that the thread is in."""
        return waits_for_a_source(body) and WaitingThread(thread, body.waits) in self.all

    def are_stale(self, thread: int, body: Thread, *, is_in_wait: bool) -> bool:
        """Whether one in a queue or a list names a wait of the thread that is over."""
        current = body.waits if is_in_wait else None
        return any(each.thread == thread and each.wait != current for each in self.of_queues)


@dataclass(slots=True)
class Seen:
    """The tables of the model, and the entries that name waits."""

    state: State
    entries: Entries
    tables: dict[str, Cells] = field(default_factory=dict)

    def put(self, table: str, key: tuple[Value, ...], value: Value) -> None:
        """The cell has this value."""
        self.tables.setdefault(table, {})[key] = value

    @property
    def universe(self) -> dict[str, frozenset[int]]:
        """The threads that there are, and all processors."""
        cells = self.tables.get("status", {})
        threads = frozenset(key[0] for key in cells if isinstance(key[0], int))
        processors = frozenset(range(len(self.state.processors)))
        return {"Thread": threads | {0}, "Processor": processors}


def seen(design: Design, state: State) -> Seen:
    """Everything that the model speaks of."""
    view = Seen(state, _entries(state))
    for name, known in state.objects.items():
        if isinstance(known.body, Thread):
            _look_at_thread(view, design, name, known.body)
    for number, processor in enumerate(state.processors):
        _look_at_processor(view, design, number, processor)
    if not keeps_idle_threads(design) and NOTHING in state.ready:
        view.put("idle_queued", (), state.ready.count(NOTHING))
    if state.memory_out:
        view.put("short", (), value=True)
    return view


def is_alike(before: State, after: State) -> bool:
    """Whether the model sees the same of both."""
    if before.memory_out is not after.memory_out:
        return False
    if before.ready != after.ready or touched(before, after, _SPEAK):
        return False
    if before.processors is after.processors:
        return True
    return all(map(_are_alike, before.processors, after.processors))


def _are_alike(before: Processor, after: Processor) -> bool:
    if (before.current, before.leaving) != (after.current, after.leaving):
        return False
    return _switching(before) == _switching(after)


def _switching(processor: Processor) -> Rest | None:
    """What is left of an event in which the processor looks for another thread."""
    rest = processor.rest
    return None if leaves_as(rest) is None else rest


def queue(state: State) -> tuple[int, ...]:
    """The ready queue, with who was taken out under its lock and has still to be looked at."""
    rests = (each.rest for each in state.processors)
    looked_at = [each.words[1] for each in rests if each and each.section is Section.LOOKS]
    return (*looked_at, *state.ready)


def awaits(state: State, name: int) -> bool:
    """Whether the thread sleeps, or is about to: it has begun to wait and is to leave."""
    if sleeps(state.body(name)):
        return True
    number = state.processor_of(name)
    rest = None if number is None else state.processors[number].rest
    return leaves_as(rest) is ThreadState.SUSPENDED


def _look_at_thread(view: Seen, design: Design, name: int, body: Thread) -> None:
    this = (thread(name),)
    view.put("status", this, _STATUS[body.state])
    if name in queue(view.state):
        view.put("queued", this, value=True)
    if view.state.is_left(name):
        view.put("left", this, value=True)
    if is_left_as(view.state, name, ThreadState.READY):
        view.put("gets_in", this, value=True)
    is_in_wait = awaits(view.state, name)
    if not has_handshake(design) and view.entries.are_stale(name, body, is_in_wait=is_in_wait):
        view.put("stale", this, value=True)
    if body.state is not ThreadState.DEAD:
        _look_at_wait(view, design, name, body)


def _look_at_wait(view: Seen, design: Design, name: int, body: Thread) -> None:
    this = (thread(name),)
    in_wait = waits(body)
    if in_wait:
        view.put("wait", this, _SOURCE if waits_for_a_source(body) else _SUSPENSION)
    if in_wait and is_limited(view.state, name, body):
        view.put("limited", this, value=True)
    if awaits(view.state, name) and view.entries.name(name, body):
        view.put("named", this, value=True)
    if in_wait and not sleeps(body) and body.told_in == body.waits:
        view.put("told", this, value=True)
    keeps_reason = in_wait or not has_handshake(design)
    if keeps_reason and body.reason.woke is Woke.TIMEOUT:
        view.put("timed_out", this, value=True)


def is_limited(state: State, name: int, body: Thread) -> bool:
    """Whether the time of the thread's wait has still to come, or has to be looked at."""
    limited = body.call is not None and bool(body.call.options & _LIMITED)
    return limited and (awaits(state, name) or is_left_as(state, name, ThreadState.SUSPENDED))


def is_left_as(state: State, name: int, left_as: ThreadState) -> bool:
    """Whether a processor has yet to leave the thread's stack, and leaves it like that."""
    return any(each.leaving == Leaving(name, left_as) for each in state.processors)


def _look_at_processor(view: Seen, design: Design, number: int, processor: Processor) -> None:
    if processor.current != NOTHING:
        view.put("current", (number,), thread(processor.current))
    left = processor.leaving
    if left is None:
        _look_at_switch(view, number, processor)
        return
    view.put("phase", (number,), _LEAVES)
    if left.thread != NOTHING:
        view.put("other", (number,), thread(left.thread))
        if not has_handshake(design):
            view.put("goes", (number,), _STATUS[left.state])


def _look_at_switch(view: Seen, number: int, processor: Processor) -> None:
    """A processor that is still on the stack of its thread, and looks for another."""
    rest = _switching(processor)
    leaves = leaves_as(rest)
    if rest is None or leaves is None:
        return
    view.put("phase", (number,), _TRIES if isinstance(rest.event, TimerTick) else _WANTS)
    if processor.current != NOTHING:
        view.put("goes", (number,), _STATUS[leaves])


def _entries(state: State) -> Entries:
    of_queues: set[WaitingThread] = set()
    of_replies: set[WaitingThread] = set()
    for known in state.objects.values():
        match known.body:
            case Reply(used=False, caller=caller):
                of_replies.update(_threads((caller.listener,)))
            case Channel() | EventPool() | Thread() | DropCheckReceiver():
                of_queues.update(_threads(_listeners(known.body)))
            case _:
                pass
    return Entries(frozenset(of_queues | of_replies), frozenset(of_queues))


def _listeners(body: Body) -> tuple[Listener | None, ...]:
    """Who is told when what is still to happen there happens."""
    match body:
        case Channel(senders=senders, receivers=receivers):
            parties: tuple[Party, ...] = (*senders, *receivers)
            return tuple(each.listener for each in parties)
        case EventPool(waiter=waiter):
            return (waiter,)
        case Thread(exit_event=emitter, announced=0):
            return emitter.once
        case DropCheckReceiver(cap_drop=emitter, dropped=False):
            return emitter.once
        case _:
            return ()


def _threads(listeners: tuple[Listener | None, ...]) -> Iterator[WaitingThread]:
    return (each for each in listeners if isinstance(each, WaitingThread))
