"""A trace of teardown as calls and ticks, from boot.

All threads share the spaces of the first one, so that whoever runs can name every thread and every
group. One processor makes whole calls: what the trace does in small steps is done by the call that
they are steps of, and what it does on a second processor is left out. A group that is dropped while
a processor is between two threads is dropped by a helper, a thread of the first group.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assay.traces.trace import Decision, TraceValue
from proofs.performing import CannotBe, Given, perform
from proofs.realise import Program, values_of
from reference_kernel.events import CallReturns, Event, TimeoutFires, TimerTick
from reference_kernel.state import NOTHING, Thread, ThreadState
from reference_kernel.step import has_timeout
from spec.design import Design
from spec.ids import ObjectType
from spec.options import (
    CapDestroy,
    NewCapability,
    ThreadDestroy,
    ThreadNew,
    Wait,
)

_ONE_PAGE = 1
_ALL = NewCapability.READ | NewCapability.PROD | NewCapability.WRITE | NewCapability.UPGRADE
_NO_BYTES = 0


def realise(design: Design, start: Decision, decisions: tuple[Decision, ...]) -> tuple[Event, ...]:
    """The kernel events that do what the decisions say, as far as one processor can.

    Errors: ValueError naming the decision that nothing here does.
    """
    program = _Run(design, dict(start.arguments))
    if _needs_helper(decisions):
        program.thread_new("", program.first_group, autostart=True)
    told = (each for each in decisions if each.name not in _FOLLOWS)
    perform(program, told, _DOES)
    return tuple(program.events)


def _needs_helper(decisions: tuple[Decision, ...]) -> bool:
    """Whether a group is dropped where no thread of the trace is in a call."""
    inside: set[TraceValue] = set()
    for each in decisions:
        at = dict(each.arguments).get("processor")
        if each.name == "enters_kernel":
            inside.add(at)
        elif each.name in ("blocks", "slice_ends", "dies", "ends_itself", "leaves_kernel"):
            inside.discard(at)
        elif each.name == "group_is_dropped" and at not in inside:
            return True
    return False


class _Run(Program):
    """The first program as it writes itself, and what the trace's names are."""

    def __init__(self, design: Design, start: Given) -> None:
        super().__init__(design)
        self.first_group = start["group"]
        self.threads: dict[TraceValue, int] = {start["thread"]: self.state.current}
        self.ids: dict[TraceValue, int] = {start["thread"]: self.own(ObjectType.THREAD)}
        self.groups: dict[TraceValue, int] = {self.first_group: self.own(ObjectType.THREAD_GROUP)}
        self.looked_up: dict[TraceValue, TraceValue] = {}
        self.takes: set[TraceValue] = set()

    def call(self, name: str, options: int, *arguments: int) -> tuple[int, ...]:
        """The running thread ends the call that it is in, and makes this one."""
        for _ in range(len(self.state.ready)):
            if self.state.current == NOTHING:
                self.happens(TimerTick())
        if self.state.current == NOTHING:
            raise CannotBe("nobody runs")
        if self.thread(self.state.current).call is not None:
            self.happens(CallReturns(self.state.current))
        return values_of(self.make_call(self.state.current, name, options, *arguments))

    def created(self, name: str, options: int, *arguments: int) -> int:
        """The id of what the call makes, with all rights that it may give."""
        made = self.call(name, self.asks_for_all_rights(options), *arguments)
        return (*made, NOTHING)[0]

    def thread_new(self, name: TraceValue, group: TraceValue, *, autostart: bool) -> None:
        """A thread of the group."""
        spaces = (self.own(ObjectType.ADDRESS_SPACE), self.own(ObjectType.CAPABILITY_SPACE))
        options = ThreadNew.THREAD_AUTOSTART if autostart else 0
        allocator = self.own(ObjectType.ALLOCATOR)
        made = self.state.next_object
        word = self.created("thread_new", options, allocator, self.groups[group], *spaces)
        self.threads[name], self.ids[name] = made, word

    def runs(self, name: TraceValue) -> bool:
        """Whether it is the running thread."""
        return self.threads[name] == self.state.current


def _looks_up(program: _Run, given: Given) -> None:
    program.looked_up[given["processor"]] = given["group"]


def _thread_joins(program: _Run, given: Given) -> None:
    group = program.looked_up.pop(given["processor"])
    program.thread_new(given["thread"], group, autostart=bool(given["autostart"]))


def _group_joins(program: _Run, given: Given) -> None:
    parent = program.groups[program.looked_up.pop(given["processor"])]
    allocator = program.own(ObjectType.ALLOCATOR)
    program.groups[given["child"]] = program.created("thread_group_new", 0, parent, allocator)


def _exits(program: _Run, given: Given) -> None:
    program.call("thread_group_exit", 0, program.groups[given["group"]])


def _is_dropped(program: _Run, given: Given) -> None:
    """With the space that all share the last capabilities go by themselves."""
    word = program.groups.pop(given["group"])
    if program.state.body(program.space) is not None:
        program.call("cap_destroy", CapDestroy.CSPACE_SELF, NOTHING, word)


def _takes(program: _Run, given: Given) -> None:
    program.takes.add(given["processor"])


def _blocks(program: _Run, given: Given) -> None:
    """What waits with references on its stack waits to send a message."""
    if given["processor"] not in program.takes:
        program.call("thread_suspend", Wait.TIMEOUT, NOTHING)
        return
    program.takes.discard(given["processor"])
    allocator = program.own(ObjectType.ALLOCATOR)
    channel = program.call("channel_new", int(_ALL), allocator)[0]
    memory = program.created("memory_new", 0, allocator, _ONE_PAGE)
    program.call("channel_sync_send", Wait.TIMEOUT, channel, memory, NOTHING, _NO_BYTES, NOTHING)


def _wakes(program: _Run, given: Given) -> None:
    """A thread that never ran has no timeout, but a resume wakes it just so."""
    name = program.threads[given["thread"]]
    if program.thread(name).state is not ThreadState.SUSPENDED:
        return
    if has_timeout(program.thread(name)):
        program.happens(TimeoutFires(name))
    else:
        program.call("thread_resume", 0, program.ids[given["thread"]])


def _slice_ends(program: _Run, _given: Given) -> None:
    program.happens(TimerTick())


def _queue_gives(program: _Run, given: Given) -> None:
    name = program.threads[given["thread"]]
    body = program.state.body(name)
    if name in program.state.ready and isinstance(body, Thread) and body.is_alive:
        program.until_it_runs(name)


def _ends_itself(program: _Run, _given: Given) -> None:
    """A pool listens, so that it shows whether the end is announced."""
    ended = next(word for name, word in program.ids.items() if program.runs(name))
    pool = program.created("event_pool_new", 0, program.own(ObjectType.ALLOCATOR), _ONE_PAGE)
    program.call("thread_handle_thread_exit_async", 0, ended, pool, NOTHING)
    program.call("thread_destroy", 0)


def _is_destroyed(program: _Run, given: Given) -> None:
    program.call("thread_destroy", ThreadDestroy.DESTROY_OTHER, program.ids[given["thread"]])


_DOES: Mapping[str, Callable[[_Run, Given], None]] = MappingProxyType(
    {
        "group_is_looked_up": _looks_up,
        "thread_joins": _thread_joins,
        "group_joins": _group_joins,
        "exit_begins": _exits,
        "group_is_dropped": _is_dropped,
        "takes_reference": _takes,
        "blocks": _blocks,
        "wakes": _wakes,
        "slice_ends": _slice_ends,
        "queue_gives": _queue_gives,
        "ends_itself": _ends_itself,
        "thread_is_destroyed": _is_destroyed,
    }
)
_FOLLOWS = frozenset(
    {
        "enters_kernel",
        "goes_on",
        "leaves_kernel",
        "releases_reference",
        "admission_ends",
        "walk_reaches",
        "walk_ends_thread",
        "walk_ends",
        "interrupts_are_sent",
        "thread_is_chosen",
        "ended_is_skipped",
        "switch_ends",
        "continues",
        "dies",
        "interrupt_kills",
        "interrupt_passes",
        "destructor",
        "waited_is_released",
        "is_woken_in_vain",
    }
)
"""Parts of calls and of switches, and what follows by itself."""
